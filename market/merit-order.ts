import { allocate, type AssetUse, costOf } from './allocation.ts';
import type { AssetDay } from './asset.ts';
import { type Covered, leastCovered, mostCovered } from './coverage.ts';
import { amount } from './money.ts';
import { type PowerISP, powerByISP, type RequestedBand } from './power.ts';
import { cutWhereNeeded } from './segmentation.ts';

/** One option of an offer: what is offered for its whole price, and which assets give it. */
export interface PricedOption {
  readonly price: string;
  readonly ISP: readonly PowerISP[];
  readonly uses: readonly AssetUse[];
}

/** What an offer is made of. */
export interface OfferedDay {
  /** ISPs of the FlexRequest. */
  readonly bands: readonly RequestedBand[];
  /** What is behind the congestion point, with what others hold of it. */
  readonly assets: readonly AssetDay[];
  readonly day: { readonly ispMinutes: number; readonly ispCount: number };
  /** ISO 4217. */
  readonly currency: string;
  /** Power in W by ISP that a contract obliges to offer at least. */
  readonly obligations?: ReadonlyMap<number, number> | undefined;
  /** What standing offers fill of the bands. */
  readonly covered?: Covered | undefined;
}

/**
 * Fills the Requested ISPs from the cheapest asset up, in the request's own segmentation (a DSO may compare
 * Start and Duration literally) unless less would be given so of what a contract obliges to. That is filled before
 * the rest. Nothing where no asset can move in the requested direction.
 *
 * @param options how many alternatives at most: the first offers all there is, each next one a smaller share of it,
 * but never less than a contract obliges to
 */
export function meritOrder(offered: OfferedDay, options = 1): PricedOption[] {
  const { bands, assets, day, obligations = new Map<number, number>(), covered = () => 0 } = offered;
  const made: PricedOption[] = [];
  const leastOf = (groups: readonly RequestedBand[]): PowerISP[] =>
    groups.map((band) => targetOf(band, obligedPower(band, obligations, covered)));
  const requested = cutWhereNeeded(
    bands.filter(({ Disposition }) => Disposition === 'Requested'),
    obligations,
    (groups) => missingOf(obligations, fill(leastOf(groups), assets, day, []).filled),
  );
  const least = leastOf(requested);
  for (let share = options; share > 0; share -= 1) {
    const first = made[0];
    const targets = first
      ? first.ISP.map((group) => {
          const part = Math.ceil((Math.abs(group.Power) * share) / options);
          const obliged = Math.abs(least.find(({ Start }) => Start === group.Start)?.Power ?? 0);
          return {
            ...group,
            Power: Math.sign(group.Power) * Math.min(Math.abs(group.Power), Math.max(part, obliged)),
          };
        })
      : requested.map((band) => targetOf(band, wantedPower(band, obligations, covered)));
    const option = optionOf(offered, least, targets);
    if (option && !made.some(({ ISP }) => samePowers(ISP, option.ISP))) made.push(option);
  }
  return made;
}

function optionOf(
  { assets, day, currency }: OfferedDay,
  least: readonly PowerISP[],
  targets: readonly PowerISP[],
): PricedOption | undefined {
  const obliged = fill(least, assets, day, []);
  const { filled, uses } = fill(targets, assets, day, obliged.uses, obliged.filled);
  const ISP = filled.filter(({ Power }) => Power !== 0);
  return ISP.length === 0 ? undefined : { price: amount(costOf(uses, day.ispMinutes), currency), ISP, uses };
}

/**
 * As much of the targets as assets can give, every group with one power throughout: what one ISP of a group lacks,
 * none of them is offered.
 */
function fill(
  targets: readonly PowerISP[],
  assets: readonly AssetDay[],
  day: OfferedDay['day'],
  given: readonly AssetUse[],
  floors: readonly PowerISP[] = [],
): { readonly filled: readonly PowerISP[]; readonly uses: readonly AssetUse[] } {
  const floorOf = ({ Start }: PowerISP): number =>
    Math.abs(floors.find((each) => each.Start === Start)?.Power ?? 0);
  let filled = targets;
  for (let tried = 0; ; tried += 1) {
    const { uses, shortW } = allocate(filled, assets, day, given);
    if (shortW.every((watts) => watts === 0)) return { filled, uses };
    filled = filled.map((group) => {
      const short = Math.max(0, ...shortW.slice(group.Start - 1, group.Start - 1 + group.Duration));
      if (short === 0) return group;
      // Less for one group may turn out to leave less for another; in the end only what is certain is left.
      const left = tried < MOST_TRIES ? Math.abs(group.Power) - short : 0;
      return { ...group, Power: Math.sign(group.Power) * Math.max(left, floorOf(group)) };
    });
  }
}

const MOST_TRIES = 20;

/** How much of the obligations an offer of these groups does not give, in W summed over ISPs. */
function missingOf(obligations: ReadonlyMap<number, number>, offered: readonly PowerISP[]): number {
  const powers = powerByISP(offered);
  return [...obligations].reduce(
    (sum, [isp, power]) => sum + Math.max(0, Math.abs(power) - Math.sign(power) * (powers.get(isp) ?? 0)),
    0,
  );
}

/**
 * How much of a band to offer, in W: the bound nearest zero is what the DSO asks for; where that is zero, the
 * far bound is what it would still take. What standing offers give of it is not offered again. A contract's
 * obligation may ask for more, never beyond the band.
 */
export function wantedPower(
  band: RequestedBand,
  obligations: ReadonlyMap<number, number>,
  covered: Covered = () => 0,
): number {
  const { near, far } = boundsOf(band);
  const sign = Math.sign(far);
  const asked = Math.abs(near === 0 ? far : near) - leastCovered(band, sign, covered);
  const obliged = Math.abs(obligedPower(band, obligations, covered));
  return signed(sign, Math.min(Math.max(asked, obliged), roomOf(band, covered)));
}

/** How much of a band a contract obliges to offer, in W, never beyond the band: the most that any of its ISPs does. */
function obligedPower(
  band: RequestedBand,
  obligations: ReadonlyMap<number, number>,
  covered: Covered,
): number {
  const sign = Math.sign(boundsOf(band).far);
  let most = 0;
  for (let isp = band.Start; isp < band.Start + band.Duration; isp += 1) {
    most = Math.max(most, sign * (obligations.get(isp) ?? 0));
  }
  return signed(sign, Math.min(most, roomOf(band, covered)));
}

/** Never less than nothing, and no negative zero. */
const signed = (sign: number, watts: number): number => (watts > 0 ? sign * watts : 0);

/** How far a band still reaches beside standing offers, in W. */
function roomOf(band: RequestedBand, covered: Covered): number {
  const { far } = boundsOf(band);
  return Math.abs(far) - mostCovered(band, Math.sign(far), covered);
}

function boundsOf(band: RequestedBand): { readonly near: number; readonly far: number } {
  const reduce = band.MaxPower <= 0 && band.MinPower < 0;
  return reduce ? { near: band.MaxPower, far: band.MinPower } : { near: band.MinPower, far: band.MaxPower };
}

const targetOf = ({ Start, Duration }: RequestedBand, Power: number): PowerISP => ({
  Power,
  Start,
  Duration,
});

function samePowers(one: readonly PowerISP[], other: readonly PowerISP[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ Start, Power }, index) => other[index]!.Start === Start && other[index]!.Power === Power)
  );
}
