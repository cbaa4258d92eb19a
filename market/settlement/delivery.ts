import { eachISP, type PowerISP } from '../power.ts';

/** An order to be settled, in the sequence of acceptance. */
export interface SettledOrder {
  readonly orderReference: string;
  /** Decimal, what was agreed for the whole order. */
  readonly price: string;
  readonly currency: string;
  readonly ISP: readonly PowerISP[];
}

/** Power by ISP in W (index 0 is ISP 1). `null` is unknown, never zero. */
export type Powers = readonly (number | null | undefined)[];

/** What is known about one delivery day at a congestion point. */
export interface DeliveryFacts {
  /** Expected power. */
  readonly baseline: Powers;
  /** Measured power. */
  readonly actual: Powers;
  /**
   * What the DSO states for ISPs of which we know nothing ourselves. Its sum can be checked all the same; that it
   * rests on these figures is told (`assumed`).
   */
  readonly stated?: { readonly baseline: Powers; readonly actual: Powers };
  readonly ispMinutes: number;
  /** Penalty for a MWh not delivered, decimal; "0" without a penalty clause. */
  readonly penaltyPerMWh: string;
  /** Whether an order is paid as ordered, or only for the part of its energy that was delivered. */
  readonly payFor?: 'ordered' | 'delivered';
}

/** A figure that we lack ourselves. */
export type Lacking = 'baseline' | 'reading';

/** One ISP of one order, all in W. Delivered has the sign of what was ordered; the deficiency has none. */
export interface SettledISP {
  readonly isp: number;
  readonly baseline: number;
  readonly ordered: number;
  readonly actual: number;
  readonly delivered: number;
  readonly deficiency: number;
  /** What of it is the DSO's figure, because we have none. */
  readonly assumed?: readonly Lacking[];
}

/** Baseline and measured power of an ISP, and what of it is only stated; undefined where neither side says it. */
export interface KnownISP {
  readonly baseline: number;
  readonly actual: number;
  readonly assumed: readonly Lacking[];
}

/** What is known about an ISP, and what is lacking on both sides. */
export function knownISP(facts: DeliveryFacts, isp: number): KnownISP | { readonly lacking: Lacking[] } {
  const at = (powers: Powers | undefined) => powers?.[isp - 1] ?? undefined;
  const baseline = at(facts.baseline) ?? at(facts.stated?.baseline);
  const actual = at(facts.actual) ?? at(facts.stated?.actual);
  const lacking: Lacking[] = [];
  if (baseline === undefined) lacking.push('baseline');
  if (actual === undefined) lacking.push('reading');
  if (baseline === undefined || actual === undefined) return { lacking };
  const assumed: Lacking[] = [];
  if (at(facts.baseline) === undefined) assumed.push('baseline');
  if (at(facts.actual) === undefined) assumed.push('reading');
  return { baseline, actual, assumed };
}

/** What one order delivered and lacks in an ISP, W without sign. */
export interface Credit {
  readonly delivered: number;
  readonly deficiency: number;
}

/**
 * What every order delivered and lacks in every ISP that it touches; nothing for ISPs that nobody knows.
 *
 * UFTP, settlement: with B the baseline, A the measured power and ΣO all orders on an ISP, what moved in the
 * ordered direction is delivered, at most what was ordered; what A lacks from B + ΣO is the deficiency, in that
 * direction only. How several orders share an ISP it does not say (docs/decisions/0010-orders-that-share-an-isp.md).
 * @param orders in the sequence of acceptance
 */
export function creditsByISP(
  orders: readonly SettledOrder[],
  facts: DeliveryFacts,
): ReadonlyMap<number, ReadonlyMap<number, Credit>> {
  const shares = new Map<number, Share[]>();
  orders.forEach((order, index) => {
    for (const { isp, group } of eachISP(order.ISP)) {
      const sharing = shares.get(isp);
      if (sharing) sharing.push({ index, power: group.Power });
      else shares.set(isp, [{ index, power: group.Power }]);
    }
  });
  return new Map([...shares].map(([isp, sharing]) => [isp, credits(sharing, knownISP(facts, isp))]));
}

/** What one order has of an ISP: W, signed. */
interface Share {
  readonly index: number;
  readonly power: number;
}

/** By the order's index. Those along the sum of all are served in their sequence; those against it gave way. */
function credits(shares: readonly Share[], known: ReturnType<typeof knownISP>): Map<number, Credit> {
  const found = new Map<number, Credit>();
  if ('lacking' in known) return found;
  const sign = Math.sign(shares.reduce((sum, { power }) => sum + power, 0));
  const along = shares.filter(({ power }) => Math.sign(power) === sign);
  const against = shares.filter(({ power }) => Math.sign(power) !== sign);
  for (const { index, power } of against) found.set(index, { delivered: Math.abs(power), deficiency: 0 });
  const gaveWay = against.reduce((sum, { power }) => sum + Math.abs(power), 0);
  let left = sign * (known.actual - known.baseline) + gaveWay;
  along.forEach(({ index, power }, position) => {
    const delivered = Math.min(Math.max(left, 0), Math.abs(power));
    const wrongWay = position === along.length - 1 ? Math.max(-left, 0) : 0;
    left -= delivered;
    found.set(index, { delivered, deficiency: Math.abs(power) - delivered + wrongWay });
  });
  return found;
}
