import type { StoredMessage } from './message.ts';

/** Longer than any real reference, and short enough for a key of the database. */
export const LONGEST_REFERENCE = 255;
/** Further ahead nobody trades, and a conversation would stay open for as long. */
const YEARS_AHEAD = 10;

/**
 * What the schema admits and no conversation can carry: references that are no key, instants and days that no
 * calendar of a database or workflow reaches. The spec leaves such limits to the recipient; the texts are its own
 * where it has one.
 */
export function beyondLimits({ row, message }: StoredMessage): string[] {
  const lastYear = Number(row.receivedAt.slice(0, 4)) + YEARS_AHEAD;
  const tooLong = referencesOf(message).some((reference) => reference.length > LONGEST_REFERENCE);
  return [
    tooLong && `Invalid Message: OrderReference is longer than ${LONGEST_REFERENCE} characters`,
    !isOfOurAge(message.TimeStamp) && 'Invalid Message: TimeStamp out of bounds',
    'ExpirationDateTime' in message &&
      !isOfOurAge(message.ExpirationDateTime) &&
      'ExpirationDateTime out of bounds',
    'Period' in message && Number(message.Period.slice(0, 4)) > lastYear && 'Period out of bounds',
  ].filter((text) => text !== false);
}

function referencesOf(message: StoredMessage['message']): string[] {
  if (message.type === 'FlexOrder') return [message.OrderReference];
  if (message.type !== 'FlexSettlement') return [];
  return message.FlexOrderSettlement.flatMap(({ OrderReference }) => OrderReference ?? []);
}

/** An offset may carry an instant out of the years 0001 to 9999, where instants no longer compare as texts. */
const isOfOurAge = (instant: string): boolean => '2000' <= instant && instant < '3000';
