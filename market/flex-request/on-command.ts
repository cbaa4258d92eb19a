import type { FlexRequestEffect } from './events.ts';
import type { OperatorCommand } from './facts.ts';
import { expireRequest } from './on-clock.ts';
import { decisionTaken, nextOffer, toDecide, tooLate } from './on-decision.ts';
import { resend } from './on-offer.ts';
import { deliveryBegins, revocationStep, revoke } from './on-revocation.ts';
import { onShortfall, shortfallRefusal } from './on-shortfall.ts';
import { act, resolve, stay, type Step, andThen } from './step.ts';
import { type FlexRequestState, mayBeOrdered } from './state.ts';

/** Why a command cannot be carried out, for the operator who gave it; undefined: it can. */
export function refusalOf(
  state: FlexRequestState,
  command: OperatorCommand,
  now: string,
): string | undefined {
  switch (command.kind) {
    case 'offer':
      if (!state.request) return 'An unsolicited conversation has one offer; begin another conversation.';
      return because(tooLate(expireRequest(state, now)));
    case 'noBid':
      if (!state.request) return 'Nobody asked for an offer here.';
      return because(tooLate(expireRequest(state, now)));
    case 'revoke': {
      const offer = state.offers.find(({ step }) => step === command.step);
      if (!offer) return `There is no ${command.step} in this conversation.`;
      if (!mayBeOrdered(offer)) return `${command.step} is ${offer.status} and cannot be revoked.`;
      if (now >= offer.content.ExpirationDateTime) return `${command.step} expired.`;
      return now >= deliveryBegins(state, offer)
        ? `The ISPs of ${command.step} run already (UFTP FlexOfferRevocation).`
        : undefined;
    }
    case 'resend': {
      const waits = state.offers.some(
        (offer) =>
          (offer.step === command.step && (offer.status === 'Sent' || offer.status === 'Undelivered')) ||
          (revocationStep(offer) === command.step && offer.status === 'Revoking'),
      );
      if (!waits) return `Nothing under ${command.step} waits for an answer.`;
      return state.sending.includes(command.step) ? `${command.step} is being sent already.` : undefined;
    }
    case 'shortfall':
      return shortfallRefusal(state, command);
  }
}

const because = (reason: string | undefined): string | undefined =>
  reason && `No offer can be made any more: ${reason}.`;

/** An operator's word overrides the strategy's. */
export function onCommanded(state: FlexRequestState, command: OperatorCommand, now: string): Step {
  const refusal = refusalOf(state, command, now);
  if (refusal) return act(state, answer(command, false, refusal));
  const done = (step: Step, text: string): Step =>
    andThen(step, (next) => act(next, answer(command, true, text)));
  switch (command.kind) {
    case 'offer': {
      // Both together could go beyond what was asked for.
      const deciding = state.deciding.map((each) => ({ ...each, givesWayTo: nextOffer(state) }));
      const { proposal, id } = command;
      return toDecide({ ...state, deciding }, 'operator', { proposal, command: id });
    }
    case 'noBid': {
      // What a strategy may still decide is overruled.
      const reason = `No offer: ${command.reason} (${command.by})`;
      const deciding = state.deciding.map((each) => ({ overruled: reason, ...each }));
      return done(stay({ ...decisionTaken(state), deciding, reason }), 'No offer will be made.');
    }
    case 'revoke':
      return done(
        revoke(state, command.step, `${command.reason} (${command.by})`, now),
        `${command.step} is being revoked, as soon as the DSO has accepted it.`,
      );
    case 'resend': {
      const offer = state.offers.find(
        (each) => each.step === command.step || revocationStep(each) === command.step,
      );
      const told = resolve(state, `reply/${offer!.step}`);
      return done(resend(told, offer!, command.step, now), `${command.step} is being sent once more.`);
    }
    case 'shortfall':
      return done(onShortfall(state, command, now), `Noted for order ${command.orderReference}.`);
  }
}

function answer(command: OperatorCommand, done: boolean, text: string): FlexRequestEffect {
  return { kind: 'answer', command: command.id, outcome: { done, text } };
}
