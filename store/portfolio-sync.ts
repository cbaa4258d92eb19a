import type { Db } from './client.ts';
import { chunksOf, json, messageKey, plain } from './plain.ts';

/** How the synchronisation with a CRO stands. */
export interface SyncStanding {
  readonly cro: string;
  /** The version of the portfolio that the CRO accepted last; absent: none yet. */
  readonly acceptedVersion?: number;
  readonly stage: string;
  /** Since when (ISO, UTC). */
  readonly since: string;
  /** What there is to say about it. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One thing that a CRO's view says differently from the one before. */
export interface ViewChange {
  readonly kind:
    'appeared' | 'vanished' | 'flags-changed' | 'moved' | 'unallocated' | 'missing' | 'unexpected';
  readonly dso?: string;
  readonly congestionPoint?: string;
  readonly connection?: string;
  readonly before?: object;
  readonly after?: object;
}

const rowsAtOnce = 5_000;

/** How far each CRO knows the portfolio, and what its answers changed. */
export function portfolioSyncOf(db: Db) {
  return {
    async find(cro: string): Promise<SyncStanding | undefined> {
      const row = await db.portfolioSync.findUnique({ where: { cro } });
      return row === null ? undefined : (plain(row) as SyncStanding);
    },

    /** Writes a stage down. The accepted version never goes back: an answer that was late tells nothing new. */
    async record({ cro, stage, since, facts, acceptedVersion }: SyncStanding): Promise<void> {
      await db.$executeRaw`
        INSERT INTO portfolio_sync AS known (cro, accepted_version, stage, since, facts)
        VALUES (${cro}, ${acceptedVersion ?? null}, ${stage}, ${since}::timestamptz, ${JSON.stringify(facts)}::jsonb)
        ON CONFLICT (cro) DO UPDATE SET stage = excluded.stage, since = excluded.since, facts = excluded.facts,
          accepted_version = greatest(known.accepted_version, excluded.accepted_version)`;
    },

    /** The congestion points that vanished in some view of a day. */
    async vanishedOn(cro: string, period: string): Promise<{ dso: string; congestionPoint: string }[]> {
      const rows = await db.portfolioViewChange.findMany({
        where: { cro, period, kind: 'vanished' },
        select: { dso: true, congestionPoint: true },
      });
      return rows.map(({ dso, congestionPoint }) => ({ dso: dso!, congestionPoint: congestionPoint! }));
    },

    /** Keeps what an answer (by its MessageID) changed; doing it again adds nothing. */
    async recordChanges(
      answer: { readonly cro: string; readonly messageId: string; readonly period: string },
      changes: readonly ViewChange[],
    ): Promise<void> {
      const { cro, period } = answer;
      const messageId = messageKey(answer.messageId);
      const rows = changes.map(({ before, after, ...change }) => ({
        ...change,
        ...{ cro, messageId, period },
        subject: [change.connection, change.dso, change.congestionPoint].filter(Boolean).join(' '),
        ...(before && { before: json(before) }),
        ...(after && { after: json(after) }),
      }));
      for (const data of chunksOf(rows, rowsAtOnce))
        await db.portfolioViewChange.createMany({ data, skipDuplicates: true });
    },

    /** What a CRO's answers about a day changed, `limit` at most. */
    async changesOf(cro: string, period: string, limit: number): Promise<ViewChange[]> {
      const rows = await db.portfolioViewChange.findMany({
        where: { cro, period },
        orderBy: [{ kind: 'asc' }, { subject: 'asc' }],
        take: limit,
        omit: { cro: true, period: true, subject: true },
      });
      return rows.map((row) => plain(row) as unknown as ViewChange);
    },
  };
}
