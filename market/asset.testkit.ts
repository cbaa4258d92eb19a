import type { AssetDay, DayOfISPs } from './asset.ts';

/** A day of few ISPs, so that tests can be read. */
export const dayOfISPs = (ispCount: number, ispMinutes = 15): DayOfISPs => ({
  startsAt: '2026-06-14T22:00:00.000Z',
  ispMinutes,
  ispCount,
});

/** An asset that can do the same in every ISP of such a day. */
export function assetDay(
  name: string,
  [reduceW, increaseW]: readonly [number, number],
  pricePerMWh: string,
  { ispCount = 96, ...changes }: Partial<AssetDay> & { readonly ispCount?: number } = {},
): AssetDay {
  return {
    ...{ connection: 'ean.1', name },
    reduceW: new Array<number>(ispCount).fill(reduceW),
    increaseW: new Array<number>(ispCount).fill(increaseW),
    prices: [{ pricePerMWh }],
    limits: {},
    held: { reduceW: [], increaseW: [], runs: [] },
    ...changes,
  };
}
