import { Temporal } from 'temporal-polyfill';
import { addDays, ispCount, ispStart } from '../../uftp/calendar/index.ts';

/** A local day of a market and the length of its ISPs. */
export interface Day {
  readonly Period: string;
  readonly TimeZone: string;
  readonly ISPDuration: string;
}

/** A day that was measured: W by ISP, the first is ISP 1, and null where it is unknown. */
export interface MeasuredDay {
  readonly Period: string;
  readonly power: readonly (number | null)[];
}

/** Days before one that are like it, nearest first: weekdays for a weekday, Saturdays and Sundays for either of them. */
export function* comparableDays(period: string, within: number): Generator<string> {
  for (let back = 1; back <= within; back += 1) {
    const day = addDays(period, -back);
    if (isWeekend(day) === isWeekend(period)) yield day;
  }
}

const isWeekend = (period: string): boolean => Temporal.PlainDate.from(period).dayOfWeek > 5;

/**
 * What the same time of day brought on past days: for each ISP the mean (W, rounded) of the `days` nearest days on which
 * it is known. ISPs are matched by the clock on the wall, so that the day on which clocks change is read by
 * what people do: the hour that is skipped counts for nothing, the hour that comes twice is read twice.
 *
 * @param measured nearest first
 * @returns W by ISP; undefined for an ISP that no day tells
 */
export function meanOf(day: Day, measured: readonly MeasuredDay[], days: number): (number | undefined)[] {
  const byTime = measured.map(({ Period, power }) => {
    const times = wallTimes({ ...day, Period });
    const known = new Map<string, number>();
    times.forEach((time, index) => {
      const value = power[index];
      // Of an hour that came twice, the first tells.
      if (value !== null && value !== undefined && !known.has(time)) known.set(time, value);
    });
    return known;
  });
  return wallTimes(day).map((time) => {
    const values = byTime
      .map((known) => known.get(time))
      .filter((value) => value !== undefined)
      .slice(0, days);
    return values.length === 0
      ? undefined
      : Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
  });
}

/** The local time at which each ISP of a day begins. */
function wallTimes({ Period, TimeZone, ISPDuration }: Day): string[] {
  return Array.from({ length: ispCount(Period, TimeZone, ISPDuration) }, (_, index) =>
    Temporal.Instant.from(ispStart(Period, TimeZone, ISPDuration, index + 1))
      .toZonedDateTimeISO(TimeZone)
      .toPlainTime()
      .toString({ smallestUnit: 'minute' }),
  );
}
