import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstGap, firstOutOfBounds, firstOverlap, ispsOf, lastISP } from './index.ts';

const group = fc.record({
  Start: fc.integer({ min: -3, max: 30 }),
  Duration: fc.integer({ min: -2, max: 12 }),
});
const groups = fc.array(group, { maxLength: 8 });
const COUNT = 24;

/** The same questions answered by writing every ISP down, which only a small test may do. */
function writtenOut(list: { Start: number; Duration: number }[]): number[] {
  return list.flatMap(({ Start, Duration }) =>
    Array.from({ length: Math.max(0, Duration) }, (_, i) => Start + i),
  );
}

describe('ISP groups', () => {
  it('are judged by intervals as they would be ISP by ISP', () => {
    fc.assert(
      fc.property(groups, (list) => {
        const isps = writtenOut(list);
        const outside = list.some(({ Duration }) => Duration < 1) || isps.some((n) => n < 1 || n > COUNT);
        expect(firstOutOfBounds(list, COUNT) !== undefined).toBe(outside);
        expect(firstOverlap(list) !== undefined).toBe(new Set(isps).size < isps.length);
        expect([...ispsOf(list, COUNT)].map(({ ISP }) => ISP)).toEqual(
          isps.filter((n) => n >= 1 && n <= COUNT),
        );
        const missing = Array.from({ length: COUNT }, (_, i) => i + 1).find((n) => !isps.includes(n));
        if (!outside) {
          expect(firstGap(list, COUNT)).toBe(missing);
          expect(lastISP(list)).toBe(Math.max(0, ...isps));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never cost what their Duration claims', () => {
    const huge = [
      { Start: 1, Duration: 1e15 },
      { Start: 5e14, Duration: 1e15 },
    ];
    expect(firstOutOfBounds(huge, 96)).toBe(huge[0]);
    expect(firstOverlap(huge)).toEqual(huge);
    expect(firstGap(huge, 96)).toBeUndefined();
    expect([...ispsOf(huge, 96)]).toHaveLength(96);
  });

  it('cover one ISP where they have no Duration', () => {
    expect([...ispsOf([{ Start: 3 }], 96)]).toEqual([{ ISP: 3, group: { Start: 3 } }]);
    expect(firstOverlap([{ Start: 3 }, { Start: 3, Duration: 1 }])).toBeDefined();
  });
});
