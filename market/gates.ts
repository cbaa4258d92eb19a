import { Temporal } from 'temporal-polyfill';
import { addDays, ispMinutes, ispStart, periodStart } from '../uftp/calendar/index.ts';

/**
 * When trading for a day closes. UFTP, "Plan and validate": gate closures are set nationally, and no message
 * carries them.
 */
export interface GateClosure {
  /** `HH:MM` local time on the day before: from then on plans change intraday only. */
  readonly dayAhead: string;
  /** ISO 8601 duration before each ISP begins: from then on the plan of that ISP stands. */
  readonly intraday: string;
}

/** A local day of a market and the length of its ISPs. */
export interface MarketDay {
  readonly Period: string;
  readonly TimeZone: string;
  readonly ISPDuration: string;
}

/** The instant (UTC) of day-ahead gate closure for a day. @throws UftpError for a day or zone there is not */
export function dayAheadClosure(
  { Period, TimeZone }: Omit<MarketDay, 'ISPDuration'>,
  gates: GateClosure,
): string {
  // Asked for first, so that an unknown zone or day is refused in the protocol's words.
  periodStart(Period, TimeZone);
  const [hour, minute] = gates.dayAhead.split(':').map(Number);
  const closes = Temporal.PlainDate.from(addDays(Period, -1)).toZonedDateTime({
    timeZone: TimeZone,
    plainTime: { hour: hour!, minute: minute! },
  });
  return new Date(closes.epochMilliseconds).toISOString();
}

/** The instant (UTC) of intraday gate closure of one ISP. The first may close on the evening before. */
export function intradayClosure(day: MarketDay, isp: number, gates: GateClosure): string {
  const begins = Date.parse(ispStart(day.Period, day.TimeZone, day.ISPDuration, isp));
  return new Date(begins - lead(gates)).toISOString();
}

/** Whether trading for the day is intraday at an instant (UTC). */
export function isIntraday(day: Omit<MarketDay, 'ISPDuration'>, gates: GateClosure, now: string): boolean {
  return now >= dayAheadClosure(day, gates);
}

/**
 * The first ISP whose intraday gate is still open at an instant (UTC). All before it are closed; a number beyond
 * the day means that all are.
 */
export function firstOpenISP(day: MarketDay, gates: GateClosure, now: string): number {
  const sinceStart = Date.parse(now) + lead(gates) - Date.parse(periodStart(day.Period, day.TimeZone));
  // An ISP that closes at this very instant is closed.
  return Math.max(1, Math.floor(sinceStart / (ispMinutes(day.ISPDuration) * 60_000)) + 2);
}

const lead = ({ intraday }: GateClosure): number => Temporal.Duration.from(intraday).total('milliseconds');
