import { contractBook, type ContractTerms, coversDay, scheduledPower } from '../config/index.ts';
import { type AssetDay, assetOn, dayOf } from '../market/asset.ts';
import type { HeldPower } from '../market/capacity.ts';
import { keptFree, type Reserve } from '../market/contract-reserve.ts';
import type { PowerISP } from '../market/power.ts';
import { withProfiles } from '../market/profile.ts';
import type { Hold, Standing } from '../store/index.ts';
import { addDays, periodEnd, periodOf, periodStart } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';
import { fromStored } from './isps.ts';
import { assetsBehind } from './portfolio-assets.ts';

/** What contracts keep from being sold to others during a time. */
export interface ReserveBeside {
  /** Connections whose holds and outages have to be looked at for it. */
  readonly connections: readonly string[];
  /** Power to be left free, as long as that is what stands. */
  kept(standing: Standing): HeldPower[];
}

type Needs = Pick<Dependencies, 'config' | 'store' | 'clock'>;

/**
 * What has to stay free for contracts while something is offered or ordered.
 *
 * @param during instants (UTC) between which power is asked for, of these connections
 * @param under the contract it is asked for under: what that one reserves may be used
 */
export async function reserveBeside(
  deps: Needs,
  during: { readonly startsAt: string; readonly endsAt: string; readonly connections: readonly string[] },
  under?: string,
): Promise<ReserveBeside> {
  const reserves: Reserve[] = [];
  for (const { terms, period } of await contractsDuring(deps, during)) {
    if (terms.id !== under) reserves.push(...(await reservesOf(deps, terms, period)));
  }
  const asked = new Set(during.connections);
  return {
    connections: [...new Set(reserves.flatMap(({ assets }) => assets.map(({ connection }) => connection)))],
    kept: ({ holds, outages, profiles }) =>
      keptFree(
        reserves.map(({ assets, ...rest }) => ({
          ...rest,
          assets: withProfiles(assets, rest.day, profiles),
        })),
        holds.map((hold) => ({ ...hold, contractId: contractOf(hold) })),
        outages,
        ({ connection }) => asked.has(connection),
      ),
  };
}

/** The contract that an offer or a direct order is under, as it was decided. */
function contractOf({ decision }: Hold): string | undefined {
  const { content = {} } = decision as { content?: { ContractID?: string } };
  return content.ContractID;
}

/** Contracts with the local days of theirs that the time touches: one, unless markets differ in time zone. */
async function contractsDuring(
  { config, store, clock }: Needs,
  { startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string },
): Promise<{ terms: ContractTerms; period: string }[]> {
  const book = contractBook(config, store.contracts, clock);
  const day = periodOf(startsAt, 'UTC');
  const found: { terms: ContractTerms; period: string }[] = [];
  for (const period of [-1, 0, 1, 2].map((days) => addDays(day, days))) {
    for (const terms of await book.allOnDay(period)) {
      const { timeZone } = terms;
      const touches = periodStart(period, timeZone) < endsAt && startsAt < periodEnd(period, timeZone);
      if (touches && coversDay(terms, period)) found.push({ terms, period });
    }
  }
  return found;
}

/**
 * What a contract reserves on a day, by who can give it: at each of its congestion points; where it names none, at
 * those that updates named, or else anywhere at its DSO.
 */
async function reservesOf(deps: Needs, terms: ContractTerms, period: string): Promise<Reserve[]> {
  const { store } = deps;
  const { id, dso, congestionPoints } = terms;
  const contracted = scheduledPower(terms, period);
  if (contracted.length === 0) return [];
  const updates = await store.reservations.allInForce(id, period);
  const inForce = new Map(updates.map(({ congestionPoint, isps }) => [congestionPoint, fromStored(isps)]));
  const named = congestionPoints ?? [...inForce.keys()];
  if (named.length === 0) {
    const anywhere = await store.prognoses.pointsOf(dso, period);
    return reserveAt(deps, terms, period, anywhere, contracted);
  }
  const reserves = await Promise.all(
    named.map((point) => reserveAt(deps, terms, period, [point], inForce.get(point) ?? contracted)),
  );
  return reserves.flat();
}

async function reserveAt(
  { store }: Needs,
  terms: ContractTerms,
  period: string,
  points: readonly string[],
  ISP: readonly PowerISP[],
): Promise<Reserve[]> {
  if (ISP.every(({ Power }) => Power === 0)) return [];
  const day = { Period: period, TimeZone: terms.timeZone, ISPDuration: terms.ispDuration };
  const there = await Promise.all(points.map((point) => store.portfolio.connectionsOn(point, period)));
  const assets = await assetsOn({ store }, [...new Set(there.flat())], day);
  if (assets.length === 0) return [];
  return [{ contractId: terms.id, day: dayOf(day), ISP, assets }];
}

/** What the assets behind these connections can do on a day by their terms. */
export async function assetsOn(
  { store }: Pick<Needs, 'store'>,
  connections: readonly string[],
  day: Parameters<typeof assetOn>[1],
): Promise<AssetDay[]> {
  const assets = await assetsBehind(store, connections, day.Period);
  return assets.map((asset) => assetOn(asset, day));
}
