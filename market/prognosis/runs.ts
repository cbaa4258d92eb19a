import type { PowerISP } from '../power.ts';

/** A profile (W by ISP) as a message names it: ISPs of the same power in one element, or each in one of its own. */
export function powerRuns(power: readonly number[], spelledOut = false): PowerISP[] {
  const runs: { Power: number; Start: number; Duration: number }[] = [];
  power.forEach((Power, index) => {
    const last = runs.at(-1);
    if (last?.Power === Power && !spelledOut) last.Duration += 1;
    else runs.push({ Power, Start: index + 1, Duration: 1 });
  });
  return runs;
}
