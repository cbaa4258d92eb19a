import { ispCount } from '../../uftp/calendar/index.ts';
import { firstOpenISP } from '../gates.ts';
import { eachISP, powerByISP } from '../power.ts';
import type { FrozenISP, PrognosedOrder, PrognosisState } from './state.ts';

/**
 * What a prognosis made now would say: W for every ISP of the day; the first is ISP 1. UFTP, "D-Prognosis":
 * every ISP is named every time, also those that can no longer change:
 * - an ordered ISP is what the order made of it, also in operate, with what was reported about its delivery before it
 *   began;
 * - what else has begun stays as it is in force;
 * - an ISP whose gate is closed stays as it is in force, whatever the forecast says now;
 * - all others follow the forecast.
 *
 * @returns undefined while there is no forecast
 */
export function profileAt(state: PrognosisState, now: string): readonly number[] | undefined {
  const { terms, forecast, inForce } = state;
  if (!terms || !forecast) return undefined;
  const firstOpen = firstOpenISP(terms, terms.gates, now);
  const firstToCome = firstOpenISP(terms, { ...terms.gates, intraday: 'PT0S' }, now);
  const ordered = resultingPowers(state.orders);
  const begun = toldInOperate(state);
  const deviations = powerByISP(Object.values(state.deviations).flat());
  return Array.from({ length: ispCount(terms.Period, terms.TimeZone, terms.ISPDuration) }, (_, index) => {
    const isp = index + 1;
    const standing = inForce?.power[index];
    const resulting = ordered.get(isp);
    if (isp < firstToCome && standing !== undefined) return begun(isp) ?? resulting ?? standing;
    if (resulting !== undefined) return resulting + (deviations.get(isp) ?? 0);
    if (isp < firstOpen && standing !== undefined) return standing;
    return forecast[index] ?? 0;
  });
}

/** What orders have made of the power (W) on their ISPs; of several on one ISP, the last says. */
export function resultingPowers(orders: readonly PrognosedOrder[]): Map<number, number> {
  return new Map(orders.flatMap(({ frozen = [] }) => frozen.map(({ isp, power }) => [isp, power] as const)));
}

/**
 * What was told (W) of an ordered ISP that has begun since: it stays, once a prognosis holds the order that came last.
 * Undefined where none does, because it came too late for the one in force.
 */
function toldInOperate(state: PrognosisState): (isp: number) => number | undefined {
  const { inForce, underway, ordersInOperate, orders } = state;
  if (!ordersInOperate) return (isp) => inForce?.power[isp - 1];
  const last = new Map(
    orders.flatMap(({ orderMessageId, frozen = [] }) => frozen.map(({ isp }) => [isp, orderMessageId])),
  );
  return (isp) => {
    const order = last.get(isp);
    const holding = [underway, inForce].find((one) => order !== undefined && one?.orders?.includes(order));
    return holding?.power[isp - 1];
  };
}

/**
 * The ISPs of an order with the initial baseline (W), which is what was in force before any order on them, and what this
 * order makes of what earlier ones made of it. UFTP, "Settlement": the deviation is from the initial baseline
 * and all orders on the ISP together.
 */
export function frozenBy(
  order: Pick<PrognosedOrder, 'ISP'>,
  before: readonly PrognosedOrder[],
  profile: readonly number[],
): FrozenISP[] {
  const earlier = new Map(
    before.flatMap(({ frozen = [] }) => frozen.map((each) => [each.isp, each] as const)),
  );
  return [...eachISP(order.ISP)].map(({ isp, group }) => {
    const base = earlier.get(isp)?.base ?? profile[isp - 1] ?? 0;
    return { isp, base, power: (earlier.get(isp)?.power ?? base) + group.Power };
  });
}

/** The first ISP on which two profiles differ; undefined where they are the same. */
export function firstDifference(one: readonly number[], other: readonly number[]): number | undefined {
  const index = one.findIndex((power, at) => power !== other[at]);
  return index < 0 ? undefined : index + 1;
}

export const sameProfile = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && firstDifference(one, other) === undefined;
