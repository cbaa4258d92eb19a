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
 * With B the baseline, A the measured power and O the ordered change: delivered is what A moved from B in the
 * ordered direction, at most O; the deficiency is what is lacking of all orders on that ISP together.
 * Where several orders share an ISP, delivery is credited in the sequence of acceptance.
 */
export function settleOrders(orders: readonly SettledOrder[], facts: DeliveryFacts): OrderSettlement[] {
  const credited = new Map<number, number>();
  return orders.map((order) => settleOrder(order, facts, credited));
}

function settleOrder(
  order: SettledOrder,
  facts: DeliveryFacts,
  credited: Map<number, number>,
): OrderSettlement {
  const missing: { isp: number; what: 'baseline' | 'reading' }[] = [];
  const isps: SettledISP[] = [];
  let penalty = new Big(0);
  for (const { isp, group } of eachISP(order.ISP)) {
    const baseline = facts.baseline[isp - 1] ?? null;
    const actual = facts.actual[isp - 1] ?? null;
    if (baseline === null) missing.push({ isp, what: 'baseline' });
    if (actual === null) missing.push({ isp, what: 'reading' });
    if (baseline === null || actual === null) continue;
    const sign = Math.sign(group.Power);
    const before = credited.get(isp) ?? 0;
    const left = sign * (actual - baseline) - before;
    const size = Math.abs(group.Power);
    const delivered = Math.min(Math.max(left, 0), size);
    const deficiency = Math.max(0, size - left);
    credited.set(isp, before + delivered);
    isps.push({
      isp,
      baseline,
      ordered: group.Power,
      actual,
      delivered: delivered === 0 ? 0 : sign * delivered,
      deficiency,
    });
    penalty = penalty.plus(megawattHours(deficiency, facts.ispMinutes).times(facts.penaltyPerMWh));
  }
  if (missing.length > 0) return { kind: 'unknown', missing };
  const penaltyAmount = amount(penalty, order.currency);
  return {
    kind: 'computed',
    price: amount(new Big(order.price), order.currency),
    penalty: penaltyAmount,
    netSettlement: amount(new Big(order.price).minus(penaltyAmount), order.currency),
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
