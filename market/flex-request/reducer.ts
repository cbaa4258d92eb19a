import type { PowerISP } from '../power.ts';
import type { FlexRequestEvent } from './events.ts';
import type { OfferDecision } from './facts.ts';
import { expireRequest, onClock } from './on-clock.ts';
import { onCommanded } from './on-command.ts';
import { onDecided, toDecide } from './on-decision.ts';
import { onDispatched, onMeasured, onPrognosed, onSettled } from './on-delivery.ts';
import { onOfferAnswered } from './on-offer.ts';
import { isDirect, onBooked, onOrdered } from './on-order.ts';
import { onRequested, onSuperseded, onUnsolicited } from './on-request.ts';
import { lacksObligated, obligationTold } from './on-reserved.ts';
import { onCapacityLost } from './on-shortfall.ts';
import { onRevocationAnswered } from './on-revocation.ts';
import { onSent } from './on-sent.ts';
import { isFinal, phaseOf } from './phase.ts';
import { andThen, seen, stay, type Step } from './step.ts';
import type { FlexRequestState } from './state.ts';

/**
 * The whole life of one FlexRequest, of one unsolicited offer or of one direct order, as a pure function.
 * @param now the present instant, UTC: only decisions about the present look at it
 */
export function reduce(before: FlexRequestState, event: FlexRequestEvent, now: string): Step {
  const present = expireRequest(before, now);
  const { state, effects } = react({ ...present, transition: before.transition + 1 }, event, now);
  return { state: obligationTold(explained(placed(expireRequest(state, now))), now), effects };
}

/** The state with the phase that follows from it. What is over takes no more offers, however long the request goes on. */
function placed(state: FlexRequestState): FlexRequestState {
  const phase = phaseOf(state);
  const closed = isFinal(phase) && state.requestStatus === 'Open';
  return { ...state, phase, ...(closed && { requestStatus: 'Expired' }) };
}

/** A conversation that lapsed says why, whichever way it did. */
function explained(state: FlexRequestState): FlexRequestState {
  if (state.phase !== 'Lapsed' || state.reason !== undefined) return state;
  return { ...state, reason: state.offers.length === 0 ? 'No offer was made' : 'No offer was ordered' };
}

function react(state: FlexRequestState, event: FlexRequestEvent, now: string): Step {
  switch (event.type) {
    case 'requested':
      return onRequested(state, event);
    case 'unsolicited':
      return onUnsolicited(state, event);
    case 'superseded':
      return onSuperseded(state, event, now);
    case 'sent':
      return onSent(state, event.step, event.delivery, now);
    case 'decided':
      return andThen(replacedBy(state, event.decision, now), (next) =>
        onDecided(next, event.step, event.decision, now),
      );
    case 'offerAnswered':
      return once(state, event.answer.messageId, (next) => onOfferAnswered(next, event.answer, now));
    case 'revocationAnswered':
      return once(state, event.answer.messageId, (next) => onRevocationAnswered(next, event.answer, now));
    case 'ordered':
      return once(
        state,
        event.order.messageId,
        (next) => onOrdered(next, event.order, event.rejections),
        isDirect(event.order),
      );
    case 'booked':
      return onBooked(state, event.orderMessageId, event.booked, now);
    case 'reserved':
      return onReserved(state, event.ISP);
    case 'capacityLost':
      return onCapacityLost(state, event, now);
    case 'dispatched':
      return onDispatched(state, event, now);
    case 'measured':
      return onMeasured(state, event, now);
    case 'prognosed':
      return onPrognosed(state, event, now);
    case 'settled':
      return onSettled(state, event);
    case 'commanded':
      return onCommanded(state, event.command, now);
    case 'clock':
      return onClock(state, now);
  }
}

/** Whoever decided found a newer Revision, which may not know of this one. */
function replacedBy(state: FlexRequestState, decision: OfferDecision, now: string): Step {
  if (decision.kind !== 'noBid' || !decision.supersededBy) return stay(state);
  const { messageId: by, Revision } = decision.supersededBy;
  return onSuperseded(state, { type: 'superseded', by, Revision }, now);
}

/** A message is taken in once, however often it comes; one that refers to nothing yet is not taken in at all. */
function once(
  state: FlexRequestState,
  messageId: string,
  take: (state: FlexRequestState) => Step,
  begins = false,
): Step {
  if (!state.frame && !begins) return stay(state);
  return state.seen.includes(messageId.toLowerCase()) ? stay(state) : take(seen(state, messageId));
}

/**
 * What is reserved when the request is over counts for the next one. While an offer is being decided on, the decision
 * comes first: it looks at the reservation again.
 */
function onReserved(before: FlexRequestState, reserved: readonly PowerISP[]): Step {
  if (before.requestStatus === 'Expired') return stay(before);
  const state = { ...before, reserved };
  const { deciding } = state;
  if (deciding.length > 0)
    return stay({ ...state, deciding: deciding.map((each) => ({ ...each, stale: true })) });
  return lacksObligated(state) ? toDecide(state, 'reserved') : stay(state);
}
