import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tell, UNTIL, is } from './flex-request/facts.testkit.ts';
import { meritOrder } from './merit-order.ts';
import { assetDay, dayOfISPs } from './asset.testkit.ts';
import {
  type AssetDay,
  beside,
  type DayOfISPs,
  type HeldAsset,
  type HeldPower,
  powerToHold,
  settledHold,
  usesOf,
} from './capacity.ts';

const asset: AssetDay = assetDay('battery', [3000, 2000], '10', { ispCount: 4 });
const heldOf = (one: AssetDay, of: DayOfISPs, holds: readonly HeldPower[]) => {
  const { reduceW, increaseW } = beside([one], of, holds)[0]!.held;
  return { reduceW, increaseW };
};
const held = (reduceW: number[], increaseW: number[] = []): HeldAsset => ({
  ...{ connection: 'ean.1', asset: 'battery', reduceW, increaseW },
});
const day: DayOfISPs = { startsAt: '2026-06-14T22:00:00.000Z', ispMinutes: 30, ispCount: 4 };

describe('what is held of an asset', () => {
  it('adds up what overlaps in time, whatever the length of its ISPs and the day it is counted from', () => {
    const holds = [
      { startsAt: day.startsAt, ispMinutes: 15, assets: [held([100, 200, 0, 50])] },
      { startsAt: day.startsAt, ispMinutes: 60, assets: [held([1000, 0], [7, 8])] },
      { startsAt: '2026-06-14T21:00:00.000Z', ispMinutes: 60, assets: [held([9999, 4])] },
    ];
    expect(heldOf(asset, day, holds)).toEqual({ reduceW: [1204, 1054, 0, 0], increaseW: [7, 7, 8, 8] });
  });

  it('is not what is held of others', () => {
    const others = [
      { ...held([1]), connection: 'ean.2' },
      { ...held([1]), asset: 'heat' },
    ];
    const none = heldOf(asset, day, [{ startsAt: day.startsAt, ispMinutes: 30, assets: others }]);
    expect(none).toEqual({ reduceW: [0, 0, 0, 0], increaseW: [0, 0, 0, 0] });
  });

  it('is at any minute at least what each moment holds, by a count of minutes', () => {
    const lengths = fc.constantFrom(5, 10, 12, 15, 20, 30, 60);
    const some = fc.record({
      ispMinutes: lengths,
      shift: fc.integer({ min: -4, max: 4 }),
      watts: fc.array(fc.nat(99)),
    });
    fc.assert(
      fc.property(lengths, fc.array(some, { maxLength: 5 }), (ispMinutes, others) => {
        const startsAt = day.startsAt;
        const at = (shift: number) => new Date(Date.parse(startsAt) + shift * 15 * 60_000).toISOString();
        const holds = others.map(({ ispMinutes, shift, watts }) => ({
          ...{ startsAt: at(shift), ispMinutes, assets: [held(watts)] },
        }));
        const found = heldOf(asset, { startsAt, ispMinutes, ispCount: 3 }, holds).reduceW;
        const minute = (m: number) =>
          others.reduce((sum, { ispMinutes, shift, watts }) => {
            return sum + (watts[Math.floor((m - shift * 15) / ispMinutes)] ?? 0);
          }, 0);
        found.forEach((watts, isp) => {
          const minutes = Array.from({ length: ispMinutes }, (_, m) => minute(isp * ispMinutes + m));
          expect(watts).toBe(Math.max(...minutes));
        });
      }),
    );
  });
});

