import type { FlexRequestEvent } from './events.ts';
import { onClock } from './on-clock.ts';
import { onBooked, onOfferAnswered, onOrdered, orderResponseStep } from './on-order.ts';
import { response, seen, send, stay, type Step, toDSO } from './step.ts';
import { type FlexRequestState, mayBeOrdered, type OfferState, type RequestFacts } from './state.ts';

/**
 * The whole life of one FlexRequest as a pure function.
 * @param now the present instant, UTC: only `clock` and decisions about the present look at it
 */
export function reduce(state: FlexRequestState, event: FlexRequestEvent, now: string): Step {
  const next: FlexRequestState = { ...state, transition: state.transition + 1 };
  switch (event.type) {
    case 'requested':
      return onRequested(next, event.request, event.rejections);
    case 'sent':
      return onSent(next, event);
    case 'decided':
      return onDecided(next, event.decision, now);
    case 'offerAnswered':
      return once(next, event.answer.messageId, (state) => onOfferAnswered(state, event.answer));
    case 'ordered':
      return once(next, event.order.messageId, (state) => onOrdered(state, event.order, event.rejections));
    case 'booked':
      return onBooked(next, event.orderMessageId, event.booked);
    case 'reserved':
      return stay({ ...next, reserved: event.ISP });
    case 'settled':
      return onSettled(next, event);
    case 'clock':
      return onClock(next, now);
  }
}

/** A message is taken in once, however often it comes; and none before the request that it builds on. */
function once(state: FlexRequestState, messageId: string, take: (state: FlexRequestState) => Step): Step {
  const repeated = state.seen.includes(messageId.toLowerCase());
  return repeated || !state.request ? stay(state) : take(seen(state, messageId));
}

function onRequested(state: FlexRequestState, request: RequestFacts, rejections: readonly string[]): Step {
  if (state.request) return stay(state);
  const taken = { ...seen(state, request.messageId), request };
  const reason = rejections.join(';');
  const accepted = rejections.length === 0;
  return send(
    accepted ? { ...taken, phase: 'Open' } : { ...taken, phase: 'Rejected', reason },
    response(request, 'FlexRequestResponse', {
      type: 'FlexRequestResponse',
      FlexRequestMessageID: request.messageId,
      Result: accepted ? 'Accepted' : 'Rejected',
      ...(!accepted && { RejectionReason: reason }),
    }),
  );
}

function onSent(before: FlexRequestState, event: Extract<FlexRequestEvent, { type: 'sent' }>): Step {
  const { step, delivery } = event;
  if (!before.sending.includes(step)) return stay(before);
  const state = { ...before, sending: before.sending.filter((each) => each !== step) };
  const failed = delivery.outcome !== 'delivered';
  if (step === 'FlexRequestResponse' && state.phase === 'Open' && state.request) {
    if (failed) return stay({ ...state, phase: 'Failed', reason: `FlexRequestResponse: ${why(delivery)}` });
    return {
      state,
      effects: [{ kind: 'decide', request: state.request, reserved: state.reserved ?? [] }],
    };
  }
  // The order binds all the same, and only the operator can tell the DSO now.
  if (failed && state.order && step === orderResponseStep(state.order.order)) {
    return stay({ ...state, reason: `FlexOrderResponse: ${why(delivery)}` });
  }
  const offers = state.offers.map((offer): OfferState => {
    if (offer.step !== step) return offer;
    const named = { ...offer, messageId: delivery.messageId };
    // An order or an answer may have overtaken our own knowledge that the offer arrived.
    if (offer.status !== 'Sending') return named;
    return failed ? { ...named, status: 'Undelivered', reason: why(delivery) } : { ...named, status: 'Sent' };
  });
  return stay({ ...state, offers });
}

const why = (delivery: { outcome: string; reason?: string }): string => delivery.reason ?? delivery.outcome;

function onDecided(
  state: FlexRequestState,
  decision: Extract<FlexRequestEvent, { type: 'decided' }>['decision'],
  now: string,
): Step {
  const { request } = state;
  // Nothing is offered before the DSO knows that its request was accepted.
  if (state.phase !== 'Open' || !request || state.sending.includes('FlexRequestResponse')) return stay(state);
  // One conversation holds one order, so no second offer beside one that may be ordered.
  if (state.order || state.offers.some(mayBeOrdered)) return stay(state);
  const noOffer = (reason: string): Step => stay({ ...state, reason: `No offer: ${reason}` });
  if (decision.kind === 'noBid') return noOffer(decision.reason);
  if (now >= request.ExpirationDateTime) return noOffer('the request expired first');
  if (now >= decision.content.ExpirationDateTime) return noOffer('it would have expired already');
  const step = nextOfferStep(state);
  const offer: OfferState = { step, status: 'Sending', content: decision.content };
  return send(
    { ...state, offers: [...state.offers, offer] },
    {
      ...toDSO(request),
      step,
      validUntil: decision.content.ExpirationDateTime,
      draft: {
        type: 'FlexOffer',
        ISPDuration: request.ISPDuration,
        TimeZone: request.TimeZone,
        Period: request.Period,
        CongestionPoint: request.CongestionPoint,
        FlexRequestMessageID: request.messageId,
        ...decision.content,
      },
    },
  );
}

/** The step under which the next offer is sent: what is decided for it is kept under it beforehand. */
export const nextOfferStep = ({ offers }: FlexRequestState): string => `FlexOffer/${offers.length + 1}`;

function onSettled(state: FlexRequestState, event: Extract<FlexRequestEvent, { type: 'settled' }>): Step {
  if (!state.order || !['Ordered', 'Delivered'].includes(state.phase)) return stay(state);
  const { messageId, outcome, reason } = event;
  return stay({
    ...state,
    phase: outcome,
    settlement: { messageId, outcome, ...(reason !== undefined && { reason }) },
    ...(reason !== undefined && { reason }),
  });
}
