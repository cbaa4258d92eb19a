import { raisedReservation } from '../uftp/rules/reserved.ts';
import { TEXTS } from '../uftp/rules/texts.ts';
import { lastISP, type PowerISP } from './power.ts';

/** Power in W by ISP that is reserved, and when (UTC) the message that says so was written. */
export interface StampedReservation {
  readonly stampedAt: string;
  readonly ISP: readonly PowerISP[];
}

/** A FlexReservationUpdate and what it is judged by. */
export interface ReservationCase {
  /** What the contract reserves by itself. */
  readonly contracted: readonly PowerISP[];
  /** The last instant (UTC) before which it may be lowered; absent: none was agreed. */
  readonly deadline?: string | undefined;
  /** The accepted update that is in force, if there is one. */
  readonly inForce?: StampedReservation | undefined;
  readonly update: StampedReservation & {
    /** The instant (UTC) by which the deadline is judged. */
    readonly receivedAt: string;
  };
}

/**
 * Reasons to reject a FlexReservationUpdate.
 * - UFTP FlexReservationUpdate, "Deadline expired": the contract's deadline for releases had passed at receipt.
 * - "Power value rejection": an update may confirm or lower what the contract reserves, never raise it or turn its
 *   direction. What was released once was perhaps sold since, so it is not raised again either.
 *
 * An update written before the one in force raises nothing: it is accepted, and changes nothing.
 */
export function reservationRejections(judged: ReservationCase): readonly string[] {
  const { contracted, deadline, inForce, update } = judged;
  const raises = (base: readonly PowerISP[]): boolean =>
    raisedReservation(base, update.ISP, lastISP(update.ISP)) !== false;
  const later = inForce !== undefined && inForce.stampedAt < update.stampedAt;
  return [
    ...(deadline !== undefined && deadline <= update.receivedAt ? [TEXTS.deadlineExpired] : []),
    ...(raises(contracted) || (later && raises(inForce.ISP)) ? [TEXTS.powerValue] : []),
  ];
}
