import { alert, act, resolve, send, stay, type Step, andThen, toDSO } from './step.ts';
import { lacksObligated } from './on-reserved.ts';
import { type Deciding, type FlexRequestState, isPromised, type OfferState } from './state.ts';
import type { DecideInput, DecisionCause, OfferContent, OfferDecision } from './facts.ts';
import type { CommandOutcome } from './facts.ts';

/** The alert under which an operator is asked to decide. */
const ASKED = 'decision';

/** Asks for an offer, under the step that it will have. */
export function toDecide(
  state: FlexRequestState,
  why: DecisionCause,
  given: Pick<DecideInput, 'refusal' | 'proposal'> & { readonly command?: string } = {},
): Step {
  const { frame, request, reserved, offers, decisions } = state;
  if (!frame) return stay(state);
  const { command, ...known } = given;
  const step = nextOffer(state);
  return act(
    {
      ...state,
      decisions: decisions + 1,
      deciding: [...state.deciding, { step, why, ...(command !== undefined && { command }) }],
    },
    {
      kind: 'decide',
      ...{ step, frame, why },
      ...(request && { request }),
      ...(reserved && { reserved }),
      offered: offers.filter(isPromised).map(({ content }) => content),
      ...known,
    },
  );
}

/** The step that the next offer will have. */
export const nextOffer = ({ decisions }: FlexRequestState): string => `FlexOffer/${decisions + 1}`;

/** What was decided becomes an offer, unless time, a newer Revision or an operator was faster. */
export function onDecided(state: FlexRequestState, step: string, decision: OfferDecision, now: string): Step {
  const decided = state.deciding.find((each) => each.step === step);
  if (!decided) return stay(state);
  const deciding = state.deciding.filter((each) => each !== decided);
  const rest = obligedBy({ ...state, deciding }, decided, decision);
  const { why, givesWayTo, overruled = givesWayTo && `${givesWayTo} was proposed instead` } = decided;
  const made = overruled
    ? { step: stay(rest), outcome: { done: false, text: overruled } }
    : make(rest, { step, why }, decision, now);
  const ended = made.outcome.done ? made.step : andThen(made.step, (next) => stay(wayGiven(next, step)));
  const answered = decided.command ? answer(ended, decided.command, made.outcome) : ended;
  if (!decided.stale) return answered;
  return andThen(answered, (next) => (lacksObligated(next) ? toDecide(next, 'reserved') : stay(next)));
}

/** The state that knows what a contract obliged to; a reservation that was told meanwhile is the later word. */
function obligedBy(
  state: FlexRequestState,
  { stale }: Deciding,
  { obligation }: OfferDecision,
): FlexRequestState {
  if (!obligation) return state;
  const { reserved, firstISP } = obligation;
  return { ...state, firstISP, reserved: (stale && state.reserved) || reserved };
}

/** Nothing came of a proposal: what gave way to it counts again. */
function wayGiven(state: FlexRequestState, step: string): FlexRequestState {
  const deciding = state.deciding.map((each) => {
    const { givesWayTo, ...rest } = each;
    return givesWayTo === step ? rest : each;
  });
  return { ...state, deciding };
}

/** What came of a command, for the operator who gave it. */
function answer(step: Step, command: string, outcome: CommandOutcome): Step {
  return { ...step, effects: [...step.effects, { kind: 'answer', command, outcome }] };
}

function make(
  state: FlexRequestState,
  { step, why }: Pick<OfferState, 'step' | 'why'>,
  decision: OfferDecision,
  now: string,
): { readonly step: Step; readonly outcome: CommandOutcome } {
  const noOffer = (reason: string) => {
    // An operator is told that a proposal cannot be; what was said before stands all the same, and so do offers.
    const said = why === 'operator' || state.requestStatus === 'Superseded' || state.offers.some(isPromised);
    const next = said ? state : { ...state, reason: `No offer: ${reason}` };
    return { step: stay(next), outcome: { done: false, text: reason } };
  };
  if (decision.kind === 'noBid') return noOffer(decision.reason);
  const late = tooLate(state);
  if (late) return noOffer(late);
  if (decision.kind === 'ask') {
    const text = `An offer waits for an operator's decision until ${decision.until}.`;
    const asked = alert({ ...state, askedUntil: decision.until }, now, {
      key: ASKED,
      severity: 'warning',
      text,
    });
    return { step: stay(asked), outcome: { done: false, text } };
  }
  const { content, redispatchBy } = decision;
  if (now >= content.ExpirationDateTime) return noOffer('it would have expired already');
  const offer: OfferState = {
    ...{ step, why, status: 'Sending', content },
    ...(redispatchBy && { redispatchBy }),
  };
  const { reason: _, ...rest } = decisionTaken(state);
  return {
    step: sendOffer({ ...rest, offers: [...state.offers, offer] }, step, content),
    outcome: { done: true, text: `${step} is on its way.` },
  };
}

/** Nobody needs to be asked any more. */
export function decisionTaken(state: FlexRequestState): FlexRequestState {
  const { askedUntil: _, ...rest } = state;
  return resolve(rest, ASKED);
}

/** Why no offer can be made any more; undefined: it can. */
export function tooLate({ request, requestStatus }: FlexRequestState): string | undefined {
  if (!request || requestStatus === 'Open') return undefined;
  if (requestStatus === 'Superseded') return 'a newer Revision took its place';
  return requestStatus === 'Expired' ? 'the request expired first' : 'the request is not open';
}

function sendOffer(state: FlexRequestState, step: string, content: OfferContent): Step {
  const { frame, request } = state;
  if (!frame) return stay(state);
  const { ISPDuration, TimeZone, Period, CongestionPoint, version } = frame;
  return send(state, {
    ...toDSO(frame),
    step,
    validUntil: content.ExpirationDateTime,
    draft: {
      type: 'FlexOffer',
      ...{ ISPDuration, TimeZone, Period, CongestionPoint },
      ...(request && { FlexRequestMessageID: request.messageId }),
      // The attribute exists from UFTP 3.1.0 on; before, the missing reference alone says so.
      ...(!request && version !== '3.0.0' && { Unsolicited: true }),
      ...content,
    },
  });
}
