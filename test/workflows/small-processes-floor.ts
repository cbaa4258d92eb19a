import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Activities, SendInput } from '../../activities/contract.ts';
import { skipTimeOf } from '../../rehearsal/skipped-time.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';
import { openTemporalFloor } from './temporal-floor.ts';

export const DSO = 'dso.example.com';
/** Far fewer than in production: a run hands over after a few messages. */
const EVENTS_PER_RUN = 120;

type Sent = SendInput & { readonly draft: { readonly Result?: string; readonly RejectionReason?: string } };

/** What the activities of one workflow were asked for, in order, and what its messages said. */
interface Watched {
  readonly calls: { readonly name: string; readonly input: unknown }[];
  readonly sent: Sent[];
  /** Reasons to refuse an update, by its inbox id. */
  readonly refused: Map<string, readonly string[]>;
}

/** The workflows that ask for one thing at a time, on a real Temporal server; what they ask for is written down. */
export async function startSmallProcesses() {
  let present = '';
  const worlds = new Map<string, Watched>();
  const floor = await openTemporalFloor({
    clock: { now: () => new Date(present) },
    eventsPerRun: EVENTS_PER_RUN,
  });
  const { client, gate } = floor;
  const world = (): Watched => worlds.get(Context.current().info.workflowExecution!.workflowId)!;
  const asked = <T>(name: string, result: T) => {
    return async (input: unknown): Promise<T> => {
      world().calls.push({ name, input });
      return result;
    };
  };
  const delivered = { messageId: randomUUID(), outcome: 'delivered' } as const;
  await floor.work({
    checkCapacity: asked('checkCapacity', { outages: 1, lost: 2 }),
    startPrognoses: asked('startPrognoses', 3),
    reply: asked('reply', delivered),
    redeliver: asked('redeliver', delivered),
    announceReservation: asked('announceReservation', undefined),
    async applyReservation({ inboxId }: { inboxId: string }) {
      const { calls, refused } = world();
      calls.push({ name: 'applyReservation', input: inboxId });
      return refused.get(inboxId) ?? [];
    },
    async send(input: Sent) {
      world().sent.push(input);
      return delivered;
    },
  } satisfies { [Name in keyof Activities]?: unknown });

  function watch(workflowId: string): Watched {
    const watched = { calls: [], sent: [], refused: new Map<string, readonly string[]>() };
    worlds.set(workflowId, watched);
    return watched;
  }

  return {
    client,
    /** Runs a workflow to its end: what it asked for, and what it returned. */
    async run(type: keyof typeof workflowTypes, argument: unknown) {
      present = new Date().toISOString();
      const workflowId = `${type}/${randomUUID()}`;
      const { calls } = watch(workflowId);
      const handle = await client.workflow.start(workflowTypes[type], {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [argument],
      });
      return { handle, calls, result: (await handle.result()) as unknown };
    },
    /** What a DSO reserves under a contract of its own on a day, from an instant on. */
    reservation(period: string, now: string) {
      present = now;
      const contract = `C-${randomUUID()}`;
      const workflowId = workflowIds.reservation(DSO, contract, period);
      const { calls, sent, refused } = watch(workflowId);
      return {
        ...{ calls, sent, contract },
        handle: (runId?: string) => client.workflow.getHandle(workflowId, runId),
        /** An update, handed in as the relay does. Returns what came in, to be handed in again. */
        async update({ refusals = [], ...given }: Partial<Inbound> & { refusals?: readonly string[] } = {}) {
          const inbound = {
            ...{ inboxId: randomUUID(), type: 'FlexReservationUpdate', sender: { domain: DSO, role: 'DSO' } },
            ...{ messageId: randomUUID(), conversationId: randomUUID(), version: '3.1.0' },
            ...{ timeStamp: present, receivedAt: present, rejections: [] },
            content: {
              ...{ ISPDuration: 'PT15M', TimeZone: 'Europe/Amsterdam', Period: period },
              ...{ CongestionPoint: 'ea1.2009-01.com.example:feeder-7', ContractID: contract },
              ...{ Reference: 'R-1', ISP: [{ Start: 1, Duration: 4, Power: -1000 }] },
            },
            ...given,
          } as unknown as Inbound;
          refused.set(inbound.inboxId, refusals);
          await gate.giveToOwn('reservation', workflowId, inbound);
          return inbound;
        },
        async moveTo(instant: string) {
          const ahead = Date.parse(instant) - Date.parse(present);
          present = instant;
          await skipTimeOf(client, workflowId, ahead);
        },
      };
    },
    stop: floor.stop,
  };
}
