import { eachISP, type PowerISP, powerByISP } from './power.ts';

/**
 * Reasons to reject a FlexReservationUpdate by the contract: an update may confirm or lower what the
 * contract reserves, never raise it or turn its direction (UFTP FlexReservationUpdate, "Power value rejection").
 */
export function reservationRejections(
  contracted: readonly PowerISP[],
  updated: readonly PowerISP[],
): readonly string[] {
  const most = powerByISP(contracted);
  for (const { isp, group } of eachISP(updated)) {
    const limit = most.get(isp) ?? 0;
    const turned = group.Power !== 0 && Math.sign(group.Power) !== Math.sign(limit);
    if (turned || Math.abs(group.Power) > Math.abs(limit)) return ['Power value rejection'];
  }
  return [];
}
