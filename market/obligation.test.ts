import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { obligatedPower } from './obligation.ts';
import type { RequestedBand } from './power.ts';

const requested = (Start: number, MinPower: number, MaxPower: number): RequestedBand => ({
  Disposition: 'Requested',
  MinPower,
  MaxPower,
  Start,
  Duration: 1,
});

describe('power that must be offered', () => {
  it('follows the worked example of bilateral contracts', () => {
    const reserved = [-2, -4, -2, 0, 0].map((Power, index) => ({ Power, Start: 12 + index, Duration: 1 }));
    const bands: RequestedBand[] = [
      requested(12, -6, -4),
      requested(13, -6, -4),
      requested(14, -6, 0),
      { Disposition: 'Available', MinPower: -6, MaxPower: 2, Start: 15, Duration: 2 },
    ];
    const obligated = obligatedPower(reserved, bands);
    expect([12, 13, 14, 15, 16].map((isp) => obligated.get(isp) ?? 0)).toEqual([-2, -4, 0, 0, 0]);
  });

  it('is mirrored for ordered consumption', () => {
    const reserved = [{ Power: 3000, Start: 1, Duration: 2 }];
    const obligated = obligatedPower(reserved, [requested(1, 2000, 9000), requested(2, 4000, 9000)]);
    expect(Object.fromEntries(obligated)).toEqual({ 1: 2000, 2: 3000 });
  });

  it('is nothing where directions differ, nothing is reserved, or the ISP is only available', () => {
    const reserved = [{ Power: -2000, Start: 1, Duration: 1 }];
    expect(obligatedPower(reserved, [requested(1, 1000, 2000)]).size).toBe(0);
    expect(obligatedPower(reserved, [requested(2, -3000, -1000)]).size).toBe(0);
    expect(obligatedPower(reserved, [requested(2, -3000, 0)]).size).toBe(0);
    expect(obligatedPower(reserved, [{ ...requested(1, -3000, -1000), Disposition: 'Available' }]).size).toBe(
      0,
    );
    expect(obligatedPower(reserved, [{ ...requested(1, -3000, -1000), Disposition: undefined }]).size).toBe(
      0,
    );
  });

  it('never exceeds what is reserved or requested, and never turns', () => {
    const watts = fc.integer({ min: -10_000, max: 10_000 });
    fc.assert(
      fc.property(watts, watts, watts, (held, a, b) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const obligated = obligatedPower([{ Power: held, Start: 1, Duration: 1 }], [requested(1, min, max)]);
        const power = obligated.get(1) ?? 0;
        const near = max <= 0 ? max : Math.max(min, 0);
        expect(Math.abs(power)).toBe(held * near > 0 ? Math.min(Math.abs(held), Math.abs(near)) : 0);
        expect(power * held).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
