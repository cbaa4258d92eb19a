import { lockCapacity } from './capacity-lock.ts';
import { type HeldAsset, type HoldScope, keepHold, type Standing, standing } from './capacity.ts';
import { inTransaction, type Db } from './client.ts';
import { type AcceptedOrder, ordersOf, type StoredOrder } from './orders.ts';
import type { OutboxKey } from './outbox.ts';

/** What was made of a direct order: why it is refused, or the power it takes. */
export type Booking =
  | { readonly reasons: readonly string[] }
  | { readonly assets: readonly HeldAsset[]; readonly decision: unknown };

const patience = { timeout: 30_000, maxWait: 30_000 };

/** Orders that no offer came before: they are accepted and their power taken in one step. */
export function bookingsOf(db: Db) {
  return {
    /**
     * Judges a direct order by what is held and by what was ordered under its contract, and books it with its power,
     * firm from the start, in one transaction in which nobody else takes power or books a direct order. The same order
     * again is booked already, and judged no more.
     *
     * @returns the reasons to refuse it; none where it is booked. `repeated` where the DSO used its OrderReference for
     *   another order before
     */
    async direct(
      key: OutboxKey,
      scope: Pick<HoldScope, 'startsAt' | 'endsAt' | 'ispMinutes' | 'connections'>,
      order: AcceptedOrder & { readonly contractId: string },
      judge: (standing: Standing, under: readonly StoredOrder[]) => Booking,
    ): Promise<readonly string[] | 'repeated'> {
      const transaction = () =>
        db.$transaction(async (tx) => {
          await lockCapacity(tx);
          const orders = ordersOf(tx as unknown as Db);
          if (await orders.findByMessage(order.dso, order.orderMessageId)) return [];
          const booking = judge(await standing(tx, scope), await orders.underContract(order.contractId));
          if ('reasons' in booking) return booking.reasons;
          if ((await orders.accept(order)) === 'duplicate-reference') return 'repeated';
          await keepHold(tx, key, scope, booking, 'firm');
          return [];
        }, patience);
      return inTransaction(transaction);
    },
  };
}
