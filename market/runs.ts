import type { AssetLimits, Run } from './asset.ts';

/** What limits when an asset may run. */
type RunLimits = Pick<AssetLimits, 'longestRunMinutes' | 'shortestRunMinutes' | 'recoveryMinutes'>;

/**
 * In which of the wanted ISPs an asset may run, beside those in which it does already (index 0 is ISP 1): early ones
 * first, none that would break a limit. What others may use counts as used, whether they will or not.
 *
 * @param minutes length of an ISP
 */
export function runnable(
  limits: RunLimits,
  running: readonly boolean[],
  wanted: readonly boolean[],
  others: readonly Run[],
  minutes: number,
): boolean[] {
  const { longestRunMinutes, shortestRunMinutes, recoveryMinutes = 0 } = limits;
  if (longestRunMinutes === undefined && shortestRunMinutes === undefined && recoveryMinutes === 0)
    return [...wanted];
  // First beside what others use, where that makes no run too long; then clear of it.
  for (const apart of [recoveryMinutes, Math.max(recoveryMinutes, 1)]) {
    const clear = wanted.map(
      (want, index) => want && (running[index]! || isClear(index, apart, others, minutes)),
    );
    const chosen = choose(limits, running, clear, minutes);
    const all = chosen.map((run, index) => run || running[index]!);
    if (keepsLimits(limits, runsOf(all, minutes), others)) return chosen;
  }
  return wanted.map((want, index) => want && running[index]!);
}

/** Whether an asset that runs like this keeps its limits, whichever of the others' runs come about. */
export function keepsLimits(limits: RunLimits, own: readonly Run[], others: readonly Run[]): boolean {
  const { longestRunMinutes = Infinity, shortestRunMinutes = 0, recoveryMinutes = 0 } = limits;
  const tooShort = own.some(({ from, to }) => to - from < shortestRunMinutes);
  const unrested = own.some(({ from }, index) => index > 0 && from - own[index - 1]!.to < recoveryMinutes);
  // A pause between two offers' runs has to be there also when one of three is not ordered: so none may touch.
  const crowded =
    recoveryMinutes > 0 &&
    own.some((run) => others.some((other) => gapBetween(run, other) < recoveryMinutes));
  return !tooShort && !unrested && !crowded && longestOf([...own, ...others], own) <= longestRunMinutes;
}

/** The uninterrupted uses of a day. */
export function runsOf(running: readonly boolean[], minutes: number): Run[] {
  const runs: Run[] = [];
  running.forEach((runs_, index) => {
    if (!runs_) return;
    const from = index * minutes;
    const last = runs.at(-1);
    if (last?.to === from) runs[runs.length - 1] = { from: last.from, to: from + minutes };
    else runs.push({ from, to: from + minutes });
  });
  return runs;
}

function isClear(index: number, apart: number, others: readonly Run[], minutes: number): boolean {
  if (apart === 0) return true;
  const isp = { from: index * minutes, to: (index + 1) * minutes };
  return others.every((other) => gapBetween(isp, other) >= apart);
}

/** Negative where they overlap. */
const gapBetween = (one: Run, other: Run): number => Math.max(other.from - one.to, one.from - other.to);

/** The longest run, in minutes, of those in which one of `own` takes part, where neighbours run on into each other. */
function longestOf(all: readonly Run[], own: readonly Run[]): number {
  const merged: { from: number; to: number }[] = [];
  for (const run of [...all].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && run.from <= last.to) last.to = Math.max(last.to, run.to);
    else merged.push({ ...run });
  }
  const ours = merged.filter(({ from, to }) => own.some((run) => from <= run.from && run.to <= to));
  return Math.max(0, ...ours.map(({ from, to }) => to - from));
}

/** Cuts what is wanted into runs that are neither too short nor too long, with a pause between them. */
function choose(
  limits: RunLimits,
  running: readonly boolean[],
  clear: readonly boolean[],
  minutes: number,
): boolean[] {
  const { longestRunMinutes = Infinity, shortestRunMinutes = 0, recoveryMinutes = 0 } = limits;
  const longest = Math.floor(longestRunMinutes / minutes);
  const pause = Math.max(1, Math.ceil(recoveryMinutes / minutes));
  const chosen = clear.map(() => false);
  let restedFrom = 0;
  for (const { from, to } of runsOf(
    clear.map((free, index) => free || running[index]!),
    1,
  )) {
    if (running.slice(from, to).some(Boolean)) {
      // What runs already may grow as a whole, or not at all.
      for (let index = from; index < to; index += 1) chosen[index] = clear[index]!;
      restedFrom = to + pause;
      continue;
    }
    for (let start = Math.max(from, restedFrom); start < to; start = restedFrom) {
      const length = Math.min(to - start, longest);
      if (length * minutes < shortestRunMinutes || length < 1) break;
      chosen.fill(true, start, start + length);
      restedFrom = start + length + pause;
    }
  }
  return chosen;
}
