import Big from 'big.js';
import { amount } from './money.ts';
import { eachISP, megawattHours, type PowerISP } from './power.ts';

/** An order to be settled, in the sequence of acceptance. */
export interface SettledOrder {
  readonly orderReference: string;
  readonly price: string;
  readonly currency: string;
  readonly ISP: readonly PowerISP[];
}

/** What is known about one delivery day at a congestion point. `null` is unknown, never zero. */
export interface DeliveryFacts {
  /** Expected power in W by ISP (index 0 is ISP 1). */
  readonly baseline: readonly (number | null)[];
  /** Measured power in W by ISP (index 0 is ISP 1). */
  readonly actual: readonly (number | null)[];
  readonly ispMinutes: number;
  /** Penalty for a MWh not delivered, decimal; "0" without a penalty clause. */
  readonly penaltyPerMWh: string;
}

/** One ISP of one order, all in W. Delivered has the sign of what was ordered; the deficiency has none. */
export interface SettledISP {
  readonly isp: number;
  readonly baseline: number;
  readonly ordered: number;
  readonly actual: number;
  readonly delivered: number;
  readonly deficiency: number;
}

/** What an order comes to: computed, or the ISPs for which data is missing. */
export type OrderSettlement =
  | {
      readonly kind: 'computed';
      readonly price: string;
      readonly penalty: string;
      readonly netSettlement: string;
      readonly isps: readonly SettledISP[];
    }
  | {
      readonly kind: 'unknown';
      readonly missing: readonly { readonly isp: number; readonly what: 'baseline' | 'reading' }[];
    };

/**
 * Recomputes the orders of one congestion point and day from our own data (UFTP, settlement).
 * With B the baseline, A the measured power and ΣO all orders on an ISP: what moved in the ordered direction is
 * delivered, at most what was ordered; what A lacks from B + ΣO is the deficiency, in that direction only.
 * Delivery is credited in the sequence of acceptance. Power that went the wrong way is a deficiency once, of the
 * order accepted last, so that the deficiencies of an ISP add up to what is lacking in total.
 *
 * Orders of opposite directions on one ISP, of which the spec says nothing, count net: one sum is due. Those against
 * the sum's direction count as delivered; of the others, what is lacking of the sum is lacking. Where they cancel
 * out, nothing is due and all count as delivered.
 */
export function settleOrders(orders: readonly SettledOrder[], facts: DeliveryFacts): OrderSettlement[] {
  const shares = sharesByISP(orders);
  const credits = new Map([...shares].map(([isp, sharing]) => [isp, credit(sharing, facts, isp)]));
  return orders.map((order, index) => settleOrder(order, facts, (isp) => credits.get(isp)?.get(index)));
}

/** What one order has of an ISP: W, `power` signed, the others not. */
interface Share {
  readonly index: number;
  readonly power: number;
}
type Credit = { readonly delivered: number; readonly deficiency: number };

function sharesByISP(orders: readonly SettledOrder[]): Map<number, Share[]> {
  const shares = new Map<number, Share[]>();
  orders.forEach((order, index) => {
    for (const { isp, group } of eachISP(order.ISP)) {
      shares.set(isp, [...(shares.get(isp) ?? []), { index, power: group.Power }]);
    }
  });
  return shares;
}

/** What of an ISP each order delivered and lacks, by the order's index; nothing where data is missing. */
function credit(shares: readonly Share[], facts: DeliveryFacts, isp: number): Map<number, Credit> {
  const { baseline, actual } = known(facts, isp);
  const credits = new Map<number, Credit>();
  if (baseline === null || actual === null) return credits;
  const sign = Math.sign(shares.reduce((sum, { power }) => sum + power, 0));
  const along = shares.filter(({ power }) => Math.sign(power) === sign);
  const against = shares.filter((share) => !along.includes(share));
  for (const { index, power } of against) credits.set(index, { delivered: Math.abs(power), deficiency: 0 });
  let left = sign * (actual - baseline) + against.reduce((sum, { power }) => sum + Math.abs(power), 0);
  along.forEach(({ index, power }, position) => {
    const delivered = Math.min(Math.max(left, 0), Math.abs(power));
    const wrongWay = position === along.length - 1 ? Math.max(-left, 0) : 0;
    left -= delivered;
    credits.set(index, { delivered, deficiency: Math.abs(power) - delivered + wrongWay });
  });
  return credits;
}

const known = ({ baseline, actual }: DeliveryFacts, isp: number) => ({
  baseline: baseline[isp - 1] ?? null,
  actual: actual[isp - 1] ?? null,
});

