import type { FlexRequestState } from '../market/flex-request/index.ts';
import { recordConversation } from './activities.ts';
import type { Lengthy } from './effects.ts';

/** The ISPs of the longest day: a record that names more of them is too long for a history. */
const MOST_ISPS = 100;

/**
 * Records where a conversation stands and begins what follows. A record that goes with a message to be sent is
 * written by the activity that sends it, before it is sent; one of its own costs an event, so that it is left out
 * where nothing changed that anybody looks at. What an activity is given stays in the history, and what a local one
 * is given does not: long records are always ones of their own.
 */
export async function recordWith(
  before: FlexRequestState,
  state: FlexRequestState,
  effects: readonly Lengthy[],
  begin: (effect: Lengthy) => void,
): Promise<void> {
  if (isLong(state)) {
    if (told(before) !== told(state)) await recordConversation(state);
    for (const effect of effects) begin(effect);
    return;
  }
  const first = effects.find((effect) => effect.kind === 'send');
  for (const effect of effects) begin(effect === first ? { ...first, conversation: state } : effect);
  if (!first && told(before) !== told(state)) await recordConversation(state);
}

function isLong({ request, offers, orders }: FlexRequestState): boolean {
  const named = [
    ...(request ? [request.ISP] : []),
    ...offers.flatMap(({ content }) => content.OfferOption.map(({ ISP }) => ISP)),
    ...orders.map(({ order }) => order.ISP),
  ];
  return named.reduce((sum, { length }) => sum + length, 0) > MOST_ISPS;
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
