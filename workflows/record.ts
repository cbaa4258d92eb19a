import type { FlexRequestState } from '../market/flex-request/index.ts';
import { recordConversation } from './activities.ts';
import type { Lengthy } from './effects.ts';

/**
 * Records where a conversation stands and begins what follows. A record that goes with a message to be sent is
 * written by the activity that sends it, before it is sent; one of its own costs an event, so that it is left out
 * where nothing changed that anybody looks at.
 */
export async function recordWith(
  before: FlexRequestState,
  state: FlexRequestState,
  effects: readonly Lengthy[],
  begin: (effect: Lengthy) => void,
): Promise<void> {
  const first = effects.find((effect) => effect.kind === 'send');
  for (const effect of effects) begin(effect === first ? { ...first, conversation: state } : effect);
  if (!first && told(before) !== told(state)) await recordConversation(state);
}

/** What people look at, and what decides about held power. */
function told(state: FlexRequestState): string {
  const { phase, reason, askedUntil, supersededBy, alerts, deciding, offers, orders } = state;
  return JSON.stringify([
    ...[phase, reason, askedUntil, supersededBy, alerts],
    // Power is held for what is being decided on, and is free again once that is dropped.
    deciding.map(({ step }) => step),
    offers.map(({ step, status, revocation }) => [step, status, revocation]),
    orders.map(({ order, status, dispatch, measured, inPrognosis }) => [
      order.OrderReference,
      status,
      dispatch === 'Failed',
      typeof measured === 'object',
      inPrognosis,
    ]),
  ]);
}
