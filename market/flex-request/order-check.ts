import { firstOutOfBounds, firstOverlap, ispCount } from '../../uftp/calendar/index.ts';
import {
  factorDifference,
  ispDifference,
  namesOtherBaseline,
  orderedOption,
  powerDifference,
  priceDifference,
} from '../../uftp/rules/order-match.ts';
import { TEXTS } from '../../uftp/rules/texts.ts';
import type { Frame, OrderFacts } from './facts.ts';
import type { FlexRequestState, OfferState } from './state.ts';

/** The offer an order refers to, and every reason to reject the order. */
export interface OrderVerdict {
  readonly offer?: OfferState;
  readonly rejections: readonly string[];
}

/**
 * Judges a FlexOrder against the offers of its conversation: it must repeat the offer exactly, except for
 * partial activation (UFTP FlexOrder, validation by the AGR).
 * Expiry is judged by the instant of receipt, so that a late worker refuses nothing that came in time; only an
 * offer that was closed after its hand-over grace stays closed.
 */
export function checkOrder(state: FlexRequestState, order: OrderFacts): OrderVerdict {
  const { frame } = state;
  const offer = state.offers.find((each) => refersToOffer(each, order.offerStep, order.FlexOfferMessageID));
  // Another DSO's offer is none of its business.
  if (!offer || !frame || order.dso !== frame.dso) return { rejections: [TEXTS.offerUnknown] };
  const { content, status } = offer;
  const expired = order.receivedAt >= content.ExpirationDateTime || status === 'Expired';
  const rejections = [
    (status === 'Ordered' || status === 'Ordering') && TEXTS.orderedBefore,
    status === 'Refused' && TEXTS.offerRefused,
    // Where order and revocation cross, the revocation wins (UFTP FlexOfferRevocation).
    (status === 'Revoking' || status === 'Revoked') && TEXTS.referenceRevoked,
    expired && TEXTS.referenceExpired,
    order.Period !== frame.Period && TEXTS.periodMismatch,
    order.CongestionPoint !== frame.CongestionPoint && TEXTS.congestionPointInvalid,
    namesOtherBaseline(order, content) && TEXTS.baselineMismatch,
    ...optionMismatches(order, offer, frame),
  ];
  return { offer, rejections: rejections.filter((reason) => reason !== false) };
}

function optionMismatches(order: OrderFacts, { content }: OfferState, frame: Frame): (string | false)[] {
  const option = orderedOption(order, content);
  if (!option) return [TEXTS.optionUnknown];
  // By the conversation's own calendar: it was judged before, the order's was perhaps refused.
  const count = ispCount(frame.Period, frame.TimeZone, frame.ISPDuration);
  const wellFormed = !firstOutOfBounds(order.ISP, count) && !firstOverlap(order.ISP);
  const otherISPs = !wellFormed || ispDifference(order, option, count) !== false;
  return [
    (factorDifference(order, option) !== false || Number(order.ActivationFactor) > 1) &&
      TEXTS.activationFactor,
    otherISPs && TEXTS.ispMismatch,
    !otherISPs && powerDifference(order, option, count, order.rounding) !== false && TEXTS.powerMismatch,
    priceDifference(order, content, option, order.rounding) !== false && TEXTS.priceMismatch,
  ];
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
