import { dayBounds, isoInstant } from './day.ts';
import { ispMinutes } from './isp-duration.ts';

const MINUTE = 60_000;

/**
 * How many whole ISPs a local day has: 92, 96 or 100 of PT15M where clocks change by an hour
 * (UFTP, "ISPs out of bounds": the number of ISPs of that day, summer time considered).
 *
 * @throws UftpError `uftp.timezone-unknown`, `uftp.schema-invalid`
 */
export function ispCount(period: string, timeZone: string, ispDuration: string): number {
  const { start, end } = dayBounds(period, timeZone);
  return Math.floor((end - start) / (ispMinutes(ispDuration) * MINUTE));
}

/**
 * The instant at which ISP `n` (from 1) begins. ISPs are counted in elapsed time from the start of the day, so
 * the repeated hour of an autumn day has its own numbers. Any `n` is taken, also beyond the day.
 *
 * @throws UftpError `uftp.timezone-unknown`, `uftp.schema-invalid`
 */
export function ispStart(period: string, timeZone: string, ispDuration: string, n: number): string {
  return isoInstant(dayBounds(period, timeZone).start + (n - 1) * ispMinutes(ispDuration) * MINUTE);
}

/** The instant at which ISP `n` ends and the next one begins. Throws as `ispStart` does. */
export function ispEnd(period: string, timeZone: string, ispDuration: string, n: number): string {
  return ispStart(period, timeZone, ispDuration, n + 1);
}

/**
 * The ISP of the day in which an instant lies, from 1; undefined where it lies in no whole ISP of that day.
 *
 * @throws UftpError `uftp.timezone-unknown`, `uftp.schema-invalid`
 */
export function ispAt(
  instant: string,
  period: string,
  timeZone: string,
  ispDuration: string,
): number | undefined {
  const sinceStart = Date.parse(instant) - dayBounds(period, timeZone).start;
  const n = Math.floor(sinceStart / (ispMinutes(ispDuration) * MINUTE)) + 1;
  return n >= 1 && n <= ispCount(period, timeZone, ispDuration) ? n : undefined;
}
