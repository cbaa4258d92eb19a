import { ispEnd } from '../../uftp/calendar/index.ts';
import { lastISP } from '../power.ts';
import { decisionTaken, toDecide } from './on-decision.ts';
import { neverAnswered, onNoReply } from './on-offer.ts';
import { revocationStep } from './on-revocation.ts';
import { fallsShort } from './on-shortfall.ts';
import { act, alert, stay, type Step, andThen, withOffer, withOrder } from './step.ts';
import {
  type FlexRequestState,
  isStanding,
  mayBeOrdered,
  type OfferState,
  type OrderState,
} from './state.ts';

/**
 * An order that was acknowledged in time may still be on its way to the workflow when its offer expires, so the
 * offer closes this much later (ms). It counts from when the expiry is noticed, not from the expiry: after an
 * outage everything that was acknowledged meanwhile still has to be handed over.
 */
export const HAND_OVER_GRACE_MS = 5 * 60_000;

/** Something that happens by itself at an instant (UTC). What it does takes away its own cause. */
interface Timer {
  readonly at: string;
  readonly ring: (state: FlexRequestState, now: string) => Step;
}

/** The next instant (UTC) at which a `clock` event changes something; undefined: none. */
export function nextDeadline(state: FlexRequestState): string | undefined {
  return earliest(timersOf(state))?.at;
}

/** What the mere passing of time changes: everything that is due, in the order of its time. */
export function onClock(state: FlexRequestState, now: string): Step {
  const due = earliest(timersOf(state));
  if (!due || due.at > now) return stay(state);
  return andThen(due.ring(state, now), (next) => onClock(next, now));
}

function earliest(timers: readonly Timer[]): Timer | undefined {
  return [...timers].sort((a, b) => a.at.localeCompare(b.at))[0];
}

function timersOf(state: FlexRequestState): Timer[] {
  return [
    ...requestTimers(state),
    ...state.offers.flatMap((offer) => offerTimers(state, offer)),
    ...state.orders.flatMap(orderTimers),
  ];
}

/** No more offers for a request that expired: said with whatever happens next, since nobody waits for it alone. */
export function expireRequest(state: FlexRequestState, now: string): FlexRequestState {
  const { request, requestStatus } = state;
  if (!request || requestStatus !== 'Open' || now < request.ExpirationDateTime) return state;
  return { ...decisionTaken(state), requestStatus: 'Expired' };
}

function requestTimers(state: FlexRequestState): Timer[] {
  const { request, requestStatus, askedUntil, deciding, offers, orders } = state;
  if (!request || requestStatus !== 'Open') return [];
  // While something else keeps the conversation going, the expiry costs no timer of its own.
  const goesOn =
    deciding.length > 0 ||
    offers.some(isStanding) ||
    orders.some(({ status }) => status === 'Accepted' || status === 'Delivered');
  return [
    ...(goesOn
      ? []
      : [
          {
            at: request.ExpirationDateTime,
            ring: (state: FlexRequestState, now: string) => stay(expireRequest(state, now)),
          },
        ]),
    ...(askedUntil === undefined
      ? []
      : [
          {
            at: askedUntil,
            ring: (state: FlexRequestState) => toDecide(decisionTaken(state), 'deadline'),
          },
        ]),
  ];
}

function offerTimers({ sending }: FlexRequestState, offer: OfferState): Timer[] {
  const { step, content, closesAt, awaited } = offer;
  const open = mayBeOrdered(offer) || offer.status === 'Revoking';
  const messageStep = offer.status === 'Revoking' ? revocationStep(offer) : step;
  const waits =
    (offer.status === 'Sent' || offer.status === 'Revoking') && awaited && !sending.includes(messageStep);
  return [
    ...(waits
      ? [{ at: awaited.by, ring: (state: FlexRequestState, now: string) => onNoReply(state, offer, now) }]
      : []),
    ...(open
      ? [
          {
            at: closesAt ?? content.ExpirationDateTime,
            ring: (state: FlexRequestState, now: string) => close(state, offer, now),
          },
        ]
      : []),
  ];
}

function close(state: FlexRequestState, offer: OfferState, now: string): Step {
  const { step, closesAt } = offer;
  if (closesAt === undefined) {
    const closing = new Date(Date.parse(now) + HAND_OVER_GRACE_MS).toISOString();
    return stay(withOffer(state, step, (each) => ({ ...each, closesAt: closing })));
  }
  const expired = withOffer(state, step, ({ awaited: _, ...each }) => ({ ...each, status: 'Expired' }));
  return offer.status === 'Sent' ? neverAnswered(expired, offer, now) : stay(expired);
}

function orderTimers(placed: OrderState): Timer[] {
  const { order, plan, status } = placed;
  const { messageId, OrderReference } = order;
  const timers: (Timer | false | undefined)[] = [
    status === 'Accepted' && { at: deliveryEnd(placed), ring: delivered },
    status === 'Accepted' &&
      placed.dispatch === undefined &&
      plan?.dispatchAt !== undefined && { at: plan.dispatchAt, ring: dispatch },
    status === 'Delivered' &&
      placed.measured === undefined &&
      plan?.measureAt !== undefined && { at: plan.measureAt, ring: measure },
    status === 'Delivered' &&
      !placed.overdue &&
      plan !== undefined && { at: plan.settlementDueBy, ring: overdue },
  ];
  return timers.filter((timer) => !!timer);

  function delivered(state: FlexRequestState): Step {
    return stay(withOrder(state, messageId, { status: 'Delivered' }));
  }

  function dispatch(state: FlexRequestState, now: string): Step {
    // After an outage there may be nothing left to follow.
    if (now >= deliveryEnd(placed)) {
      const failed = withOrder(state, messageId, { dispatch: 'Failed' });
      return fallsShort(failed, messageId, 'its plan was not handed over in time', now);
    }
    const { frame } = state;
    const begun = withOrder(state, messageId, { dispatch: 'Dispatching' });
    return frame ? act(begun, { kind: 'dispatch', frame, order, step: placed.step }) : stay(begun);
  }

  function measure(state: FlexRequestState): Step {
    const { frame } = state;
    const begun = withOrder(state, messageId, { measured: 'Measuring' });
    return frame ? act(begun, { kind: 'measure', frame, order }) : stay(begun);
  }

  function overdue(state: FlexRequestState, now: string): Step {
    const text =
      `Order ${OrderReference} of ${order.Period} should have been settled by now. No message asks for a ` +
      `settlement, so ask ${state.frame?.dso}.`;
    const alerted = alert(state, now, { key: `overdue/${OrderReference}`, severity: 'warning', text });
    return stay(withOrder(alerted, messageId, { overdue: true }));
  }
}

function deliveryEnd({ order }: OrderState): string {
  return ispEnd(order.Period, order.TimeZone, order.ISPDuration, lastISP(order.ISP));
}
