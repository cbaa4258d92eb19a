import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Activities, SendInput } from '../../activities/contract.ts';
import type {
  BookedOrder,
  CommandOutcome,
  DecideInput,
  Delivery,
  DispatchOutcome,
  FlexRequestEvent,
  FlexRequestState,
  MeasuredDelivery,
  OfferDecision,
  OperatorCommand,
  Phase,
} from '../../market/flex-request/index.ts';
import { skipTimeOf } from '../../rehearsal/skipped-time.ts';
import { COMMAND, workflowIds } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';
import { openTemporalFloor } from './temporal-floor.ts';

export const DSO = 'dso.example.com';
export type Sent = SendInput & {
  readonly draft: { readonly Result?: string; readonly RejectionReason?: string };
};

/** Far fewer than in production, and more than any path has on which nobody goes on without end. */
const EVENTS_PER_RUN = 150;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type OperatorCommandBody = Without<OperatorCommand, 'id' | 'by'>;

/** What the world outside a conversation does, where it is not the usual. */
export interface World {
  /** What is decided about the first offer, the second, and so on; then nothing more is offered. */
  readonly decisions?: readonly OfferDecision[];
  /** Decisions take their time: until this is over. */
  readonly slowly?: (input: DecideInput) => Promise<void>;
  /** How a message is delivered; the usual: at once. */
  readonly deliver?: (input: SendInput, again: boolean) => Delivery | Promise<Delivery>;
  readonly book?: () => BookedOrder;
  readonly dispatch?: DispatchOutcome;
  readonly measured?: MeasuredDelivery;
}

/** What one conversation had done. */
interface Watched extends World {
  readonly sent: Sent[];
  readonly sentAgain: string[];
  readonly decided: DecideInput[];
  /** Of everything else: the activity's name. */
  readonly calls: string[];
  last: FlexRequestState | undefined;
}

/** The real workflows on a real Temporal server, messages handed in as the relay does; activities are replaced. */
export async function startWorkflows() {
  /** The instant (UTC) at which a conversation begins: several may, each at its own. */
  const present = new AsyncLocalStorage<string>();
  const worlds = new Map<string, Watched>();
  const floor = await openTemporalFloor({
    clock: { now: () => new Date(present.getStore()!) },
    eventsPerRun: EVENTS_PER_RUN,
  });
  const { client, gate } = floor;
  await floor.work(activitiesIn(worlds));

  /** A conversation about to begin at an instant of market time (UTC), under the MessageID that begins it. */
  function converse(now: string, world: World, kind: 'flexRequest' | 'unsolicited' = 'flexRequest') {
    const messageId = randomUUID();
    const id = workflowIds[kind](DSO, messageId);
    const watched: Watched = {
      ...world,
      ...{ sent: [], sentAgain: [], decided: [], calls: [], last: undefined },
    };
    worlds.set(id, watched);
    const conversationId = randomUUID();
    const handle = client.workflow.getHandle(id);
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
    /** The state as soon as it fits; the test's own time limit ends a vain wait. */
    const state = async (fits: (state: FlexRequestState) => boolean): Promise<FlexRequestState> => {
      for (;;) {
        const state = await handle.query<FlexRequestState>('state');
        if (fits(state)) return state;
        await new Promise((soon) => setTimeout(soon, 20));
      }
    };
    return {
      ...{ id, now, handle, state, conversationId, messageId },
      sent: watched.sent,
      sentAgain: watched.sentAgain,
      decided: watched.decided,
      calls: watched.calls,
      /** As it was last recorded. */
      recorded: () => watched.last,
      /** The message that begins the conversation. */
      begin: (type: 'FlexRequest' | 'FlexOrder', content: object, given: Partial<Inbound> = {}) =>
        present.run(now, () =>
          gate.giveToOwn(
            kind === 'flexRequest' ? 'flexRequest' : 'unsolicitedFlex',
            id,
            inbound(type, content, { messageId, ...given }),
          ),
        ),
      /** An unsolicited offer of an operator begins it. */
      start: (argument: object) =>
        present.run(now, () => gate.startOnce('unsolicitedFlex', id, { startedAt: now, ...argument })),
      /** A message about something that was sent in the conversation. */
      give: (type: Inbound['type'], content: object, given: Partial<Inbound> = {}) =>
        gate.giveTo(id, inbound(type, content, { refersTo: 'FlexOffer/1', ...given })),
      tell: (event: FlexRequestEvent) => handle.signal('tell', event),
      command: (given: OperatorCommandBody) =>
        handle.executeUpdate<CommandOutcome, [OperatorCommand]>(COMMAND, {
          args: [{ id: randomUUID(), by: 'ops', ...given } as OperatorCommand],
        }),
      runId: async () => (await handle.describe()).runId,
      /** Whether the present run is to hand over to a next one. */
      isLong: async () => (await handle.describe()).historyLength > EVENTS_PER_RUN,
      moveBy: (milliseconds: number) => skipTimeOf(client, id, milliseconds),
      ended: (): Promise<Phase> => handle.result() as Promise<Phase>,
    };
  }

  return {
    converse,
    client,
    stop: floor.stop,
  };
}

export type Workflows = Awaited<ReturnType<typeof startWorkflows>>;
export type Conversation = ReturnType<Workflows['converse']>;

/** What a conversation asks of the world, answered at once and written down. */
function activitiesIn(worlds: ReadonlyMap<string, Watched>) {
  const world = (): Watched => worlds.get(Context.current().info.workflowExecution!.workflowId)!;
  const deliver = async (input: SendInput, again: boolean): Promise<Delivery> =>
    world().deliver?.(input, again) ?? { messageId: messageIdOf(input.step), outcome: 'delivered' };
  const decide = (input: DecideInput): OfferDecision => {
    const { decided, decisions = [] } = world();
    decided.push(input);
    return decisions[decided.length - 1] ?? { kind: 'noBid', reason: 'nothing more to move' };
  };
  const seen = (state: FlexRequestState): void => {
    const here = world();
    if (!here.last || here.last.transition < state.transition) here.last = state;
  };
  return {
    async send(input) {
      if (input.conversation) seen(input.conversation);
      world().sent.push(input as Sent);
      return deliver(input, false);
    },
    async sendAgain({ step }) {
      const { sent, sentAgain } = world();
      sentAgain.push(step);
      return deliver(
        sent.find((each) => each.step === step)!,
        true,
      );
    },
    async decideOffer(input) {
      await world().slowly?.(input);
      return decide(input);
    },
    async decideAtOnce(input) {
      return world().slowly ? null : decide(input);
    },
    async bookOrder() {
      return world().book?.() ?? { rejections: [] };
    },
    async dispatchOrder() {
      const { calls, dispatch } = world();
      calls.push('dispatchOrder');
      return dispatch ?? { outcome: 'confirmed' };
    },
    async measureDelivery() {
      const { calls, measured } = world();
      calls.push('measureDelivery');
      return measured ?? { known: 8, unknown: 0, shortISPs: [] };
    },
    async updatePrognosis() {
      world().calls.push('updatePrognosis');
    },
    async recordConversation(state) {
      seen(state);
    },
  } satisfies Partial<Activities>;
}

/** A MessageID that is the same for the same step, so that a test can name it. */
export const messageIdOf = (step: string): string =>
  `aaaaaaaa-0000-4000-8000-${Buffer.from(step).toString('hex').slice(-12).padStart(12, '0')}`;
