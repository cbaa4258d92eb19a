import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measuredDelivery } from './delivery.ts';
import type { SettledOrder } from './settlement/index.ts';

const order = (
  orderReference: string,
  ...groups: [Start: number, Duration: number, Power: number][]
): SettledOrder => ({
  ...{ orderReference, price: '10.00', currency: 'EUR' },
  ISP: groups.map(([Start, Duration, Power]) => ({ Start, Duration, Power })),
});
const day = (baseline: (number | null)[], actual: (number | null)[]) => ({
  ...{ baseline, actual, ispMinutes: 15 },
});

describe('what was delivered', () => {
  it('is judged ISP by ISP; one without a value is unknown and says nothing about the others', () => {
    const facts = day([9000, 9000, 9000, null, 9000], [5000, 6500, null, 5000, 9500]);
    expect(measuredDelivery([order('O', [1, 5, -4000])], 'O', facts)).toEqual({
      known: 3,
      unknown: 2,
      shortISPs: [
        { isp: 2, orderedW: -4000, deliveredW: -2500 },
        { isp: 5, orderedW: -4000, deliveredW: 0 },
      ],
    });
  });

  it('is credited to the order that was accepted first', () => {
    const orders = [order('first', [1, 1, -1000]), order('second', [1, 1, -1000])];
    const facts = day([9000], [7500]);
    expect(measuredDelivery(orders, 'first', facts).shortISPs).toEqual([]);
    expect(measuredDelivery(orders, 'second', facts).shortISPs).toEqual([
      { isp: 1, orderedW: -1000, deliveredW: -500 },
    ]);
  });

  it('of an order that is not there is neither known nor unknown', () => {
    expect(measuredDelivery([], 'O', day([], []))).toEqual({ known: 0, unknown: 0, shortISPs: [] });
  });

  it('beyond what was ordered is not short, and every ISP is counted once', () => {
    const watts = fc.option(fc.integer({ min: -9000, max: 9000 }), { freq: 4 });
    const powers = fc.array(fc.tuple(watts, watts), { minLength: 8, maxLength: 8 });
    const run = fc.tuple(
      fc.integer({ min: -4000, max: 4000 }).filter(Boolean),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(powers, fc.array(run, { minLength: 1, maxLength: 2 }), (values, runs) => {
        const groups = runs.map(([Power, Duration], index): [number, number, number] => [
          index * 4 + 1,
          Duration,
          Power,
        ]);
        const facts = day(
          values.map(([baseline]) => baseline),
          values.map(([, actual]) => actual),
        );
        const { known, unknown, shortISPs } = measuredDelivery([order('O', ...groups)], 'O', facts);
        const isps = groups.flatMap(([start, duration, power]) =>
          Array.from({ length: duration }, (_, n) => ({ isp: start + n, power })),
        );
        expect(known + unknown).toBe(isps.length);
        const expected = isps.flatMap(({ isp, power }) => {
          const [baseline, actual] = values[isp - 1]!;
          if (baseline === null || actual === null) return [];
          const moved = (actual - baseline) * Math.sign(power);
          return moved < Math.abs(power) ? [isp] : [];
        });
        expect(shortISPs.map(({ isp }) => isp)).toEqual(expected);
      }),
    );
  });
});
