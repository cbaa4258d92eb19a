import type { Db } from './client.ts';
import type { StoredOrder } from './orders.ts';
import { chunksOf, plain } from './plain.ts';
import type { SettlementItem } from './settlement-items.ts';

/** An order with the item that says how it stands. */
export interface StatementOrder {
  readonly order: StoredOrder;
  /** The one by which it is owed, else the last one; missing where we answered no settlement that names the order. */
  readonly item?: SettlementItem;
}

/** What monthly statements are made of. */
export function statementsOf(db: Db) {
  return {
    /**
     * The orders of a DSO delivered on the days `from` to `to`, both included, each with the item that counts; and
     * the items of those days that are about no order of ours.
     */
    async between(
      dso: string,
      from: string,
      to: string,
    ): Promise<{ orders: StatementOrder[]; strangers: SettlementItem[] }> {
      const orders = await db.order.findMany({
        where: { dso, period: { gte: from, lte: to } },
        orderBy: [{ period: 'asc' }, { acceptedAt: 'asc' }, { id: 'asc' }],
      });
      const known = new Map(orders.map((order) => [order.orderReference, order]));
      // As one array each, since PostgreSQL takes 65,535 parameters in a statement. By the order, not by the day
      // that the item states: it may be what is wrong with it. What the DSO was never told was never said.
      const wanted = await db.$queryRaw<{ id: string }[]>`
        SELECT item.id::text FROM settlement_item item LEFT JOIN settlement USING (dso, message_id)
        WHERE dso = ${dso} AND settlement.status IS DISTINCT FROM 'undelivered'
          AND (item.period BETWEEN ${from} AND ${to} OR item.matched_order = ANY(${[...known.keys()]}::text[]))`;
      const rows = (
        await Promise.all(
          chunksOf(wanted, 10_000).map((part) =>
            db.settlementItem.findMany({ where: { id: { in: part.map(({ id }) => id) } } }),
          ),
        )
      )
        .flat()
        .toSorted((a, b) => a.decidedAt.getTime() - b.decidedAt.getTime() || (a.id < b.id ? -1 : 1));
      const items = new Map<string, SettlementItem>();
      const strangers: SettlementItem[] = [];
      for (const row of rows) {
        const { id: _, ...item } = plain(row) as SettlementItem & { id: string };
        const { matchedOrder, period } = item;
        if (matchedOrder === undefined && period >= from && period <= to) strangers.push(item);
        const order = matchedOrder === undefined ? undefined : known.get(matchedOrder);
        if (!order) continue;
        const { orderReference, settledBy } = order;
        const earlier = items.get(orderReference);
        if (!earlier || weight(item, settledBy) >= weight(earlier, settledBy))
          items.set(orderReference, item);
      }
      return {
        orders: orders.map((row) => {
          const { id: _, ...order } = plain(row) as unknown as StoredOrder & { id: string };
          const item = items.get(order.orderReference);
          return { order, ...(item && { item }) };
        }),
        strangers,
      };
    },
  };
}

/** An order is owed by the settlement that claimed it. Until one has, what would be accepted stands for its review. */
function weight({ messageId, disposition }: SettlementItem, settledBy: string | null): number {
  if (disposition !== 'Accepted') return 0;
  return messageId === settledBy ? 2 : 1;
}
