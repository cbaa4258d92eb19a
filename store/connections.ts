import { inTransaction, type Db } from './client.ts';
import type { RepresentedConnection, StandingConnection } from './connection-diff.ts';
import { type ConnectionRow, standingOf } from './connection-row.ts';
import { type ListApplied, type ListToApply, applyList } from './portfolio-list.ts';

/** A connection's days with the versions of the portfolio between which they stood. */
export interface RecordedConnection extends StandingConnection {
  readonly sinceVersion: number;
  /** The version that replaced it; absent: it stands. */
  readonly untilVersion?: number;
  /** When that was, and who did it (ISO, UTC). */
  readonly at: string;
  readonly by: string;
}

/** One state of the portfolio after another. */
export interface PortfolioVersion {
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly origin: string;
  readonly added: number;
  readonly changed: number;
  readonly leaving: number;
}

/** Milliseconds: an import may bring hundreds of thousands of connections. */
const patience = { timeout: 300_000, maxWait: 10_000 };

/** The connections under contract: who is represented on which days, what stands behind them, and what they were before. */
export function connectionsOf(db: Db) {
  return {
    /** The state the portfolio is in; 0 before anything was brought in. */
    async version(): Promise<number> {
      const last = await db.portfolioVersion.findFirst({ orderBy: { version: 'desc' } });
      return last?.version ?? 0;
    },

    /** The connections represented on a day (`YYYY-MM-DD`), only those of `ids` where given, by EntityAddress. */
    async activeOn(period: string, ids?: readonly string[]): Promise<readonly StandingConnection[]> {
      const rows = await db.$queryRaw<ConnectionRow[]>`
        SELECT connection, start_period, end_period, metering_ean, assets, origin FROM represented_connection
        WHERE until_version IS NULL AND start_period <= ${period}
          AND (end_period IS NULL OR end_period >= ${period})
          AND (${ids === undefined} OR connection = ANY(${ids ?? []}::text[]))
        ORDER BY connection COLLATE "C"`;
      return rows.map(standingOf);
    },

    /** EntityAddresses of the connections represented on a day, in order. */
    async idsOn(period: string): Promise<string[]> {
      const rows = await db.$queryRaw<{ connection: string }[]>`
        SELECT connection FROM represented_connection
        WHERE until_version IS NULL AND start_period <= ${period}
          AND (end_period IS NULL OR end_period >= ${period})
        ORDER BY connection COLLATE "C"`;
      return rows.map(({ connection }) => connection);
    },

    /** Whether any connection is represented on a day. */
    async anyOn(period: string): Promise<boolean> {
      const rows = await db.$queryRaw<unknown[]>`
        SELECT 1 FROM represented_connection
        WHERE until_version IS NULL AND start_period <= ${period}
          AND (end_period IS NULL OR end_period >= ${period}) LIMIT 1`;
      return rows.length > 0;
    },

    /** Those of `ids` that were never in the portfolio. */
    async unknownAmong(ids: readonly string[]): Promise<string[]> {
      const rows = await db.$queryRaw<{ connection: string }[]>`
        SELECT DISTINCT asked.connection FROM unnest(${[...ids]}::text[]) AS asked (connection)
        WHERE NOT EXISTS (SELECT FROM represented_connection AS known
          WHERE known.connection = asked.connection AND known.until_version IS NULL)
        ORDER BY 1`;
      return rows.map(({ connection }) => connection);
    },

    /**
     * What a registry is to be told: everything represented on `today` or later, and whatever changed after the
     * version that it accepted last (0: it was told nothing yet).
     */
    async registration(today: string, acceptedVersion: number): Promise<readonly RepresentedConnection[]> {
      const rows = await db.$queryRaw<ConnectionRow[]>`
        SELECT connection, start_period, end_period, metering_ean, '[]'::jsonb AS assets, origin
        FROM represented_connection
        WHERE until_version IS NULL
          AND (end_period IS NULL OR (end_period >= ${today} AND end_period >= start_period)
            OR (${acceptedVersion} > 0 AND since_version > ${acceptedVersion}))
        ORDER BY connection COLLATE "C", start_period`;
      return rows.map(standingOf);
    },

    /** The connections after one (EntityAddress), in order, `limit` rows at most. */
    async list(options: { after?: string; limit: number }): Promise<readonly StandingConnection[]> {
      const rows = await db.$queryRaw<ConnectionRow[]>`
        SELECT connection, start_period, end_period, metering_ean, assets, origin FROM represented_connection
        WHERE until_version IS NULL AND connection COLLATE "C" > ${options.after ?? ''}
        ORDER BY connection COLLATE "C", start_period LIMIT ${options.limit}`;
      return rows.map(standingOf);
    },

    /** All that ever stood about a connection, oldest first. */
    async historyOf(connection: string): Promise<readonly RecordedConnection[]> {
      type Recorded = ConnectionRow & {
        since_version: number;
        until_version: number | null;
        at: Date;
        by: string;
      };
      const rows = await db.$queryRaw<Recorded[]>`
        SELECT c.connection, c.start_period, c.end_period, c.metering_ean, c.assets, c.origin,
          c.since_version, c.until_version, v.at, v.by
        FROM represented_connection AS c JOIN portfolio_version AS v ON v.version = c.since_version
        WHERE c.connection = ${connection} ORDER BY c.since_version, c.start_period`;
      return rows.map((row) => ({
        ...standingOf(row),
        sinceVersion: row.since_version,
        ...(row.until_version !== null && { untilVersion: row.until_version }),
        at: new Date(row.at).toISOString(),
        by: row.by,
      }));
    },

    /** The states the portfolio was in, newest first, `limit` at most. */
    async versions(limit: number): Promise<readonly PortfolioVersion[]> {
      const rows = await db.portfolioVersion.findMany({ orderBy: { version: 'desc' }, take: limit });
      return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
    },

    /**
     * Compares a list with the portfolio, and with `apply` makes it the portfolio: all of it or nothing. Where
     * `expected` is given and the comparison comes to something else by now, nothing is applied.
     */
    async compare(list: ListToApply): Promise<ListApplied> {
      return inTransaction(() => db.$transaction((tx) => applyList(tx as unknown as Db, list), patience));
    },
  };
}
