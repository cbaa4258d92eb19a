import { type PowerISP, powerByISP } from './power.ts';

/** What is kept of one asset for an offer, in W by ISP (index 0 is ISP 1), never negative. */
export interface HeldAsset {
  readonly connection: string;
  readonly asset: string;
  readonly reduceW: readonly number[];
  readonly increaseW: readonly number[];
  /** What each option of the offer takes of it, in W by ISP, negative where its consumption falls. */
  readonly uses?: readonly OptionUse[] | undefined;
}

/** What one option takes of an asset. */
export interface OptionUse {
  readonly option: string;
  readonly powerW: readonly number[];
}

/** What an order says about which option it orders. */
interface Ordered {
  readonly OptionReference?: string | undefined;
  readonly ISP: readonly PowerISP[];
}

/**
 * What each asset does for an order, in W by ISP: what its option takes, and of an order for a part the same part
 * of every asset, so that no run becomes shorter and none longer. The plan of a plan is itself.
 *
 * @param held what is kept for the offer that is ordered
 */
export function planOf(held: readonly HeldAsset[], order: Ordered): HeldAsset[] {
  const powers = powerByISP(order.ISP);
  const option = optionOf(held, order);
  const kept = held.map(({ connection, asset, reduceW, increaseW, uses }) => ({
    ...{ connection, asset },
    powerW:
      option === undefined
        ? reduceW.map((down, index) => ((powers.get(index + 1) ?? 0) < 0 ? -down : increaseW[index]!))
        : (uses?.find((each) => each.option === option)?.powerW ?? reduceW.map(() => 0)),
  }));
  const planned = kept.map(({ powerW }) => powerW.map(() => 0));
  for (const [isp, power] of powers) {
    const parts = kept.map(({ powerW }) => Math.max(0, Math.sign(power) * (powerW[isp - 1] ?? 0)));
    share(Math.abs(power), parts).forEach((watts, index) => {
      planned[index]![isp - 1] = Math.sign(power) * watts;
    });
  }
  return kept.map(({ connection, asset }, index) => ({
    ...{ connection, asset },
    reduceW: planned[index]!.map((watts) => Math.max(0, -watts)),
    increaseW: planned[index]!.map((watts) => Math.max(0, watts)),
  }));
}

/** The option meant: the one named, or the only one. Undefined where it was not written down which takes what. */
function optionOf(held: readonly HeldAsset[], { OptionReference }: Ordered): string | undefined {
  const known = new Set(held.flatMap(({ uses = [] }) => uses.map(({ option }) => option)));
  if (OptionReference !== undefined && known.has(OptionReference)) return OptionReference;
  return OptionReference === undefined && known.size === 1 ? [...known][0] : undefined;
}

/** Divides whole watts in proportion, nobody more than has; what rounding leaves over goes to the first. */
function share(watts: number, parts: readonly number[]): number[] {
  const all = parts.reduce((sum, part) => sum + part, 0);
  if (all <= watts) return [...parts];
  // In whole numbers of any size: the product of two powers in W may pass what a number can hold.
  const shares = parts.map((part) => Number((BigInt(part) * BigInt(watts)) / BigInt(all)));
  let left = watts - shares.reduce((sum, part) => sum + part, 0);
  return shares.map((part, index) => {
    const more = Math.min(left, parts[index]! - part);
    left -= more;
    return part + more;
  });
}
