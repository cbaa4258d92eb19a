import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tell, UNTIL, is } from './flex-request/facts.testkit.ts';
import {
  type DayOfISPs,
  type HeldAsset,
  heldOf,
  type PlacedAsset,
  powerToHold,
  settledHold,
} from './capacity.ts';

const asset: PlacedAsset = {
  ...{ name: 'battery', connection: 'ean.1', canReduceW: 3000, canIncreaseW: 2000, pricePerMWh: '10' },
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

  it('is the most that one of the options needs, by ISP and direction', () => {
    const options = [{ ISP: [group(-100, 1, 2), group(50, 3)] }, { ISP: [group(-300, 2, 1), group(-5, 3)] }];
    expect(powerToHold(options, [asset], 4)).toEqual([held([100, 300, 5, 0], [0, 0, 50, 0])]);
  });

  it('comes from the cheapest first, and leaves what others hold', () => {
    const dear = { ...asset, name: 'dear', pricePerMWh: '11' };
    const taken = { ...asset, held: { reduceW: [0, 2500], increaseW: [] } };
    const kept = powerToHold([{ ISP: [group(-1000, 1, 2)] }], [dear, taken], 2);
    expect(kept).toEqual(
      [held([500, 500]), { ...held([500, 500]), asset: 'dear' }].map((each) => ({
        ...each,
        increaseW: [0, 0],
      })),
    );
  });

  it('is nothing at all where an option is more than there is', () => {
    expect(powerToHold([{ ISP: [group(-1)] }, { ISP: [group(-3001)] }], [asset], 1)).toBeUndefined();
  });
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
    expect(statusAfter([...UNTIL.Opened, [is.clock, '2026-06-14T16:00:00.000Z']])).toBe('released');
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
      [0, 3000, 3000, 3000, 3000, 0],
      [0, 1000, 1000, 1000, 1000, 0],
    ]);
    expect(settledHold(state, firm)).toBe(firm);
  });
});
