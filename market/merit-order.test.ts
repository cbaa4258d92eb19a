import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssetDay } from './asset.ts';
import { assetDay, dayOfISPs } from './asset.testkit.ts';
import { coveredBy } from './coverage.ts';
import { meritOrder, type OfferedDay, wantedPower } from './merit-order.ts';
import type { RequestedBand } from './power.ts';

const asset = (name: string, reduceW: number, increaseW: number, pricePerMWh: string) =>
  assetDay(name, [reduceW, increaseW], pricePerMWh);
/** The first option, without who gives it. */
function best(bands: RequestedBand[], assets: AssetDay[], ispMinutes = 15, more: Partial<OfferedDay> = {}) {
  const day = dayOfISPs(96, ispMinutes);
  const [option] = meritOrder({ bands, assets, day, currency: 'EUR', ...more });
  return option && { price: option.price, ISP: option.ISP };
}
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
    expect(best([band(-9000, -3000)], [dear, cheap])).toEqual({
      price: '0.11',
      ISP: [{ Power: -3000, Start: 1, Duration: 1 }],
    });
    expect(best([band(-9000, -1000, 1, 40)], [dear, cheap])?.price).toBe('0.50');
  });

  it('uses what assets can do in the direction asked', () => {
    expect(best([band(1000, 9000)], [cheap, dear], 60)).toEqual({
      price: '0.13',
      ISP: [{ Power: 1000, Start: 1, Duration: 1 }],
    });
  });

  it('offers what there is where it does not suffice, and nothing where there is nothing', () => {
    expect(best([band(-9000, -8000)], [dear, cheap])?.ISP[0]!.Power).toBe(-4000);
    expect(best([band(-9000, -8000)], [asset('load only', 0, 5000, '1')])).toBeUndefined();
    expect(best([band(-9000, -8000)], [])).toBeUndefined();
    expect(best([band(0, 0)], [dear])).toBeUndefined();
  });

  it("keeps the request's own segmentation, and leaves ISPs out that are only available", () => {
    const bands: RequestedBand[] = [
      { ...band(-9000, 9000, 1, 47), Disposition: 'Available' },
      band(-2000, -1000, 48, 4),
      { ...band(-9000, -1000, 52, 1), Disposition: undefined },
      band(-3000, -2000, 60, 2),
    ];
    expect(best(bands, [dear, cheap])?.ISP).toEqual([
      { Power: -1000, Start: 48, Duration: 4 },
      { Power: -2000, Start: 60, Duration: 2 },
    ]);
  });

  it('pays for every ISP of a group', () => {
    expect(best([band(-1e6, -1e6, 1, 8)], [asset('a', 1e6, 0, '10')])?.price).toBe('20.00');
  });

  it('offers what a contract obliges to, where the band asks for less', () => {
    const offered = best([band(-9000, -1000)], [dear, cheap], 15, { obligations: new Map([[1, -2500]]) });
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

describe('what limits an asset', () => {
  const limited = (limits: AssetDay['limits'], [reduceW, increaseW] = [4000, 4000], price = '10') =>
    assetDay('limited', [reduceW!, increaseW!], price, { limits });

  it('price blocks: the first part of the power is cheaper, and others hold the cheap part first', () => {
    const prices = [{ upToW: 1000, pricePerMWh: '100' }, { pricePerMWh: '200' }];
    const blocks = { ...limited({}), prices };
    expect(best([band(-2000, -2000)], [blocks], 60)?.price).toBe('0.30');
    const held = { reduceW: [500], increaseW: [], runs: [] };
    expect(best([band(-2000, -2000)], [{ ...blocks, held }], 60)?.price).toBe('0.35');
    // Between two blocks of one asset, another one's price may lie.
    const [option] = meritOrder({
      ...{ bands: [band(-2500, -2500)], assets: [blocks, asset('between', 800, 0, '150')] },
      ...{ day: dayOfISPs(96, 60), currency: 'EUR' },
    });
    expect(option!.uses.map(({ asset, powerW }) => [asset.name, powerW[0]])).toEqual([
      ['limited', -1700],
      ['between', -800],
    ]);
  });

  it('power by ISP: a group has as much as its weakest ISP, and assets may take turns in it', () => {
    const early = assetDay('early', [0, 0], '10', { reduceW: [900, 900, 0, 0] });
    const late = assetDay('late', [0, 0], '20', { reduceW: [0, 0, 700, 700] });
    expect(best([band(-800, -800, 1, 4)], [early, late], 60)).toEqual({
      price: '0.04',
      ISP: [{ Power: -700, Start: 1, Duration: 4 }],
    });
  });

  it('energy of a day: less power for as long as it is asked for, and nothing beyond what others leave', () => {
    expect(best([band(-4000, -4000, 1, 8)], [limited({ reduceWh: 4000 })])?.ISP[0]!.Power).toBe(-2000);
    const held = { reduceW: [0, 0, 0, 0, 0, 0, 0, 0, 8000], increaseW: [], runs: [] };
    const shared = { ...limited({ reduceWh: 4000 }), held };
    expect(best([band(-4000, -4000, 1, 8)], [shared])?.ISP[0]!.Power).toBe(-1000);
    expect(best([band(4000, 4000, 1, 8)], [shared])?.ISP[0]!.Power).toBe(4000);
  });

  it('steps: as many whole ones as fit, and what is left comes from others', () => {
    expect(best([band(-2500, -2500)], [limited({ stepW: 1000 })])?.ISP[0]!.Power).toBe(-2000);
    const both = [limited({ stepW: 1000 }), asset('fine', 600, 0, '99')];
    expect(best([band(-2500, -2500)], both)?.ISP[0]!.Power).toBe(-2500);
  });

  it('runs: none longer or shorter than may be, with a pause between', () => {
    const longest = limited({ longestRunMinutes: 60 });
    expect(best([band(-4000, -4000, 1, 4)], [longest])?.ISP[0]!.Power).toBe(-4000);
    expect(best([band(-4000, -4000, 1, 5)], [longest])).toBeUndefined();
    // Two that take turns cover what neither may alone.
    const second = { ...longest, name: 'second' };
    expect(best([band(-4000, -4000, 1, 8)], [longest, second])?.ISP[0]!.Power).toBe(-4000);
    const shortest = limited({ shortestRunMinutes: 45 });
    expect(best([band(-4000, -4000, 1, 2)], [shortest])).toBeUndefined();
    expect(best([band(-4000, -4000, 1, 2), band(-3000, -3000, 3, 1)], [shortest])?.ISP).toHaveLength(2);
    const rests = limited({ recoveryMinutes: 30 });
    const twice = best([band(-4000, -4000, 1, 2), band(-4000, -4000, 4, 2)], [rests]);
    expect(twice?.ISP.map(({ Start }) => Start)).toEqual([1]);
    expect(best([band(-4000, -4000, 1, 2), band(-4000, -4000, 5, 2)], [rests])?.ISP).toHaveLength(2);
  });

  it('runs of others: clear of them where it needs a pause, also over midnight', () => {
    const busy = (runs: AssetDay['held']['runs'], limits: AssetDay['limits']) => ({
      ...limited(limits),
      held: { reduceW: [], increaseW: [], runs },
    });
    const rests = { recoveryMinutes: 30 };
    expect(best([band(-1, -1, 1, 2)], [busy([{ from: -60, to: 0 }], rests)])).toBeUndefined();
    expect(best([band(-1, -1, 3, 2)], [busy([{ from: -60, to: 0 }], rests)])?.ISP).toHaveLength(1);
    const longest = { longestRunMinutes: 60 };
    expect(best([band(-1, -1, 3, 2)], [busy([{ from: 0, to: 30 }], longest)])?.ISP).toHaveLength(1);
    expect(best([band(-1, -1, 3, 3)], [busy([{ from: 0, to: 30 }], longest)])).toBeUndefined();
  });
});

describe('alternatives', () => {
  const options = (n: number, obligations = new Map<number, number>()) =>
    meritOrder(
      {
        ...{ bands: [band(-9000, -4000, 1, 2)], assets: [cheap, dear] },
        ...{ day: dayOfISPs(96), currency: 'EUR', obligations },
      },
      n,
    ).map(({ ISP }) => ISP[0]!.Power);

  it('are for ever smaller shares, none for less than a contract obliges to, and none twice', () => {
    expect(options(1)).toEqual([-4000]);
    expect(options(2)).toEqual([-4000, -2000]);
    expect(options(4)).toEqual([-4000, -3000, -2000, -1000]);
    expect(options(2, new Map([[2, -3500]]))).toEqual([-4000, -3500]);
    expect(options(3, new Map([[1, -4000]]))).toEqual([-4000]);
  });
});

describe('beside offers that stand', () => {
  const standing = coveredBy([
    { OfferOption: [{ ISP: [{ Power: -3000, Start: 1, Duration: 2 }] }] },
    {
      OfferOption: [
        { ISP: [{ Power: -500, Start: 1, Duration: 1 }] },
        { ISP: [{ Power: -200, Start: 1, Duration: 2 }] },
      ],
    },
  ]);

  it('only what is still wanted is offered, and together they stay inside the band', () => {
    expect(wantedPower(band(-9000, -4000, 1, 2), new Map(), standing)).toBe(-800);
    expect(wantedPower(band(-3600, -3500), new Map(), standing)).toBe(0);
    expect(wantedPower(band(-3600, -3500), new Map([[1, -900]]), standing)).toBe(-100);
    expect(wantedPower(band(100, 200), new Map(), standing)).toBe(100);
  });
});

const priceOf = ({ prices }: AssetDay): number => Number(prices[0]!.pricePerMWh);

describe('any offer', () => {
  const watts = fc.integer({ min: 0, max: 100_000 });
  const assets = fc.uniqueArray(
    fc
      .record({
        name: fc.string(),
        reduceW: watts,
        increaseW: watts,
        price: fc.integer({ min: -500, max: 5000 }).map(String),
      })
      .map(({ name, reduceW, increaseW, price }) => asset(name, reduceW, increaseW, price)),
    { maxLength: 6, selector: ({ name }) => name },
  );
  const bands = fc.tuple(watts, watts, fc.boolean()).map(([a, b, reduce]) => {
    const [near, far] = [Math.min(a, b), Math.max(a, b)];
    return reduce ? band(-far, -near) : band(near, far);
  });

  it('stays inside the band and within what the assets can do, and misses neither', () => {
    fc.assert(
      fc.property(bands, assets, fc.integer({ min: -100_000, max: 100_000 }), (asked, all, obliged) => {
        const obligations = new Map([[1, obliged]]);
        const offered = best([asked], all, 15, { obligations })?.ISP[0]?.Power ?? 0;
        const reduce = asked.MinPower < 0;
        const can = all.reduce((sum, each) => sum + (reduce ? each.reduceW : each.increaseW)[0]!, 0);
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
        const price = best([asked], all, 60)?.price;
        expect(best([asked], [...all].reverse(), 60)?.price).toBe(price);
        if (price === undefined) return;
        let left = Math.abs(wantedPower(asked, new Map()));
        let cost = 0;
        for (const each of [...all].sort((a, b) => priceOf(a) - priceOf(b))) {
          const part = Math.min(left, (asked.MinPower < 0 ? each.reduceW : each.increaseW)[0]!);
          cost += (part * priceOf(each)) / 1e6;
          left -= part;
        }
        expect(Math.abs(Number(price) - cost)).toBeLessThanOrEqual(0.005001);
      }),
    );
  });
});
