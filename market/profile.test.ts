import { describe, expect, it } from 'vitest';
import { assetOn, dayOf, type PlacedAsset } from './asset.ts';
import { type AssetProfile, withProfiles } from './profile.ts';

const battery: PlacedAsset = {
  ...{ connection: 'ean.1', name: 'battery', canReduceW: 100, canIncreaseW: 50, pricePerMWh: '10' },
};
const marketDay = (Period: string, ISPDuration = 'PT15M', TimeZone = 'Europe/Amsterdam') => ({
  ...{ Period, TimeZone, ISPDuration },
});
/** Of the hours from 0 to 24, W one more by the hour from 1 on; in quarters, each of an hour one more. */
const profile = (changes: Partial<AssetProfile> = {}): AssetProfile => ({
  ...{ connection: 'ean.1', asset: 'battery', period: '2026-06-15' },
  ...{ timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M' },
  reduceW: Array.from({ length: 96 }, (_, index) => index + 1),
  increaseW: new Array<number>(96).fill(7),
  ...changes,
});
const reduceW = (day: ReturnType<typeof marketDay>, ...profiles: AssetProfile[]) =>
  withProfiles([assetOn(battery, day)], dayOf(day), profiles)[0]!.reduceW;

describe('a profile of an asset', () => {
  it('is what the asset can do on its day, and on no other', () => {
    const today = marketDay('2026-06-15');
    const [said] = withProfiles([assetOn(battery, today)], dayOf(today), [profile()]);
    expect(said).toMatchObject({ reduceW: profile().reduceW, increaseW: profile().increaseW });
    for (const other of ['2026-06-14', '2026-06-16'])
      expect(new Set(reduceW(marketDay(other), profile()))).toEqual(new Set([100]));
  });

  it('is of one asset of one connection', () => {
    const today = marketDay('2026-06-15');
    for (const other of [{ connection: 'ean.2' }, { asset: 'heat' }])
      expect(new Set(reduceW(today, profile(other)))).toEqual(new Set([100]));
  });

  it('counts in longer ISPs by the least that it says of them, in shorter ones as it is', () => {
    const hours = { ispDuration: 'PT1H', reduceW: Array.from({ length: 24 }, (_, index) => 10 * index) };
    expect(reduceW(marketDay('2026-06-15', 'PT60M'), profile()).slice(0, 3)).toEqual([1, 5, 9]);
    expect(reduceW(marketDay('2026-06-15'), profile(hours)).slice(2, 6)).toEqual([0, 0, 10, 10]);
  });

  it('counts where days of other time zones overlap with its own, and beyond it do the terms', () => {
    // Midnight in London is one o'clock in Amsterdam.
    const london = reduceW(marketDay('2026-06-15', 'PT60M', 'Europe/London'), profile());
    expect([london[0], london[22], london[23]]).toEqual([5, 93, 100]);
    const before = reduceW(marketDay('2026-06-14', 'PT60M', 'Europe/London'), profile());
    expect([before[22], before[23]]).toEqual([100, 1]);
  });

  it('is as long as its day, on those on which clocks change too', () => {
    for (const [period, count] of [
      ['2027-03-28', 92],
      ['2027-10-31', 100],
    ] as const) {
      const powers = Array.from({ length: count }, (_, index) => index);
      expect(reduceW(marketDay(period), profile({ period, reduceW: powers }))).toEqual(powers);
    }
  });
});
