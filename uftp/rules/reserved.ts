import { type ISPGroup, ispsOf } from '../calendar/index.ts';

type PowerGroup = ISPGroup & { readonly Power: number };

/**
 * The first ISP in which an update reserves more than the contract does, or in the other direction; false where
 * it keeps or lowers everything (UFTP FlexReservationUpdate: a reservation may be lowered, never raised).
 *
 * @param contracted power in W that the contract reserves; what no group covers is 0
 * @param updated power in W that the update leaves reserved
 * @param count how many ISPs the day has
 */
export function raisedReservation(
  contracted: readonly PowerGroup[],
  updated: readonly PowerGroup[],
  count: number,
): string | false {
  const limits = new Map([...ispsOf(contracted, count)].map(({ ISP, group }) => [ISP, group.Power]));
  for (const { ISP, group } of ispsOf(updated, count)) {
    const limit = limits.get(ISP) ?? 0;
    const within = Math.min(0, limit) <= group.Power && group.Power <= Math.max(0, limit);
    if (!within) return `ISP ${ISP}: ${group.Power} W of ${limit} W reserved`;
  }
  return false;
}
