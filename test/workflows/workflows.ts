import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import type { SendInput } from '../../activities/contract.ts';
import { createGate } from '../../api/relay/temporal.ts';
import type { FlexRequestState, OfferDecision } from '../../market/flex-request/index.ts';
import { skipTimeOf, startAtMarketTime } from '../../rehearsal/skipped-time.ts';
import { startTemporal } from '../../services/index.ts';
import { deferred } from '../../services/wait.ts';
import { TASK_QUEUE, workflowIds } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';

const DSO = 'dso.example.com';
type Sent = SendInput & { readonly draft: { readonly Result?: string; readonly RejectionReason?: string } };

/** What one conversation had done, and what is done for it. */
interface World {
  readonly decision: OfferDecision;
  readonly sent: Sent[];
  last: FlexRequestState | undefined;
  waiting: { fits: (state: FlexRequestState) => boolean; found: (state: FlexRequestState) => void }[];
  /** The offer is on its way until this resolves. */
  readonly offerArrives: Promise<void>;
}

/** The real workflows on a real Temporal server, messages handed in as the relay does; activities are replaced. */
export async function startWorkflows() {
  let present = '';
  const worlds = new Map<string, World>();
  const server = await startTemporal({ timeSkipping: true, headless: true });
  const connection = await Connection.connect({
    address: server.address,
    interceptors: startAtMarketTime({ now: () => new Date(present) }),
  });
  const client = new Client({ connection });
  const gate = createGate(() => Promise.resolve(client));
  const native = await openNative(server.address);
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    activities: activitiesIn(worlds) as Record<string, (input: never) => Promise<unknown>>,
  });
  const ran = worker.run();

  /** A conversation about to begin at an instant of market time (UTC). */
  async function converse(now: string, options: { decision: OfferDecision; holdOffer?: boolean }) {
    present = now;
    const offer = deferred<void>();
    if (!options.holdOffer) offer.resolve();
    const messageId = randomUUID();
    const id = workflowIds.flexRequest(DSO, messageId);
    const world: World = {
      decision: options.decision,
      sent: [],
      last: undefined,
      waiting: [],
      offerArrives: offer.promise,
    };
    worlds.set(id, world);
    const conversationId = randomUUID();
    const inbound = (type: Inbound['type'], content: object, given: Partial<Inbound> = {}): Inbound => ({
      inboxId: randomUUID(),
      type,
      sender: { domain: DSO, role: 'DSO' },
      messageId: randomUUID(),
      conversationId,
      version: '3.1.0',
      timeStamp: now,
      receivedAt: now,
      rejections: [],
      ...given,
      content: content as Inbound['content'],
    });
    return {
      handle: client.workflow.getHandle(id),
      sent: world.sent,
      last: () => world.last,
      /** The FlexRequest itself. */
      request: ({ content, rejections }: { content: object; rejections: readonly string[] }) =>
        gate.giveToOwn('flexRequest', id, inbound('FlexRequest', content, { messageId, rejections })),
      /** A message about the first offer. */
      give: (type: Inbound['type'], content: object, given: Partial<Inbound> = {}) =>
        gate.giveTo(id, inbound(type, content, { refersTo: 'FlexOffer/1', ...given })),
      /** Lets the offer that was held arrive. */
      letOfferArrive: () => offer.resolve(),
      moveBy: (milliseconds: number) => skipTimeOf(client, id, milliseconds),
      /** The first recorded state that fits, as soon as it is there; the test's own time limit ends a vain wait. */
      state: (fits: (state: FlexRequestState) => boolean): Promise<FlexRequestState> => {
        if (world.last && fits(world.last)) return Promise.resolve(world.last);
        return new Promise((found) => world.waiting.push({ fits, found }));
      },
    };
  }

  return {
    converse,
    async stop() {
      worker.shutdown();
      await ran;
      await native.close();
      await connection.close();
      await server.stop();
    },
  };
}

export type Workflows = Awaited<ReturnType<typeof startWorkflows>>;

function openNative(address: string): Promise<NativeConnection> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  return NativeConnection.connect({ address });
}

/** What a conversation asks of the world, answered at once and written down. */
function activitiesIn(worlds: ReadonlyMap<string, World>) {
  const world = (): World => worlds.get(Context.current().info.workflowExecution!.workflowId)!;
  return {
    async send(input) {
      const { sent, offerArrives } = world();
      sent.push(input as Sent);
      if (input.draft.type === 'FlexOffer') await offerArrives;
      return { messageId: randomUUID(), outcome: 'delivered' };
    },
    async decideOffer() {
      return world().decision;
    },
    async bookOrder() {
      return true;
    },
    async recordConversation(state) {
      const here = world();
      here.last = state;
      here.waiting = here.waiting.filter(({ fits, found }) => {
        if (!fits(state)) return true;
        found(state);
        return false;
      });
    },
  } satisfies Partial<Activities>;
}
