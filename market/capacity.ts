import { type AssetFlexibility, cheapestFirst, dispatch } from './merit-order.ts';
import { eachISP, type PowerISP, powerByISP } from './power.ts';
import { binds, type FlexRequestState, isStanding } from './flex-request/state.ts';

/** An asset by name and by the connection it is behind. */
export interface PlacedAsset extends AssetFlexibility {
  readonly connection: string;
}

/** What is kept of one asset for an offer, in W by ISP (index 0 is ISP 1), never negative. */
export interface HeldAsset {
  readonly connection: string;
  readonly asset: string;
  readonly reduceW: readonly number[];
  readonly increaseW: readonly number[];
}

/** The ISPs of a day: the first instant (UTC), their length in minutes, and how many there are. */
export interface DayOfISPs {
  readonly startsAt: string;
  readonly ispMinutes: number;
  readonly ispCount: number;
}

/** Power kept for an offer or order on some day. */
export interface HeldPower extends Omit<DayOfISPs, 'ispCount'> {
  readonly assets: readonly HeldAsset[];
}

/**
 * What is kept of an asset, in W by ISP of `day`: of other days and other lengths of ISPs, what overlaps in time.
 * In one ISP the most that is kept at any moment of it counts.
 */
export function heldOf(
  asset: { readonly connection: string; readonly name: string },
  day: DayOfISPs,
  holds: readonly HeldPower[],
): { reduceW: number[]; increaseW: number[] } {
  const own = holds.flatMap(({ assets, ...rest }) =>
    assets
      .filter(({ connection, asset: name }) => connection === asset.connection && name === asset.name)
      .map((held) => ({ ...rest, ...held })),
  );
  const offsets = own.map(({ startsAt }) => minutesBetween(day.startsAt, startsAt));
  const grain = [day.ispMinutes, ...own.map(({ ispMinutes }) => ispMinutes), ...offsets].reduce(divisor);
  const slots = day.ispMinutes / grain;
  const sum = (direction: 'reduceW' | 'increaseW'): number[] => {
    const bySlot = new Array<number>(day.ispCount * slots).fill(0);
    own.forEach((hold, index) => {
      const length = hold.ispMinutes / grain;
      hold[direction].forEach((watts, isp) => {
        const first = offsets[index]! / grain + isp * length;
        for (let slot = Math.max(first, 0); slot < Math.min(first + length, bySlot.length); slot += 1) {
          bySlot[slot]! += watts;
        }
      });
    });
    return Array.from({ length: day.ispCount }, (_, isp) =>
      Math.max(...bySlot.slice(isp * slots, (isp + 1) * slots)),
    );
  };
  return { reduceW: sum('reduceW'), increaseW: sum('increaseW') };
}

/**
 * What to keep so that any one of an offer's options can be delivered, cheapest assets first: by asset and ISP the
 * most that an option needs, since options exclude each other. Undefined where the assets cannot give an option.
 */
export function powerToHold(
  options: readonly { readonly ISP: readonly PowerISP[] }[],
  assets: readonly PlacedAsset[],
  ispCount: number,
): HeldAsset[] | undefined {
  const byPrice = cheapestFirst(assets);
  const kept = new Map(
    byPrice.map((asset) => [asset, { reduceW: zeros(ispCount), increaseW: zeros(ispCount) }]),
  );
  for (const { ISP } of options) {
    for (const group of ISP) {
      const parts = dispatch(byPrice, group);
      if (parts.reduce((sum, { watts }) => sum + watts, 0) < Math.abs(group.Power)) return undefined;
      for (const { asset, watts } of parts) {
        const powers = kept.get(asset)![group.Power < 0 ? 'reduceW' : 'increaseW'];
        for (const { isp } of eachISP([group])) powers[isp - 1] = Math.max(powers[isp - 1]!, watts);
      }
    }
  }
  return byPrice
    .map((asset) => ({ connection: asset.connection, asset: asset.name, ...kept.get(asset)! }))
    .filter(({ reduceW, increaseW }) => [...reduceW, ...increaseW].some((watts) => watts > 0));
}

/** A hold as the store keeps it. */
interface StoredHold {
  readonly step: string;
  readonly status: 'open' | 'firm' | 'released';
  readonly assets: readonly HeldAsset[];
}

/**
 * What becomes of an open hold, as the conversation's state says; the same object where nothing does.
 * - Its offer can no longer be ordered: released. An offer that was given up on the way still can.
 * - Its offer is ordered: firm, cut down to what was ordered.
 * - There is no such offer, and none is being decided on under its step: released.
 */
export function settledHold<H extends StoredHold>(state: FlexRequestState, hold: H): H {
  if (hold.status !== 'open') return hold;
  const offer = state.offers.find(({ step }) => step === hold.step);
  const undecided = state.deciding.some(({ step }) => step === hold.step);
  if (offer ? isStanding(offer) : undecided) return hold;
  const ordered = state.orders.find((order) => order.step === hold.step && binds(order));
  if (!ordered) return { ...hold, status: 'released' };
  return { ...hold, status: 'firm', assets: cutTo(ordered.order.ISP, hold.assets) };
}

/** Of what an offer keeps, what an order of these powers needs. */
function cutTo(ordered: readonly PowerISP[], assets: readonly HeldAsset[]): HeldAsset[] {
  const powers = powerByISP(ordered);
  const left = new Map([...powers].map(([isp, power]) => [isp, Math.abs(power)]));
  const cut = (watts: readonly number[], sign: number): number[] =>
    watts.map((most, index) => {
      const isp = index + 1;
      if (Math.sign(powers.get(isp) ?? 0) !== sign) return 0;
      const used = Math.min(most, left.get(isp)!);
      left.set(isp, left.get(isp)! - used);
      return used;
    });
  return assets.map(({ connection, asset, reduceW, increaseW }) => ({
    ...{ connection, asset },
    ...{ reduceW: cut(reduceW, -1), increaseW: cut(increaseW, 1) },
  }));
}

const zeros = (length: number): number[] => new Array<number>(length).fill(0);

function minutesBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000;
}

/** Greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : divisor(b, a % b);
}
