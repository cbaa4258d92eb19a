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
  const byPrice = [...assets].sort((a, b) => new Big(a.pricePerMWh).cmp(new Big(b.pricePerMWh)));
  let cost = new Big(0);
  const ISP: PowerISP[] = [];
  for (const band of bands) {
    if (band.Disposition !== 'Requested') continue;
    const wanted = wantedPower(band, obligations);
    const { power, costPerHour } = dispatchCheapest(byPrice, wanted);
    if (power === 0) continue;
    ISP.push({ Power: power, Start: band.Start, Duration: band.Duration });
    cost = cost.plus(costPerHour.times(ispMinutes).div(60).times(band.Duration));
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

function dispatchCheapest(
  byPrice: readonly AssetFlexibility[],
  wanted: number,
): { power: number; costPerHour: Big } {
  let left = Math.abs(wanted);
  let costPerHour = new Big(0);
  for (const asset of byPrice) {
    const part = Math.min(left, wanted < 0 ? asset.canReduceW : asset.canIncreaseW);
    if (part <= 0) continue;
    costPerHour = costPerHour.plus(megawattHours(part, 60).times(asset.pricePerMWh));
    left -= part;
  }
  const power = Math.sign(wanted) * (Math.abs(wanted) - left);
  return { power: power === 0 ? 0 : power, costPerHour };
}
