import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AssetFlexibility, meritOrder, type RequestedBand, wantedPower } from './merit-order.ts';

const asset = (name: string, canReduceW: number, canIncreaseW: number, pricePerMWh: string) =>
  ({ name, canReduceW, canIncreaseW, pricePerMWh }) satisfies AssetFlexibility;
const band = (MinPower: number, MaxPower: number, Start = 1, Duration = 1): RequestedBand => ({
  Disposition: 'Requested',
  MinPower,
  MaxPower,
  Start,
  Duration,
});

const dear = asset('battery', 3000, 2000, '200');
const cheap = asset('greenhouse', 1000, 500, '50');

describe('the merit order', () => {
  it('fills what is asked from the cheapest asset up', () => {
    // A quarter of an hour: 0.25 kWh at 50 and 0.5 kWh at 200 EUR/MWh.
    expect(meritOrder([band(-9000, -3000)], [dear, cheap], 15, 'EUR')).toEqual({
      price: '0.11',
      ISP: [{ Power: -3000, Start: 1, Duration: 1 }],
    });
    expect(meritOrder([band(-9000, -1000, 1, 40)], [dear, cheap], 15, 'EUR')?.price).toBe('0.50');
  });

  it('uses what assets can do in the direction asked', () => {
    expect(meritOrder([band(1000, 9000)], [cheap, dear], 60, 'EUR')).toEqual({
      price: '0.13',
      ISP: [{ Power: 1000, Start: 1, Duration: 1 }],
    });
  });

  it('offers what there is where it does not suffice, and nothing where there is nothing', () => {
    expect(meritOrder([band(-9000, -8000)], [dear, cheap], 15, 'EUR')?.ISP[0]!.Power).toBe(-4000);
    expect(meritOrder([band(-9000, -8000)], [asset('load only', 0, 5000, '1')], 15, 'EUR')).toBeUndefined();
    expect(meritOrder([band(-9000, -8000)], [], 15, 'EUR')).toBeUndefined();
    expect(meritOrder([band(0, 0)], [dear], 15, 'EUR')).toBeUndefined();
  });

  it("keeps the request's own segmentation, and leaves ISPs out that are only available", () => {
    const bands: RequestedBand[] = [
      { ...band(-9000, 9000, 1, 47), Disposition: 'Available' },
      band(-2000, -1000, 48, 4),
      { ...band(-9000, -1000, 52, 1), Disposition: undefined },
      band(-3000, -2000, 60, 2),
    ];
    expect(meritOrder(bands, [dear, cheap], 15, 'EUR')?.ISP).toEqual([
      { Power: -1000, Start: 48, Duration: 4 },
      { Power: -2000, Start: 60, Duration: 2 },
    ]);
  });

  it('pays for every ISP of a group', () => {
    expect(meritOrder([band(-1e6, -1e6, 1, 8)], [asset('a', 1e6, 0, '10')], 15, 'EUR')?.price).toBe('20.00');
  });

  it('offers what a contract obliges to, where the band asks for less', () => {
    const offered = meritOrder([band(-9000, -1000)], [dear, cheap], 15, 'EUR', new Map([[1, -2500]]));
    expect(offered?.ISP[0]!.Power).toBe(-2500);
  });
});

describe('the power wanted of a band', () => {
  const none = new Map<number, number>();

  it.each([
    ['reduction: the bound nearest zero', band(-45, -5), none, -5],
    ['increase: the bound nearest zero', band(5, 45), none, 5],
    ['reduction from zero: the far bound', band(-45, 0), none, -45],
    ['increase from zero: the far bound', band(0, 45), none, 45],
    ['an obligation beyond the near bound', band(-45, -5), new Map([[1, -20]]), -20],
    ['an obligation below the near bound', band(-45, -5), new Map([[1, -2]]), -5],
    ['an obligation beyond the band', band(-45, -5), new Map([[1, -99]]), -45],
    ['an obligation in the other direction', band(-45, -5), new Map([[1, 20]]), -5],
    [
      'the largest obligation of the group',
      band(-45, -5, 1, 3),
      new Map([
        [1, -12],
        [3, -9],
        [2, -11],
        [4, -40],
      ]),
      -12,
    ],
  ])('%s', (_, asked, obligations, wanted) => {
    expect(wantedPower(asked, obligations)).toBe(wanted);
  });
});

describe('any offer', () => {
  const watts = fc.integer({ min: 0, max: 100_000 });
  const assets = fc.array(
    fc.record({
      name: fc.string(),
      canReduceW: watts,
      canIncreaseW: watts,
      pricePerMWh: fc.integer({ min: -500, max: 5000 }).map(String),
    }),
    { maxLength: 6 },
  );
  const bands = fc.tuple(watts, watts, fc.boolean()).map(([a, b, reduce]) => {
    const [near, far] = [Math.min(a, b), Math.max(a, b)];
    return reduce ? band(-far, -near) : band(near, far);
  });

  it('stays inside the band and within what the assets can do, and misses neither', () => {
    fc.assert(
      fc.property(bands, assets, fc.integer({ min: -100_000, max: 100_000 }), (asked, all, obliged) => {
        const offered = meritOrder([asked], all, 15, 'EUR', new Map([[1, obliged]]))?.ISP[0]?.Power ?? 0;
        const reduce = asked.MinPower < 0;
        const can = all.reduce((sum, each) => sum + (reduce ? each.canReduceW : each.canIncreaseW), 0);
        const wanted = Math.abs(wantedPower(asked, new Map([[1, obliged]])));
        expect(Math.abs(offered)).toBe(Math.min(wanted, can));
        if (offered !== 0) {
          expect(offered).toBeGreaterThanOrEqual(asked.MinPower < 0 ? asked.MinPower : 0);
          expect(offered).toBeLessThanOrEqual(asked.MaxPower > 0 ? asked.MaxPower : 0);
        }
      }),
    );
  });

  it('does not depend on the order of the assets, and no dearer asset runs before a cheaper one is used up', () => {
    fc.assert(
      fc.property(bands, assets, (asked, all) => {
        const price = meritOrder([asked], all, 60, 'EUR')?.price;
        expect(meritOrder([asked], [...all].reverse(), 60, 'EUR')?.price).toBe(price);
        if (price === undefined) return;
        let left = Math.abs(wantedPower(asked, new Map()));
        let cost = 0;
        for (const each of [...all].sort((a, b) => Number(a.pricePerMWh) - Number(b.pricePerMWh))) {
          const part = Math.min(left, asked.MinPower < 0 ? each.canReduceW : each.canIncreaseW);
          cost += (part * Number(each.pricePerMWh)) / 1e6;
          left -= part;
        }
        expect(Math.abs(Number(price) - cost)).toBeLessThanOrEqual(0.005001);
      }),
    );
  });
});
