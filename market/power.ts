import Big from 'big.js';

/** A run of ISPs with one power in W; + is consumption. Spelled as in the messages that carry it. */
export interface PowerISP {
  readonly Power: number;
  readonly Start: number;
  readonly Duration: number;
}

/** A group of a FlexRequest: the band in W around the baseline that the DSO asks for or allows. */
export interface RequestedBand {
  readonly Disposition?: 'Available' | 'Requested' | undefined;
  readonly MinPower: number;
  readonly MaxPower: number;
  readonly Start: number;
  readonly Duration: number;
}

/** Visits every ISP of a list of groups. Only for lists whose bounds were checked before. */
export function* eachISP<G extends { readonly Start: number; readonly Duration: number }>(
  groups: readonly G[],
): Generator<{ readonly isp: number; readonly group: G }> {
  for (const group of groups) {
    for (let isp = group.Start; isp < group.Start + group.Duration; isp += 1) yield { isp, group };
  }
}

/** Power in W by ISP number. */
export function powerByISP(groups: readonly PowerISP[]): Map<number, number> {
  const powers = new Map<number, number>();
  for (const { isp, group } of eachISP(groups)) powers.set(isp, (powers.get(isp) ?? 0) + group.Power);
  return powers;
}

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

/** The last ISP that a list of groups names. */
export function lastISP(groups: readonly { readonly Start: number; readonly Duration: number }[]): number {
  return Math.max(...groups.map(({ Start, Duration }) => Start + Duration - 1));
}

/** The first ISP that a list of groups names. */
export function firstISP(groups: readonly { readonly Start: number }[]): number {
  return Math.min(...groups.map(({ Start }) => Start));
}

/** Energy in MWh of a power (W) held for a number of minutes. */
export function megawattHours(watts: number, minutes: number): Big {
  return new Big(watts).times(minutes).div(60).div(1_000_000);
}