describe('the power to hold', () => {
  const group = (Power: number, Start = 1, Duration = 1) => ({ Power, Start, Duration });
  const hold = (
    options: { ISP: ReturnType<typeof group>[]; MinActivationFactor?: string }[],
    ...all: AssetDay[]
  ) => {
    const found = usesOf(options, all, dayOfISPs(all[0]!.reduceW.length));
    if ('lacking' in found) return found.lacking;
    const named = options.map((_, index) => ({ OptionReference: 'AB'[index], uses: found.uses[index]! }));
    return powerToHold(named);
  };

  it('is the most that one of the options needs, by ISP and direction, with what each takes', () => {
    const options = [{ ISP: [group(-100, 1, 2), group(50, 3)] }, { ISP: [group(-300, 2, 1), group(-5, 3)] }];
    const uses = [
      { option: 'A', powerW: [-100, -100, 50, 0] },
      { option: 'B', powerW: [0, -300, -5, 0] },
    ];
    expect(hold(options, asset)).toEqual([{ ...held([100, 300, 5, 0], [0, 0, 50, 0]), uses }]);
  });

  it('comes from the cheapest first, and leaves what others hold', () => {
    const dear = assetDay('dear', [3000, 0], '11', { ispCount: 2 });
    const taken = assetDay('battery', [3000, 0], '10', {
      ispCount: 2,
      held: { reduceW: [0, 2500], increaseW: [], runs: [] },
    });
    const kept = hold([{ ISP: [group(-1000, 1, 2)] }], dear, taken) as HeldAsset[];
    expect(kept.map(({ asset, reduceW }) => [asset, reduceW])).toEqual([
      ['battery', [1000, 500]],
      ['dear', [0, 500]],
    ]);
  });

  it('is nothing at all where an option is more than there is, and says what lacks', () => {
    const lacking = { option: 1, isp: 2, watts: 1 };
    expect(hold([{ ISP: [group(-1)] }, { ISP: [group(-3000), group(-3001, 2)] }], asset)).toEqual(lacking);
  });

  it('takes no whole steps where a part may be ordered', () => {
    const stepped = { ...asset, limits: { stepW: 1000 } };
    const one = { ISP: [group(-1000)] };
    expect(hold([one], stepped)).toHaveLength(1);
    expect(hold([{ ...one, MinActivationFactor: '0.50' }], stepped)).toMatchObject({ watts: 1000 });
  });
});

