import { meansSuccess } from '../../uftp/rules/wording.ts';
import type { Answer } from './facts.ts';
import { toDecide } from './on-decision.ts';
import { refersToOffer } from './order-check.ts';
import { revoke, revocationStep } from './on-revocation.ts';
import { act, alert, resolve, stay, type Step, withOffer } from './step.ts';
import { type FlexRequestState, mayBeOrdered, type OfferState } from './state.ts';

/** How often an offer that the DSO refused is decided on again, before a person has to look. */
const CORRECTIONS = 3;

/** The DSO stored the offer, or refused it. Accepting is not ordering (UFTP FlexOfferResponse). */
export function onOfferAnswered(state: FlexRequestState, answer: Answer, now: string): Step {
  const offer = state.offers.find((each) => refersToOffer(each, answer.refersTo, answer.reference));
  // An answer may overtake our own knowledge that the offer arrived, and disproves that it did not.
  if (!offer || !mayBeOrdered(offer) || offer.status === 'Open') return stay(state);
  const told = resolve(resolve(state, `reply/${offer.step}`), `delivery/${offer.step}`);
  const { awaited: _, ...rest } = offer;
  const messageId = offer.messageId ?? answer.reference;
  if (meansSuccess(answer)) {
    const open = withOffer(told, offer.step, () => ({ ...rest, messageId, status: 'Open' }));
    return offer.revocation === undefined ? stay(open) : revoke(open, offer.step, offer.revocation, now);
  }
  const reason = answer.RejectionReason ?? 'no reason given';
  const refused = withOffer(told, offer.step, () => ({ ...rest, messageId, status: 'Refused', reason }));
  return afterRefusal(refused, offer, reason, now);
}

/** A refused offer is corrected while there is hope: a new offer, under a MessageID of its own. */
function afterRefusal(state: FlexRequestState, offer: OfferState, reason: string, now: string): Step {
  const refused = state.offers.filter(({ status }) => status === 'Refused').length;
  const byPerson = offer.why === 'operator' || offer.why === 'unsolicited';
  const hopeless = state.requestStatus !== 'Open' || offer.revocation !== undefined;
  if (!byPerson && !hopeless && refused <= CORRECTIONS)
    return toDecide(state, 'refused', { refusal: reason });
  if (hopeless && !byPerson) return stay(state);
  const text = `${state.frame?.dso} refused ${offer.step}: ${reason}`;
  return stay(alert(state, now, { key: `refused/${offer.step}`, severity: 'warning', text }));
}

/** An answer is overdue: the same bytes are sent once more, and if that does not help a person has to. */
export function onNoReply(state: FlexRequestState, offer: OfferState, now: string): Step {
  const { awaited, ...rest } = offer;
  const revoking = offer.status === 'Revoking';
  const step = revoking ? revocationStep(offer) : offer.step;
  const overdue = withOffer(state, offer.step, () => rest);
  if (!awaited?.askedAgain) {
    const again = withOffer(overdue, offer.step, () => ({
      ...rest,
      awaited: { by: awaited!.by, askedAgain: true },
    }));
    return resend(again, offer, step, now);
  }
  const what = revoking ? `the revocation of ${offer.step}` : offer.step;
  const text = `${state.frame?.dso} has not answered ${what}, although it was delivered twice.`;
  return stay(alert(overdue, now, { key: `reply/${offer.step}`, severity: 'critical', text }));
}

/** An offer expired before the DSO answered it: whether it ever arrived is not known. */
export function neverAnswered(state: FlexRequestState, { step }: OfferState, now: string): Step {
  const key = `reply/${step}`;
  if (state.alerts.some((each) => each.key === key && !each.resolved)) return stay(state);
  const text = `${state.frame?.dso} did not answer ${step} before it expired.`;
  return stay(alert(state, now, { key, severity: 'warning', text }));
}

/** Delivers an offer or its revocation once more, byte for byte, while the offer has not expired. */
export function resend(state: FlexRequestState, offer: OfferState, step: string, askedAt: string): Step {
  const validUntil = offer.content.ExpirationDateTime;
  return act(
    { ...state, sending: [...state.sending, step] },
    { kind: 'sendAgain', step, askedAt, validUntil },
  );
}
