import { randomUUID } from 'node:crypto';
import { inTransaction, type Db } from './client.ts';
import { chunksOf, messageKey, plain } from './plain.ts';
import {
  type PortfolioView,
  viewBefore,
  type ViewedCongestionPoint,
  viewOfAnswer,
  wholeView,
} from './portfolio-views.ts';

/** A congestion point as it stands for a day, and how fresh that knowledge is. */
export interface ActiveCongestionPoint extends ViewedCongestionPoint {
  readonly cro: string;
  /** The day of the view that tells: the day asked about, or the last before it. */
  readonly viewPeriod: string;
  /** ISO, UTC. */
  readonly viewedAt: string;
}

/** PostgreSQL takes 65,535 parameters in a statement. */
const rowsAtOnce = 5_000;
/** Milliseconds; a view may hold hundreds of thousands of connections. */
const patience = { timeout: 120_000, maxWait: 10_000 };

/**
 * The view of each CRO that stands for a day: the last accepted one for that day, else for the last day before
 * it. Newest first, should two CROs know the same congestion point.
 */
export async function standingViews(db: Db, period: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM (
      SELECT DISTINCT ON (cro) id, period, received_at FROM portfolio_view
      WHERE result = 'Accepted' AND period <= ${period}
      ORDER BY cro, period DESC, received_at DESC, id DESC
    ) AS latest ORDER BY period DESC, received_at DESC`;
  return rows.map(({ id }) => id);
}

/** What the CROs say our portfolio is, for every day they were asked about. */
export function portfolioOf(db: Db) {
  async function active(where: { congestionPoint: string; dso?: string }, period: string) {
    const views = await standingViews(db, period);
    const seen = await db.viewedCongestionPoint.findMany({
      where: { ...where, viewId: { in: views } },
      include: { view: true },
    });
    const [found] = seen.toSorted((a, b) => views.indexOf(a.viewId) - views.indexOf(b.viewId));
    if (found === undefined) return undefined;
    const { id: _, viewId, view, ...flags } = found;
    const connections = await db.viewedConnection.findMany({
      where: { viewId, congestionPoint: found.congestionPoint, dso: found.dso },
      orderBy: { connection: 'asc' },
      select: { connection: true },
    });
    const whence = { cro: view.cro, viewPeriod: view.period, viewedAt: view.receivedAt.toISOString() };
    const result: ActiveCongestionPoint = {
      ...plain(flags),
      ...whence,
      connections: connections.map(({ connection }) => connection),
    };
    return result;
  }

  return {
    /** Keeps a view, whole or not at all; the same answer (by its MessageID) is kept once. */
    async saveView(view: PortfolioView): Promise<void> {
      const { congestionPoints, connections, ...head } = view;
      const viewId = randomUUID();
      const points = congestionPoints.map(({ connections: _, ...point }) => ({ ...point, viewId }));
      const connected = [
        ...connections.map((connection) => ({ connection })),
        ...congestionPoints.flatMap(({ dso, congestionPoint, connections }) =>
          connections.map((connection) => ({ connection, dso, congestionPoint })),
        ),
      ];
      await inTransaction(() =>
        db.$transaction(async (tx) => {
          const data = { ...head, id: viewId, messageId: messageKey(view.messageId) };
          const { count } = await tx.portfolioView.createMany({ data: [data], skipDuplicates: true });
          if (count === 0) return;
          for (const data of chunksOf(points, rowsAtOnce))
            await tx.viewedCongestionPoint.createMany({ data });
          for (const rows of chunksOf(connected, rowsAtOnce)) {
            await tx.$executeRaw`
              INSERT INTO viewed_connection (id, view_id, connection, dso, congestion_point)
              SELECT gen_random_uuid(), ${viewId}::uuid, connection, dso, "congestionPoint"
              FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
                AS seen (connection text, dso text, "congestionPoint" text)`;
          }
        }, patience),
      );
    },

    /** The last answer of a CRO about a day, accepted or not. */
    async latestView(cro: string, period: string): Promise<PortfolioView | undefined> {
      const row = await db.portfolioView.findFirst({
        where: { cro, period },
        orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
      });
      return wholeView(db, row);
    },

    /** Whether a CRO has accepted to tell of this very day. */
    async hasView(cro: string, period: string): Promise<boolean> {
      const where = { cro, period, result: 'Accepted' };
      return (await db.portfolioView.findFirst({ where, select: { id: true } })) !== null;
    },

    /** Whether a CRO has accepted to tell of any day after this one. */
    async hasLaterView(cro: string, period: string): Promise<boolean> {
      const where = { cro, period: { gt: period }, result: 'Accepted' };
      return (await db.portfolioView.findFirst({ where, select: { id: true } })) !== null;
    },

    /** The view that came with a CRO's answer, by its MessageID. */
    viewOf: (cro: string, messageId: string): Promise<PortfolioView | undefined> =>
      viewOfAnswer(db, cro, messageId),

    /** The accepted view before one: of the same day, or of the last day before it. */
    viewBefore: (view: PortfolioView): Promise<PortfolioView | undefined> => viewBefore(db, view),

    /** Whether any CRO has told where the portfolio is, on that day or before. */
    async isKnown(period: string): Promise<boolean> {
      return (await standingViews(db, period)).length > 0;
    },

    /**
     * A congestion point of a DSO as it stands for a day, with our connections on it; undefined if we have none
     * there. Where the day itself was not asked about, the last day before it tells.
     */
    async activeCongestionPoint(
      dso: string,
      congestionPoint: string,
      period: string,
    ): Promise<ActiveCongestionPoint | undefined> {
      return active({ dso, congestionPoint }, period);
    },

    /** Our connections on a congestion point on a day, in order; none if it is not one of ours. */
    async connectionsOn(congestionPoint: string, period: string): Promise<readonly string[]> {
      return (await active({ congestionPoint }, period))?.connections ?? [];
    },
  };
}
