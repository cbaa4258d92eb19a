import type { RequestedBand } from './power.ts';

/**
 * The groups in which obligations are offered: the request's own, since a DSO may compare Start and Duration
 * literally. A group gives one power throughout, so one that lets go of obliged power is cut where its obligation
 * changes, or else into its ISPs; and none is cut that gives no more that way.
 *
 * @param missing how much of the obligations such groups do not give
 */
export function cutWhereNeeded(
  bands: readonly RequestedBand[],
  obligations: ReadonlyMap<number, number>,
  missing: (bands: readonly RequestedBand[]) => number,
): readonly RequestedBand[] {
  let chosen = bands;
  let least = obligations.size === 0 ? 0 : missing(bands);
  for (const edge of [changeOf(obligations), () => true]) {
    for (const band of chosen) {
      const parts = least === 0 ? [band] : cutAt(band, edge);
      if (parts.length === 1) continue;
      const tried = chosen.flatMap((each) => (each === band ? parts : [each]));
      const lacking = missing(tried);
      if (lacking >= least) continue;
      [chosen, least] = [tried, lacking];
    }
  }
  return chosen;
}

/** Whether another obligation begins with an ISP than the one before it had. */
const changeOf =
  (obligations: ReadonlyMap<number, number>) =>
  (isp: number): boolean =>
    obligations.get(isp) !== obligations.get(isp - 1);

function cutAt(band: RequestedBand, edge: (isp: number) => boolean): RequestedBand[] {
  const parts: RequestedBand[] = [];
  const end = band.Start + band.Duration;
  for (let Start = band.Start, next = Start + 1; Start < end; next += 1) {
    if (next < end && !edge(next)) continue;
    parts.push({ ...band, Start, Duration: next - Start });
    Start = next;
  }
  return parts;
}
