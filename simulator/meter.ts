import { ispsOf } from '../uftp/index.ts';
import { SimulatorError } from './errors.ts';
import type { Market, Readings } from './market.ts';

/** What a meter company knows of one day. */
export interface MeteredDay {
  readonly period: string;
  readonly market: Market;
  /** What each connection would have taken: W for ISP 1, 2, … of the day. */
  readonly baselines: readonly { readonly connection: string; readonly power: readonly number[] }[];
  /** The ordered deviation of all connections together, as on the FlexOrders. */
  readonly ordered: readonly {
    readonly Power: number;
    readonly Start: number;
    readonly Duration?: number | undefined;
  }[];
  /** The same seed makes the same day. */
  readonly seed: number;
}

/** Body of the aggregator's door for meter readings. */
export interface MeterReadings {
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  readonly readings: readonly Readings[];
}

/** Body of the aggregator's door for baselines. */
export interface Baseline {
  readonly congestionPoint: string;
  readonly period: string;
  /** The BaselineReference that offers and orders name. */
  readonly reference: string;
  /** W for ISP 1, 2, … of the day. */
  readonly power: readonly number[];
}

/** An aggregator's operator API, and the token for it. */
export interface OperatorDoor {
  readonly url: string;
  readonly token: string;
}

/**
 * Meters a day in which everything ordered was delivered, save on one ISP, which falls short by 5 to 25 %.
 * Each connection bears a part that goes with its baseline.
 */
export function meterDay({ period, market, baselines, ordered, seed }: MeteredDay): MeterReadings {
  const count = baselines[0]?.power.length ?? 0;
  const flex = Array.from({ length: count }, () => 0);
  const groups = ordered.map(({ Power, Start, Duration = 1 }) => ({ Power, Start, Duration }));
  for (const { ISP, group } of ispsOf(groups, count)) flex[ISP - 1]! += group.Power;

  const random = randomNumbers(seed);
  const called = [...flex.keys()].filter((index) => flex[index] !== 0);
  const short = called[Math.floor(random() * called.length)];
  if (short !== undefined) flex[short] = Math.trunc(flex[short]! * (0.75 + 0.2 * random()));

  const shares = flex.map((power, index) =>
    share(
      power,
      baselines.map((baseline) => baseline.power[index]!),
    ),
  );
  return {
    period,
    timeZone: market.timeZone,
    ispDuration: market.ispDuration,
    readings: baselines.map(({ connection, power }, position) => ({
      connection,
      isps: power.map((watts, index) => ({ start: index + 1, power: watts + shares[index]![position]! })),
    })),
  };
}

/** Hands meter readings in, as a meter company does. @throws SimulatorError `simulator.operator-refused` */
export async function putMeterReadings(door: OperatorDoor, readings: MeterReadings): Promise<void> {
  await put(door, '/v1/meter-readings', readings);
}

/** Hands a baseline in, as a forecasting system does. @throws SimulatorError `simulator.operator-refused` */
export async function putBaseline(door: OperatorDoor, baseline: Baseline): Promise<void> {
  await put(door, '/v1/baselines', baseline);
}

async function put({ url, token }: OperatorDoor, path: string, body: unknown): Promise<void> {
  const response = await fetch(new URL(path, url), {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (response.ok) return;
  throw new SimulatorError(
    'simulator.operator-refused',
    `PUT ${path} was answered with HTTP ${response.status}: ${answer.slice(0, 500)}`,
    'Correct the body or the token.',
    { details: { status: response.status } },
  );
}

/** Divides whole watts in proportion to weights; the last takes what rounding leaves over. */
function share(power: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  let left = power;
  return weights.map((weight, index) => {
    const part =
      index === weights.length - 1 || total === 0 ? left : Math.trunc((power * Math.abs(weight)) / total);
    left -= part;
    return part;
  });
}

/** Repeatable numbers from 0 up to 1: a linear congruential generator, good enough to pick an ISP. */
function randomNumbers(seed: number): () => number {
  let state = (seed ^ 0x5deece66) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
