import { allocate } from './allocation.ts';
import type { AssetDay } from './asset.ts';
import { beside, type DayOfISPs, type HeldPower, powerToHold } from './capacity.ts';
import { type Outage, withOutages } from './outage.ts';
import { eachISP, type PowerISP } from './power.ts';

/** Power that a contract keeps reserved on a day, and everything that may give it, before anything is held. */
export interface Reserve {
  readonly contractId: string;
  readonly day: DayOfISPs;
  /** W by ISP; what was released is not in it. */
  readonly ISP: readonly PowerISP[];
  readonly assets: readonly AssetDay[];
}

/** Power kept for an offer or order, and the contract it is under. */
export interface HeldUnder extends HeldPower {
  readonly contractId?: string | undefined;
}

/**
 * What has to stay free so that every contract can be called on (UFTP FlexReservationUpdate: the aggregator keeps the
 * reserved power available even if no request follows). What offers and orders under a contract hold is called on
 * already. As far as anything can give it: nothing is kept that is not there.
 *
 * It is found anew for each decision and written down nowhere, since what matters is only that enough stays free:
 * those whose power is asked for are spared where others can give it. Contracts with fewer assets choose first,
 * because the congestion points of a grid lie within each other.
 *
 * @param wanted whether an asset's power is asked for just now
 */
export function keptFree(
  reserves: readonly Reserve[],
  holds: readonly HeldUnder[],
  outages: readonly Outage[],
  wanted: (asset: AssetDay) => boolean,
): HeldPower[] {
  const kept: HeldPower[] = [];
  for (const reserve of [...reserves].sort((a, b) => a.assets.length - b.assets.length)) {
    const { day } = reserve;
    const owed = stillReserved(reserve, holds);
    if (owed.length === 0) continue;
    const free = beside(withOutages(reserve.assets, day, outages), day, [...holds, ...kept]);
    const others = free.filter((asset) => !wanted(asset));
    const { uses } = allocate(owed, free, day, allocate(owed, others, day).uses);
    kept.push({ startsAt: day.startsAt, ispMinutes: day.ispMinutes, assets: powerToHold([{ uses }]) });
  }
  return kept;
}

/** What was not called on yet: the reserved power without what is held under its contract in its direction. */
function stillReserved({ contractId, day, ISP, assets }: Reserve, holds: readonly HeldUnder[]): PowerISP[] {
  const there = new Set(assets.map(({ connection, name }) => JSON.stringify([connection, name])));
  const own = holds.filter((hold) => hold.contractId === contractId && hold.startsAt === day.startsAt);
  const parts = own.flatMap((hold) =>
    hold.assets.filter(({ connection, asset }) => there.has(JSON.stringify([connection, asset]))),
  );
  return [...eachISP(ISP)].flatMap(({ isp, group: { Power } }) => {
    const called = parts.reduce(
      (sum, { reduceW, increaseW }) => sum + ((Power < 0 ? reduceW : increaseW)[isp - 1] ?? 0),
      0,
    );
    const left = Math.abs(Power) - called;
    return left > 0 ? [{ Power: Math.sign(Power) * left, Start: isp, Duration: 1 }] : [];
  });
}
