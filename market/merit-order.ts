import Big from 'big.js';
import { amount } from './money.ts';
import { megawattHours, type PowerISP } from './power.ts';

/** What one asset can do in every ISP of a day, and at what price. */
export interface AssetFlexibility {
  readonly name: string;
  /** Load it can shed or production it can add, in W, as a positive number. */
  readonly canReduceW: number;
  /** Load it can add or production it can shed, in W, as a positive number. */
  readonly canIncreaseW: number;
  /** Asking price for a MWh in either direction, decimal. */
  readonly pricePerMWh: string;
  /** Of that, W by ISP (index 0 is ISP 1) that other offers and orders hold; absent: nothing. */
  readonly held?: { readonly reduceW: readonly number[]; readonly increaseW: readonly number[] };
}

/** A group of a FlexRequest: the band in W around the baseline that the DSO asks for or allows. */
export interface RequestedBand {
  readonly Disposition?: 'Available' | 'Requested' | undefined;
  readonly MinPower: number;
  readonly MaxPower: number;
  readonly Start: number;
  readonly Duration: number;
}

/** One option of an offer: what is offered for its whole price. */
export interface PricedOption {
  readonly price: string;
  readonly ISP: readonly PowerISP[];
}

/**
 * Fills the Requested ISPs from the cheapest asset up, in the request's own segmentation (a DSO may compare
 * Start and Duration literally). Undefined where no asset can move in the requested direction.
 *
 * @param bands ISPs of the FlexRequest
 * @param ispMinutes length of an ISP
 * @param obligations power in W by ISP that a contract obliges to offer at least
 */
export function meritOrder(
  bands: readonly RequestedBand[],
  assets: readonly AssetFlexibility[],
  ispMinutes: number,
  currency: string,
  obligations: ReadonlyMap<number, number> = new Map(),
): PricedOption | undefined {
  const byPrice = cheapestFirst(assets);
  let cost = new Big(0);
  const ISP: PowerISP[] = [];
  for (const band of bands) {
    if (band.Disposition !== 'Requested') continue;
    const wanted = wantedPower(band, obligations);
    const parts = dispatch(byPrice, { ...band, Power: wanted });
    const filled = parts.reduce((sum, { watts }) => sum + watts, 0);
    if (filled === 0) continue;
    ISP.push({ Power: Math.sign(wanted) * filled, Start: band.Start, Duration: band.Duration });
    cost = cost.plus(costPerHour(parts).times(ispMinutes).div(60).times(band.Duration));
  }
  return ISP.length === 0 ? undefined : { price: amount(cost, currency), ISP };
}

/**
 * How much of a band to offer, in W: the bound nearest zero is what the DSO asks for; where that is zero, the
 * far bound is what it would still take. A contract's obligation may ask for more, never beyond the band.
 */
export function wantedPower(band: RequestedBand, obligations: ReadonlyMap<number, number>): number {
  const reduce = band.MaxPower <= 0 && band.MinPower < 0;
  const near = reduce ? band.MaxPower : band.MinPower;
  const far = reduce ? band.MinPower : band.MaxPower;
  let obliged = 0;
  for (let isp = band.Start; isp < band.Start + band.Duration; isp += 1) {
    const power = obligations.get(isp) ?? 0;
    if (Math.sign(power) === Math.sign(far) && Math.abs(power) > Math.abs(obliged)) obliged = power;
  }
  const wanted = Math.max(Math.abs(near === 0 ? far : near), Math.abs(obliged));
  return Math.sign(far) * Math.min(wanted, Math.abs(far));
}

/** What one asset gives to a group of ISPs, in W, in the group's direction. */
export interface Part<Asset> {
  readonly asset: Asset;
  readonly watts: number;
}

/** Assets in merit order. */
export function cheapestFirst<Asset extends AssetFlexibility>(assets: readonly Asset[]): Asset[] {
  return [...assets].sort((a, b) => new Big(a.pricePerMWh).cmp(new Big(b.pricePerMWh)));
}

/** Which assets give the power of a group, the first first; together less than asked where they have no more. */
export function dispatch<Asset extends AssetFlexibility>(
  byPrice: readonly Asset[],
  group: PowerISP,
): Part<Asset>[] {
  let left = Math.abs(group.Power);
  return byPrice.flatMap((asset) => {
    const watts = Math.min(left, freePower(asset, group));
    left -= watts;
    return watts > 0 ? { asset, watts } : [];
  });
}

/** What an asset can still give in every ISP of a group, in the group's direction, in W. */
function freePower({ canReduceW, canIncreaseW, held }: AssetFlexibility, group: PowerISP): number {
  const [can, taken] = group.Power < 0 ? [canReduceW, held?.reduceW] : [canIncreaseW, held?.increaseW];
  const first = group.Start - 1;
  const most = Math.max(0, ...(taken?.slice(first, first + group.Duration) ?? []));
  return Math.max(0, can - most);
}

function costPerHour(parts: readonly Part<AssetFlexibility>[]): Big {
  return parts.reduce(
    (sum, { asset, watts }) => sum.plus(megawattHours(watts, 60).times(asset.pricePerMWh)),
    new Big(0),
  );
}
