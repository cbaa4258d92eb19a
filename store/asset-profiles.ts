import { lockCapacity } from './capacity-lock.ts';
import { inTransaction, type Db, type Transaction } from './client.ts';
import { chunksOf } from './plain.ts';

/** What an asset can do on one local day, in W by ISP (index 0 is ISP 1), instead of what its terms say. */
export interface AssetProfile {
  readonly connection: string;
  readonly asset: string;
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  readonly reduceW: readonly number[];
  readonly increaseW: readonly number[];
}

/** A profile that changed since the conversations that may count on it were looked at. */
export interface UncheckedProfile extends Pick<AssetProfile, 'connection' | 'asset' | 'period'> {
  /** Rises with every change. */
  readonly version: number;
}

const rowsAtOnce = 1_000;
/** Milliseconds: a month of a thousand assets. */
const patience = { timeout: 120_000, maxWait: 30_000 };

const keyOf = ({
  connection,
  asset,
  period,
}: Pick<AssetProfile, 'connection' | 'asset' | 'period'>): string =>
  JSON.stringify([connection, asset, period]);

/** Availability of assets by the day, as their own systems know it. */
export function assetProfilesOf(db: Db) {
  return {
    /**
     * Keeps profiles, all or none; the last one of an asset and day counts. From then on nothing is offered beyond
     * them; whoever counted on more still has to be told. The same again changes nothing.
     *
     * @returns how many are other than what was known
     */
    async save(profiles: readonly AssetProfile[], recordedAt: string): Promise<number> {
      // In the order of the key, so that two of these wait for each other instead of blocking each other.
      const sorted = [...new Map(profiles.map((each) => [keyOf(each), each]))]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([, each]) => each);
      return inTransaction(() =>
        db.$transaction(async (tx) => {
          let changed = 0;
          for (const rows of chunksOf(sorted, rowsAtOnce)) changed += await upsert(tx, rows, recordedAt);
          // Last, and so for a moment only: whoever decided by what was known before has finished now, and is found
          // by the look at what follows; whoever decides from now on knows it.
          await lockCapacity(tx);
          return changed;
        }, patience),
      );
    },

    /** Those that changed since somebody looked at what follows from them, the oldest first. */
    async unchecked(): Promise<UncheckedProfile[]> {
      return db.assetProfile.findMany({
        where: { checkedAt: null },
        orderBy: [{ recordedAt: 'asc' }, { period: 'asc' }, { connection: 'asc' }, { asset: 'asc' }],
        select: { connection: true, asset: true, period: true, version: true },
      });
    },

    /** Everybody was told of these versions; what changed meanwhile still has to be. */
    async markChecked(profiles: readonly UncheckedProfile[], checkedAt: string): Promise<void> {
      for (const rows of chunksOf(profiles, rowsAtOnce)) {
        await db.$executeRaw`
          UPDATE asset_profile AS kept SET checked_at = ${checkedAt}::timestamptz
          FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
            AS seen (connection text, asset text, period text, version int)
          WHERE (kept.connection, kept.asset, kept.period, kept.version)
            = (seen.connection, seen.asset, seen.period, seen.version)`;
      }
    },
  };
}

async function upsert(
  tx: Transaction,
  profiles: readonly AssetProfile[],
  recordedAt: string,
): Promise<number> {
  const rows = JSON.stringify(profiles.map((profile) => ({ ...profile, at: recordedAt })));
  return tx.$executeRaw`
    INSERT INTO asset_profile AS kept
      (connection, asset, period, time_zone, isp_duration, reduce_w, increase_w, recorded_at)
    SELECT connection, asset, period, "timeZone", "ispDuration",
      ARRAY(SELECT value::int FROM jsonb_array_elements_text("reduceW") WITH ORDINALITY ORDER BY ordinality),
      ARRAY(SELECT value::int FROM jsonb_array_elements_text("increaseW") WITH ORDINALITY ORDER BY ordinality), at
    FROM jsonb_to_recordset(${rows}::jsonb) AS given (connection text, asset text, period text, "timeZone" text,
      "ispDuration" text, "reduceW" jsonb, "increaseW" jsonb, at timestamptz)
    ON CONFLICT (connection, asset, period) DO UPDATE
      SET time_zone = excluded.time_zone, isp_duration = excluded.isp_duration, reduce_w = excluded.reduce_w,
        increase_w = excluded.increase_w, recorded_at = excluded.recorded_at, version = kept.version + 1,
        checked_at = NULL
      WHERE (kept.time_zone, kept.isp_duration, kept.reduce_w, kept.increase_w) IS DISTINCT FROM
        (excluded.time_zone, excluded.isp_duration, excluded.reduce_w, excluded.increase_w)`;
}

/** The profiles of these connections that may say something about a time: those of its days, in any time zone. */
export async function profilesDuring(
  db: Db | Transaction,
  { startsAt, endsAt, connections }: { startsAt: string; endsAt: string; connections: readonly string[] },
): Promise<AssetProfile[]> {
  return (db as Db).assetProfile.findMany({
    where: {
      connection: { in: [...connections] },
      period: { gte: dayBeside(startsAt, -1), lte: dayBeside(endsAt, 1) },
    },
    omit: { version: true, recordedAt: true, checkedAt: true },
  });
}

/** No zone is a whole day from UTC. */
const dayBeside = (instant: string, days: number): string =>
  new Date(Date.parse(instant) + days * 86_400_000).toISOString().slice(0, 10);
