import { UftpError } from '../errors.ts';

const MINUTES_A_DAY = 1440;

/** The part of xs:duration that has a fixed length; years and months have none. */
const FIXED_LENGTH = /^P(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.0*)?S)?)?$/;

/**
 * An ISP duration in minutes, or undefined where the text is no whole number of minutes from 1 to a day.
 * Durations are the same when their values are: PT1H, PT60M and PT3600S all give 60.
 */
export function ispMinutesIfAny(duration: string): number | undefined {
  const parts = FIXED_LENGTH.exec(duration);
  if (!parts) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  const total = days * MINUTES_A_DAY + hours * 60 + minutes + seconds / 60;
  return Number.isInteger(total) && total >= 1 && total <= MINUTES_A_DAY ? total : undefined;
}

/**
 * An ISP duration such as PT15M in minutes (UFTP, "ISP-Duration": the number of minutes as an ISO 8601 duration).
 *
 * @throws UftpError `uftp.schema-invalid` unless it is a whole number of minutes from 1 to 1440
 */
export function ispMinutes(duration: string): number {
  const minutes = ispMinutesIfAny(duration);
  if (minutes === undefined) {
    throw new UftpError(
      'uftp.schema-invalid',
      `${duration.slice(0, 40)} is not a length of an ISP: a whole number of minutes, at most a day.`,
      'Write the duration as PT15M, PT30M or PT60M.',
    );
  }
  return minutes;
}
