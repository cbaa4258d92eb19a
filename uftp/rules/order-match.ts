import Big from 'big.js';
import { type ISPGroup, ispsOf } from '../calendar/index.ts';
import { currencyDecimals } from './currency.ts';

/**
 * How an order compares with the offer it orders, without any knowledge but the two (UFTP FlexOrder: exactly as
 * offered, but for the ActivationFactor). Each comparison gives false where they agree, else what differs, for
 * people. A leaf: no message definitions, so that workflows may use it.
 */

type PowerGroup = ISPGroup & { readonly Power: number };
type Difference = string | false;

/** What an order says about the offer. Power in W; Price and ActivationFactor are decimals. */
export interface OrderTerms {
  readonly OptionReference?: string | undefined;
  readonly ActivationFactor: string;
  readonly Price: string;
  readonly Currency: string;
  readonly BaselineReference?: string | undefined;
  readonly DPrognosisMessageID?: string | undefined;
  readonly ISP: readonly PowerGroup[];
}

/** One option of an offer. Power in W; Price (of the whole option) and MinActivationFactor are decimals. */
export interface OptionTerms {
  readonly OptionReference: string;
  readonly Price: string;
  readonly MinActivationFactor: string;
  readonly ISP: readonly PowerGroup[];
}

/** What an offer says that an order must repeat. */
export interface OfferTerms<Option extends OptionTerms = OptionTerms> {
  readonly Currency: string;
  readonly BaselineReference?: string | undefined;
  readonly DPrognosisMessageID?: string | undefined;
  readonly OfferOption: readonly Option[];
}

/**
 * How far the values of a partial order may be from the exactly scaled ones, in W and as an amount: the spec does not
 * say how they are rounded, so it is agreed on. Where it is not: one of the last digit, of watts and of the currency.
 */
export interface Rounding {
  readonly powerW?: number | undefined;
  readonly amount?: string | undefined;
}

const lastDigit = (currency: string): Big => new Big(10).pow(-currencyDecimals(currency));

/** The option ordered: the one named, or the only one; undefined where there is none such. */
export function orderedOption<Option extends OptionTerms>(
  order: Pick<OrderTerms, 'OptionReference'>,
  offer: Pick<OfferTerms<Option>, 'OfferOption'>,
): Option | undefined {
  const { OfferOption: options } = offer;
  if (order.OptionReference === undefined) return options.length === 1 ? options[0] : undefined;
  return options.find(({ OptionReference }) => OptionReference === order.OptionReference);
}

/** An ActivationFactor below what the option allows. */
export function factorDifference(order: OrderTerms, option: OptionTerms): Difference {
  return (
    new Big(order.ActivationFactor).lt(option.MinActivationFactor) &&
    `${order.ActivationFactor} is below ${option.MinActivationFactor}`
  );
}

/**
 * ISPs that only one of the two names; how they are grouped does not matter.
 *
 * @param count how many ISPs the day has
 */
export function ispDifference(order: OrderTerms, option: OptionTerms, count: number): Difference {
  const [offered, ordered] = [powers(option, count), powers(order, count)];
  const stray = [...ordered.keys()].find((n) => !offered.has(n));
  const missing = [...offered.keys()].find((n) => !ordered.has(n));
  if (stray !== undefined) return `ISP ${stray} was not offered`;
  return missing !== undefined && `ISP ${missing} was offered and is not ordered`;
}

/**
 * A power that is not the offered one times the ActivationFactor: exactly at factor 1, else as far as rounding goes.
 *
 * @param count how many ISPs the day has
 */
export function powerDifference(
  order: OrderTerms,
  option: OptionTerms,
  count: number,
  { powerW = 1 }: Rounding = {},
): Difference {
  const offered = powers(option, count);
  for (const [n, power] of powers(order, count)) {
    const due = new Big(offered.get(n) ?? 0).times(order.ActivationFactor);
    if (differs(due, power, isWhole(order) ? 0 : powerW)) {
      return `ISP ${n}: ${power} W, due is ${due.toFixed()} W`;
    }
  }
  return false;
}

/** A Price that is not the asked one times the ActivationFactor (exactly at 1, else as far as rounding goes), or other money. */
export function priceDifference(
  order: OrderTerms,
  offer: Pick<OfferTerms, 'Currency'>,
  option: OptionTerms,
  rounding: Rounding = {},
): Difference {
  if (order.Currency !== offer.Currency) return `${order.Currency}, not ${offer.Currency}`;
  const due = new Big(option.Price).times(order.ActivationFactor);
  const tolerance = isWhole(order) ? 0 : (rounding.amount ?? lastDigit(offer.Currency));
  return differs(due, order.Price, tolerance) && `${order.Price}, due is ${due.toFixed()} ${order.Currency}`;
}

/** Whether the order names another baseline than the offer; one that names none is taken as offered. */
export function namesOtherBaseline(
  order: Pick<OrderTerms, 'BaselineReference' | 'DPrognosisMessageID'>,
  offer: Pick<OfferTerms, 'BaselineReference' | 'DPrognosisMessageID'>,
): boolean {
  const prognosis = order.DPrognosisMessageID?.toLowerCase();
  return (
    (prognosis !== undefined && prognosis !== offer.DPrognosisMessageID?.toLowerCase()) ||
    (order.BaselineReference !== undefined && order.BaselineReference !== (offer.BaselineReference ?? ''))
  );
}

const isWhole = (order: OrderTerms): boolean => new Big(order.ActivationFactor).eq(1);

const differs = (due: Big, value: number | string, tolerance: Big | number | string): boolean =>
  due.minus(value).abs().gt(tolerance);

/** Power in W by ISP number. */
function powers({ ISP }: { readonly ISP: readonly PowerGroup[] }, count: number): Map<number, number> {
  return new Map([...ispsOf(ISP, count)].map((isp) => [isp.ISP, isp.group.Power]));
}
