import { ispCount, periodEnd } from '../../uftp/calendar/index.ts';
import { later, watchAnswer, watchGates } from './deadlines.ts';
import type { PrognosisEvent } from './events.ts';
import { onAnswer, settle } from './on-answer.ts';
import { frozenBy, profileAt, sameProfile } from './profile.ts';
import type { PrognosisState } from './state.ts';
import { act, alert, type PrognosisStep, resolve, subject, andThen, without } from './step.ts';

/** How soon a forecast that could not be made is asked for once more. */
const ASK_AGAIN = 'PT1H';
/** Late answers to older revisions than these change nothing that matters. */
const UNANSWERED_KEPT = 5;

/**
 * One transition of the prognoses of a day: what happened at `now` (UTC), the state after it, and what is to be done.
 * UFTP 3.x, "D-Prognosis": one for each congestion point and day, complete every time, Revision strictly increasing;
 * the last accepted one is in force. A revision waits for the answer to the one before it, or its deadline.
 */
export function reducePrognosis(state: PrognosisState, event: PrognosisEvent, now: string): PrognosisStep {
  if (state.over) return act(state);
  const stepped = andThen(apply(state, event, now), (next) =>
    andThen(watchAnswer(next, now), (watched) => proceed(watched, now)),
  );
  const ended = endOfDay(watchGates(state, stepped.state, now), now);
  return {
    state: {
      ...ended,
      unanswered: ended.unanswered.slice(-UNANSWERED_KEPT),
      transition: state.transition + 1,
    },
    effects: stepped.effects,
  };
}

function apply(state: PrognosisState, event: PrognosisEvent, now: string): PrognosisStep {
  switch (event.type) {
    case 'opened':
      return state.terms ? act(state) : ask({ ...state, terms: event.terms });
    case 'refresh':
      return ask(without(state, 'setAside', 'withdrawn'));
    case 'forecast':
      return act(onForecast(state, event.power, now));
    case 'noForecast': {
      const text = `There is no forecast for ${subject(state)}: ${event.reason}.`;
      const warned = alert(state, now, { key: 'no-forecast', severity: 'warning', text });
      return act({ ...warned, asking: false, askAgainAt: later(now, ASK_AGAIN) });
    }
    case 'sent':
      return onSent(state, event, now);
    case 'answered':
      return onAnswer(state, event.answer, now);
    case 'ordered':
      return act(freeze(onOrdered(state, event)));
    case 'deviation': {
      const { id, ISP } = event;
      return act({ ...state, deviations: { ...state.deviations, [id]: ISP } });
    }
    case 'withdrawn':
      return act({ ...state, withdrawn: event.reason });
    case 'clock':
      return state.askAgainAt !== undefined && now >= state.askAgainAt ? ask(state) : act(state);
  }
}

function ask(state: PrognosisState): PrognosisStep {
  if (!state.terms || state.asking) return act(state);
  return act({ ...without(state, 'askAgainAt'), asking: true }, { kind: 'forecast' });
}

function onForecast(state: PrognosisState, power: readonly number[], now: string): PrognosisState {
  const { Period, TimeZone, ISPDuration } = state.terms!;
  const count = ispCount(Period, TimeZone, ISPDuration);
  const made = { ...state, asking: false };
  if (power.length !== count) {
    const text = `The forecast for ${subject(state)} has ${power.length} values; the day has ${count} ISPs.`;
    const warned = alert(made, now, { key: 'no-forecast', severity: 'warning', text });
    return { ...warned, askAgainAt: later(now, ASK_AGAIN) };
  }
  return freeze({ ...resolve(made, 'no-forecast'), forecast: power });
}

function onOrdered(
  state: PrognosisState,
  event: Extract<PrognosisEvent, { type: 'ordered' }>,
): PrognosisState {
  const { orderMessageId, orderReference, ISP, workflowId } = event;
  if (state.orders.some((order) => order.orderMessageId === orderMessageId)) return state;
  const order = {
    orderMessageId,
    orderReference,
    ISP,
    workflowId,
    status: 'Unconfirmed' as const,
    corrections: 0,
  };
  const prognosis = state.inForce && { prognosisMessageId: state.inForce.messageId };
  return { ...state, due: true, orders: [...state.orders, { ...order, ...prognosis }] };
}

/** What orders make of their ISPs is fixed once, as soon as there is a profile for them to change. */
function freeze(state: PrognosisState): PrognosisState {
  const profile = state.inForce?.power ?? state.underway?.power ?? state.forecast;
  if (!profile) return state;
  const orders = state.orders.reduce<PrognosisState['orders']>(
    (before, order) => [
      ...before,
      order.frozen ? order : { ...order, frozen: frozenBy(order, before, profile) },
    ],
    [],
  );
  return { ...state, orders };
}

function onSent(
  state: PrognosisState,
  { step, delivery }: Extract<PrognosisEvent, { type: 'sent' }>,
  now: string,
): PrognosisStep {
  const { underway, terms } = state;
  if (underway?.step !== step || underway.messageId !== undefined) return act(state);
  const { messageId, revision, outcome, reason } = delivery;
  const sent = { ...underway, messageId, revision };
  if (sent.answer) return settle(without(state, 'underway'), sent, sent.answer, now);
  if (outcome === 'delivered') {
    const answerBy = later(now, terms!.replyWithin);
    return act({ ...state, underway: { ...sent, answerBy } });
  }
  const text = `${subject(state)} could not be delivered: ${reason ?? outcome}.`;
  const warned = alert(without(state, 'underway'), now, { key: 'not-delivered', severity: 'critical', text });
  return act({ ...warned, unanswered: [...state.unanswered, sent], setAside: sent.power });
}

/** Sends the next revision where there is something to say, and nobody to wait for. */
function proceed(state: PrognosisState, now: string): PrognosisStep {
  const { terms, underway, inForce, setAside, due, withdrawn } = state;
  if (!terms || underway || withdrawn !== undefined || now >= periodEnd(terms.Period, terms.TimeZone))
    return act(state);
  const power = profileAt(state, now);
  if (!power) return act(state);
  const news = !inForce || !sameProfile(power, inForce.power);
  const tried = setAside !== undefined && sameProfile(power, setAside);
  if (!due && (!news || tried)) return act(state);
  const step = `D-Prognosis/${state.sent + 1}`;
  const orders = state.orders.map(({ orderMessageId }) => orderMessageId);
  const { floor, refused, spelledOut } = state;
  const leap = floor !== undefined && { floor };
  return act(
    {
      ...without(state, 'setAside'),
      ...{ due: false, sent: state.sent + 1, underway: { step, power, orders, ...leap } },
    },
    { kind: 'send', step, power, spelledOut, ...leap, ...(refused !== undefined && { refused }) },
  );
}

/** The day is over: what is in force is what settlement goes by. */
function endOfDay(state: PrognosisState, now: string): PrognosisState {
  const { terms, over, inForce, withdrawn } = state;
  if (over || !terms || now < periodEnd(terms.Period, terms.TimeZone)) return state;
  const frozen = { ...state, over: true };
  if (inForce || withdrawn !== undefined) return frozen;
  const text = `${terms.Period} is over, and the DSO never accepted a prognosis for ${terms.CongestionPoint}.`;
  return alert(frozen, now, { key: 'never-in-force', severity: 'critical', text });
}
