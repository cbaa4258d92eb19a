import { Temporal } from 'temporal-polyfill';
import { ispCount, ispMinutes, ispStart, utcOffsetMinutes } from '../uftp/calendar/index.ts';
import type { MarketDay } from './gates.ts';

/** A price for part of an asset's power: up to `upToW` (W, from zero); the last block goes on to the end. */
export interface PriceBlock {
  readonly upToW?: number | undefined;
  /** Asking price for a MWh in either direction, decimal. */
  readonly pricePerMWh: string;
}

/** Other power than usual, on some days and at some local times. Fields left out do not restrict. */
export interface AvailabilityWindow {
  readonly days?: readonly Weekday[] | undefined;
  /** `HH:MM-HH:MM` local time; the second may be 24:00. */
  readonly between?: string | undefined;
  readonly canReduceW: number;
  readonly canIncreaseW: number;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** What an asset can do, as its owner says. Durations are ISO 8601. */
export interface AssetTerms {
  readonly name: string;
  /** Load it can shed or production it can add, in W, as a positive number. */
  readonly canReduceW: number;
  /** Load it can add or production it can shed, in W, as a positive number. */
  readonly canIncreaseW: number;
  /** Asking price for a MWh in either direction, decimal; unless `prices` has more than one. */
  readonly pricePerMWh?: string | undefined;
  /** Never falling from block to block. */
  readonly prices?: readonly PriceBlock[] | undefined;
  /** The first that fits an ISP says what can be done in it. */
  readonly windows?: readonly AvailabilityWindow[] | undefined;
  /** Energy that it can give on one day in either direction, in Wh. */
  readonly dailyEnergyWh?:
    { readonly reduce?: number | undefined; readonly increase?: number | undefined } | undefined;
  /** How long it can be used without a pause, and has to be used at least. */
  readonly longestRun?: string | undefined;
  readonly shortestRun?: string | undefined;
  /** The pause it needs between two uses. */
  readonly recovery?: string | undefined;
  /** It gives whole steps of this many W only. */
  readonly stepW?: number | undefined;
}

/** An asset and the connection that it is behind. */
export interface PlacedAsset extends AssetTerms {
  readonly connection: string;
}

/** The ISPs of a day: the first instant (UTC), their length in minutes, and how many there are. */
export interface DayOfISPs {
  readonly startsAt: string;
  readonly ispMinutes: number;
  readonly ispCount: number;
}

/** An uninterrupted use, in minutes since the beginning of the day; it may begin before it or end after it. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** What others hold of an asset on a day, in W by ISP (index 0 is ISP 1), and when they may use it. */
export interface HeldByOthers {
  readonly reduceW: readonly number[];
  readonly increaseW: readonly number[];
  readonly runs: readonly Run[];
}

/** What one asset can do on one day, with everything that limits it. Powers are W by ISP (index 0 is ISP 1). */
export interface AssetDay {
  readonly connection: string;
  readonly name: string;
  readonly reduceW: readonly number[];
  readonly increaseW: readonly number[];
  readonly prices: readonly PriceBlock[];
  readonly limits: AssetLimits;
  readonly held: HeldByOthers;
}

/** Absent: no such limit. */
export interface AssetLimits {
  readonly reduceWh?: number | undefined;
  readonly increaseWh?: number | undefined;
  readonly longestRunMinutes?: number | undefined;
  readonly shortestRunMinutes?: number | undefined;
  readonly recoveryMinutes?: number | undefined;
  readonly stepW?: number | undefined;
}

/** The ISPs of a market's day. @throws UftpError for a day or zone there is not */
export function dayOf({ Period, TimeZone, ISPDuration }: MarketDay): DayOfISPs {
  return {
    startsAt: ispStart(Period, TimeZone, ISPDuration, 1),
    ispMinutes: ispMinutes(ISPDuration),
    ispCount: ispCount(Period, TimeZone, ISPDuration),
  };
}

/** What an asset can do on a day by its terms, before anything is held or broken. */
export function assetOn(asset: PlacedAsset, day: MarketDay): AssetDay {
  const { connection, name, stepW, dailyEnergyWh } = asset;
  const { reduceW, increaseW } = powerOf(asset, day);
  return {
    ...{ connection, name, reduceW, increaseW },
    prices: asset.prices ?? [{ pricePerMWh: asset.pricePerMWh ?? '0' }],
    limits: {
      ...{ reduceWh: dailyEnergyWh?.reduce, increaseWh: dailyEnergyWh?.increase, stepW },
      longestRunMinutes: minutes(asset.longestRun),
      shortestRunMinutes: minutes(asset.shortestRun),
      recoveryMinutes: minutes(asset.recovery),
    },
    held: { reduceW: [], increaseW: [], runs: [] },
  };
}

function powerOf(asset: PlacedAsset, day: MarketDay): { reduceW: number[]; increaseW: number[] } {
  const { Period, TimeZone, ISPDuration } = day;
  const { windows = [] } = asset;
  const { ispCount, ispMinutes: length } = dayOf(day);
  const today = windows.filter(({ days }) => days === undefined || days.includes(weekdayOf(Period)));
  const byISP = Array.from({ length: ispCount }, (_, index) => {
    if (today.length === 0) return asset;
    const begins = ispStart(Period, TimeZone, ISPDuration, index + 1);
    const local = (minuteOf(begins.slice(11, 16)) + utcOffsetMinutes(begins, TimeZone) + 1440) % 1440;
    return today.find(({ between }) => covers(between, local, length)) ?? asset;
  });
  return {
    reduceW: byISP.map(({ canReduceW }) => canReduceW),
    increaseW: byISP.map(({ canIncreaseW }) => canIncreaseW),
  };
}

/** Whether an ISP lies within local times from its beginning to its end, as clocks show them. */
function covers(between: string | undefined, local: number, length: number): boolean {
  if (between === undefined) return true;
  const [from, to] = between.split('-').map(minuteOf) as [number, number];
  return from <= local && local + length <= to;
}

/** A calendar day's weekday is the same everywhere. */
function weekdayOf(period: string): Weekday {
  return WEEKDAYS[(new Date(`${period}T00:00:00Z`).getUTCDay() + 6) % 7]!;
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const minutes = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : Temporal.Duration.from(duration).total('minutes');
