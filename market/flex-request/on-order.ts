import { TEXTS } from '../../uftp/rules/texts.ts';
import type { OfferAnswer } from './events.ts';
import { checkOrder, refersToOffer } from './order-check.ts';
import { response, send, stay, type Step } from './step.ts';
import { type FlexRequestState, mayBeOrdered, type OfferState, type OrderFacts } from './state.ts';

/** The DSO stored the offer, or refused it. Accepting is not ordering (UFTP FlexOfferResponse). */
export function onOfferAnswered(state: FlexRequestState, answer: OfferAnswer): Step {
  const offers = state.offers.map((offer): OfferState => {
    const concerned = refersToOffer(offer, answer.offerStep, answer.FlexOfferMessageID);
    // An answer may overtake our own knowledge that the offer arrived, and disproves that it did not.
    if (!concerned || !mayBeOrdered(offer) || offer.status === 'Open') return offer;
    // "Already Submitted" says that an earlier delivery of the same bytes was taken: a success.
    const taken = answer.Result === 'Accepted' || /^already submitted$/i.test(answer.RejectionReason ?? '');
    return taken
      ? { ...offer, status: 'Open' }
      : { ...offer, status: 'Refused', reason: answer.RejectionReason ?? 'no reason given' };
  });
  return stay({ ...state, offers });
}

/** An order is booked first and accepted afterwards; a wrong one is answered with every reason. */
export function onOrdered(state: FlexRequestState, order: OrderFacts, rejections: readonly string[]): Step {
  const verdict = checkOrder(state, order);
  const over = state.phase === 'Open' || state.order ? [] : [TEXTS.referenceExpired];
  const reasons = [...new Set([...rejections, ...over, ...verdict.rejections])];
  if (reasons.length > 0 || !verdict.offer) return rejectOrder(state, order, reasons);
  const { step } = verdict.offer;
  return {
    state: {
      ...state,
      offers: withStatus(state.offers, step, 'Ordering'),
      order: { offerStep: step, order, status: 'Booking' },
    },
    effects: [{ kind: 'book', order }],
  };
}

/** The order stands in the books, so it is accepted; or its OrderReference was taken, so it is not. */
export function onBooked(state: FlexRequestState, orderMessageId: string, booked: boolean): Step {
  const { order: current, ...rest } = state;
  if (current?.status !== 'Booking' || current.order.messageId !== orderMessageId) return stay(state);
  const { offerStep, order } = current;
  if (!booked) {
    const reopened = { ...rest, offers: withStatus(state.offers, offerStep, 'Open') };
    return rejectOrder(reopened, order, [TEXTS.orderReferenceRepeated]);
  }
  return send(
    {
      ...state,
      phase: 'Ordered',
      offers: withStatus(state.offers, offerStep, 'Ordered'),
      order: { ...current, status: 'Accepted' },
    },
    answer(state, order, { Result: 'Accepted' }),
  );
}

function rejectOrder(state: FlexRequestState, order: OrderFacts, reasons: readonly string[]): Step {
  return send(state, answer(state, order, { Result: 'Rejected', RejectionReason: reasons.join(';') }));
}

function answer(
  state: FlexRequestState,
  order: OrderFacts,
  verdict: { Result: 'Accepted' | 'Rejected'; RejectionReason?: string },
) {
  return response({ ...order, dso: state.request?.dso ?? '' }, orderResponseStep(order), {
    type: 'FlexOrderResponse',
    FlexOrderMessageID: order.messageId,
    ...verdict,
  });
}

/** The step under which an order is answered. */
export const orderResponseStep = (order: OrderFacts): string =>
  `FlexOrderResponse/${order.messageId.toLowerCase()}`;

function withStatus(
  offers: readonly OfferState[],
  step: string,
  status: OfferState['status'],
): readonly OfferState[] {
  return offers.map((offer) => (offer.step === step ? { ...offer, status } : offer));
}
