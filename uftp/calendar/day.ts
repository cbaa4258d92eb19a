import { Temporal } from 'temporal-polyfill';
import { UftpError } from '../errors.ts';
import { memoised } from './memo.ts';

/** Names of the IANA database. Temporal would also take offsets and whole timestamps as zones. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;

const zoneIsKnown = memoised(1000, (timeZone) => {
  if (!ZONE_NAME.test(timeZone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return true;
  } catch {
    return false;
  }
});

/** Whether the time zone database of this machine has the name. */
export function isKnownTimeZone(timeZone: string): boolean {
  return zoneIsKnown(timeZone);
}

function known(timeZone: string): string {
  if (zoneIsKnown(timeZone)) return timeZone;
  throw new UftpError(
    'uftp.timezone-unknown',
    `There is no time zone called ${timeZone.slice(0, 64)}.`,
    'Use a name of the IANA time zone database, such as Europe/Amsterdam.',
  );
}

/** First and last moment of a local day, in milliseconds since 1970; the last belongs to the next day. */
export interface DayBounds {
  readonly start: number;
  readonly end: number;
}

/** The bounds of a local day, of 23, 24 or 25 hours or whatever the zone's clocks make of it. */
export const dayBounds: (period: string, timeZone: string) => DayBounds = memoised(
  2000,
  (period, timeZone) => {
    const zone = known(timeZone!);
    const day = plainDay(period!);
    return {
      start: day.toZonedDateTime(zone).epochMilliseconds,
      end: day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds,
    };
  },
);

/**
 * The instant at which a local day begins: the first one after midnight where clocks skip midnight.
 * @throws UftpError `uftp.timezone-unknown`, `uftp.schema-invalid` for a day the calendar has not
 */
export function periodStart(period: string, timeZone: string): string {
  return isoInstant(dayBounds(period, timeZone).start);
}

/** The instant at which a local day ends and the next one begins. Throws as `periodStart` does. */
export function periodEnd(period: string, timeZone: string): string {
  return isoInstant(dayBounds(period, timeZone).end);
}

/** The local day (YYYY-MM-DD) on which an instant falls. @throws UftpError `uftp.timezone-unknown` */
export function periodOf(instant: string, timeZone: string): string {
  return zoned(instant, timeZone).toPlainDate().toString();
}

/** The local day `days` later, or earlier where negative. */
export function addDays(period: string, days: number): string {
  return plainDay(period).add({ days }).toString();
}

/** How far local time is ahead of UTC at an instant, in minutes. @throws UftpError `uftp.timezone-unknown` */
export function utcOffsetMinutes(instant: string, timeZone: string): number {
  return zoned(instant, timeZone).offsetNanoseconds / 60e9;
}

/**
 * Whether two zones have the same UTC offset from the first to the last moment of a local day. Names do not
 * matter (UFTP, "TimeZone rejected": a zone with another offset than the market's).
 *
 * @throws UftpError `uftp.timezone-unknown`
 */
export function sameOffset(oneZone: string, otherZone: string, period: string): boolean {
  return oneZone === otherZone
    ? isKnownOrThrows(oneZone)
    : offsetsOver(period, oneZone) === offsetsOver(period, otherZone);
}

const isKnownOrThrows = (timeZone: string): boolean => known(timeZone) === timeZone;

/** Every offset of a local day with the instant it applies from, as one comparable text. */
const offsetsOver = memoised(1000, (period, timeZone) => {
  const { start, end } = dayBounds(period!, timeZone!);
  let moment = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone!);
  const offsets = [`${start}..${end}`, `${moment.offset}`];
  for (;;) {
    const change = moment.getTimeZoneTransition('next');
    if (!change || change.epochMilliseconds >= end) return offsets.join(' ');
    offsets.push(`${change.epochMilliseconds}${change.offset}`);
    moment = change;
  }
});

export const isoInstant = (milliseconds: number): string => new Date(milliseconds).toISOString();

function zoned(instant: string, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(known(timeZone));
}

function plainDay(period: string): Temporal.PlainDate {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(period)) return Temporal.PlainDate.from(period);
  } catch {
    // Falls through: the form fits, but the calendar has no such day.
  }
  throw new UftpError(
    'uftp.schema-invalid',
    `${period.slice(0, 40)} is not a calendar day.`,
    'Write days as YYYY-MM-DD.',
  );
}
