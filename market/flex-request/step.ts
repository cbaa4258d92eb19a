import type { FlexRequestEffect, SendEffect } from './events.ts';
import type { FlexRequestState } from './state.ts';

/** The next state, and what the workflow has to do about it. */
export interface Step {
  readonly state: FlexRequestState;
  readonly effects: readonly FlexRequestEffect[];
}

/** The state that remembers a message, for the same one arriving again. */
export function seen(state: FlexRequestState, messageId: string): FlexRequestState {
  return { ...state, seen: [...state.seen, messageId.toLowerCase()] };
}

/** Nothing to do but to remember. */
export function stay(state: FlexRequestState): Step {
  return { state, effects: [] };
}

/** The state that knows the message is on its way, and the effect that sends it. */
export function send(state: FlexRequestState, effect: Omit<SendEffect, 'kind'>): Step {
  return {
    state: { ...state, sending: [...state.sending, effect.step] },
    effects: [{ kind: 'send', ...effect }],
  };
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
export function toDSO(to: { version: string; conversationId: string; dso: string }) {
  return {
    to: { domain: to.dso, role: 'DSO' as const },
    version: to.version,
    conversationId: to.conversationId,
  };
}