describe('offers one after the other', () => {
  const minutes = 15;
  const count = 12;
  const limit = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
  const assets = fc
    .array(
      fc
        .record({ reduceW: fc.nat(4000), increaseW: fc.nat(4000), price: fc.nat(99), longest: limit })
        .chain((base) =>
          fc.record({
            base: fc.constant(base),
            shortest: limit,
            pause: limit,
            energy: fc.option(fc.nat(6000), { nil: undefined }),
            stepW: fc.option(fc.constantFrom(100, 700), { nil: undefined }),
          }),
        ),
      { minLength: 1, maxLength: 3 },
    )
    .map((all) =>
      all.map(({ base, shortest, pause, energy, stepW }, index) =>
        assetDay(`asset ${index}`, [base.reduceW, base.increaseW], `${base.price}`, {
          ispCount: count,
          limits: {
            longestRunMinutes: base.longest && base.longest * minutes,
            shortestRunMinutes: shortest && shortest * minutes,
            recoveryMinutes: pause && pause * minutes,
            ...{ reduceWh: energy, increaseWh: energy, stepW },
          },
        }),
      ),
    );
  const band = fc
    .record({
      start: fc.integer({ min: 1, max: count }),
      length: fc.integer({ min: 1, max: 6 }),
      watts: fc.integer({ min: 1, max: 5000 }),
      down: fc.boolean(),
    })
    .map(({ start, length, watts, down }) => ({
      Disposition: 'Requested' as const,
      MinPower: down ? -2 * watts : watts,
      MaxPower: down ? -watts : 2 * watts,
      Start: start,
      Duration: Math.min(length, count - start + 1),
    }));
  const day = dayOfISPs(count, minutes);

  it('can be delivered together, whichever of them and whichever of their options are ordered', () => {
    let offered = 0;
    fc.assert(
      fc.property(
        assets,
        fc.array(fc.tuple(band, fc.integer({ min: 1, max: 3 })), { maxLength: 5 }),
        fc.nat(),
        (all, asked, seed) => {
          const holds: HeldPower[] = [];
          for (const [one, options] of asked) {
            const made = meritOrder(
              { bands: [one], assets: beside(all, day, holds), day, currency: 'EUR' },
              options,
            );
            if (made.length === 0) continue;
            offered += 1;
            const named = made.map((option, index) => ({ ...option, OptionReference: 'ABC'[index] }));
            holds.push({ startsAt: day.startsAt, ispMinutes: minutes, assets: powerToHold(named) });
          }
          // Any choice: of each offer nothing, or one of its options.
          for (let choice = 0; choice < 8; choice += 1) {
            const ordered = holds.map((_, index) => 'ABC-'[(seed + choice * (index + 3)) % 4]!);
            for (const one of all) expectKept(one, holds, ordered);
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(offered).toBeGreaterThan(50);
  });

  /** Counted ISP by ISP, by nothing that decided on the offers. */
  function expectKept(one: AssetDay, holds: readonly HeldPower[], ordered: readonly string[]): void {
    const used = holds.flatMap(({ assets: of }, index) =>
      of
        .filter(({ asset }) => asset === one.name)
        .flatMap(({ uses }) => uses!.filter(({ option }) => option === ordered[index])),
    );
    const sum = (isp: number, sign: number) =>
      used.reduce((total, { powerW }) => total + Math.max(0, sign * powerW[isp]!), 0);
    let [down, up, run, rest] = [0, 0, 0, Infinity];
    const { longestRunMinutes = Infinity, shortestRunMinutes = 0, recoveryMinutes = 0 } = one.limits;
    for (let isp = 0; isp <= count; isp += 1) {
      const [less, more] = isp < count ? [sum(isp, -1), sum(isp, 1)] : [0, 0];
      expect(less).toBeLessThanOrEqual(one.reduceW[0]!);
      expect(more).toBeLessThanOrEqual(one.increaseW[0]!);
      expect((less + more) % (one.limits.stepW ?? 1)).toBe(0);
      down += (less * minutes) / 60;
      up += (more * minutes) / 60;
      if (less + more > 0) {
        if (run === 0) expect(rest).toBeGreaterThanOrEqual(recoveryMinutes);
        run += minutes;
        rest = 0;
      } else {
        if (run > 0) expect(run).toBeGreaterThanOrEqual(shortestRunMinutes);
        run = 0;
        rest += minutes;
      }
      expect(run).toBeLessThanOrEqual(longestRunMinutes);
    }
    expect(down).toBeLessThanOrEqual(one.limits.reduceWh ?? Infinity);
    expect(up).toBeLessThanOrEqual(one.limits.increaseWh ?? Infinity);
  }
});

describe('a hold', () => {
  const hold = {
    step: 'FlexOffer/1',
    status: 'open' as const,
    assets: [held(new Array<number>(96).fill(4000))],
  };
  const statusAfter = (events: Parameters<typeof tell>[0]) => settledHold(tell(events).state, hold).status;
  const offered = [...UNTIL.Opened, is.offered()];

  it('stands while its offer may be ordered, also one that was given up on the way', () => {
    expect(statusAfter(UNTIL.Opened)).toBe('open');
    expect(statusAfter(offered)).toBe('open');
    expect(statusAfter([...offered, is.sent('FlexOffer/1', 'expired')])).toBe('open');
    expect(statusAfter([...offered, is.sent('FlexOffer/1'), is.ordered()])).toBe('open');
  });

  it('is released with its offer', () => {
    expect(statusAfter([...offered, is.sent('FlexOffer/1'), is.answered('Rejected', 'no')])).toBe('released');
    expect(statusAfter([...offered, [is.clock, '2026-06-14T12:00:00.000Z']])).toBe('open');
    const closed = [
      [is.clock, '2026-06-14T12:00:00.000Z'],
      [is.clock, '2026-06-14T12:05:00.000Z'],
    ] as const;
    expect(statusAfter([...offered, ...closed])).toBe('released');
  });

  it('is released where there is no offer and never will be', () => {
    expect(statusAfter(UNTIL.Lapsed)).toBe('released');
  });

  it('is firm with the order, and no more than it', () => {
    const { state } = tell([...offered, is.sent('FlexOffer/1'), is.ordered(), is.booked()]);
    const firm = settledHold(state, {
      ...hold,
      assets: [
        held(hold.assets[0]!.reduceW.map(() => 3000)),
        { ...held(hold.assets[0]!.reduceW.map(() => 3000)), asset: 'dear' },
      ],
    });
    expect(firm.status).toBe('firm');
    expect(firm.assets.map(({ reduceW }) => reduceW.slice(46, 52))).toEqual([
      [0, 2000, 2000, 2000, 2000, 0],
      [0, 2000, 2000, 2000, 2000, 0],
    ]);
    expect(settledHold(state, firm)).toBe(firm);
  });
});
