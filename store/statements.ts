import type { Db } from './client.ts';
import type { StoredOrder } from './orders.ts';
import { chunksOf, plain } from './plain.ts';
import type { SettlementItem } from './settlement-items.ts';

/** An order with the item that says how it stands. */
export interface StatementOrder {
  readonly order: StoredOrder;
  /** The one that was accepted, else the last one; missing where no settlement named the order yet. */
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
      const known = new Set(orders.map(({ orderReference }) => orderReference));
      // As one array each, since PostgreSQL takes 65,535 parameters in a statement. By the order, not by the day
      // that the item states: it may be what is wrong with it.
      const wanted = await db.$queryRaw<{ id: string }[]>`
        SELECT id::text FROM settlement_item
        WHERE dso = ${dso} AND (period BETWEEN ${from} AND ${to} OR matched_order = ANY(${[...known]}::text[]))`;
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
        if (matchedOrder === undefined || !known.has(matchedOrder)) continue;
        if (items.get(matchedOrder)?.disposition !== 'Accepted') items.set(matchedOrder, item);
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
