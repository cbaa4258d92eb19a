import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HeldAsset, planOf } from './plan.ts';

const held = (asset: string, A: number[], B: number[] = A.map(() => 0)): HeldAsset => {
  const most = (sign: number) => A.map((watts, isp) => Math.max(0, sign * watts, sign * B[isp]!));
  return {
    ...{ connection: 'ean.1', asset, reduceW: most(-1), increaseW: most(1) },
    uses: [
      { option: 'A', powerW: A },
      { option: 'B', powerW: B },
    ],
  };
};
const group = (Power: number, Start: number, Duration = 1) => ({ Power, Start, Duration });
const powers = (plan: readonly HeldAsset[]) =>
  plan.map(({ reduceW, increaseW }) => reduceW.map((down, isp) => increaseW[isp]! - down));

describe('the plan of an order', () => {
  const kept = [held('heat', [-300, -300, 50], [-300, 0, 0]), held('battery', [-100, 0, 0], [-500, 0, 0])];

  it('is what its option takes of each asset', () => {
    const A = { OptionReference: 'A', ISP: [group(-400, 1), group(-300, 2), group(50, 3)] };
    expect(powers(planOf(kept, A))).toEqual([
      [-300, -300, 50],
      [-100, 0, 0],
    ]);
    expect(powers(planOf(kept, { OptionReference: 'B', ISP: [group(-800, 1)] }))).toEqual([
      [-300, 0, 0],
      [-500, 0, 0],
    ]);
  });

  it('is the same part of every asset for an order of a part, to the watt', () => {
    const half = { OptionReference: 'A', ISP: [group(-199, 1), group(-150, 2), group(25, 3)] };
    expect(powers(planOf(kept, half))).toEqual([
      [-150, -150, 25],
      [-49, 0, 0],
    ]);
  });

  it('needs no OptionReference where there is one option', () => {
    const one = kept.map(({ uses, ...rest }) => ({ ...rest, uses: [uses![0]!] }));
    expect(powers(planOf(one, { ISP: [group(-400, 1)] }))).toEqual([
      [-300, 0, 0],
      [-100, 0, 0],
    ]);
  });

  it('is itself again, adds up to the order, and never takes more than is kept', () => {
    const some = fc.array(fc.integer({ min: -100_000_000, max: 100_000_000 }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 100 }),
        (all, percent) => {
          const sign = (isp: number) => (isp === 1 ? 1 : -1);
          const assets = all.map((watts, index) => {
            const powerW = watts.map((each, isp) => sign(isp) * Math.abs(each));
            const { uses, ...rest } = held(`asset ${index}`, powerW);
            return { ...rest, uses: [uses![0]!] };
          });
          const sum = (isp: number) => assets.reduce((total, { uses }) => total + uses[0]!.powerW[isp]!, 0);
          const ISP = [0, 1, 2].map((isp) => group(Math.round((sum(isp) * percent) / 100), isp + 1));
          const plan = planOf(assets, { ISP });
          for (const { Power, Start } of ISP) {
            const given = powers(plan).reduce((total, each) => total + each[Start - 1]!, 0);
            expect(given + 0).toBe(Power + 0);
          }
          plan.forEach(({ reduceW, increaseW }, index) => {
            reduceW.forEach((watts, isp) => expect(watts).toBeLessThanOrEqual(assets[index]!.reduceW[isp]!));
            increaseW.forEach((watts, isp) =>
              expect(watts).toBeLessThanOrEqual(assets[index]!.increaseW[isp]!),
            );
          });
          expect(planOf(plan, { ISP })).toEqual(plan);
        },
      ),
    );
  });
});
