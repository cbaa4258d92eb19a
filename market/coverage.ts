import { type PowerISP, powerByISP } from './power.ts';

/** Of an offer, only what is certain counts: what it holds whichever of its options is ordered, in W by ISP. */
export function certainPower({
  OfferOption,
}: {
  readonly OfferOption: readonly { readonly ISP: readonly PowerISP[] }[];
}): Map<number, number> {
  const [first = new Map<number, number>(), ...others] = OfferOption.map(({ ISP }) => powerByISP(ISP));
  return new Map(
    [...first].map(([isp, power]) => [
      isp,
      others.reduce((least, powers) => {
        const other = powers.get(isp) ?? 0;
        if (Math.sign(other) !== Math.sign(least)) return 0;
        return Math.abs(other) < Math.abs(least) ? other : least;
      }, power),
    ]),
  );
}

/** What still has to be offered of an obligation beside the offers that stand, in W by ISP. */
export function stillObligated(
  obligations: ReadonlyMap<number, number>,
  standing: readonly Parameters<typeof certainPower>[0][],
): Map<number, number> {
  const certain = standing.map(certainPower);
  const left = [...obligations].map(([isp, obligated]): [number, number] => {
    const sign = Math.sign(obligated);
    const offered = certain.reduce((sum, powers) => sum + Math.max(0, sign * (powers.get(isp) ?? 0)), 0);
    return [isp, sign * Math.max(0, Math.abs(obligated) - offered)];
  });
  return new Map(left.filter(([, power]) => power !== 0));
}

/** What standing offers give at most in an ISP, in W in a direction (-1 or 1): all of them may be ordered. */
export type Covered = (isp: number, sign: number) => number;

/** Offers add up; of the options of one, the largest counts. */
export function coveredBy(standing: readonly Parameters<typeof certainPower>[0][]): Covered {
  const offers = standing.map(({ OfferOption }) => OfferOption.map(({ ISP }) => powerByISP(ISP)));
  return (isp, sign) =>
    offers.reduce(
      (sum, options) => sum + Math.max(0, ...options.map((powers) => sign * (powers.get(isp) ?? 0))),
      0,
    );
}

/** The bands of a request without what standing offers fill of them: together no offers go beyond a band. */
export function bandsBeside<
  Band extends {
    readonly MinPower: number;
    readonly MaxPower: number;
    readonly Start: number;
    readonly Duration: number;
  },
>(bands: readonly Band[], covered: Covered): Band[] {
  return bands.map((band) => {
    const [down, up] = [mostCovered(band, -1, covered), mostCovered(band, 1, covered)];
    return {
      ...band,
      MinPower: shifted(band.MinPower, down, up),
      MaxPower: shifted(band.MaxPower, down, up),
    };
  });
}

/** The most that standing offers give in any ISP of a group, in W. */
export function mostCovered(
  group: { readonly Start: number; readonly Duration: number },
  sign: number,
  covered: Covered,
): number {
  return Math.max(...coverage(group, sign, covered));
}

/** What standing offers give in every ISP of a group, in W. */
export function leastCovered(
  group: { readonly Start: number; readonly Duration: number },
  sign: number,
  covered: Covered,
): number {
  return Math.min(...coverage(group, sign, covered));
}

function coverage(
  { Start, Duration }: { readonly Start: number; readonly Duration: number },
  sign: number,
  covered: Covered,
): number[] {
  return Array.from({ length: Duration }, (_, index) => covered(Start + index, sign));
}

/** A bound with what is given already, never beyond zero. */
function shifted(bound: number, down: number, up: number): number {
  return bound < 0 ? 0 - Math.max(0, -bound - down) : Math.max(0, bound - up);
}
