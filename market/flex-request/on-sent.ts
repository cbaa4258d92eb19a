import type { Delivery } from './facts.ts';
import { toDecide } from './on-decision.ts';
import { orderResponseStep } from './on-order.ts';
import { revocationStep, standsAgain } from './on-revocation.ts';
import { alert, resolve, stay, type Step, withOffer } from './step.ts';
import { type FlexRequestState, mayBeOrdered, type OfferState } from './state.ts';

/** A message of ours reached the DSO, or was given up. */
export function onSent(before: FlexRequestState, step: string, delivery: Delivery, now: string): Step {
  const at = before.sending.indexOf(step);
  if (at < 0) return stay(before);
  const state = { ...before, sending: before.sending.toSpliced(at, 1) };
  if (step === 'FlexRequestResponse') return requestAnswered(state, delivery, now);
  const answered = state.orders.find(({ order }) => step === orderResponseStep(order));
  if (answered && delivery.outcome !== 'delivered') {
    // The order binds all the same, and only a person can tell the DSO now.
    const { OrderReference } = answered.order;
    const text = `Order ${OrderReference} was accepted, but ${state.frame?.dso} could not be told: ${why(delivery)}`;
    return stay(alert(state, now, { key: `delivery/${step}`, severity: 'critical', text }));
  }
  const offer = state.offers.find((each) => each.step === step);
  if (offer) return offerSent(state, offer, delivery, now);
  const revoked = state.offers.find((each) => revocationStep(each) === step);
  if (revoked) return revocationSent(state, revoked, delivery, now);
  if (delivery.outcome === 'delivered') return stay(state);
  const text = `${state.frame?.dso} could not be told that an order was refused: ${why(delivery)}`;
  return stay(alert(state, now, { key: `delivery/${step}`, severity: 'warning', text }));
}

const why = (delivery: Delivery): string => delivery.reason ?? delivery.outcome;

function requestAnswered(state: FlexRequestState, delivery: Delivery, now: string): Step {
  if (state.requestStatus !== 'Answering') return stay(state);
  if (delivery.outcome !== 'delivered') {
    const failed: FlexRequestState = {
      ...state,
      requestStatus: 'Failed',
      reason: `FlexRequestResponse: ${why(delivery)}`,
    };
    const text = `${state.frame?.dso} could not be told that its request was accepted: ${why(delivery)}`;
    return stay(alert(failed, now, { key: 'delivery/FlexRequestResponse', severity: 'warning', text }));
  }
  // Nothing is offered before the DSO knows that its request was accepted.
  return toDecide({ ...state, requestStatus: 'Open' }, 'requested');
}

function offerSent(state: FlexRequestState, offer: OfferState, delivery: Delivery, now: string): Step {
  const { messageId, replyBy } = delivery;
  const named: OfferState = { ...offer, messageId };
  // An order or an answer may have overtaken our own knowledge that the offer arrived.
  if (!mayBeOrdered(offer) || offer.status === 'Open') return stay(withOffer(state, offer.step, () => named));
  if (delivery.outcome === 'delivered') {
    const awaited = replyBy === undefined ? undefined : { ...offer.awaited, by: replyBy };
    const { reason: _, ...arrived } = named;
    return stay(
      withOffer(resolve(state, `delivery/${offer.step}`), offer.step, () => ({
        ...arrived,
        status: 'Sent',
        ...(awaited && { awaited }),
      })),
    );
  }
  // It was delivered before, and is only not delivered again.
  if (offer.status === 'Sent') return stay(state);
  const reason = why(delivery);
  const undelivered = withOffer(state, offer.step, () => ({ ...named, status: 'Undelivered', reason }));
  const text = `${offer.step} could not be delivered to ${state.frame?.dso}: ${reason}`;
  return stay(alert(undelivered, now, { key: `delivery/${offer.step}`, severity: 'warning', text }));
}

function revocationSent(state: FlexRequestState, offer: OfferState, delivery: Delivery, now: string): Step {
  if (offer.status !== 'Revoking') return stay(state);
  if (delivery.outcome === 'delivered') {
    const by = delivery.replyBy;
    if (by === undefined) return stay(state);
    return stay(withOffer(state, offer.step, (each) => ({ ...each, awaited: { ...each.awaited, by } })));
  }
  if (offer.awaited) return stay(state);
  const what = `The revocation of ${offer.step} could not be delivered to ${state.frame?.dso}: ${why(delivery)}`;
  return standsAgain(state, offer, what, now);
}
