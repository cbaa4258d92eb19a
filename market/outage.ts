import type { AssetDay, DayOfISPs } from './asset.ts';
import { beside, type HeldPower } from './capacity.ts';

/** A time in which an asset, or every asset behind a connection, can do less. */
export interface Outage {
  readonly connection: string;
  /** Absent: all of the connection. */
  readonly asset?: string | undefined;
  /** Instants (UTC); the end is not part of it. */
  readonly from: string;
  readonly to: string;
  /** What is left of it, in W. */
  readonly remainingReduceW: number;
  readonly remainingIncreaseW: number;
}

/** The assets with what outages leave of them in the ISPs that they touch. */
export function withOutages(
  assets: readonly AssetDay[],
  day: DayOfISPs,
  outages: readonly Outage[],
): AssetDay[] {
  return assets.map((asset) => {
    const own = outages.filter((outage) => concerns(outage, asset));
    if (own.length === 0) return asset;
    const left = (usual: readonly number[], remaining: 'remainingReduceW' | 'remainingIncreaseW'): number[] =>
      usual.map((watts, index) =>
        own.reduce(
          (least, outage) => (touches(outage, day, index) ? Math.min(least, outage[remaining]) : least),
          watts,
        ),
      );
    return {
      ...asset,
      reduceW: left(asset.reduceW, 'remainingReduceW'),
      increaseW: left(asset.increaseW, 'remainingIncreaseW'),
    };
  });
}

/** Whether an outage is one of this asset. */
export function concerns(
  { connection, asset }: Outage,
  other: { readonly connection: string; readonly name: string },
): boolean {
  return connection === other.connection && (asset === undefined || asset === other.name);
}

function touches({ from, to }: Outage, { startsAt, ispMinutes }: DayOfISPs, index: number): boolean {
  const begins = Date.parse(startsAt) + index * ispMinutes * 60_000;
  return Date.parse(from) < begins + ispMinutes * 60_000 && begins < Date.parse(to);
}

/** Power kept for an offer or order, and what its assets can do in its ISPs. */
export interface Promised extends HeldPower {
  readonly status: 'open' | 'firm';
  /** Rises with every hold: later ones are given up first. */
  readonly rank: number;
  /** The assets behind it as they are now, outages considered. */
  readonly able: readonly AssetDay[];
}

/**
 * The holds that cannot be delivered together with the rest. What is ordered comes first, and within each kind what
 * was held earlier: the newest open offer is the first to be given up, and an order only where nothing else helps.
 */
export function lostHolds<H extends Promised>(holds: readonly H[]): H[] {
  const inTurn = [...holds].sort((a, b) => precedence(a) - precedence(b) || a.rank - b.rank);
  const kept: H[] = [];
  const lost: H[] = [];
  for (const hold of inTurn) (fits(hold, kept) ? kept : lost).push(hold);
  return lost;
}

const precedence = ({ status }: Promised): number => (status === 'firm' ? 0 : 1);

function fits(hold: Promised, kept: readonly HeldPower[]): boolean {
  const { startsAt, ispMinutes, assets, able } = hold;
  const day = { startsAt, ispMinutes, ispCount: assets[0]?.reduceW.length ?? 0 };
  const others = beside(able, day, kept);
  return assets.every(({ connection, asset, reduceW, increaseW }) => {
    const one = others.find((each) => each.connection === connection && each.name === asset);
    return (
      suffices(reduceW, one?.reduceW, one?.held.reduceW) &&
      suffices(increaseW, one?.increaseW, one?.held.increaseW)
    );
  });
}

/** Whether there is what is needed in every ISP in which something is. */
function suffices(
  needed: readonly number[],
  can: readonly number[] = [],
  taken: readonly number[] = [],
): boolean {
  return needed.every((watts, index) => watts === 0 || watts + (taken[index] ?? 0) <= (can[index] ?? 0));
}
