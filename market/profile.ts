import { type AssetDay, type DayOfISPs, dayOf } from './asset.ts';

/** What an asset can do on one local day, as its own system says, in W by ISP of that day (index 0 is ISP 1). */
export interface AssetProfile {
  readonly connection: string;
  readonly asset: string;
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  readonly reduceW: readonly number[];
  readonly increaseW: readonly number[];
}

type Direction = 'reduceW' | 'increaseW';

/**
 * The assets as their profiles say, which outdo their terms. Markets may cut a day otherwise than a profile does: in
 * one ISP counts the least that is said of any moment of it, and where nothing is said the terms.
 */
export function withProfiles(
  assets: readonly AssetDay[],
  day: DayOfISPs,
  profiles: readonly AssetProfile[],
): AssetDay[] {
  return assets.map((asset) => {
    const own = profiles.filter((each) => each.connection === asset.connection && each.asset === asset.name);
    if (own.length === 0) return asset;
    return {
      ...asset,
      reduceW: said(asset, own, day, 'reduceW'),
      increaseW: said(asset, own, day, 'increaseW'),
    };
  });
}

function said(
  asset: AssetDay,
  profiles: readonly AssetProfile[],
  day: DayOfISPs,
  direction: Direction,
): number[] {
  const least: (number | undefined)[] = [];
  for (const profile of profiles) {
    const { startsAt, ispMinutes } = dayOf({
      ...{ Period: profile.period, TimeZone: profile.timeZone, ISPDuration: profile.ispDuration },
    });
    const offset = (Date.parse(startsAt) - Date.parse(day.startsAt)) / 60_000;
    profile[direction].forEach((watts, index) => {
      const begins = offset + index * ispMinutes;
      const first = Math.max(0, Math.floor(begins / day.ispMinutes));
      for (let isp = first; isp < day.ispCount && isp * day.ispMinutes < begins + ispMinutes; isp += 1) {
        least[isp] = Math.min(least[isp] ?? watts, watts);
      }
    });
  }
  return asset[direction].map((watts, index) => least[index] ?? watts);
}
