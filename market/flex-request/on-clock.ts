import { ispEnd } from '../../uftp/calendar/index.ts';
import { lastISP } from '../power.ts';
import { stay, type Step } from './step.ts';
import { type FlexRequestState, mayBeOrdered, type OfferState, type OrderState } from './state.ts';

/**
 * An order that was acknowledged in time may still be on its way to the workflow when its offer expires, so the
 * offer closes this much later (ms). It counts from when the expiry is noticed, not from the expiry: after an
 * outage everything that was acknowledged meanwhile still has to be handed over.
 */
export const HAND_OVER_GRACE_MS = 5 * 60_000;

/** The next instant (UTC) at which a `clock` event changes something; undefined: none. */
export function nextDeadline(state: FlexRequestState): string | undefined {
  // While an order is being booked, what comes of it decides first.
  if (state.phase === 'Open' && !state.order) {
    const closing = state.offers.filter(mayBeOrdered).map(({ content, closesAt }) => {
      return closesAt ?? content.ExpirationDateTime;
    });
    return closing.length > 0 ? closing.sort()[0] : state.request?.ExpirationDateTime;
  }
  if (state.phase === 'Ordered' && state.order) return deliveryEnd(state.order);
  return undefined;
}

/** What the mere passing of time changes. */
export function onClock(state: FlexRequestState, now: string): Step {
  if (state.phase === 'Ordered' && state.order && now >= deliveryEnd(state.order)) {
    return stay({ ...state, phase: 'Delivered' });
  }
  if (state.phase !== 'Open' || !state.request || state.order) return stay(state);
  const offers = state.offers.map((offer) => (mayBeOrdered(offer) ? closed(offer, now) : offer));
  const lapsed = !offers.some(mayBeOrdered) && now >= state.request.ExpirationDateTime;
  const reason = state.reason ?? (offers.length === 0 ? 'No offer was made' : 'No offer was ordered');
  return stay({ ...state, offers, ...(lapsed && { phase: 'Lapsed', reason }) });
}

function closed(offer: OfferState, now: string): OfferState {
  if (now < (offer.closesAt ?? offer.content.ExpirationDateTime)) return offer;
  if (offer.closesAt !== undefined) return { ...offer, status: 'Expired' };
  return { ...offer, closesAt: new Date(Date.parse(now) + HAND_OVER_GRACE_MS).toISOString() };
}

function deliveryEnd({ order }: OrderState): string {
  return ispEnd(order.Period, order.TimeZone, order.ISPDuration, lastISP(order.ISP));
}
