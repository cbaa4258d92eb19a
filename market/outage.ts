import type { AssetDay, DayOfISPs } from './asset.ts';
import { beside, type HeldAsset, type HeldPower } from './capacity.ts';
import { type PowerISP, powerRuns } from './power.ts';
import { type AssetProfile, withProfiles } from './profile.ts';

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

/** The assets as they are now: what their own systems say of the day, and what outages leave of that. */
export function asTheyAre(
  assets: readonly AssetDay[],
  day: DayOfISPs,
  { profiles, outages }: { readonly profiles: readonly AssetProfile[]; readonly outages: readonly Outage[] },
): AssetDay[] {
  return withOutages(withProfiles(assets, day, profiles), day, outages);
}

/** Whether what is said of an asset, or of a whole connection, is said of this asset. */
export function concerns(
  { connection, asset }: Pick<Outage, 'connection' | 'asset'>,
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

/** A hold that cannot be delivered in full, and the power (W by ISP) by which delivery differs: + where less is reduced. */
export interface LostHold<H> {
  readonly hold: H;
  readonly lost: readonly PowerISP[];
}

/**
 * The holds that cannot be delivered together with the rest. What is ordered comes first, and within each kind what
 * was held earlier: the newest open offer is the first to be given up, and an order only where nothing else helps.
 */
export function lostHolds<H extends Promised>(holds: readonly H[]): LostHold<H>[] {
  const inTurn = [...holds].sort((a, b) => precedence(a) - precedence(b) || a.rank - b.rank);
  const kept: H[] = [];
  const found: LostHold<H>[] = [];
  for (const hold of inTurn) {
    const lacking = lackingOf(hold, kept);
    if (lacking.every(({ reduceW, increaseW }) => [...reduceW, ...increaseW].every((watts) => watts === 0))) {
      kept.push(hold);
    } else {
      found.push({ hold, lost: powerRuns(sumOf(lacking)).filter(({ Power }) => Power !== 0) });
    }
  }
  return found;
}

const precedence = ({ status }: Promised): number => (status === 'firm' ? 0 : 1);

type Powers = Pick<HeldAsset, 'reduceW' | 'increaseW'>;

/** By asset, what is missing (W by ISP) of what a hold needs of it, beside what is kept for others. */
function lackingOf(hold: Promised, kept: readonly HeldPower[]): Powers[] {
  const { startsAt, ispMinutes, assets, able } = hold;
  const day = { startsAt, ispMinutes, ispCount: assets[0]?.reduceW.length ?? 0 };
  const others = beside(able, day, kept);
  return assets.map(({ connection, asset, reduceW, increaseW }) => {
    const one = others.find((each) => each.connection === connection && each.name === asset);
    return {
      reduceW: lacking(reduceW, one?.reduceW, one?.held.reduceW),
      increaseW: lacking(increaseW, one?.increaseW, one?.held.increaseW),
    };
  });
}

function lacking(
  needed: readonly number[],
  can: readonly number[] = [],
  taken: readonly number[] = [],
): number[] {
  return needed.map((watts, index) => {
    const left = Math.max(0, (can[index] ?? 0) - (taken[index] ?? 0));
    return Math.max(0, watts - left);
  });
}

/** What lacks in reducing is consumed after all, and what lacks in increasing is not. */
function sumOf(lacking: readonly Powers[]): number[] {
  const count = Math.max(0, ...lacking.map(({ reduceW }) => reduceW.length));
  return Array.from({ length: count }, (_, index) =>
    lacking.reduce((sum, one) => sum + one.reduceW[index]! - one.increaseW[index]!, 0),
  );
}
