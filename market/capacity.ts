import { allocate, type AssetUse } from './allocation.ts';
import type { AssetDay, DayOfISPs, HeldByOthers, Run } from './asset.ts';
import { binds, type FlexRequestState, isStanding } from './flex-request/state.ts';
import { type HeldAsset, planOf } from './plan.ts';
import type { PowerISP } from './power.ts';
import { runsOf } from './runs.ts';

export type { AssetDay, DayOfISPs, PlacedAsset } from './asset.ts';
export { type HeldAsset, planOf } from './plan.ts';

/** Power kept for an offer or order on some day. */
export interface HeldPower extends Omit<DayOfISPs, 'ispCount'> {
  readonly assets: readonly HeldAsset[];
}

/**
 * The assets with what others hold of them, in W by ISP of `day`: of other days and other lengths of ISPs, what
 * overlaps in time. In one ISP the most that is kept at any moment of it counts.
 */
export function beside(assets: readonly AssetDay[], day: DayOfISPs, holds: readonly HeldPower[]): AssetDay[] {
  const byAsset = new Map<string, Part[]>();
  for (const { assets: held, startsAt, ispMinutes } of holds) {
    const offset = (Date.parse(startsAt) - Date.parse(day.startsAt)) / 60_000;
    for (const part of held) {
      const key = keyOf(part.connection, part.asset);
      byAsset.set(key, [...(byAsset.get(key) ?? []), { ...part, offset, ispMinutes }]);
    }
  }
  return assets.map((asset) => ({
    ...asset,
    held: heldOf(day, byAsset.get(keyOf(asset.connection, asset.name)) ?? []),
  }));
}

/** What a hold keeps of one asset, and how many minutes after the beginning of the day in question its own begins. */
interface Part extends HeldAsset {
  readonly offset: number;
  readonly ispMinutes: number;
}

const keyOf = (connection: string, asset: string): string => JSON.stringify([connection, asset]);

function heldOf(day: DayOfISPs, parts: readonly Part[]): HeldByOthers {
  const grain = [day.ispMinutes, ...parts.flatMap(({ ispMinutes, offset }) => [ispMinutes, offset])].reduce(
    divisor,
  );
  const slots = day.ispMinutes / grain;
  const sum = (direction: 'reduceW' | 'increaseW'): number[] => {
    const bySlot = new Array<number>(day.ispCount * slots).fill(0);
    for (const part of parts) {
      const length = part.ispMinutes / grain;
      part[direction].forEach((watts, isp) => {
        const first = part.offset / grain + isp * length;
        for (let slot = Math.max(first, 0); slot < Math.min(first + length, bySlot.length); slot += 1) {
          bySlot[slot]! += watts;
        }
      });
    }
    return Array.from({ length: day.ispCount }, (_, isp) =>
      Math.max(...bySlot.slice(isp * slots, (isp + 1) * slots)),
    );
  };
  return { reduceW: sum('reduceW'), increaseW: sum('increaseW'), runs: parts.flatMap(runsOfPart) };
}

function runsOfPart({ reduceW, increaseW, offset, ispMinutes }: Part): Run[] {
  return runsOf(
    reduceW.map((watts, index) => watts > 0 || increaseW[index]! > 0),
    ispMinutes,
  ).map(({ from, to }) => ({ from: from + offset, to: to + offset }));
}

/** An option of an offer whose power is to be kept. */
interface OptionToHold {
  readonly OptionReference?: string | undefined;
  /** Below 1, a part of it may be ordered. */
  readonly MinActivationFactor?: string | undefined;
  readonly ISP: readonly PowerISP[];
}

/** Power that the assets lack for an option, in W, in the first ISP in which they do. */
export interface Lacking {
  readonly option: number;
  readonly isp: number;
  readonly watts: number;
}

/**
 * Who gives the power of each option, cheapest assets first, or what the assets lack for one of them. Of what gives
 * whole steps only, nobody can order a part.
 */
export function usesOf(
  options: readonly OptionToHold[],
  assets: readonly AssetDay[],
  day: DayOfISPs,
): { readonly uses: readonly (readonly AssetUse[])[] } | { readonly lacking: Lacking } {
  const found: (readonly AssetUse[])[] = [];
  for (const [option, { ISP, MinActivationFactor = '1' }] of options.entries()) {
    const able =
      Number(MinActivationFactor) < 1 ? assets.filter(({ limits }) => (limits.stepW ?? 1) === 1) : assets;
    const { uses, shortW } = allocate(ISP, able, day);
    const short = shortW.findIndex((watts) => watts > 0);
    if (short >= 0) return { lacking: { option, isp: short + 1, watts: shortW[short]! } };
    found.push(uses);
  }
  return { uses: found };
}

/**
 * What to keep so that any one of an offer's options can be delivered: by asset and ISP the most that an option
 * needs, since options exclude each other.
 *
 * @param options with who gives their power
 */
export function powerToHold(
  options: readonly { readonly OptionReference?: string | undefined; readonly uses: readonly AssetUse[] }[],
): HeldAsset[] {
  const kept = new Map<AssetDay, { option: string; powerW: readonly number[] }[]>();
  options.forEach(({ OptionReference = '', uses }) => {
    for (const { asset, powerW } of uses) {
      kept.set(asset, [...(kept.get(asset) ?? []), { option: OptionReference, powerW }]);
    }
  });
  return [...kept].map(([{ connection, name }, uses]) => {
    const most = (sign: number): number[] =>
      uses[0]!.powerW.map((_, isp) => Math.max(0, ...uses.map(({ powerW }) => sign * powerW[isp]!)));
    return { connection, asset: name, reduceW: most(-1), increaseW: most(1), uses };
  });
}

/** A hold as the store keeps it. */
interface StoredHold {
  readonly step: string;
  readonly status: 'open' | 'firm' | 'released';
  readonly assets: readonly HeldAsset[];
}

/**
 * What becomes of an open hold, as the conversation's state says; the same object where nothing does.
 * - Its offer can no longer be ordered: released. An offer that was given up on the way still can.
 * - Its offer is ordered: firm, cut down to what was ordered.
 * - There is no such offer, and none is being decided on under its step: released.
 */
export function settledHold<H extends StoredHold>(state: FlexRequestState, hold: H): H {
  if (hold.status !== 'open') return hold;
  const offer = state.offers.find(({ step }) => step === hold.step);
  const undecided = state.deciding.some(({ step }) => step === hold.step);
  if (offer ? isStanding(offer) : undecided) return hold;
  const ordered = state.orders.find((order) => order.step === hold.step && binds(order));
  if (!ordered) return { ...hold, status: 'released' };
  return { ...hold, status: 'firm', assets: planOf(hold.assets, ordered.order) };
}

/** Greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : divisor(b, a % b);
}
