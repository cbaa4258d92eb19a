import type { Db } from './client.ts';
import { plain } from './plain.ts';
import { standingViews } from './portfolio.ts';

/** Kinds of values that a DSO may want to be told; each is counted per connection and day. */
export type MeteredKind = 'power' | 'importEnergy' | 'exportEnergy' | 'importRegister' | 'exportRegister';

/** A day as one DSO sees it: which kinds it wants, of how many ISPs. */
export interface MeteredDay {
  readonly dso: string;
  readonly period: string;
  readonly kinds: readonly MeteredKind[];
  /** ISPs of the day. */
  readonly isps: number;
  /** Digits of an EAN in the notation the DSO asks for. */
  readonly eanDigits?: number;
}

/** One Metering message: what was told to a DSO of one connection and day. */
export interface Metering {
  readonly dso: string;
  readonly period: string;
  readonly connection: string;
  /** Strictly rising per connection and day. */
  readonly revision: number;
  /** Revision of the readings that it tells. */
  readonly readings: number;
  readonly digest?: string;
  /** ISPs without a value, over all profiles. */
  readonly missing: number;
  readonly messageId?: string;
  readonly outboxId?: string;
  readonly status: string;
  readonly reason?: string;
  readonly sentAt?: string;
  readonly resentAt?: string;
  readonly answeredAt?: string;
}

export type MeteringKey = Pick<Metering, 'dso' | 'period' | 'connection' | 'revision'>;

/** How far the last message of each connection is, in numbers of connections. */
export interface MeteringProgress {
  readonly sending: number;
  readonly pending: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly refused: number;
  readonly unanswered: number;
  /** Since when the longest waiting one waits (UTC). */
  readonly waitingSince?: string;
}

/** A connection whose readings of a day are not whole. */
export interface IncompleteConnection {
  readonly connection: string;
  /** ISPs without a value, summed over the kinds wanted. */
  readonly missing: number;
}

