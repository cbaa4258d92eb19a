import type { Db } from './client.ts';
import { messageKey, plain } from './plain.ts';

/** A congestion point, as an AGRPortfolioQueryResponse shows it. */
export interface ViewedCongestionPoint {
  readonly dso: string;
  readonly congestionPoint: string;
  readonly mutexOffersSupported: boolean;
  /** `AGR` or `DSO`. */
  readonly dayAheadRedispatchBy: string;
  readonly intradayRedispatchBy?: string;
  /** Entity addresses of our connections on it. */
  readonly connections: readonly string[];
}

/** What a CRO answered about one day. */
export interface PortfolioView {
  readonly cro: string;
  /** The day the view is about, `YYYY-MM-DD`. */
  readonly period: string;
  /** The AGRPortfolioQueryResponse that it came with. */
  readonly messageId: string;
  /** ISO, UTC. */
  readonly receivedAt: string;
  readonly result: string;
  readonly reason?: string;
  readonly congestionPoints: readonly ViewedCongestionPoint[];
  /** Entity addresses of our connections that are on no congestion point. */
  readonly connections: readonly string[];
}

type Head = Awaited<ReturnType<Db['portfolioView']['findFirst']>>;

/** A view with its congestion points and connections, each in order. Read in one pass over both. */
export async function wholeView(db: Db, head: Head): Promise<PortfolioView | undefined> {
  if (head === null) return undefined;
  const { id: viewId, ...facts } = head;
  const points = await db.viewedCongestionPoint.findMany({
    where: { viewId },
    orderBy: [{ congestionPoint: 'asc' }, { dso: 'asc' }],
    omit: { id: true, viewId: true },
  });
  const connected = await db.$queryRaw<{ connection: string; dso: string | null; point: string | null }[]>`
    SELECT connection, dso, congestion_point AS point FROM viewed_connection
    WHERE view_id = ${viewId}::uuid ORDER BY connection COLLATE "C"`;
  const onPoint = new Map<string, string[]>();
  for (const { connection, dso, point } of connected) {
    const key = dso === null ? '' : `${dso} ${point}`;
    const there = onPoint.get(key);
    if (there) there.push(connection);
    else onPoint.set(key, [connection]);
  }
  return {
    ...plain(facts),
    congestionPoints: points.map((point): ViewedCongestionPoint => ({
      ...plain(point),
      connections: onPoint.get(`${point.dso} ${point.congestionPoint}`) ?? [],
    })),
    connections: onPoint.get('') ?? [],
  };
}

/** The view that came with a CRO's answer. */
export async function viewOfAnswer(db: Db, cro: string, messageId: string) {
  return wholeView(
    db,
    await db.portfolioView.findUnique({
      where: { cro_messageId: { cro, messageId: messageKey(messageId) } },
    }),
  );
}

/** The accepted view before one: of the same day or the last day before it that was asked about earlier. */
export async function viewBefore(db: Db, { cro, period, messageId, receivedAt }: PortfolioView) {
  return wholeView(
    db,
    await db.portfolioView.findFirst({
      where: {
        ...{ cro, result: 'Accepted', period: { lte: period }, receivedAt: { lte: receivedAt } },
        NOT: { messageId: messageKey(messageId) },
      },
      orderBy: [{ period: 'desc' }, { receivedAt: 'desc' }, { id: 'desc' }],
    }),
  );
}
