import { inTransaction, type Db } from './client.ts';
import type { OutboxKey } from './outbox.ts';
import { json, plain } from './plain.ts';

export type HandOverOutcome = 'confirmed' | 'refused' | 'unreachable';

/** One try to hand a plan over. */
export interface DispatchTry {
  /** ISO, UTC. */
  readonly sentAt: string;
  /** What it was handed to: `log` or `webhook`. */
  readonly connector: string;
  readonly outcome: 'confirmed' | 'refused' | 'failed';
  readonly reason?: string;
}

/** The plan of one order, and what became of handing it to the assets. */
export interface StoredDispatch extends OutboxKey {
  readonly orderReference: string;
  /** As it was handed over, as plain JSON. */
  readonly plan: unknown;
  /** ISO, UTC. */
  readonly preparedAt: string;
  /** Absent while it is still tried. */
  readonly outcome?: HandOverOutcome;
  readonly reason?: string;
  /** In the order in which they were made. */
  readonly tries: readonly DispatchTry[];
}

const inOrder = { tries: { orderBy: { id: 'asc' as const } } };

/** Every plan that was handed to assets, and every try: who was told what, and when. */
export function dispatchesOf(db: Db) {
  async function find({ workflowId, step }: OutboxKey): Promise<StoredDispatch | undefined> {
    const row = await db.dispatch.findUnique({
      where: { workflowId_step: { workflowId, step } },
      include: inOrder,
    });
    return row ? stored(row) : undefined;
  }

  return {
    find,

    /** The dispatch of a step: its plan is made once and never again, so that every try hands over the same. */
    async prepare(
      key: OutboxKey,
      make: () => Promise<Pick<StoredDispatch, 'orderReference' | 'plan' | 'preparedAt'>>,
    ): Promise<StoredDispatch> {
      const before = await find(key);
      if (before) return before;
      const { workflowId, step } = key;
      const { orderReference, plan, preparedAt } = await make();
      const data = { workflowId, step, orderReference, plan: json(plan), preparedAt };
      await db.dispatch.createMany({ data: [data], skipDuplicates: true });
      return (await find(key))!;
    },

    /** Records a try, and with it how the dispatch ended, should it have. */
    async record(
      { workflowId, step }: OutboxKey,
      { tried, outcome, reason }: { tried?: DispatchTry; outcome?: HandOverOutcome; reason?: string },
    ): Promise<void> {
      await inTransaction(() =>
        db.$transaction(async (tx) => {
          if (tried) await tx.dispatchTry.createMany({ data: [{ workflowId, step, ...tried }] });
          await tx.dispatch.update({
            where: { workflowId_step: { workflowId, step } },
            data: { ...(outcome && { outcome }), reason: reason ?? tried?.reason ?? null },
            select: { step: true },
          });
        }),
      );
    },

    /** The dispatches of a conversation, in the order of their preparation. */
    async forWorkflow(workflowId: string): Promise<StoredDispatch[]> {
      const rows = await db.dispatch.findMany({
        where: { workflowId },
        orderBy: [{ preparedAt: 'asc' }, { step: 'asc' }],
        include: inOrder,
      });
      return rows.map(stored);
    },
  };
}

function stored({ tries, ...row }: object & { tries: readonly object[] }): StoredDispatch {
  return {
    ...(plain(row) as Omit<StoredDispatch, 'tries'>),
    tries: tries.map((each) => {
      const { sentAt, connector, outcome, reason } = plain(each) as DispatchTry;
      return { sentAt, connector, outcome, ...(reason !== undefined && { reason }) };
    }),
  };
}
