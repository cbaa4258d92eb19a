import Big from 'big.js';
import { ispMinutes, ispsOf, type Message } from '../uftp/index.ts';
import { SimulatorError } from './errors.ts';
import type { Market, Readings } from './market.ts';

type FlexOrder = Message<'FlexOrder'>;
type OrderSettlement = Message<'FlexSettlement'>['FlexOrderSettlement'][number];
type SettledISP = OrderSettlement['ISP'][number];

/** One day at one congestion point, as the DSO sees it afterwards. */
export interface SettledDay {
  readonly market: Market;
  /** The accepted orders of the day at that congestion point, in the order in which they were placed. */
  readonly orders: readonly FlexOrder[];
  /** Baseline of the congestion point: W for ISP 1, 2, … of the day. */
  readonly baseline: readonly number[];
  /** Metered power of the same connections: W for ISP 1, 2, … of the day. */
  readonly actual: readonly number[];
  /** Penalty in currency per MWh not delivered, for a contract or for none. */
  readonly penaltyPerMWh: (contractId: string | undefined) => string;
}

/**
 * The settlement of each order: what was delivered, what was missing, and the money (UFTP, "Settlement":
 * delivered flexibility is at most what was ordered; the deficiency is what realised power lacks from the
 * baseline plus all orders of the ISP). Where several orders share an ISP, the one placed first is served first,
 * and power that went the wrong way counts against the last that ordered any.
 *
 * @throws SimulatorError `simulator.orders-opposed`, `simulator.readings-incomplete`
 */
export function settleOrders(day: SettledDay): OrderSettlement[] {
  const ordered = day.orders.map((order) => ({ order, ISP: [] as SettledISP[] }));
  for (const { Start, shares } of sharesByISP(day.orders, day.baseline.length)) {
    const BaselinePower = powerAt(day.baseline, Start);
    const ActualPower = powerAt(day.actual, Start);
    const sign = directionOf(shares, Start);
    let left = sign * (ActualPower - BaselinePower);
    const last = shares.findLast(({ power }) => power !== 0);
    shares.forEach((share) => {
      const { index, power } = share;
      const amount = Math.abs(power);
      const delivered = Math.min(Math.max(left, 0), amount);
      const wrongWay = share === last ? Math.max(0, -left) : 0;
      left -= delivered;
      ordered[index]!.ISP.push({
        Start,
        Duration: 1,
        BaselinePower,
        OrderedFlexPower: power,
        ActualPower,
        DeliveredFlexPower: sign * delivered + 0,
        PowerDeficiency: amount - delivered + wrongWay,
      });
    });
  }
  return ordered.map(({ order, ISP }) => {
    const missing = ISP.reduce((sum, { PowerDeficiency }) => sum + PowerDeficiency, 0);
    const penalty = energyMWh(missing, day.market.ispDuration).times(day.penaltyPerMWh(order.ContractID));
    const Penalty = penalty.round(2, Big.roundHalfUp);
    return {
      OrderReference: order.OrderReference,
      Period: order.Period,
      ContractID: order.ContractID,
      DPrognosisMessageID: order.DPrognosisMessageID,
      BaselineReference: order.BaselineReference,
      CongestionPoint: order.CongestionPoint,
      Price: order.Price,
      Penalty: Penalty.toFixed(2),
      NetSettlement: new Big(order.Price).minus(Penalty).toFixed(2),
      ISP,
    };
  });
}

/** The power of several connections together, W for ISP 1, 2, … `count`. Every ISP of every connection must be there. */
export function totalPower(readings: readonly Readings[], count: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    readings.reduce((sum, { connection, isps }) => {
      const found = isps.find(({ start }) => start === index + 1);
      if (found) return sum + found.power;
      throw incomplete(`${connection} has no reading of ISP ${index + 1}`);
    }, 0),
  );
}

interface Share {
  /** Position of the order. */
  readonly index: number;
  readonly power: number;
}

function sharesByISP(orders: readonly FlexOrder[], count: number): { Start: number; shares: Share[] }[] {
  const shares = Array.from({ length: count }, (): Share[] => []);
  orders.forEach((order, index) => {
    for (const { ISP, group } of ispsOf(order.ISP, count)) {
      shares[ISP - 1]!.push({ index, power: group.Power });
    }
  });
  return shares.flatMap((found, index) => (found.length > 0 ? [{ Start: index + 1, shares: found }] : []));
}

function directionOf(shares: readonly Share[], isp: number): number {
  const signs = new Set(shares.map(({ power }) => Math.sign(power)).filter((sign) => sign !== 0));
  if (signs.size <= 1) return [...signs][0] ?? -1;
  throw new SimulatorError(
    'simulator.orders-opposed',
    `Orders of ISP ${isp} point in opposite directions, and no rule says how they share what was delivered.`,
    'Order in one direction per ISP.',
  );
}

/** Watts over ISPs of one length, as energy. */
function energyMWh(watts: number, ispDuration: string): Big {
  return new Big(watts).times(ispMinutes(ispDuration)).div(60).div(1_000_000);
}

function powerAt(powers: readonly number[], isp: number): number {
  const power = powers[isp - 1];
  if (power === undefined) throw incomplete(`ISP ${isp} has no value`);
  return power;
}

function incomplete(problem: string): SimulatorError {
  return new SimulatorError(
    'simulator.readings-incomplete',
    `The day cannot be settled: ${problem}.`,
    'Give baseline and readings for every ISP of the day.',
  );
}
