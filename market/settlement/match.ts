import Big from 'big.js';
import { eachISP, powerByISP, type PowerISP } from '../power.ts';
import type { StatedSettlement } from './compare.ts';

/** An order that an item may be about. */
export interface Matchable {
  readonly orderReference: string;
  readonly period: string;
  readonly congestionPoint: string;
  readonly price: string;
  readonly ISP: readonly PowerISP[];
}

/**
 * The order that each item settles: the one it names, else (OrderReference is optional, or empty) the first one not yet
 * settled by another item with the same congestion point, day, price and ordered power in every ISP, else with the
 * same but for the power. Undefined where there is none.
 */
export function matchItems<O extends Matchable>(
  items: readonly StatedSettlement[],
  orders: readonly O[],
): (O | undefined)[] {
  const byReference = new Map(orders.map((order) => [order.orderReference, order]));
  const named = items.map(({ OrderReference: reference }) =>
    reference ? byReference.get(reference) : undefined,
  );
  const free = new Set(orders);
  for (const order of named) if (order) free.delete(order);
  const found = [...named];
  for (const fits of [isSameInFull, isSameInHead]) {
    items.forEach((item, index) => {
      if (item.OrderReference || found[index]) return;
      const order = [...free].find((candidate) => fits(item, candidate));
      if (!order) return;
      found[index] = order;
      free.delete(order);
    });
  }
  return found;
}

function isSameInHead(item: StatedSettlement, order: Matchable): boolean {
  return (
    item.Period === order.period &&
    item.CongestionPoint.toLowerCase() === order.congestionPoint.toLowerCase() &&
    new Big(item.Price).eq(order.price)
  );
}

function isSameInFull(item: StatedSettlement, order: Matchable): boolean {
  if (!isSameInHead(item, order)) return false;
  const ordered = powerByISP(order.ISP);
  const stated = [...eachISP(item.ISP)];
  return (
    stated.length === ordered.size &&
    stated.every(({ isp, group }) => ordered.get(isp) === group.OrderedFlexPower)
  );
}
