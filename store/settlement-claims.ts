import { inTransaction, type Db, type Transaction } from './client.ts';

/**
 * Claims every order that a settlement accepts and no other one claimed before (`flex_order.settled_by`): money for
 * one order is owed once.
 */
export async function claimOrders(tx: Transaction, dso: string, messageId: string): Promise<void> {
  // In one order, so that two settlements of the same orders wait for each other.
  await tx.$executeRaw`
    SELECT 1 FROM flex_order WHERE dso = ${dso} AND order_reference IN (
      SELECT matched_order FROM settlement_item WHERE dso = ${dso} AND message_id = ${messageId})
    ORDER BY order_reference FOR UPDATE`;
  await tx.$executeRaw`
    UPDATE flex_order SET settled_by = ${messageId}
    WHERE dso = ${dso} AND settled_by IS NULL AND outcome IS DISTINCT FROM 'settled'
      AND order_reference IN (
        SELECT matched_order FROM settlement_item
        WHERE dso = ${dso} AND message_id = ${messageId} AND disposition = 'Accepted')`;
}

/** Settlements whose answers were given up, and are to go out after all. */
export function settlementClaimsOf(db: Db) {
  return {
    /**
     * Claims the orders of an undelivered settlement anew: what was fixed in its answer cannot be said differently.
     * @returns false where another settlement claimed one of them meanwhile; then this one stays undelivered
     */
    async reclaim(id: string): Promise<boolean> {
      const transaction = () =>
        db.$transaction(async (tx) => {
          const [held] = await tx.$queryRaw<{ dso: string; message_id: string; status: string }[]>`
            SELECT dso, message_id, status FROM settlement WHERE id = ${id}::uuid FOR UPDATE`;
          if (held?.status !== 'undelivered') return true;
          const { dso, message_id: messageId } = held;
          await claimOrders(tx, dso, messageId);
          const [elsewhere] = await tx.$queryRaw<{ orders: number }[]>`
            SELECT count(*)::int AS orders FROM settlement_item item
              JOIN flex_order ON flex_order.dso = item.dso AND flex_order.order_reference = item.matched_order
            WHERE item.dso = ${dso} AND item.message_id = ${messageId} AND item.disposition = 'Accepted'
              AND settled_by IS DISTINCT FROM ${messageId}`;
          const all = elsewhere!.orders === 0;
          if (all) await tx.settlement.update({ where: { id }, data: { status: 'decided', endedAt: null } });
          else await freeOrders(tx, dso, messageId);
          return all;
        });
      return inTransaction(transaction);
    },
  };
}

/** Leaves the orders that a settlement claimed to the next one. */
export async function freeOrders(tx: Transaction, dso: string, messageId: string): Promise<void> {
  await tx.order.updateMany({ where: { dso, settledBy: messageId }, data: { settledBy: null } });
}
