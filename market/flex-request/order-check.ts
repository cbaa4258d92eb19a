import Big from 'big.js';
import { sameAmount } from '../money.ts';
import type { PowerISP } from '../power.ts';
import type { FlexRequestState, OfferState, OptionFacts, OrderFacts } from './state.ts';

/** How far a partial order may stray from factor times offer by rounding: W per ISP, and currency units. */
const PARTIAL_TOLERANCE = { power: 1, price: '0.01' };

/** The offer an order refers to, and every reason to reject the order. */
export interface OrderVerdict {
  readonly offer?: OfferState;
  readonly rejections: readonly string[];
}

/**
 * Judges a FlexOrder against the offers of its conversation: it must repeat the offer exactly, except for
 * partial activation (UFTP FlexOrder, validation by the AGR).
 * Expiry is judged by the instant of receipt, so that a late worker refuses nothing that came in time.
 */
export function checkOrder(state: FlexRequestState, order: OrderFacts): OrderVerdict {
  const offer = state.offers.find((each) => refersToOffer(each, order.offerStep, order.FlexOfferMessageID));
  if (!offer) return { rejections: ['Unknown reference FlexOfferMessageID'] };
  const rejections: string[] = [];
  const { content, status } = offer;
  const reject = (when: boolean, reason: string): void => {
    if (when) rejections.push(reason);
  };

  reject(status === 'Ordered' || status === 'Ordering', 'FlexOffer already ordered');
  reject(status === 'Refused', 'Invalid Message: the FlexOffer was rejected');
  reject(order.receivedAt >= content.ExpirationDateTime || status === 'Expired', 'Reference message expired');
  reject(order.Period !== state.request?.Period, 'Reference Period mismatch');
  reject(order.CongestionPoint !== state.request?.CongestionPoint, 'Invalid congestion point');
  reject(order.Currency !== content.Currency, 'Price mismatch: other currency');
  reject(order.BaselineReference !== content.BaselineReference, 'Unknown reference BaselineReference');
  const option = orderedOption(content.OfferOption, order.OptionReference);
  if (option) rejections.push(...optionMismatches(option, order));
  else rejections.push('Unknown reference OptionReference');
  return { offer, rejections };
}

function orderedOption(
  options: readonly OptionFacts[],
  reference: string | undefined,
): OptionFacts | undefined {
  if (reference === undefined) return options.length === 1 ? options[0] : undefined;
  return options.find(({ OptionReference }) => OptionReference === reference);
}

function optionMismatches(option: OptionFacts, order: OrderFacts): string[] {
  const factor = new Big(order.ActivationFactor);
  if (factor.lt(option.MinActivationFactor) || factor.gt(1)) {
    return ['Power mismatch: ActivationFactor out of bounds'];
  }
  const reasons: string[] = [];
  const offered = inOrder(option.ISP);
  const ordered = inOrder(order.ISP);
  const sameISPs =
    offered.length === ordered.length &&
    offered.every((group, i) => group.Start === ordered[i]!.Start && group.Duration === ordered[i]!.Duration);
  if (!sameISPs) reasons.push('ISP mismatch');
  else if (offered.some((group, i) => !powerMatches(group.Power, ordered[i]!.Power, factor))) {
    reasons.push('Power mismatch');
  }
  if (!priceMatches(option.Price, order.Price, factor)) reasons.push('Price mismatch');
  return reasons;
}

const inOrder = (groups: readonly PowerISP[]): PowerISP[] => [...groups].sort((a, b) => a.Start - b.Start);

function powerMatches(offered: number, ordered: number, factor: Big): boolean {
  if (factor.eq(1)) return offered === ordered;
  return factor.times(offered).minus(ordered).abs().lte(PARTIAL_TOLERANCE.power);
}

function priceMatches(asked: string, ordered: string, factor: Big): boolean {
  if (factor.eq(1)) return sameAmount(asked, ordered);
  return factor.times(asked).minus(ordered).abs().lte(PARTIAL_TOLERANCE.price);
}

/** Whether a message means this offer: by its step where known, else by the MessageID it names. */
export function refersToOffer(
  offer: OfferState,
  step: string | undefined,
  messageId: string | undefined,
): boolean {
  return step !== undefined ? offer.step === step : sameId(offer.messageId, messageId);
}

/** MessageIDs are compared without regard to case (RFC 4122). */
function sameId(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && left.toLowerCase() === right.toLowerCase();
}
