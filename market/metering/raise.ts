/** How often the same readings are sent again with a higher revision, because the DSO says that it knows a higher one. */
export const MOST_RAISES = 3;

/** What became of a Metering message, and which revision of the readings it told. */
export interface MeteringVerdict {
  readonly status: string;
  readonly reason?: string | undefined;
  readonly readings: number;
}

/**
 * Whether the last message of a connection's day is sent again with the next revision. A DSO that knows a higher
 * revision (UFTP, "Subordinate sequence number") will take a still higher one; everything else needs other values or
 * a person. Readings that were corrected begin anew.
 *
 * @param messages the last ones, newest first; one more than may be raised is enough
 */
export function isToBeRaised(messages: readonly MeteringVerdict[]): boolean {
  const raised = messages.findIndex((each) => each.readings !== messages[0]!.readings || !isTooLow(each));
  const inARow = raised < 0 ? messages.length : raised;
  return inARow > 0 && inARow <= MOST_RAISES;
}

const isTooLow = ({ status, reason }: MeteringVerdict): boolean =>
  status === 'rejected' && /subordinate sequence|revision/i.test(reason ?? '');
