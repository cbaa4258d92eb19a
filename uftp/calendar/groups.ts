/** Consecutive ISPs that a message describes with one element: `Duration` of them, from `Start`. */
export interface ISPGroup {
  /** Number of the first ISP; the day starts with 1. */
  readonly Start: number;
  /** How many; absent means 1 (Metering has no such attribute). */
  readonly Duration?: number;
}

const lengthOf = (group: ISPGroup): number => group.Duration ?? 1;
const lastOf = (group: ISPGroup): number => group.Start + lengthOf(group) - 1;

/** The first group that is empty or reaches outside 1..`count`; undefined where all lie within. */
export function firstOutOfBounds<G extends ISPGroup>(groups: readonly G[], count: number): G | undefined {
  return groups.find((group) => group.Start < 1 || lengthOf(group) < 1 || lastOf(group) > count);
}

/** Two groups that share an ISP, or undefined. Compares intervals: what a Duration says costs nothing. */
export function firstOverlap<G extends ISPGroup>(groups: readonly G[]): readonly [G, G] | undefined {
  const sorted = groups.filter((group) => lengthOf(group) >= 1).sort((a, b) => a.Start - b.Start);
  let reaching = sorted[0];
  for (const group of sorted.slice(1)) {
    if (group.Start <= lastOf(reaching!)) return [reaching!, group];
    reaching = group;
  }
  return undefined;
}

/** The first ISP of 1..`count` that no group covers; undefined where every one is covered. */
export function firstGap(groups: readonly ISPGroup[], count: number): number | undefined {
  let next = 1;
  for (const group of [...groups].sort((a, b) => a.Start - b.Start)) {
    if (group.Start > next) break;
    next = Math.max(next, lastOf(group) + 1);
  }
  return next <= count ? next : undefined;
}

/** The number of the last ISP that any group names; 0 where there is none. */
export function lastISP(groups: readonly ISPGroup[]): number {
  return groups.reduce((last, group) => Math.max(last, lastOf(group)), 0);
}

/**
 * Every single ISP of the groups with the group it came from, in the order of the groups. What lies outside
 * 1..`count` is left out (the rule "ISPs out of bounds" judges it), so no group yields more than `count`.
 *
 * @param count how many ISPs the day has, from `ispCount`
 */
export function* ispsOf<G extends ISPGroup>(
  groups: readonly G[],
  count: number,
): Generator<{ readonly ISP: number; readonly group: G }> {
  for (const group of groups) {
    const last = Math.min(lastOf(group), count);
    for (let ISP = Math.max(group.Start, 1); ISP <= last; ISP += 1) yield { ISP, group };
  }
}
