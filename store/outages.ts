import { lockCapacity } from './capacity-lock.ts';
import { inTransaction, type Db, type Transaction } from './client.ts';

/** A time in which an asset, or every asset behind a connection, can do less. */
export interface Outage {
  /** Named by whoever reports it. */
  readonly id: string;
  readonly connection: string;
  /** Absent: all of the connection. */
  readonly asset?: string;
  /** Instants (ISO, UTC); the end is not part of it. */
  readonly from: string;
  readonly to: string;
  /** What is left, in W. */
  readonly remainingReduceW: number;
  readonly remainingIncreaseW: number;
  readonly reason?: string;
}

/** An outage as it is kept. */
export interface StoredOutage extends Outage {
  /** Rises with every change. */
  readonly version: number;
  readonly recordedAt: string;
  /** When the conversations that counted on the power were told; absent: they still have to be. */
  readonly checkedAt?: string;
}

type Row = Awaited<ReturnType<Db['outage']['findFirstOrThrow']>>;

/** What is broken, and for how long. */
export function outagesOf(db: Db) {
  return {
    /**
     * Records an outage, or what is known of it by now. From then on nothing is offered on the lost power; whoever
     * counted on it already still has to be told. The same again changes nothing.
     */
    async save(outage: Outage, recordedAt: string): Promise<StoredOutage> {
      const { id, from, to, asset = null, reason = null, ...rest } = outage;
      const data = { ...rest, asset, reason, startsAt: new Date(from), endsAt: new Date(to) };
      return inTransaction(() =>
        db.$transaction(async (tx) => {
          await lockCapacity(tx);
          const before = await tx.outage.findUnique({ where: { id } });
          if (before && before.removedAt === null && sameOutage(before, data)) return kept(before);
          const version = (before?.version ?? 0) + 1;
          const now = { ...data, version, recordedAt, checkedAt: null, removedAt: null };
          return kept(await tx.outage.upsert({ where: { id }, create: { id, ...now }, update: now }));
        }),
      );
    },

    /** Takes an outage back: the power is there again. False where there is none. */
    async remove(id: string, removedAt: string): Promise<boolean> {
      const { count } = await db.outage.updateMany({
        where: { id, removedAt: null },
        data: { removedAt },
      });
      return count > 0;
    },

    async find(id: string): Promise<StoredOutage | undefined> {
      const row = await db.outage.findUnique({ where: { id } });
      return row && row.removedAt === null ? kept(row) : undefined;
    },

    /** Those that are not over at an instant (UTC), first the one that began first. */
    async notOver(now: string): Promise<StoredOutage[]> {
      const rows = await db.outage.findMany({
        where: { removedAt: null, endsAt: { gt: now } },
        orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(kept);
    },

    /** Those of which not everybody was told yet. */
    async unchecked(): Promise<StoredOutage[]> {
      const rows = await db.outage.findMany({
        where: { removedAt: null, checkedAt: null },
        orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(kept);
    },

    /** Everybody was told of this version; what changed meanwhile still has to be. */
    async markChecked({ id, version }: { id: string; version: number }, checkedAt: string): Promise<void> {
      await db.outage.updateMany({ where: { id, version }, data: { checkedAt } });
    },
  };
}

/** What is broken on these connections at some time between two instants. */
export async function outagesDuring(
  db: Db | Transaction,
  { startsAt, endsAt, connections }: { startsAt: string; endsAt: string; connections: readonly string[] },
): Promise<StoredOutage[]> {
  const rows = await (db as Db).outage.findMany({
    where: {
      connection: { in: [...connections] },
      removedAt: null,
      startsAt: { lt: endsAt },
      endsAt: { gt: startsAt },
    },
  });
  return rows.map(kept);
}

function sameOutage(
  before: Row,
  data: Omit<Outage, 'id' | 'from' | 'to' | 'asset' | 'reason'> & {
    asset: string | null;
    reason: string | null;
    startsAt: Date;
    endsAt: Date;
  },
): boolean {
  return Object.entries(data).every(([key, value]) => {
    const stood = before[key as keyof Row];
    return stood instanceof Date ? stood.getTime() === (value as Date).getTime() : stood === value;
  });
}

function kept(row: Row): StoredOutage {
  const { id, connection, asset, startsAt, endsAt, remainingReduceW, remainingIncreaseW } = row;
  const { reason, version, recordedAt, checkedAt } = row;
  return {
    ...{ id, connection, remainingReduceW, remainingIncreaseW, version },
    ...(asset !== null && { asset }),
    ...{ from: startsAt.toISOString(), to: endsAt.toISOString(), recordedAt: recordedAt.toISOString() },
    ...(reason !== null && { reason }),
    ...(checkedAt !== null && { checkedAt: checkedAt.toISOString() }),
  };
}
