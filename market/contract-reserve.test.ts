import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from './allocation.ts';
import type { AssetDay } from './asset.ts';
import { beside, type DayOfISPs, type HeldPower, powerToHold } from './capacity.ts';
import { type HeldUnder, keptFree, type Reserve } from './contract-reserve.ts';
import { powerByISP } from './power.ts';

const DAY: DayOfISPs = { startsAt: '2027-01-14T23:00:00.000Z', ispMinutes: 15, ispCount: 4 };
const asset = (name: string, reduce: number, increase: number, pricePerMWh = '100.00'): AssetDay => ({
  ...{ connection: `ean.${name}`, name, prices: [{ pricePerMWh }], limits: {} },
  reduceW: new Array<number>(DAY.ispCount).fill(reduce),
  increaseW: new Array<number>(DAY.ispCount).fill(increase),
  held: { reduceW: [], increaseW: [], runs: [] },
});
const hold = (contractId: string | undefined, ...watts: [name: string, reduceW: number[]][]): HeldUnder => ({
  ...{ startsAt: DAY.startsAt, ispMinutes: 15, contractId },
  assets: watts.map(([name, reduceW]) => ({
    ...{ connection: `ean.${name}`, asset: name, reduceW, increaseW: [0, 0, 0, 0] },
  })),
});
const reserve = (contractId: string, Power: number, ...assets: AssetDay[]): Reserve => ({
  ...{ contractId, day: DAY, assets },
  ISP: [{ Power, Start: 2, Duration: 2 }],
});
/** `name:watts` of the reduction that is kept in ISP 2. */
const kept = (power: readonly HeldPower[]): string =>
  power
    .flatMap(({ assets }) => assets.map(({ asset: name, reduceW }) => `${name}:${reduceW[1]}`))
    .sort()
    .join(' ');
const nothing = () => false;
const [a, b] = [asset('a', 3000, 0), asset('b', 2000, 0, '50.00')];

describe('power kept free for contracts', () => {
  it('is what they reserve, in their ISPs and direction only', () => {
    const [power] = keptFree([reserve('C-1', -2500, a, b)], [], [], nothing);
    expect(power!.assets).toMatchObject([
      { asset: 'b', reduceW: [0, 2000, 2000, 0], increaseW: [0, 0, 0, 0] },
      { asset: 'a', reduceW: [0, 500, 500, 0], increaseW: [0, 0, 0, 0] },
    ]);
  });

  it('spares the assets that are asked for just now, where others can give it', () => {
    const wanted = ({ name }: AssetDay) => name === 'b';
    expect(kept(keptFree([reserve('C-1', -2500, a, b)], [], [], wanted))).toBe('a:2500');
    expect(kept(keptFree([reserve('C-1', -3500, a, b)], [], [], wanted))).toBe('a:3000 b:500');
  });

  it('is less by what was offered or ordered under the contract', () => {
    const reserves = [reserve('C-1', -2500, a, b)];
    expect(kept(keptFree(reserves, [hold('C-1', ['b', [0, 1500, 1500, 0]])], [], nothing))).toBe(
      'a:500 b:500',
    );
    expect(kept(keptFree(reserves, [hold('C-1', ['a', [0, 2500, 2500, 0]])], [], nothing))).toBe('');
    expect(kept(keptFree(reserves, [hold('C-2', ['b', [0, 1500, 1500, 0]])], [], nothing))).toBe(
      'a:2000 b:500',
    );
  });

  it('is no more than there is', () => {
    expect(kept(keptFree([reserve('C-1', -9000, a, b)], [], [], nothing))).toBe('a:3000 b:2000');
    const broken = {
      ...{ connection: 'ean.a', from: '2027-01-01T00:00:00.000Z', to: '2027-02-01T00:00:00.000Z' },
      ...{ remainingReduceW: 100, remainingIncreaseW: 0 },
    };
    expect(kept(keptFree([reserve('C-1', -9000, a, b)], [], [broken], nothing))).toBe('a:100 b:2000');
  });

  it('is found for the contract with the fewest assets first, whatever the sequence', () => {
    const wide = reserve('C-1', -2000, a, b);
    const narrow = reserve('C-2', -2000, b);
    expect(kept(keptFree([wide, narrow], [], [], nothing))).toBe('a:2000 b:2000');
  });
});

it('free and kept never exceed the assets, and every contract can be called on, whatever is sold beside it', () => {
  const watts = fc.integer({ min: 0, max: 5000 });
  const scene = fc.record({
    assets: fc.array(fc.record({ down: watts, up: watts }), { minLength: 2, maxLength: 5 }),
    /** Contracts lie within each other as congestion points do: each has the first so many assets. */
    contracts: fc.array(
      fc.record({ first: fc.integer({ min: 1, max: 5 }), power: fc.integer({ min: -6000, max: 6000 }) }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    sales: fc.array(
      fc.record({
        from: fc.nat(4),
        power: fc.integer({ min: -6000, max: 6000 }),
        contract: fc.option(fc.nat(2)),
      }),
      { maxLength: 8 },
    ),
  });
  fc.assert(
    fc.property(scene, ({ assets: powers, contracts, sales }) => {
      const assets = powers.map(({ down, up }, index) => asset(`${index}`, down, up, `${index}.00`));
      const reserves = contracts.map(({ first, power }, index) =>
        reserve(`C-${index}`, power, ...assets.slice(0, first)),
      );
      const holds: HeldUnder[] = [];
      const promised = () => keptFree(reserves, holds, [], nothing);
      const first = promised();
      for (const { from, power, contract } of sales) {
        const seller = contract === null || contract >= reserves.length ? undefined : reserves[contract];
        const scope = seller?.assets ?? assets.slice(from);
        const wanted = ({ name }: AssetDay) => scope.some((each) => each.name === name);
        const besides = keptFree(
          reserves.filter((each) => each !== seller),
          holds,
          [],
          wanted,
        );
        const free = beside(scope, DAY, [...holds, ...besides]);
        const { uses } = allocate([{ Power: power, Start: 1, Duration: 4 }], free, DAY);
        const sold = { startsAt: DAY.startsAt, ispMinutes: 15, assets: powerToHold([{ uses }]) };
        holds.push({ ...sold, contractId: seller?.contractId });

        const now = promised();
        for (const { reduceW, increaseW, held } of beside(assets, DAY, [...holds, ...now])) {
          held.reduceW.forEach((taken, isp) => expect(taken).toBeLessThanOrEqual(reduceW[isp]!));
          held.increaseW.forEach((taken, isp) => expect(taken).toBeLessThanOrEqual(increaseW[isp]!));
        }
      }
      // Whoever could be called on at first still can, by what is held under the contracts and what is kept.
      const total = (power: readonly HeldPower[], direction: 'reduceW' | 'increaseW', isp: number): number =>
        power.reduce(
          (sum, each) => sum + each.assets.reduce((all, part) => all + part[direction][isp - 1]!, 0),
          0,
        );
      const under = holds.filter(({ contractId }) => contractId !== undefined);
      for (const isp of [2, 3]) {
        for (const direction of ['reduceW', 'increaseW'] as const) {
          const sign = direction === 'reduceW' ? -1 : 1;
          const owed = reserves.reduce(
            (sum, { ISP }) => sum + Math.max(0, sign * (powerByISP(ISP).get(isp) ?? 0)),
            0,
          );
          const before = Math.min(owed, total(first, direction, isp));
          expect(total(promised(), direction, isp) + total(under, direction, isp)).toBeGreaterThanOrEqual(
            before,
          );
        }
      }
    }),
  );
});
