import { type AssetProfile, profilesDuring } from './asset-profiles.ts';
import { lockCapacity } from './capacity-lock.ts';
import { inTransaction, type Db, type Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { type Outage, outagesDuring } from './outages.ts';
import type { OutboxKey } from './outbox.ts';
import { json } from './plain.ts';

/** What is kept of one asset, in W by ISP (index 0 is ISP 1), never negative. */
export interface HeldAsset {
  /** Entity address of the connection that the asset is behind. */
  readonly connection: string;
  readonly asset: string;
  readonly reduceW: readonly number[];
  readonly increaseW: readonly number[];
  /** What each option of the offer takes of it, in W by ISP, negative where its consumption falls. */
  readonly uses?: readonly { readonly option: string; readonly powerW: readonly number[] }[] | undefined;
}

/** Power kept for one offer (`open`) or order (`firm`), or no longer (`released`). */
export interface Hold extends OutboxKey {
  readonly status: 'open' | 'firm' | 'released';
  /** When ISP 1 begins (ISO, UTC). */
  readonly startsAt: string;
  readonly ispMinutes: number;
  /** What was decided with it, as plain JSON. */
  readonly decision: unknown;
  /** When it was decided (ISO, UTC). */
  readonly heldAt: string;
  /** In the order in which an order for less uses them. */
  readonly assets: readonly HeldAsset[];
}

/** What to look at before power is given away. */
export interface HoldScope {
  /** The day that is offered: its first instant and the one after its last (ISO, UTC). */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly ispMinutes: number;
  readonly connections: readonly string[];
  /** How the conversation may stand, or its power would be held for nothing. A new one may not be recorded yet. */
  readonly whileConversationIs: readonly string[];
}

/** What stands in the way of giving power away. */
export interface Standing {
  readonly holds: readonly Hold[];
  readonly outages: readonly Outage[];
  /** What assets can do instead of what their terms say. */
  readonly profiles: readonly AssetProfile[];
}

/** What was decided, and the power to keep for it; without power there is nothing to keep. */
export interface Choice<Decision> {
  readonly decision: Decision;
  readonly assets?: readonly HeldAsset[];
}

type Row = Awaited<ReturnType<typeof read>>[number];

/** The longest day of any market: a day that began earlier cannot reach into another. Milliseconds. */
const LONGEST_DAY = 25 * 3_600_000;
/** How far beyond a day others may run an asset so that it needs a pause within the day. Milliseconds. */
const AROUND = 24 * 3_600_000;
const patience = { timeout: 30_000, maxWait: 30_000 };

/** Which offer or order has which watt of which asset in which ISP. */
export function capacityOf(db: Db) {
  const inTurn = oneAtATime();
  return {
    async find({ workflowId, step }: OutboxKey): Promise<Hold | undefined> {
      const [row] = await read(db, { workflowId, step });
      return row && held(row);
    },

    /**
     * All that is kept of these connections during a day and around it, and what is otherwise there. It may have
     * changed by the time it is read. What is kept for a day that is over is in nobody's way: a hold whose
     * conversation was terminated, and never recorded as over, ends with its day.
     */
    async standing(scope: Pick<HoldScope, 'startsAt' | 'endsAt' | 'connections'>): Promise<Standing> {
      return standing(db, scope);
    },

    /** Each hold, with all it takes, that takes something of these connections on a day that the time touches. */
    async takenFrom(during: {
      readonly from: string;
      readonly to: string;
      readonly connections: readonly string[];
    }): Promise<Hold[]> {
      const rows = await db.capacityHold.findMany({
        where: {
          status: { not: 'released' },
          startsAt: { gt: new Date(Date.parse(during.from) - LONGEST_DAY), lt: during.to },
          assets: { some: { connection: { in: [...during.connections] } } },
        },
        include: rankedAssets,
      });
      return rows.map(held);
    },

    /**
     * Decides what to offer and keeps the power for it, in one transaction in which nobody else can take any.
     * The same key again gets the decision that was made before, and nothing is kept twice.
     *
     * @param choose decides by what is kept already; it may be called again if the database asks for it
     * @returns the decision, or `over` where the conversation no longer stands as the scope says
     */
    async hold<Decision>(
      key: OutboxKey,
      scope: HoldScope,
      choose: (standing: Standing) => Choice<Decision>,
    ): Promise<Decision | 'over'> {
      const { workflowId, step } = key;
      const transaction = async (tx: Transaction): Promise<Decision | 'over'> => {
        await lockCapacity(tx);
        const [before] = await read(tx, { workflowId, step });
        if (before) return before.status === 'released' ? 'over' : (before.decision as Decision);
        // Locked until the end: a conversation that ends meanwhile is recorded after this, and releases this hold.
        const [conversation] = await tx.$queryRaw<{ state: string }[]>`
          SELECT state FROM conversation WHERE workflow_id = ${workflowId} FOR SHARE`;
        if (conversation && !scope.whileConversationIs.includes(conversation.state)) return 'over';
        const { decision, assets } = choose(await standing(tx, scope));
        if (!assets) return decision;
        await keepHold(tx, key, scope, { decision, assets }, 'open');
        return decision;
      };
      return inTurn(() => inTransaction(() => db.$transaction(transaction, patience)));
    },
  };
}

/** Keeps power, in a transaction that locked the capacity. `firm`: it is ordered already. */
export async function keepHold(
  tx: Transaction,
  key: OutboxKey,
  { startsAt, ispMinutes }: Pick<HoldScope, 'startsAt' | 'ispMinutes'>,
  { decision, assets }: Required<Choice<unknown>>,
  status: 'open' | 'firm',
): Promise<void> {
  await tx.capacityHold.create({
    data: { ...key, startsAt, ispMinutes, status, decision: json(decision) },
    select: { step: true },
  });
  await tx.heldAsset.createMany({
    data: assets.map(({ connection, asset, reduceW, increaseW, uses }, rank) => ({
      ...{ ...key, connection, asset, rank },
      ...{ reduceW: [...reduceW], increaseW: [...increaseW] },
      ...(uses && { uses: json(uses) }),
    })),
  });
}

/**
 * Settles the open holds of a conversation with its state, in the transaction that records that state: whoever
 * sees the one sees the other. Giving power back needs no lock, since at worst others see it a moment later.
 */
export async function settleHolds(
  tx: Transaction,
  workflowId: string,
  settle: (hold: Hold) => Hold,
): Promise<void> {
  for (const row of await read(tx, { workflowId, status: 'open' })) {
    const before = held(row);
    const after = settle(before);
    if (after === before) continue;
    const { step } = before;
    await tx.capacityHold.update({
      where: { workflowId_step: { workflowId, step } },
      data: { status: after.status },
      select: { step: true },
    });
    for (const { connection, asset, reduceW, increaseW } of after.assets) {
      await tx.heldAsset.update({
        where: { workflowId_step_connection_asset: { workflowId, step, connection, asset } },
        // What options would have taken is no more once one is ordered.
        data: { reduceW: [...reduceW], increaseW: [...increaseW], uses: Prisma.DbNull },
        select: { step: true },
      });
    }
  }
}

const rankedAssets = { assets: { orderBy: { rank: 'asc' as const } } };

function read(db: Db | Transaction, where: { workflowId: string; step?: string; status?: string }) {
  return (db as Db).capacityHold.findMany({ where, include: rankedAssets });
}

/** All that is kept of these connections during a day and around it, and what is otherwise than their terms during it. */
export async function standing(
  db: Db | Transaction,
  scope: Pick<HoldScope, 'startsAt' | 'endsAt' | 'connections'>,
): Promise<Standing> {
  const earliest = new Date(Date.parse(scope.startsAt) - LONGEST_DAY - AROUND);
  const latest = new Date(Date.parse(scope.endsAt) + AROUND);
  const connection = { in: [...scope.connections] };
  const rows = await (db as Db).capacityHold.findMany({
    where: {
      status: { not: 'released' },
      startsAt: { gt: earliest, lt: latest },
      assets: { some: { connection } },
    },
    include: { assets: { ...rankedAssets.assets, where: { connection } } },
  });
  const outages = await outagesDuring(db, scope);
  return { holds: rows.map(held), outages, profiles: await profilesDuring(db, scope) };
}

export function held({ heldAt, startsAt, status, assets, ...row }: Row): Hold {
  const { workflowId, step, ispMinutes, decision } = row;
  return {
    ...{ workflowId, step, ispMinutes, decision },
    heldAt: heldAt.toISOString(),
    status: status as Hold['status'],
    startsAt: startsAt.toISOString(),
    assets: assets.map(({ connection, asset, reduceW, increaseW, uses }) => ({
      ...{ connection, asset, reduceW, increaseW },
      ...(uses !== null && { uses: uses as unknown as NonNullable<HeldAsset['uses']> }),
    })),
  };
}

/** Runs work in turn, so that waiting for the lock takes one connection of the pool and not all of them. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work, work);
    last = result.catch(() => {});
    return result;
  };
}
