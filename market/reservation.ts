import { raisedReservation } from '../uftp/rules/reserved.ts';
import { TEXTS } from '../uftp/rules/texts.ts';
import { lastISP, type PowerISP } from './power.ts';

/**
 * Reasons to reject a FlexReservationUpdate by the contract: an update may confirm or lower what the
 * contract reserves, never raise it or turn its direction (UFTP FlexReservationUpdate, "Power value rejection").
 */
export function reservationRejections(
  contracted: readonly PowerISP[],
  updated: readonly PowerISP[],
): readonly string[] {
  return raisedReservation(contracted, updated, lastISP(updated)) === false ? [] : [TEXTS.powerValue];
}
