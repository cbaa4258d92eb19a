import { meansSuccess } from '../../uftp/rules/wording.ts';
import { ispStart } from '../../uftp/calendar/index.ts';
import { firstISP } from '../power.ts';
import type { Answer } from './facts.ts';
import { alert, resolve, send, stay, type Step, toDSO, withOffer } from './step.ts';
import { type FlexRequestState, mayBeOrdered, type OfferState } from './state.ts';

/**
 * Takes an offer back. Only what the DSO has accepted can be revoked (UFTP FlexOfferRevocation), so an offer that
 * is still on its way is revoked as soon as it is; and none whose ISPs run already. One that expired needs none: it
 * is only kept in mind, for an order that came before.
 */
export function revoke(state: FlexRequestState, step: string, reason: string, now: string): Step {
  const offer = state.offers.find((each) => each.step === step);
  if (!offer || !mayBeOrdered(offer)) return stay(state);
  if (offer.status !== 'Open' || now >= offer.content.ExpirationDateTime)
    return stay(withOffer(state, step, (each) => ({ ...each, revocation: reason })));
  return sendRevocation(state, offer, reason, now);
}

function sendRevocation(state: FlexRequestState, offer: OfferState, reason: string, now: string): Step {
  const { frame } = state;
  if (!frame || !offer.messageId) return stay(state);
  if (now >= deliveryBegins(state, offer)) {
    const text = `${offer.step} cannot be revoked any more (${reason}): its ISPs run already.`;
    return stay(alert(state, now, { key: `revocation/${offer.step}`, severity: 'critical', text }));
  }
  const revocations = (offer.revocations ?? 0) + 1;
  const { awaited: _, ...rest } = offer;
  const revoking: OfferState = { ...rest, status: 'Revoking', revocation: reason, revocations };
  return send(
    withOffer(state, offer.step, () => revoking),
    {
      ...toDSO(frame),
      step: revocationStep(revoking),
      validUntil: offer.content.ExpirationDateTime,
      draft: { type: 'FlexOfferRevocation', FlexOfferMessageID: offer.messageId },
    },
  );
}

/** The step under which the last revocation of an offer is sent: `FlexOfferRevocation/1.1`. */
export const revocationStep = ({ step, revocations = 0 }: OfferState): string =>
  `FlexOfferRevocation/${step.slice('FlexOffer/'.length)}.${revocations}`;

/** When the first ISP of any option begins (UTC). */
export function deliveryBegins({ frame }: FlexRequestState, { content }: OfferState): string {
  const first = Math.min(...content.OfferOption.map(({ ISP }) => firstISP(ISP)));
  return ispStart(frame!.Period, frame!.TimeZone, frame!.ISPDuration, first);
}

/**
 * Reasons to refuse a revocation that say that the offer is gone all the same: who does not know it, or knows it as
 * revoked, cannot order it either. Whole reasons only: a second one may say otherwise.
 */
const GONE = /^(reference message revoked|unknown [^;]*(reference|offer)[^;]*)\W*$/i;

/**
 * The DSO agrees that the offer is gone, or it does not: then the offer stands, and an order that is on its way is
 * honoured like any other.
 */
export function onRevocationAnswered(state: FlexRequestState, answer: Answer, now: string): Step {
  const offer = state.offers.find((each) => revocationStep(each) === answer.refersTo);
  if (!offer || (offer.status !== 'Revoking' && offer.status !== 'Open')) return stay(state);
  const reason = answer.RejectionReason ?? 'no reason given';
  const settled = resolve(state, `reply/${offer.step}`);
  if (meansSuccess(answer) || GONE.test(reason.trim())) {
    const { awaited: _, ...rest } = offer;
    const known = resolve(settled, `revocation/${offer.step}`);
    return stay(withOffer(known, offer.step, () => ({ ...rest, status: 'Revoked' })));
  }
  return standsAgain(settled, offer, `${state.frame?.dso} refused to revoke ${offer.step}: ${reason}`, now);
}

/** A revocation that came to nothing leaves the offer as it was; a person has to know. */
export function standsAgain(state: FlexRequestState, offer: OfferState, what: string, now: string): Step {
  if (offer.status !== 'Revoking') return stay(state);
  const { awaited: _, revocation: __, ...rest } = offer;
  const crossed = offer.reason ? ` ${offer.reason}` : '';
  const text = `${what}. The offer stands, and an order on it will be accepted.${crossed}`;
  return stay(
    alert(
      withOffer(state, offer.step, () => ({ ...rest, status: 'Open' })),
      now,
      { key: `revocation/${offer.step}`, severity: 'critical', text },
    ),
  );
}
