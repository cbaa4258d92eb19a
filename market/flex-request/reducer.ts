import { ispEnd } from '../../uftp/calendar/index.ts';
import { lastISP } from '../power.ts';
import type { FlexRequestEvent } from './events.ts';
import { onBooked, onOfferAnswered, onOrdered } from './on-order.ts';
import { response, seen, send, stay, type Step, toDSO } from './step.ts';
import type { FlexRequestState, OfferState, OrderState, RequestFacts } from './state.ts';

/**
 * After an offer's expiry its conversation stays open this long (ms): an order that was acknowledged in time
 * may still be on its way to the workflow.
 */
export const HAND_OVER_GRACE_MS = 5 * 60_000;

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
      return onSent({ ...next, sending: next.sending.filter((step) => step !== event.step) }, event);
    case 'decided':
      return onDecided(next, event.decision, now);
    case 'offerAnswered':
      return onOfferAnswered(seen(next, event.answer.messageId), event.answer);
    case 'ordered':
      return onOrdered(seen(next, event.order.messageId), event.order, event.rejections);
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

/** The next instant (UTC) at which a `clock` event may change something; undefined: none. */
export function nextDeadline(state: FlexRequestState): string | undefined {
  if (state.phase === 'Open') {
    const expiries = [
      ...(state.request ? [state.request.ExpirationDateTime] : []),
      ...state.offers.filter(isLive).map(({ content }) => content.ExpirationDateTime),
    ].map(withGrace);
    return expiries.sort().at(-1);
  }
  if (state.phase === 'Ordered' && state.order) return deliveryEnd(state.order);
  return undefined;
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

function onSent(state: FlexRequestState, event: Extract<FlexRequestEvent, { type: 'sent' }>): Step {
  const { step, delivery } = event;
  const failed = delivery.outcome !== 'delivered';
  if (step === 'FlexRequestResponse' && state.phase === 'Open' && state.request) {
    if (failed) return stay({ ...state, phase: 'Failed', reason: `FlexRequestResponse: ${why(delivery)}` });
    return {
      state,
      effects: [{ kind: 'decide', request: state.request, reserved: state.reserved ?? [] }],
    };
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
  if (state.phase !== 'Open' || !request) return stay(state);
  if (decision.kind === 'noBid') return stay({ ...state, reason: `No offer: ${decision.reason}` });
  if (now >= request.ExpirationDateTime)
    return stay({ ...state, reason: 'No offer: the request expired first' });
  const step = `FlexOffer/${state.offers.length + 1}`;
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

function onClock(state: FlexRequestState, now: string): Step {
  if (state.phase === 'Ordered' && state.order && now >= deliveryEnd(state.order)) {
    return stay({ ...state, phase: 'Delivered' });
  }
  if (state.phase !== 'Open' || !state.request) return stay(state);
  const offers = state.offers.map((offer): OfferState =>
    isLive(offer) && now >= withGrace(offer.content.ExpirationDateTime)
      ? { ...offer, status: 'Expired' }
      : offer,
  );
  const live = offers.some((offer) => isLive(offer) || offer.status === 'Ordering');
  const lapsed = !live && now >= withGrace(state.request.ExpirationDateTime);
  const reason = state.reason ?? (offers.length === 0 ? 'No offer was made' : 'No offer was ordered');
  return stay({ ...state, offers, ...(lapsed && { phase: 'Lapsed', reason }) });
}

/** Whether an offer may still be ordered. */
export function isLive(offer: OfferState): boolean {
  return ['Sending', 'Sent', 'Open'].includes(offer.status);
}

const withGrace = (expiry: string): string => new Date(Date.parse(expiry) + HAND_OVER_GRACE_MS).toISOString();

function deliveryEnd({ order }: OrderState): string {
  return ispEnd(order.Period, order.TimeZone, order.ISPDuration, lastISP(order.ISP));
}
