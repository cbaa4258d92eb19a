import { Temporal } from 'temporal-polyfill';
import { periodEnd } from '../../uftp/calendar/index.ts';
import { dayAheadClosure, firstOpenISP, intradayClosure } from '../gates.ts';
import { firstDifference, profileAt } from './profile.ts';
import type { PrognosisState, PrognosisTerms } from './state.ts';
import { act, alert, type PrognosisStep, subject, without } from './step.ts';

interface Gate {
  readonly at: string;
  readonly key: 'gate-near' | 'gate-missed';
  readonly severity: 'warning' | 'critical';
  readonly what: string;
}

/** The instants by which a prognosis is to be in force. UFTP: at least once before gate closure. */
export function gatesOf(terms: PrognosisTerms): readonly Gate[] {
  const closes = dayAheadClosure(terms, terms.gates);
  const near = new Date(Date.parse(closes) - milliseconds(terms.warnBefore)).toISOString();
  const intraday = intradayClosure(terms, 1, terms.gates);
  const gates: Gate[] = [
    { at: near, key: 'gate-near', severity: 'warning', what: `day-ahead trading closes at ${closes}` },
    { at: closes, key: 'gate-missed', severity: 'critical', what: 'day-ahead trading closed' },
    {
      at: intraday,
      key: 'gate-missed',
      severity: 'critical',
      what: 'intraday trading of the first ISP closed',
    },
  ];
  return gates.toSorted((one, other) => (one.at < other.at ? -1 : 1));
}

/** The next instant (UTC) at which something has to be done, whoever says anything; undefined before it is opened. */
export function nextPrognosisDeadline(state: PrognosisState): string | undefined {
  const { terms, underway, askAgainAt, change, gatesPassed, over } = state;
  if (!terms || over) return undefined;
  const instants = [
    periodEnd(terms.Period, terms.TimeZone),
    gatesOf(terms)[gatesPassed]?.at,
    underway?.answerBy,
    askAgainAt,
    change?.closesAt,
  ];
  return instants.filter((instant) => instant !== undefined).toSorted()[0];
}

/** Gates that close while no prognosis is in force, or before the last change is. */
export function watchGates(before: PrognosisState, state: PrognosisState, now: string): PrognosisState {
  const { terms } = state;
  if (!terms) return state;
  const gates = gatesOf(terms);
  const passed = gates.filter(({ at }) => at <= now);
  // What had closed before anybody asked for this prognosis is nobody's failure.
  const missed = before.terms ? passed.slice(state.gatesPassed) : [];
  let watched: PrognosisState = { ...state, gatesPassed: Math.max(state.gatesPassed, passed.length) };
  if (!state.inForce && state.withdrawn === undefined) {
    for (const { key, severity, what } of missed) {
      const text = `${capital(subject(state))} is not in force, and ${what}.`;
      watched = alert(watched, now, { key, severity, text });
    }
  }
  return watchChange(before, watched, now);
}

function watchChange(before: PrognosisState, state: PrognosisState, now: string): PrognosisState {
  const { change } = before;
  let watched = state;
  if (change && now >= change.closesAt && state.inForce?.step === before.inForce?.step) {
    const text = `A change of ${subject(state)} was not accepted before the gate closed for ISP ${change.isp}.`;
    watched = alert(state, now, { key: 'change-missed', severity: 'warning', text });
  }
  const { terms, inForce } = watched;
  const profile = profileAt(watched, now);
  if (!terms || !inForce || !profile) return without(watched, 'change');
  const firstOpen = firstOpenISP(terms, terms.gates, now);
  const open = firstDifference(profile.slice(firstOpen - 1), inForce.power.slice(firstOpen - 1));
  if (open === undefined) return without(watched, 'change');
  const isp = firstOpen + open - 1;
  return { ...watched, change: { isp, closesAt: intradayClosure(terms, isp, terms.gates) } };
}

/** An answer that is overdue: the same bytes again, then an alert. Where there is something newer to say, that instead. */
export function watchAnswer(state: PrognosisState, now: string): PrognosisStep {
  const { underway, terms, unanswered } = state;
  if (!terms || underway?.answerBy === undefined || now < underway.answerBy) return act(state);
  const profile = profileAt(state, now);
  const stillTrue = profile === undefined || firstDifference(profile, underway.power) === undefined;
  if (!underway.repeated && stillTrue) {
    const text = `The DSO has not answered ${subject(state)}; it was sent again.`;
    const warned = alert(state, now, { key: 'no-reply', severity: 'warning', text });
    const answerBy = later(now, terms.replyWithin);
    return act(
      { ...warned, underway: { ...underway, repeated: true, answerBy } },
      { kind: 'sendAgain', step: underway.step },
    );
  }
  const text = `The DSO has not answered ${subject(state)}, sent under revision ${underway.revision}.`;
  const warned = alert(state, now, { key: 'no-reply', severity: 'critical', text });
  return act({
    ...without(warned, 'underway'),
    unanswered: [...unanswered, underway],
    setAside: underway.power,
  });
}

export const later = (now: string, duration: string): string =>
  new Date(Date.parse(now) + milliseconds(duration)).toISOString();

const milliseconds = (duration: string): number => Temporal.Duration.from(duration).total('milliseconds');
const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;
