import Big from 'big.js';
import { amount } from '../money.ts';
import { eachISP, megawattHours } from '../power.ts';
import {
  type Credit,
  creditsByISP,
  type DeliveryFacts,
  knownISP,
  type Lacking,
  type SettledISP,
  type SettledOrder,
} from './delivery.ts';

/** What an order comes to: computed, or the ISPs for which neither side has data. */
export type OrderSettlement =
  | {
      readonly kind: 'computed';
      /** Decimals of the order's currency. */
      readonly price: string;
      readonly penalty: string;
      readonly netSettlement: string;
      readonly isps: readonly SettledISP[];
    }
  | {
      readonly kind: 'unknown';
      readonly missing: readonly { readonly isp: number; readonly what: Lacking }[];
    };

export type ComputedSettlement = Extract<OrderSettlement, { kind: 'computed' }>;

/**
 * Recomputes the orders of one congestion point and day from our own data (UFTP, settlement: NetSettlement is
 * Price less Penalty). The penalty is the energy lacking at the rate of the contract and, where only delivered
 * energy is paid, the price of the energy that was not delivered; it is rounded once.
 * @param orders all of them, in the sequence of acceptance
 */
export function settleOrders(orders: readonly SettledOrder[], facts: DeliveryFacts): OrderSettlement[] {
  const settle = settlementOf(orders, facts);
  return orders.map((_, index) => settle(index));
}

/** The same, of each order when it is asked for, by its index. */
export function settlementOf(
  orders: readonly SettledOrder[],
  facts: DeliveryFacts,
): (index: number) => OrderSettlement {
  const credits = creditsByISP(orders, facts);
  return (index) => settleOrder(orders[index]!, facts, (isp) => credits.get(isp)?.get(index));
}

function settleOrder(
  order: SettledOrder,
  facts: DeliveryFacts,
  creditOf: (isp: number) => Credit | undefined,
): OrderSettlement {
  const missing: { isp: number; what: Lacking }[] = [];
  const isps: SettledISP[] = [];
  for (const { isp, group } of eachISP(order.ISP)) {
    const known = knownISP(facts, isp);
    const credit = creditOf(isp);
    if ('lacking' in known || !credit) {
      if ('lacking' in known) missing.push(...known.lacking.map((what) => ({ isp, what })));
      continue;
    }
    isps.push({
      isp,
      baseline: known.baseline,
      ordered: group.Power,
      actual: known.actual,
      delivered: credit.delivered === 0 ? 0 : Math.sign(group.Power) * credit.delivered,
      deficiency: credit.deficiency,
      ...(known.assumed.length > 0 && { assumed: known.assumed }),
    });
  }
  if (missing.length > 0) return { kind: 'unknown', missing };
  const penalty = amount(penaltyOf(order, isps, facts), order.currency);
  return {
    kind: 'computed',
    price: amount(new Big(order.price), order.currency),
    penalty,
    netSettlement: amount(new Big(order.price).minus(penalty), order.currency),
    isps,
  };
}

function penaltyOf(order: SettledOrder, isps: readonly SettledISP[], facts: DeliveryFacts): Big {
  const total = (of: (isp: SettledISP) => number) => isps.reduce((sum, isp) => sum + of(isp), 0);
  const lacking = total(({ deficiency }) => deficiency);
  const penalty = megawattHours(lacking, facts.ispMinutes).times(facts.penaltyPerMWh);
  const ordered = total(({ ordered: power }) => Math.abs(power));
  if (facts.payFor !== 'delivered' || ordered === 0) return penalty;
  const undelivered = ordered - total(({ delivered }) => Math.abs(delivered));
  return penalty.plus(new Big(order.price).times(undelivered).div(ordered));
}