/** What was told to DSOs of meter readings, and what is still to be told. */
export function meteringsOf(db: Db) {
  const keyOf = ({ dso, period, connection, revision }: MeteringKey) => ({
    dso_period_connection_revision: { dso, period, connection, revision },
  });

  /** The last messages of a connection's day, newest first, at most `limit`. */
  async function newest(dso: string, period: string, connection: string, limit: number): Promise<Metering[]> {
    const where = { dso, period, connection };
    const rows = await db.metering.findMany({ where, orderBy: { revision: 'desc' }, take: limit });
    return rows.map(plain);
  }

  async function latest(dso: string, period: string, connection: string): Promise<Metering | undefined> {
    return (await newest(dso, period, connection, 1))[0];
  }

  return {
    newest,
    latest,

    /**
     * Connections on congestion points of the DSO whose readings of the day changed since it was told of them, or
     * whose message is still on its way out, or who were given the EAN since that a message lacked; in order, after
     * `after`, at most `limit`. Only whole days, unless `partial`: then all of which anything is known.
     */
    async due(
      { dso, period, kinds, isps, eanDigits = 0 }: MeteredDay,
      { after = '', limit, partial }: { after?: string; limit: number; partial: boolean },
    ): Promise<string[]> {
      const views = await standingViews(db, period);
      const rows = await db.$queryRaw<{ connection: string }[]>`
        SELECT ours.connection
        FROM (
          SELECT DISTINCT connection FROM viewed_connection
          WHERE view_id = ANY(${views}::uuid[]) AND dso = ${dso} AND connection > ${after}
        ) AS ours
        JOIN meter_day AS day ON day.connection = ours.connection AND day.period = ${period}
        CROSS JOIN LATERAL (
          SELECT min(known) AS fewest, max(known) AS most FROM (VALUES
            ('power', day.power), ('importEnergy', day.import_energy), ('exportEnergy', day.export_energy),
            ('importRegister', day.import_register), ('exportRegister', day.export_register)
          ) AS kinds (kind, known) WHERE kind = ANY(${[...kinds]}::text[])
        ) AS counts
        LEFT JOIN LATERAL (
          -- A message that could not name its connection says something, and yet was never written.
          SELECT readings, status, status = 'refused' AND message_id IS NULL AND digest IS NOT NULL AS lacks_ean
          FROM metering
          WHERE dso = ${dso} AND period = ${period} AND connection = ours.connection
          ORDER BY revision DESC LIMIT 1
        ) AS told ON true
        WHERE (counts.fewest >= ${isps} OR (${partial} AND counts.most > 0))
          AND (told.status IS NULL OR told.status = 'sending' OR told.readings < day.revision
            OR (told.lacks_ean AND EXISTS (
              SELECT FROM represented_connection AS ours_now
              WHERE ours_now.connection = ours.connection AND until_version IS NULL AND start_period <= ${period}
                AND (end_period IS NULL OR end_period >= ${period}) AND length(metering_ean) = ${eanDigits}::int + 1)))
        ORDER BY ours.connection LIMIT ${limit}`;
      return rows.map(({ connection }) => connection);
    },

    /**
     * The message to send next of a connection's day: the one that is being sent, or a new one with the revision
     * after the last. Whoever asks meanwhile gets the same.
     */
    async claim(dso: string, period: string, connection: string, readings: number): Promise<Metering> {
      const last = await latest(dso, period, connection);
      if (last?.status === 'sending') return last;
      const revision = (last?.revision ?? 0) + 1;
      await db.metering.createMany({
        data: [{ dso, period, connection, revision, readings }],
        skipDuplicates: true,
      });
      return plain(
        await db.metering.findUniqueOrThrow({ where: keyOf({ dso, period, connection, revision }) }),
      );
    },

    /** Changes what is known of a message. */
    async update(key: MeteringKey, change: Partial<Omit<Metering, keyof MeteringKey>>): Promise<void> {
      await db.metering.update({ where: keyOf(key), data: change, select: { revision: true } });
    },

    /** What became of sending a message; does nothing where its answer was faster. */
    async sent(
      key: MeteringKey,
      change: {
        status: 'pending' | 'refused';
        sentAt?: string | undefined;
        reason?: string;
        digest?: string;
      },
    ): Promise<void> {
      const { sentAt = null, ...rest } = change;
      await db.metering.updateMany({ where: { ...pick(key), status: 'sending' }, data: { ...rest, sentAt } });
    },

    /** What the DSO answered to a message, late answers included. Only the first counts. */
    async answered(
      key: MeteringKey,
      answer: { accepted: boolean; reason?: string; at: string },
    ): Promise<void> {
      const { accepted, reason = null, at } = answer;
      await db.metering.updateMany({
        where: { ...pick(key), status: { in: ['sending', 'pending', 'unanswered'] } },
        data: { status: accepted ? 'accepted' : 'rejected', reason, answeredAt: at },
      });
    },

    /** Messages that wait for an answer, sent (last) at `until` (UTC) or before; at most `limit`. */
    async waiting(dso: string, period: string, until: string, limit: number): Promise<Metering[]> {
      const rows = await db.metering.findMany({
        where: {
          dso,
          period,
          status: 'pending',
          OR: [{ resentAt: { lte: until } }, { resentAt: null, sentAt: { lte: until } }],
        },
        orderBy: [{ connection: 'asc' }, { revision: 'asc' }],
        take: limit,
      });
      return rows.map(plain);
    },

    /** How far a day is with a DSO; of each connection the last message counts. */
    async progress(dso: string, period: string): Promise<MeteringProgress> {
      const rows = await db.$queryRaw<{ status: string; connections: number; since: Date | null }[]>`
        SELECT status, count(*)::int AS connections, min(coalesce(resent_at, sent_at)) AS since FROM (
          SELECT DISTINCT ON (connection) status, sent_at, resent_at FROM metering
          WHERE dso = ${dso} AND period = ${period} ORDER BY connection, revision DESC
        ) AS last GROUP BY status`;
      const count = (status: string): number => rows.find((row) => row.status === status)?.connections ?? 0;
      const since = rows.find(({ status }) => status === 'pending')?.since;
      return {
        sending: count('sending'),
        pending: count('pending'),
        accepted: count('accepted'),
        rejected: count('rejected'),
        refused: count('refused'),
        unanswered: count('unanswered'),
        ...(since && { waitingSince: since.toISOString() }),
      };
    },

    /** The last message of each connection that is neither accepted nor on its way; in order, at most `limit`. */
    async troubled(dso: string, period: string, limit: number): Promise<Metering[]> {
      const rows = await db.metering.findMany({
        where: { dso, period },
        distinct: ['connection'],
        orderBy: [{ connection: 'asc' }, { revision: 'desc' }],
      });
      const statuses = new Set(['rejected', 'refused', 'unanswered']);
      return rows
        .filter(({ status }) => statuses.has(status))
        .slice(0, limit)
        .map(plain);
    },

    /**
     * Whether the readings of a day are whole: the DSO's connections of which values of a wanted kind are missing,
     * with how many; in order, at most `limit`, and how many there are in all.
     */
    async incomplete(
      { dso, period, kinds, isps }: MeteredDay,
      limit: number,
    ): Promise<{ connections: number; missing: number; first: IncompleteConnection[] }> {
      const views = await standingViews(db, period);
      const rows = await db.$queryRaw<{ connection: string; missing: number; n: number; sum: number }[]>`
        SELECT connection, missing, count(*) OVER ()::int AS n, sum(missing) OVER ()::int AS sum FROM (
          SELECT ours.connection, counts.missing FROM (
            SELECT DISTINCT connection FROM viewed_connection
            WHERE view_id = ANY(${views}::uuid[]) AND dso = ${dso}
          ) AS ours
          LEFT JOIN meter_day AS day ON day.connection = ours.connection AND day.period = ${period}
          CROSS JOIN LATERAL (
            SELECT sum(greatest(${isps}::int - coalesce(known, 0), 0))::int AS missing FROM (VALUES
              ('power', day.power), ('importEnergy', day.import_energy), ('exportEnergy', day.export_energy),
              ('importRegister', day.import_register), ('exportRegister', day.export_register)
            ) AS kinds (kind, known) WHERE kind = ANY(${[...kinds]}::text[])
          ) AS counts
        ) AS connections
        WHERE missing > 0 ORDER BY connection LIMIT ${limit}`;
      const first = rows.map(({ connection, missing }) => ({ connection, missing }));
      return { connections: rows[0]?.n ?? 0, missing: rows[0]?.sum ?? 0, first };
    },
  };
}

const pick = ({ dso, period, connection, revision }: MeteringKey) => ({ dso, period, connection, revision });
