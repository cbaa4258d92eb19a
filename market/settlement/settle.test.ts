import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeliveryFacts, type OrderSettlement, type SettledOrder, settleOrders } from './index.ts';

let orders = 0;
const order = (powers: number[], price = '42.00', currency = 'EUR'): SettledOrder => ({
  orderReference: `O-${(orders += 1)}`,
  price,
  currency,
  ISP: powers.map((Power, index) => ({ Power, Start: index + 1, Duration: 1 })),
});

const facts = (changes: Partial<DeliveryFacts>): DeliveryFacts => ({
  baseline: [],
  actual: [],
  ispMinutes: 15,
  penaltyPerMWh: '0',
  ...changes,
});

function computed(settled: OrderSettlement | undefined) {
  if (settled?.kind !== 'computed') throw new Error(`not computed: ${JSON.stringify(settled)}`);
  return settled;
}

/** Delivered and lacking power of each order on ISP 1. */
function onISP1(powers: number[], baseline: number, actual: number): [number, number][] {
  const settled = settleOrders(
    powers.map((power) => order([power])),
    facts({ baseline: [baseline], actual: [actual] }),
  );
  return settled.map((each) => {
    const { delivered, deficiency } = computed(each).isps[0]!;
    return [delivered, deficiency];
  });
}

// UFTP, settlement, worked example: baseline 10 MW, ordered -2 MW, price 7 and penalty 11 EUR for a MW of an hour.
const EXAMPLE = [
  { actual: 7, delivered: 2, deficiency: 0, settlement: 14 },
  { actual: 8, delivered: 2, deficiency: 0, settlement: 14 },
  { actual: 9, delivered: 1, deficiency: 1, settlement: -4 },
  { actual: 10, delivered: 0, deficiency: 2, settlement: -22 },
  { actual: 11, delivered: 0, deficiency: 3, settlement: -33 },
];

describe('the worked example of the specification', () => {
  const hourly = { ispMinutes: 60, penaltyPerMWh: '11' };

  it.each(EXAMPLE)(
    '$actual MW measured: $settlement EUR',
    ({ actual, delivered, deficiency, settlement }) => {
      const known = facts({ ...hourly, baseline: [10e6], actual: [actual * 1e6] });
      const settled = computed(settleOrders([order([-2e6], '14.00')], known)[0]);
      expect(settled.isps).toEqual([
        {
          isp: 1,
          baseline: 10e6,
          ordered: -2e6,
          actual: actual * 1e6,
          delivered: delivered === 0 ? 0 : -delivered * 1e6,
          deficiency: deficiency * 1e6,
        },
      ]);
      expect(settled.penalty).toBe((deficiency * 11).toFixed(2));
      // The example shrinks the fee to what was delivered; the message keeps the Price and takes the penalty off.
      expect(delivered * 7 - Number(settled.penalty)).toBe(settlement);
      expect(settled.netSettlement).toBe((14 - deficiency * 11).toFixed(2));
    },
  );

  it.each(EXAMPLE)(
    '$actual MW measured, where only delivered energy is paid: $settlement EUR in the message itself',
    ({ actual, settlement }) => {
      const known = facts({ ...hourly, baseline: [10e6], actual: [actual * 1e6], payFor: 'delivered' });
      const settled = computed(settleOrders([order([-2e6], '14.00')], known)[0]);
      expect(settled).toMatchObject({ price: '14.00', netSettlement: settlement.toFixed(2) });
    },
  );

  it.each(EXAMPLE)(
    'mirrored, with consumption ordered: $settlement EUR',
    ({ actual, delivered, deficiency }) => {
      const known = facts({ ...hourly, baseline: [10e6], actual: [(20 - actual) * 1e6] });
      const settled = computed(settleOrders([order([2e6], '14.00')], known)[0]);
      expect(settled.isps[0]).toMatchObject({ delivered: delivered * 1e6, deficiency: deficiency * 1e6 });
      expect(settled.penalty).toBe((deficiency * 11).toFixed(2));
    },
  );
});

