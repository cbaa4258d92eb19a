import { describe, expect, it } from 'vitest';
import { asset } from './assets.ts';

const battery = { name: 'battery', canReduceW: 5000, pricePerMWh: '90.00' };
const wrong = (changes: object) => {
  const read = asset.safeParse({ ...battery, ...changes });
  return read.error?.issues.map(({ path }) => path.join('.')) ?? [];
};

describe('an asset', () => {
  it('needs a name and a price, and no more', () => {
    expect(asset.parse(battery)).toEqual({ ...battery, canIncreaseW: 0 });
  });

  it('may say everything that limits it', () => {
    const limits = {
      windows: [{ days: ['mon'], between: '07:00-19:00', canReduceW: 1 }, { canIncreaseW: 2 }],
      dailyEnergyWh: { reduce: 10_000 },
      ...{ longestRun: 'PT2H', shortestRun: 'PT30M', recovery: 'PT4H', stepW: 500 },
    };
    expect(asset.parse({ ...battery, ...limits })).toMatchObject({
      ...limits,
      windows: [
        { canReduceW: 1, canIncreaseW: 0 },
        { canReduceW: 0, canIncreaseW: 2 },
      ],
    });
  });

  it('has one price, or one for each part of its power, none cheaper than the one before', () => {
    const priced = (...prices: object[]) => wrong({ pricePerMWh: undefined, prices });
    const first = { upToW: 2000, pricePerMWh: '60.00' };
    const last = { pricePerMWh: '90.00' };
    expect(priced(first, last)).toEqual([]);
    expect(wrong({ pricePerMWh: undefined })).toEqual(['pricePerMWh']);
    expect(wrong({ prices: [last] })).toEqual(['pricePerMWh']);
    expect(priced()).toEqual(['prices']);
    expect(priced(first)).toEqual(['prices.0.upToW']);
    expect(priced(last, first)).toEqual(['prices.0.upToW', 'prices.1.upToW', 'prices.1.pricePerMWh']);
    expect(priced(first, { ...first, upToW: 2000 }, last)).toEqual(['prices.1.upToW']);
  });

  it.each([
    ['windows.0.between', { windows: [{ between: '19:00-07:00' }] }],
    ['windows.0.days', { windows: [{ days: [] }] }],
    ['dailyEnergyWh.reduce', { dailyEnergyWh: { reduce: -1 } }],
    ['longestRun', { longestRun: '2h' }],
    ['stepW', { stepW: 0 }],
  ])('with a wrong %s is refused', (path, changes) => {
    expect(wrong(changes)).toEqual([path]);
  });
});
