import type { MeasuredDelivery } from './flex-request/index.ts';
import { eachISP, type PowerISP } from './power.ts';
import { type DeliveryFacts, type SettledOrder, settleOrders } from './settlement.ts';

/**
 * Compares the delivery of one order with what was measured, by the formula of settlement (UFTP, "FlexSettlement"),
 * so that a shortfall is known before the DSO states it. An ISP without baseline or reading is unknown, and says
 * nothing about the others.
 *
 * @param orders all orders of that congestion point and day, in the sequence of acceptance
 * @param orderReference the one that is asked about; without it among them, nothing is known and nothing unknown
 */
export function measuredDelivery(
  orders: readonly SettledOrder[],
  orderReference: string,
  facts: Pick<DeliveryFacts, 'baseline' | 'actual' | 'ispMinutes'>,
): MeasuredDelivery {
  const index = orders.findIndex((each) => each.orderReference === orderReference);
  if (index < 0) return { known: 0, unknown: 0, shortISPs: [] };
  const isKnown = (isp: number) => facts.baseline[isp - 1] != null && facts.actual[isp - 1] != null;
  const judged = orders.map((order) => ({ ...order, ISP: only(order.ISP, isKnown) }));
  // What a penalty comes to is not asked here.
  const settled = settleOrders(judged, { ...facts, penaltyPerMWh: '0' })[index]!;
  const isps = settled.kind === 'computed' ? settled.isps : [];
  return {
    known: isps.length,
    unknown: [...eachISP(orders[index]!.ISP)].length - isps.length,
    shortISPs: isps
      .filter(({ deficiency }) => deficiency > 0)
      .map(({ isp, ordered, delivered }) => ({ isp, orderedW: ordered, deliveredW: delivered }))
      .sort((a, b) => a.isp - b.isp),
  };
}

/** The same powers, ISP by ISP, of those ISPs that fit. */
function only(groups: readonly PowerISP[], fits: (isp: number) => boolean): PowerISP[] {
  return [...eachISP(groups)]
    .filter(({ isp }) => fits(isp))
    .map(({ isp, group }) => ({ Start: isp, Duration: 1, Power: group.Power }));
}
