import Big from 'big.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { market } from '../../simulator/scenario.ts';
import { settleOrders as settleAsDSO } from '../../simulator/settlement.ts';
import { addDays, ispCount, type Message } from '../../uftp/index.ts';
import {
  disputeReason,
  type OrderSettlement,
  type SettledOrder,
  settleOrders,
  type StatedSettlement,
} from './index.ts';
import { settleIndependently } from './independent.testkit.ts';

// Months with a day of 92, of 100, and of only 96 ISPs.
const MONTHS = ['2026-03', '2026-10', '2027-02'];
const CONGESTION_POINT = 'ean.871685900012636543';

const watts = fc.integer({ min: 1, max: 3_000_000 });
const order = fc.record({
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  duration: fc.integer({ min: 1, max: 12 }),
  power: watts,
  price: fc.integer({ min: -50_000, max: 1_000_000 }).map((value) => (value / 100).toFixed(2)),
  /** In hundredths: less than the whole was activated. */
  factor: fc.oneof(fc.constant(100), fc.integer({ min: 1, max: 99 })),
  turned: fc.boolean(),
});
const day = fc.record({
  orders: fc.array(order, { maxLength: 4 }),
  direction: fc.constantFrom(-1, 1),
  seed: fc.integer({ min: 0, max: 2 ** 30 }),
  /** How assets behave: as ordered, too little, out of order, the wrong way, or too much. */
  behaviour: fc.constantFrom(1, 0.6, 0, -0.3, 1.4),
});
const month = fc.record({
  month: fc.constantFrom(...MONTHS),
  days: fc.array(day, { minLength: 31, maxLength: 31 }),
  rate: fc.integer({ min: 0, max: 50_000_000 }).map((value) => (value / 10_000).toFixed(4)),
});
type Day = typeof day extends fc.Arbitrary<infer D> ? D : never;

interface Delivered {
  readonly period: string;
  readonly orders: SettledOrder[];
  readonly baseline: number[];
  readonly actual: number[];
}

/** The orders of a month as they were accepted, and what was expected and measured on each day. */
function played(name: string, days: readonly Day[], opposed: boolean): Delivered[] {
  const periods = days
    .map((_, index) => addDays(`${name}-01`, index))
    .filter((each) => each.startsWith(name));
  return periods.map((period, index) => {
    const { orders, direction, seed, behaviour } = days[index]!;
    const count = ispCount(period, market.timeZone, market.ispDuration);
    const accepted = orders.map(({ at, duration, power, price, factor, turned }, number) => {
      const Start = 1 + Math.floor(at * count);
      const sign = opposed && turned ? -direction : direction;
      return {
        orderReference: `${period}/${number}`,
        price: new Big(price).times(factor).div(100).toFixed(2),
        currency: 'EUR',
        ISP: [
          {
            Start,
            Duration: Math.min(duration, count - Start + 1),
            Power: sign * Math.round((power * factor) / 100),
          },
        ],
      };
    });
    const baseline = Array.from({ length: count }, (_, isp) => ((seed * (isp + 7)) % 4_000_000) - 2_000_000);
    const actual = baseline.map((power, isp) => {
      const ordered = accepted.flatMap(({ ISP: [group] }) =>
        isp + 1 >= group!.Start && isp + 1 < group!.Start + group!.Duration ? [group!.Power] : [],
      );
      const noise = (seed % (isp + 2)) - isp / 2;
      return Math.round(power + behaviour * ordered.reduce((sum, each) => sum + each, 0) + noise);
    });
    return { period, orders: accepted, baseline, actual };
  });
}

function ours(each: Delivered, rate: string, payFor: 'ordered' | 'delivered'): OrderSettlement[] {
  const { baseline, actual } = each;
  return settleOrders(each.orders, { baseline, actual, ispMinutes: 15, penaltyPerMWh: rate, payFor });
}

it('a month settles identically in two computations that know nothing of each other', () => {
  let days92 = 0;
  let days100 = 0;
  fc.assert(
    fc.property(month, fc.constantFrom('ordered', 'delivered'), ({ month: name, days, rate }, payFor) => {
      for (const each of played(name, days, true)) {
        if (each.baseline.length === 92) days92 += 1;
        if (each.baseline.length === 100) days100 += 1;
        const second = settleIndependently({ ...each, ispMinutes: 15, penaltyPerMWh: rate, payFor });
        const first = ours(each, rate, payFor).map((settled) => {
          if (settled.kind !== 'computed') throw new Error('a day without gaps was not computed');
          const { penalty, netSettlement, isps } = settled;
          const shares = isps.map(
            ({ isp, delivered, deficiency }) => [isp, [Math.abs(delivered), deficiency]] as const,
          );
          return { penalty, netSettlement, isps: new Map(shares) };
        });
        expect(first).toEqual(second);
      }
    }),
    { numRuns: 40 },
  );
  expect(days92).toBeGreaterThan(0);
  expect(days100).toBeGreaterThan(0);
});

it('an aggregator and a DSO who know the same figures never dispute, over a whole month', () => {
  const terms = { powerToleranceW: 0, amountTolerance: '0', unknown: 'dispute' } as const;
  fc.assert(
    fc.property(month, ({ month: name, days, rate }) => {
      for (const each of played(name, days, false)) {
        const placed = each.orders.map(({ orderReference, price, ISP }) => ({
          OrderReference: orderReference,
          Period: each.period,
          CongestionPoint: CONGESTION_POINT,
          Price: price,
          Currency: 'EUR',
          ISP,
        }));
        const stated = settleAsDSO({
          market,
          orders: placed as unknown as Message<'FlexOrder'>[],
          baseline: each.baseline,
          actual: each.actual,
          penaltyPerMWh: () => rate,
        });
        const head = { period: each.period, congestionPoint: CONGESTION_POINT };
        ours(each, rate, 'ordered').forEach((computed, index) => {
          expect(disputeReason(stated[index] as StatedSettlement, head, computed, terms)).toBeUndefined();
        });
      }
    }),
    { numRuns: 25 },
  );
});
