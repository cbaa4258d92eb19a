import type { FlexRequestEffect, SendEffect } from './events.ts';
import type { Alert, Frame } from './facts.ts';
import type { FlexRequestState, OfferState, OrderState } from './state.ts';

/** The next state, and what the workflow has to do about it. */
export interface Step {
  readonly state: FlexRequestState;
  readonly effects: readonly FlexRequestEffect[];
}

/** Nothing to do but to remember. */
export function stay(state: FlexRequestState): Step {
  return { state, effects: [] };
}

/** The same state with something to do. */
export function act(state: FlexRequestState, ...effects: readonly FlexRequestEffect[]): Step {
  return { state, effects };
}

/** One step after another. Not named `then`: a module that exports one is taken for a promise when it is imported. */
export function andThen(first: Step, next: (state: FlexRequestState) => Step): Step {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/** The state that remembers a message, for the same one arriving again. */
export function seen(state: FlexRequestState, messageId: string): FlexRequestState {
  return { ...state, seen: [...state.seen, messageId.toLowerCase()] };
}

/** The state that knows the message is on its way, and the effect that sends it. */
export function send(state: FlexRequestState, effect: Omit<SendEffect, 'kind'>): Step {
  return act({ ...state, sending: [...state.sending, effect.step] }, { kind: 'send', ...effect });
}

/** A response to a message of the DSO, in the message's own Version and conversation. */
export function response(
  to: { inboxId: string; version: string; conversationId: string; dso: string },
  step: string,
  draft: SendEffect['draft'],
): Omit<SendEffect, 'kind'> {
  return { ...toDSO(to), step, answers: to.inboxId, draft };
}

/** Who a message to the DSO goes to, in which version and conversation. */
export function toDSO(to: Pick<Frame, 'version' | 'conversationId' | 'dso'>) {
  return {
    to: { domain: to.dso, role: 'DSO' as const },
    version: to.version,
    conversationId: to.conversationId,
  };
}

/** The state with one offer as it now is. */
export function withOffer(
  state: FlexRequestState,
  step: string,
  change: (offer: OfferState) => OfferState,
): FlexRequestState {
  return { ...state, offers: state.offers.map((offer) => (offer.step === step ? change(offer) : offer)) };
}

/** The state with one order as it now is. */
export function withOrder(
  state: FlexRequestState,
  messageId: string,
  change: Partial<OrderState>,
): FlexRequestState {
  return {
    ...state,
    orders: state.orders.map((each) => (each.order.messageId === messageId ? { ...each, ...change } : each)),
  };
}

/** Tells the operator something, once under its key for as long as it holds. */
export function alert(
  state: FlexRequestState,
  now: string,
  { key, severity, text }: Pick<Alert, 'key' | 'severity' | 'text'>,
): FlexRequestState {
  const standing = state.alerts.some((each) => each.key === key && !each.resolved && each.text === text);
  if (standing) return state;
  const others = state.alerts.filter((each) => each.key !== key);
  return { ...state, alerts: [...others, { key, at: now, severity, text }] };
}

/** What the operator was told under this key no longer holds. */
export function resolve(state: FlexRequestState, key: string): FlexRequestState {
  if (!state.alerts.some((each) => each.key === key && !each.resolved)) return state;
  return {
    ...state,
    alerts: state.alerts.map((each) => (each.key === key ? { ...each, resolved: true } : each)),
  };
}
