import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meterDay } from './meter.ts';
import { market, standardStory } from './scenario.ts';
import { totalPower } from './settlement.ts';

const story = standardStory('2026-06-15T08:00:00Z');
const day = (seed: number, power = -5000) =>
  meterDay({
    period: story.period,
    market,
    baselines: story.baselines,
    ordered: [{ Power: power, Start: 69, Duration: 8 }],
    seed,
  });

describe('a metered day', () => {
  it('delivers what was ordered, save on one ISP that falls short, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(-5000, -100, 3000), (seed, power) => {
        const actual = totalPower(day(seed, power).readings, 96);
        const flex = actual.map((watts, index) => watts - story.baseline.power[index]!);
        const called = flex.slice(68, 76);
        expect(flex.filter((watts) => watts !== 0)).toHaveLength(8);
        expect(called.filter((watts) => watts === power)).toHaveLength(7);
        const short = called.find((watts) => watts !== power)! / power;
        expect(short).toBeGreaterThanOrEqual(0.7);
        expect(short).toBeLessThanOrEqual(0.95);
      }),
    );
  });

  it('is the same for the same seed, and not for every other', () => {
    expect(day(7)).toEqual(day(7));
    expect([1, 2, 3, 4, 5].map((seed) => JSON.stringify(day(seed)))).toSatisfy(
      (days: string[]) => new Set(days).size > 1,
    );
  });

  it('is the baseline where nothing was ordered', () => {
    const quiet = meterDay({
      period: story.period,
      market,
      baselines: story.baselines,
      ordered: [],
      seed: 1,
    });
    expect(totalPower(quiet.readings, 96)).toEqual(story.baseline.power);
  });
});