describe('several orders on one ISP', () => {
  it('credits the order accepted first', () => {
    expect(onISP1([-1000, -1000], 5000, 3500)).toEqual([
      [-1000, 0],
      [-500, 500],
    ]);
  });

  it('charges power that went the wrong way once, to the order accepted last', () => {
    expect(onISP1([-1000, -1000], 5000, 5300)).toEqual([
      [0, 1000],
      [0, 1300],
    ]);
    expect(onISP1([500, 500, 500], 5000, 4900)).toEqual([
      [0, 500],
      [0, 500],
      [0, 600],
    ]);
  });

  it('charges nothing to an order of no power, wherever it stands', () => {
    expect(onISP1([-1000, 0], 5000, 5300)).toEqual([
      [0, 1300],
      [0, 0],
    ]);
    expect(onISP1([0], 5000, 5300)).toEqual([[0, 0]]);
  });

  it('counts opposite orders net: those against the sum as delivered', () => {
    expect(onISP1([-2000, 500], 5000, 3500)).toEqual([
      [-2000, 0],
      [500, 0],
    ]);
    expect(onISP1([500, -2000], 5000, 4000)).toEqual([
      [500, 0],
      [-1500, 500],
    ]);
    expect(onISP1([-2000, 500], 5000, 6000)).toEqual([
      [0, 2500],
      [500, 0],
    ]);
  });

  it('asks nothing of orders that cancel out', () => {
    expect(onISP1([-1000, 1000], 5000, 5800)).toEqual([
      [-1000, 0],
      [1000, 0],
    ]);
  });

  const watts = fc.integer({ min: -5_000_000, max: 5_000_000 });

  it('lacks in total what the sum of all orders lacks: max(0, |ΣO| − s·R)', () => {
    fc.assert(
      fc.property(
        fc.array(watts, { minLength: 1, maxLength: 6 }),
        watts,
        watts,
        (powers, baseline, actual) => {
          const sum = powers.reduce((total, power) => total + power, 0);
          const sign = Math.sign(sum);
          const lacking = onISP1(powers, baseline, actual).reduce((total, [, each]) => total + each, 0);
          expect(lacking).toBe(sum === 0 ? 0 : Math.max(0, Math.abs(sum) - sign * (actual - baseline)));
        },
      ),
    );
  });

  it('never delivers more than ordered, nor against the order, and lacks what it did not deliver', () => {
    fc.assert(
      fc.property(
        fc.array(watts, { minLength: 1, maxLength: 6 }),
        watts,
        watts,
        (powers, baseline, actual) => {
          onISP1(powers, baseline, actual).forEach(([delivered, deficiency], index) => {
            const ordered = powers[index]!;
            expect(Math.abs(delivered)).toBeLessThanOrEqual(Math.abs(ordered));
            expect(delivered * ordered).toBeGreaterThanOrEqual(0);
            expect(deficiency).toBeGreaterThanOrEqual(Math.abs(ordered) - Math.abs(delivered));
          });
        },
      ),
    );
  });

  it('mirrors: all signs turned, the same deficiencies', () => {
    fc.assert(
      fc.property(
        fc.array(watts, { minLength: 1, maxLength: 6 }),
        watts,
        watts,
        (powers, baseline, actual) => {
          const turned = onISP1(
            powers.map((power) => -power),
            -baseline,
            -actual,
          );
          const straight = onISP1(powers, baseline, actual);
          expect(turned.map(([, deficiency]) => deficiency)).toEqual(straight.map(([, each]) => each));
          expect(turned.map(([delivered]) => Math.abs(delivered))).toEqual(
            straight.map(([delivered]) => Math.abs(delivered)),
          );
        },
      ),
    );
  });
});

describe('the money of an order', () => {
  it('is the price less the energy lacking over all its ISPs, at the rate per MWh', () => {
    const known = facts({ baseline: [2e6, 2e6], actual: [1.4e6, 1.6e6], penaltyPerMWh: '250.00' });
    // 400 kW and 600 kW lacking for a quarter of an hour: 0.25 MWh.
    expect(computed(settleOrders([order([-1e6, -1e6])], known)[0])).toMatchObject({
      price: '42.00',
      penalty: '62.50',
      netSettlement: '-20.50',
    });
  });

  it('is rounded once, in the decimals of its currency', () => {
    const known = facts({ baseline: [0, 0], actual: [0, 0], penaltyPerMWh: '0.2' });
    // 2 × 12.5 kWh at 0.2 is 0.005 in total: rounding each ISP alone would give 0.00.
    expect(computed(settleOrders([order([-50_000, -50_000])], known)[0]).penalty).toBe('0.01');
    expect(computed(settleOrders([order([-50_000], '100', 'ISK')], known)[0])).toMatchObject({
      price: '100',
      penalty: '0',
      netSettlement: '100',
    });
  });
});

it('owes nothing rather than less than nothing', () => {
  const known = facts({ baseline: [0], actual: [0], payFor: 'delivered' });
  const halfDelivered = { ...known, actual: [-1] };
  expect(computed(settleOrders([order([-2], '-0.005')], halfDelivered)[0])).toMatchObject({
    penalty: '0.00',
  });
});

describe('what is not known', () => {
  it('is named, by ISP, and nothing is computed', () => {
    const known = facts({ baseline: [5000, null, 5000], actual: [4000, 4000] });
    expect(settleOrders([order([-1, -1, -1])], known)).toEqual([
      {
        kind: 'unknown',
        missing: [
          { isp: 2, what: 'baseline' },
          { isp: 3, what: 'reading' },
        ],
      },
    ]);
  });

  it('is taken from the DSO where it says it, and marked', () => {
    const known = facts({
      baseline: [5000, null],
      actual: [null, 4000],
      stated: { baseline: [1, 5000], actual: [4500, 1] },
    });
    expect(computed(settleOrders([order([-1000, -1000])], known)[0]).isps).toEqual([
      {
        isp: 1,
        baseline: 5000,
        ordered: -1000,
        actual: 4500,
        delivered: -500,
        deficiency: 500,
        assumed: ['reading'],
      },
      {
        isp: 2,
        baseline: 5000,
        ordered: -1000,
        actual: 4000,
        delivered: -1000,
        deficiency: 0,
        assumed: ['baseline'],
      },
    ]);
  });

  it('leaves orders of other ISPs computed', () => {
    const late: SettledOrder = { ...order([]), ISP: [{ Power: -1, Start: 2, Duration: 1 }] };
    const settled = settleOrders([order([-1000]), late], facts({ baseline: [5000], actual: [4000] }));
    expect(settled.map(({ kind }) => kind)).toEqual(['computed', 'unknown']);
  });
});
