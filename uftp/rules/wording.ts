import { TEXTS } from './texts.ts';

/** Letters and digits only: case, spacing and punctuation differ between versions and peers. */
export const wordingKey = (reason: string): string => reason.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The reasons of a RejectionReason, which are set apart by semicolons. */
export const reasonsIn = (rejectionReason: string): string[] =>
  rejectionReason
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '');

/** Whether a RejectionReason gives this reason and no other, maybe with an explanation behind it. */
export function isOnlyReason(rejectionReason: string | undefined, text: string): boolean {
  const reasons = reasonsIn(rejectionReason ?? '');
  return reasons.length > 0 && reasons.every((each) => wordingKey(each).startsWith(wordingKey(text)));
}

/**
 * Whether a response means that its message was taken: Accepted, or Rejected for no other reason than that it had
 * been submitted already (UFTP, "Already Submitted": considered successfully submitted).
 */
export function meansSuccess(answer: {
  readonly Result: string;
  readonly RejectionReason?: string | undefined;
}): boolean {
  return answer.Result === 'Accepted' || isOnlyReason(answer.RejectionReason, TEXTS.alreadySubmitted);
}
