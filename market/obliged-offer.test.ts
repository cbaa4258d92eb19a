import { describe, expect, it } from 'vitest';
import type { AssetDay } from './asset.ts';
import { assetDay, dayOfISPs } from './asset.testkit.ts';
import { meritOrder } from './merit-order.ts';
import type { RequestedBand } from './power.ts';

/** The evening peak, ISP 69 to 76, in one group. */
const EVENING: RequestedBand = {
  Disposition: 'Requested',
  MinPower: -600_000,
  MaxPower: -400_000,
  Start: 69,
  Duration: 8,
};

const obliged = (Power: number, Start: number, Duration: number): [number, number][] =>
  Array.from({ length: Duration }, (_, index) => [Start + index, Power]);

/** Groups of the first option as `[Start, Duration, Power]`. */
function offered(
  obligations: readonly [number, number][],
  assets: readonly AssetDay[],
  bands: readonly RequestedBand[] = [EVENING],
) {
  const day = dayOfISPs(96);
  const [option] = meritOrder({ bands, assets, day, currency: 'EUR', obligations: new Map(obligations) });
  return option?.ISP.map(({ Start, Duration, Power }) => [Start, Duration, Power]);
}

/** An asset that can shed so much in these ISPs, and nothing before and after. */
const during = (watts: number, from: number, to: number): AssetDay =>
  assetDay(`${from} to ${to}`, [0, 0], '50', {
    reduceW: Array.from({ length: 96 }, (_, index) => (index + 1 >= from && index + 1 <= to ? watts : 0)),
  });
const limited = (limits: AssetDay['limits'], watts = 400_000): AssetDay =>
  assetDay('limited', [watts, 0], '50', { limits });

describe('power that a contract obliges to offer in a part of a group', () => {
  const early = obliged(-400_000, 69, 4);

  it.each<[string, AssetDay, number[][]]>([
    ['can only then', during(400_000, 69, 72), [[69, 4, -400_000]]],
    ['runs no longer', limited({ longestRunMinutes: 60 }), [[69, 4, -400_000]]],
    ['has energy for no longer', limited({ reduceWh: 400_000 }), [[69, 4, -400_000]]],
    ['has some energy left', limited({ reduceWh: 500_000 }), [[69, 4, -400_000], [73, 4, -100_000]]], // prettier-ignore
  ])('is offered by an asset that %s', (_, asset, groups) => {
    expect(offered(early, [asset])).toEqual(groups);
  });

  it("leaves the request's own group uncut where that carries it", () => {
    expect(offered(early, [assetDay('any time', [400_000, 0], '50')])).toEqual([[69, 8, -400_000]]);
  });

  it('leaves it uncut also where cutting it would give nothing more', () => {
    expect(offered(early, [assetDay('small', [300_000, 0], '50')])).toEqual([[69, 8, -300_000]]);
  });

  it('cuts only the group that cannot carry it', () => {
    const noon = { ...EVENING, Start: 49 };
    const both = [...obliged(-400_000, 49, 4), ...early];
    expect(offered(both, [during(400_000, 49, 72)], [noon, EVENING])).toEqual([
      [49, 8, -400_000],
      [69, 4, -400_000],
    ]);
  });

  it('cuts the group that takes what another one is obliged to', () => {
    const noon = { ...EVENING, Start: 49 };
    const both = [...obliged(-400_000, 49, 4), ...obliged(-400_000, 69, 8)];
    expect(offered(both, [limited({ reduceWh: 1_200_000 })], [noon, EVENING])).toEqual([
      [49, 4, -400_000],
      [69, 8, -400_000],
    ]);
  });

  it('is offered ISP by ISP as far as it can be given', () => {
    expect(offered(obliged(-400_000, 69, 8), [during(400_000, 69, 70)])).toEqual([
      [69, 1, -400_000],
      [70, 1, -400_000],
    ]);
  });

  it('may differ from ISP to ISP', () => {
    const falling = [...obliged(-400_000, 69, 4), ...obliged(-200_000, 73, 4)];
    expect(offered(falling, [during(400_000, 69, 72), during(200_000, 73, 76)])).toEqual([
      [69, 4, -400_000],
      [73, 4, -200_000],
    ]);
  });
});