function settleOrder(
  order: SettledOrder,
  facts: DeliveryFacts,
  creditOf: (isp: number) => Credit | undefined,
): OrderSettlement {
  const missing: { isp: number; what: 'baseline' | 'reading' }[] = [];
  const isps: SettledISP[] = [];
  let lacking = 0;
  for (const { isp, group } of eachISP(order.ISP)) {
    const { baseline, actual } = known(facts, isp);
    if (baseline === null) missing.push({ isp, what: 'baseline' });
    if (actual === null) missing.push({ isp, what: 'reading' });
    const credited = creditOf(isp);
    if (baseline === null || actual === null || !credited) continue;
    const delivered = credited.delivered === 0 ? 0 : Math.sign(group.Power) * credited.delivered;
    isps.push({ isp, baseline, ordered: group.Power, actual, delivered, deficiency: credited.deficiency });
    lacking += credited.deficiency;
  }
  if (missing.length > 0) return { kind: 'unknown', missing };
  const due = megawattHours(lacking, facts.ispMinutes).times(facts.penaltyPerMWh);
  const penalty = amount(due, order.currency);
  return {
    kind: 'computed',
    price: amount(new Big(order.price), order.currency),
    penalty,
    netSettlement: amount(new Big(order.price).minus(penalty), order.currency),
    isps,
  };
}

/** A FlexOrderSettlement as the DSO states it. */
export interface StatedSettlement {
  readonly Price: string;
  readonly Penalty: string;
  readonly NetSettlement: string;
  readonly ISP: readonly {
    readonly Start: number;
    readonly Duration: number;
    readonly BaselinePower: number;
    readonly OrderedFlexPower: number;
    readonly ActualPower: number;
    readonly DeliveredFlexPower: number;
    readonly PowerDeficiency: number;
  }[];
}

/** How far the DSO's figures may stray from ours. */
export interface Tolerance {
  readonly powerToleranceW: number;
  readonly amountTolerance: string;
}

/**
 * Why a stated settlement is disputed, with both figures; undefined where it agrees with ours.
 * Delivered power and deficiency are compared by magnitude: the spec does not say their sign.
 */
export function disputeReason(
  stated: StatedSettlement,
  computed: OrderSettlement,
  tolerance: Tolerance,
): string | undefined {
  if (computed.kind === 'unknown') {
    const { isp, what } = computed.missing[0]!;
    const lacking = what === 'reading' ? 'meter reading' : 'baseline';
    return `ISP ${isp}: no ${lacking} on our side, so the amount cannot be confirmed (${computed.missing.length} values missing)`;
  }
  const reasons = [
    ...ispDifferences(stated, computed.isps, tolerance.powerToleranceW),
    ...amountDifferences(stated, computed, tolerance.amountTolerance),
  ];
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

type Computed = Extract<OrderSettlement, { kind: 'computed' }>;

function ispDifferences(stated: StatedSettlement, isps: readonly SettledISP[], toleranceW: number): string[] {
  const ours = new Map(isps.map((isp) => [isp.isp, isp]));
  const reasons: string[] = [];
  for (const { isp, group } of eachISP(stated.ISP)) {
    const own = ours.get(isp);
    ours.delete(isp);
    if (!own) {
      reasons.push(`ISP ${isp}: not part of the order`);
      continue;
    }
    const pairs: [string, number, number][] = [
      ['BaselinePower', group.BaselinePower, own.baseline],
      ['OrderedFlexPower', group.OrderedFlexPower, own.ordered],
      ['ActualPower', group.ActualPower, own.actual],
      ['DeliveredFlexPower', Math.abs(group.DeliveredFlexPower), Math.abs(own.delivered)],
      ['PowerDeficiency', Math.abs(group.PowerDeficiency), own.deficiency],
    ];
    const wrong = pairs.find(([, theirs, our]) => Math.abs(theirs - our) > toleranceW);
    if (wrong) reasons.push(`ISP ${isp}: ${wrong[0]} ${wrong[1]} W, we have ${wrong[2]} W`);
  }
  for (const isp of ours.keys()) reasons.push(`ISP ${isp}: ordered, but not in the settlement`);
  return reasons;
}

function amountDifferences(stated: StatedSettlement, computed: Computed, tolerance: string): string[] {
  const pairs: [string, string, string][] = [
    ['Price', stated.Price, computed.price],
    ['Penalty', stated.Penalty, computed.penalty],
    ['NetSettlement', stated.NetSettlement, computed.netSettlement],
  ];
  return pairs
    .filter(([, theirs, our]) => new Big(theirs).minus(our).abs().gt(tolerance))
    .map(([name, theirs, our]) => `${name} ${theirs}, we have ${our}`);
}
