import { describe, expect, it } from 'vitest';
import { assetOn, type PlacedAsset } from './asset.ts';

const asset: PlacedAsset = {
  ...{ connection: 'ean.1', name: 'battery', canReduceW: 100, canIncreaseW: 50, pricePerMWh: '10' },
};
const day = (Period: string, ISPDuration = 'PT60M') => ({
  Period,
  TimeZone: 'Europe/Amsterdam',
  ISPDuration,
});

describe('an asset on a day', () => {
  it('can do the same in every ISP of it, unless something says otherwise', () => {
    const { reduceW, increaseW, prices, limits } = assetOn(asset, day('2027-03-28', 'PT15M'));
    expect([reduceW.length, new Set(reduceW), new Set(increaseW)]).toEqual([
      92,
      new Set([100]),
      new Set([50]),
    ]);
    expect(prices).toEqual([{ pricePerMWh: '10' }]);
    expect(Object.values(limits).every((limit) => limit === undefined)).toBe(true);
  });

  it('has windows by local time, both of a repeated hour and none of one that is skipped', () => {
    const windows = [{ between: '02:00-03:00', canReduceW: 7, canIncreaseW: 0 }];
    const at = (period: string) =>
      assetOn({ ...asset, windows }, day(period)).reduceW.flatMap((watts, index) =>
        watts === 7 ? [index + 1] : [],
      );
    expect(at('2026-06-15')).toEqual([3]);
    expect(at('2027-03-28')).toEqual([]);
    expect(at('2027-10-31')).toEqual([3, 4]);
  });

  it('has the first window that fits an ISP whole, on the days that it names', () => {
    const windows = [
      { days: ['sat' as const], between: '22:30-24:00', canReduceW: 1, canIncreaseW: 2 },
      { days: ['sat' as const, 'sun' as const], canReduceW: 3, canIncreaseW: 4 },
    ];
    const on = (period: string) => assetOn({ ...asset, windows }, day(period)).reduceW.slice(21);
    expect(on('2026-06-13')).toEqual([3, 3, 1]);
    expect(on('2026-06-14')).toEqual([3, 3, 3]);
    expect(on('2026-06-15')).toEqual([100, 100, 100]);
  });

  it('has its durations in minutes', () => {
    const limited = assetOn({ ...asset, longestRun: 'PT2H', recovery: 'PT1H30M' }, day('2026-06-15'));
    expect(limited.limits).toMatchObject({ longestRunMinutes: 120, recoveryMinutes: 90 });
  });
});
