import type { PrognosisEffect } from './events.ts';
import type { PrognosisAlert, PrognosisState } from './state.ts';

/** The next state, and what the workflow has to do about it. */
export interface PrognosisStep {
  readonly state: PrognosisState;
  readonly effects: readonly PrognosisEffect[];
}

export const act = (state: PrognosisState, ...effects: readonly PrognosisEffect[]): PrognosisStep => ({
  state,
  effects,
});

/** One step after another. Not `then`: a module that exports that is taken for a promise. */
export function andThen(first: PrognosisStep, next: (state: PrognosisState) => PrognosisStep): PrognosisStep {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/** The state without what its optional fields hold. */
export function without<K extends keyof PrognosisState>(state: PrognosisState, ...keys: K[]): PrognosisState {
  const entries = Object.entries(state).filter(([key]) => !keys.includes(key as K));
  return Object.fromEntries(entries) as unknown as PrognosisState;
}

/** Tells the operator something, once under its key for as long as it holds. */
export function alert(
  state: PrognosisState,
  now: string,
  { key, severity, text }: Pick<PrognosisAlert, 'key' | 'severity' | 'text'>,
): PrognosisState {
  if (state.alerts.some((each) => each.key === key && !each.resolved && each.text === text)) return state;
  const others = state.alerts.filter((each) => each.key !== key);
  return { ...state, alerts: [...others, { key, at: now, severity, text }] };
}

/** What the operator was told under these keys no longer holds. */
export function resolve(state: PrognosisState, ...keys: readonly string[]): PrognosisState {
  const alerts = state.alerts.map((each) =>
    keys.includes(each.key) && !each.resolved ? { ...each, resolved: true } : each,
  );
  return { ...state, alerts };
}

/** Such as `the prognosis for 2027-05-16 at ean.8716…`, for sentences. */
export function subject({ terms }: PrognosisState): string {
  return `the prognosis for ${terms?.Period} at ${terms?.CongestionPoint}`;
}
