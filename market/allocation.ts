import Big from 'big.js';
import type { AssetDay, PriceBlock } from './asset.ts';
import { eachISP, type PowerISP } from './power.ts';
import { runnable } from './runs.ts';

/** What is taken of one asset, in W by ISP (index 0 is ISP 1), negative where its consumption falls. */
export interface AssetUse {
  readonly asset: AssetDay;
  readonly powerW: readonly number[];
}

/** Who gives what, and by how much it is less than asked for, in W by ISP. */
export interface Allocation {
  readonly uses: readonly AssetUse[];
  readonly shortW: readonly number[];
}

/** A part of an asset's power that has one price, up to `ceilingW`. */
interface Slice {
  readonly asset: AssetDay;
  readonly block: number;
  readonly price: Big;
  readonly ceilingW: number;
}

/**
 * Gives power from the cheapest slice of any asset up, within everything that limits the assets. The same assets and
 * targets always give the same.
 *
 * @param targets power by groups of ISPs; none in two groups
 * @param given what is taken already, and stays
 */
export function allocate(
  targets: readonly PowerISP[],
  assets: readonly AssetDay[],
  { ispMinutes, ispCount }: { readonly ispMinutes: number; readonly ispCount: number },
  given: readonly AssetUse[] = [],
): Allocation {
  const power = new Array<number>(ispCount).fill(0);
  for (const { isp, group } of eachISP(targets)) power[isp - 1] = group.Power;
  const need = power.map(Math.abs);
  const used = new Map<AssetDay, number[]>();
  for (const { asset, powerW } of given) {
    used.set(asset, powerW.map(Math.abs));
    powerW.forEach((watts, index) => {
      need[index] = Math.max(0, need[index]! - Math.abs(watts));
    });
  }
  for (const slice of cheapestFirst(assets)) {
    if (need.every((watts) => watts === 0)) break;
    const taken = used.get(slice.asset) ?? new Array<number>(ispCount).fill(0);
    const more = gain(slice, power, need, taken, ispMinutes);
    if (!more) continue;
    used.set(
      slice.asset,
      taken.map((watts, index) => watts + more[index]!),
    );
    more.forEach((watts, index) => {
      need[index]! -= watts;
    });
  }
  const uses = [...used].map(([asset, taken]) => ({
    asset,
    powerW: taken.map((watts, index) => (power[index]! < 0 ? 0 - watts : watts)),
  }));
  return { uses: uses.filter(({ powerW }) => powerW.some((watts) => watts !== 0)), shortW: need };
}

/** Slices in merit order. Where prices are the same, names decide, so that it never depends on the order given. */
function cheapestFirst(assets: readonly AssetDay[]): Slice[] {
  return assets
    .flatMap((asset) =>
      asset.prices.map(({ upToW = Infinity, pricePerMWh }, block) => ({
        ...{ asset, block, ceilingW: upToW, price: new Big(pricePerMWh) },
      })),
    )
    .sort(
      (a, b) =>
        a.price.cmp(b.price) ||
        compare(a.asset.connection, b.asset.connection) ||
        compare(a.asset.name, b.asset.name) ||
        a.block - b.block,
    );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a slice adds to what is taken of its asset, in W by ISP; undefined: nothing. */
function gain(
  { asset, ceilingW }: Slice,
  power: readonly number[],
  need: readonly number[],
  taken: readonly number[],
  ispMinutes: number,
): number[] | undefined {
  const { limits, held } = asset;
  const step = limits.stepW ?? 1;
  const possible = need.map((watts, index) => {
    if (watts === 0) return 0;
    const down = power[index]! < 0;
    const can = (down ? asset.reduceW : asset.increaseW)[index] ?? 0;
    const others = (down ? held.reduceW : held.increaseW)[index] ?? 0;
    const top = Math.min(Math.min(can, ceilingW) - others, taken[index]! + watts);
    return Math.max(0, Math.floor(top / step) * step - taken[index]!);
  });
  if (possible.every((watts) => watts === 0)) return undefined;
  const allowed = runnable(
    limits,
    taken.map((watts) => watts > 0),
    possible.map((watts) => watts > 0),
    held.runs,
    ispMinutes,
  );
  const timely = possible.map((watts, index) => (allowed[index] ? watts : 0));
  const more = withinEnergy(asset, power, timely, taken, ispMinutes);
  return more.some((watts) => watts > 0) ? more : undefined;
}

/** Lowers power evenly, so that it lasts for all ISPs in which it is wanted. */
function withinEnergy(
  { limits, held }: AssetDay,
  power: readonly number[],
  more: readonly number[],
  taken: readonly number[],
  ispMinutes: number,
): number[] {
  const step = limits.stepW ?? 1;
  const result = [...more];
  for (const sign of [-1, 1]) {
    const limit = sign < 0 ? limits.reduceWh : limits.increaseWh;
    if (limit === undefined) continue;
    const ours = (index: number): boolean => Math.sign(power[index]!) === sign;
    const others = (sign < 0 ? held.reduceW : held.increaseW).reduce((sum, watts) => sum + watts, 0);
    const own = taken.reduce((sum, watts, index) => sum + (ours(index) ? watts : 0), 0);
    // In W·ISPs, so that everything stays a whole number.
    const left = Math.floor((limit * 60) / ispMinutes) - others - own;
    const capped = (cap: number): number[] =>
      more.map((watts, index) => (ours(index) ? Math.floor(Math.min(watts, cap) / step) * step : 0));
    const total = (cap: number): number => capped(cap).reduce((sum, watts) => sum + watts, 0);
    const cap = greatest(Math.max(0, ...more), (watts) => total(watts) <= left);
    capped(cap).forEach((watts, index) => {
      if (ours(index)) result[index] = watts;
    });
  }
  return result;
}

/** The greatest whole number from 0 to `most` that fits, where all below one that fits do. 0 in any case. */
function greatest(most: number, fits: (value: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * What the uses cost, in the market's currency, unrounded. What others hold takes the cheap blocks first, so that the
 * price is right also when all of it is ordered.
 */
export function costOf(uses: readonly AssetUse[], ispMinutes: number): Big {
  // Whole W·ISPs by price, so that there is one multiplication for each price.
  const energy = new Map<string, number>();
  for (const { asset, powerW } of uses) {
    powerW.forEach((watts, index) => {
      if (watts === 0) return;
      const others = (watts < 0 ? asset.held.reduceW : asset.held.increaseW)[index] ?? 0;
      for (const [price, part] of priced(asset.prices, others, others + Math.abs(watts))) {
        energy.set(price, (energy.get(price) ?? 0) + part);
      }
    });
  }
  return [...energy].reduce(
    (sum, [price, watts]) => sum.plus(new Big(price).times(watts).times(ispMinutes).div(60).div(1_000_000)),
    new Big(0),
  );
}

function priced(prices: readonly PriceBlock[], from: number, to: number): [price: string, watts: number][] {
  let floor = 0;
  return prices.flatMap(({ upToW = Infinity, pricePerMWh }): [string, number][] => {
    const watts = Math.min(to, upToW) - Math.max(from, floor);
    floor = upToW;
    return watts > 0 ? [[pricePerMWh, watts]] : [];
  });
}
