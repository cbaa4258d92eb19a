import { instant } from '../base/clock.ts';
import { assetOn, dayOf } from '../market/asset.ts';
import { asTheyAre, concerns, lostHolds, type Promised } from '../market/outage.ts';
import type { PowerISP } from '../market/power.ts';
import type { Conversation, Hold, Outage, Standing, UncheckedProfile } from '../store/index.ts';
import type { Dependencies } from './dependencies.ts';
import { assetsBehind } from './portfolio-assets.ts';

/** Something that may take power from who counts on it. */
export interface Change {
  readonly connections: readonly string[];
  /** Instants (UTC); the end is not part of it. */
  readonly from: string;
  readonly to: string;
  /** The profiles that it is about, if it is about any. */
  readonly profiles?: readonly UncheckedProfile[];
}

/** What cannot be delivered in full any more, why, and what is missing (W by ISP on top of what was promised). */
export interface LostPower {
  readonly hold: Hold;
  readonly reason: string;
  readonly lost: readonly PowerISP[];
}

type Needs = Pick<Dependencies, 'store' | 'clock'>;

/** Causes that one reason names. */
const NAMED = 3;

/**
 * The holds that take something of the changed connections, and that cannot be delivered together with the rest any
 * more. Each is judged by everything it takes, wherever that is: what is missing is missing in all.
 */
export async function lostBy(deps: Needs, change: Change): Promise<LostPower[]> {
  const { store, clock } = deps;
  const now = instant(clock);
  if (change.to <= now) return [];
  const holds = await store.capacity.takenFrom(change);
  const concerned = holds.filter((hold) => endOf(hold) > now);
  if (concerned.length === 0) return [];
  const standing = await store.capacity.standing({
    startsAt: concerned.map(({ startsAt }) => startsAt).reduce(earlier),
    endsAt: concerned.map(endOf).reduce(later),
    connections: [...new Set(concerned.flatMap(({ assets }) => assets.map(({ connection }) => connection)))],
  });
  const ours = new Set(concerned.map(keyOf));
  return lostHolds(await promisedOf(deps, standing))
    .filter(({ hold: { hold } }) => ours.has(keyOf(hold)))
    .map(({ hold: { hold }, lost }) => ({ hold, lost, reason: reasonFor(hold, standing, change) }));
}

/** What stands, with what its assets can do now. */
async function promisedOf(
  { store }: Needs,
  standing: Standing,
): Promise<(Promised & { readonly hold: Hold })[]> {
  const { holds } = standing;
  const connections = [...new Set(holds.flatMap(({ assets }) => assets.map(({ connection }) => connection)))];
  const assetsOn = memoized((period: string) => assetsBehind(store, connections, period));
  const promised: (Promised & { readonly hold: Hold })[] = [];
  for (const [rank, hold] of holds.toSorted(byAge).entries()) {
    const conversation = await store.conversations.find(hold.workflowId);
    // Of a conversation that was never recorded nobody can be told; its first record settles it.
    if (!conversation) continue;
    const day = marketDayOf(conversation);
    const taken = new Set(hold.assets.map(({ connection }) => connection));
    const assets = (await assetsOn(day.Period)).filter(({ connection }) => taken.has(connection));
    const able = asTheyAre(
      assets.map((asset) => assetOn(asset, day)),
      dayOf(day),
      standing,
    );
    promised.push({ ...hold, status: hold.status === 'firm' ? 'firm' : 'open', rank, able, hold });
  }
  return promised;
}

function reasonFor(hold: Hold, { outages }: Standing, { profiles = [] }: Change): string {
  const uses = (cause: { readonly connection: string; readonly asset?: string }): boolean =>
    hold.assets.some(({ connection, asset: name }) => concerns(cause, { connection, name }));
  const broken = outages.filter((each) => uses(each) && each.from < endOf(hold) && hold.startsAt < each.to);
  const causes = [...broken.map(outText), ...profiles.filter(uses).map(profileText)];
  if (causes.length === 0) return 'its assets can do less than was counted on';
  const more = causes.length > NAMED ? [`and ${causes.length - NAMED} more`] : [];
  return [...causes.slice(0, NAMED), ...more].join('; ');
}

function outText({ id, asset, connection, from, to, reason }: Outage): string {
  const what = asset === undefined ? `all assets at ${connection} are` : `${asset} at ${connection} is`;
  return `${what} out from ${from} to ${to} (outage ${id}${reason === undefined ? '' : `: ${reason}`})`;
}

const profileText = ({ connection, asset, period }: UncheckedProfile): string =>
  `the profile of ${asset} at ${connection} for ${period} says less than before`;

const marketDayOf = ({ period, timeZone, ispDuration }: Conversation) => ({
  Period: period,
  TimeZone: timeZone,
  ISPDuration: ispDuration,
});

const keyOf = ({ workflowId, step }: Hold): string => JSON.stringify([workflowId, step]);

/** When the last ISP of its day ends (UTC). */
function endOf({ startsAt, ispMinutes, assets }: Hold): string {
  const minutes = (assets[0]?.reduceW.length ?? 0) * ispMinutes;
  return new Date(Date.parse(startsAt) + minutes * 60_000).toISOString();
}

const earlier = (a: string, b: string): string => (a < b ? a : b);
const later = (a: string, b: string): string => (a > b ? a : b);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byAge = (a: Hold, b: Hold): number =>
  compare(a.heldAt, b.heldAt) || compare(a.workflowId, b.workflowId);

function memoized<T>(of: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const found = new Map<string, Promise<T>>();
  return (key) => {
    const value = found.get(key) ?? of(key);
    found.set(key, value);
    return value;
  };
}
