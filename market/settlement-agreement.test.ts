import fc from 'fast-check';
import { expect, it } from 'vitest';
import { market } from '../simulator/scenario.ts';
import { settleOrders as settleAsDSO } from '../simulator/settlement.ts';
import type { Message } from '../uftp/index.ts';
import { disputeReason, settleOrders, type StatedSettlement } from './settlement.ts';

const watts = fc.integer({ min: 1, max: 5_000_000 });
const cents = fc.integer({ min: 0, max: 1_000_000 }).map((value) => (value / 100).toFixed(2));
const day = fc.record({
  /** One order a row, one ISP a column. */
  orders: fc.array(fc.tuple(watts, watts, watts), { minLength: 1, maxLength: 4 }),
  signs: fc.tuple(...[1, 2, 3].map(() => fc.constantFrom(-1, 1))),
  baseline: fc.tuple(watts, watts, watts),
  actual: fc.tuple(watts, watts, watts),
  price: cents,
  rate: cents,
});

it('an aggregator and a DSO who know the same figures never dispute', () => {
  fc.assert(
    fc.property(day, ({ orders, signs, baseline, actual, price, rate }) => {
      const placed = orders.map((powers, index) => ({
        OrderReference: `O-${index}`,
        Period: '2026-06-15',
        Price: price,
        Currency: 'EUR',
        ISP: powers.map((power, isp) => ({ Power: signs[isp]! * power, Start: isp + 1, Duration: 1 })),
      }));
      const stated = settleAsDSO({
        market,
        orders: placed as unknown as Message<'FlexOrder'>[],
        baseline,
        actual,
        penaltyPerMWh: () => rate,
      });
      const computed = settleOrders(
        placed.map(({ OrderReference, Price, ISP }) => ({
          orderReference: OrderReference,
          price: Price,
          currency: 'EUR',
          ISP,
        })),
        { baseline, actual, ispMinutes: 15, penaltyPerMWh: rate },
      );
      const exact = { powerToleranceW: 0, amountTolerance: '0' };
      stated.forEach((item, index) => {
        expect(disputeReason(item as StatedSettlement, computed[index]!, exact)).toBeUndefined();
      });
    }),
  );
});
