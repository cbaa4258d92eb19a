import { Temporal } from 'temporal-polyfill';
import { isoInstant, periodEnd, periodStart } from './day.ts';

/**
 * The instant (UTC) at which clocks show a time of a local day. Where clocks skip that time, it is as much later as
 * they skip; where they show it twice, `first` or `last` says which of the two is meant.
 *
 * @param time `HH:MM`; `24:00` is the end of the day
 * @throws UftpError `uftp.timezone-unknown`, `uftp.schema-invalid` for a day the calendar has not
 */
export function localInstant(
  period: string,
  time: string,
  timeZone: string,
  which: 'first' | 'last' = 'first',
): string {
  if (time === '24:00') return periodEnd(period, timeZone);
  // Asked for first, so that an unknown zone or day is refused in the protocol's words.
  periodStart(period, timeZone);
  const shown = Temporal.PlainDateTime.from(`${period}T${time}`);
  // A skipped time has two readings as well: only `compatible` never goes back before the change.
  const [first, last] = (['compatible', 'later'] as const).map((disambiguation) =>
    shown.toZonedDateTime(timeZone, { disambiguation }),
  );
  return isoInstant((which === 'first' ? first! : last!).epochMilliseconds);
}
