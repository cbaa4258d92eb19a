import type { MeasuredDelivery } from './flex-request/index.ts';
import { eachISP } from './power.ts';
import { creditsByISP, type DeliveryFacts, type SettledOrder } from './settlement/index.ts';

/**
 * Compares the delivery of one order with what was measured, by the formula of settlement (UFTP, "FlexSettlement"),
 * so that a shortfall is known before the DSO states it. An ISP without baseline or reading is unknown, and says
 * nothing about the others.
 *
 * @param orders all orders of that congestion point and day, in the sequence of acceptance
 * @param orderReference the one that is asked about; without it among them, nothing is known and nothing unknown
 * @returns powers in W, signed as ordered; `shortISPs` in the order of the day
 */
export function measuredDelivery(
  orders: readonly SettledOrder[],
  orderReference: string,
  facts: Pick<DeliveryFacts, 'baseline' | 'actual' | 'ispMinutes'>,
): MeasuredDelivery {
  const index = orders.findIndex((each) => each.orderReference === orderReference);
  if (index < 0) return { known: 0, unknown: 0, shortISPs: [] };
  // What a penalty comes to is not asked here.
  const credits = creditsByISP(orders, { ...facts, penaltyPerMWh: '0' });
  const isps = [...eachISP(orders[index]!.ISP)].map(({ isp, group }) => {
    return { isp, orderedW: group.Power, credit: credits.get(isp)?.get(index) };
  });
  const known = isps.filter(({ credit }) => credit !== undefined);
  return {
    known: known.length,
    unknown: isps.length - known.length,
    shortISPs: known
      .filter(({ credit }) => credit!.deficiency > 0)
      .map(({ isp, orderedW, credit }) => {
        const { delivered } = credit!;
        return { isp, orderedW, deliveredW: delivered === 0 ? 0 : Math.sign(orderedW) * delivered };
      })
      .sort((a, b) => a.isp - b.isp),
  };
}
