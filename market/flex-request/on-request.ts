import { decisionTaken, toDecide } from './on-decision.ts';
import { revoke } from './on-revocation.ts';
import { mayStillTrade } from './phase.ts';
import { response, seen, send, stay, andThen, type Step } from './step.ts';
import { type FlexRequestState, mayBeOrdered } from './state.ts';
import type { FlexRequestEvent } from './events.ts';
import { frameOf } from './facts.ts';

type Told<T extends FlexRequestEvent['type']> = Extract<FlexRequestEvent, { type: T }>;

/** A request is accepted as soon as it is valid; whether anything is offered is another matter (UFTP FlexRequestResponse). */
export function onRequested(state: FlexRequestState, { request, rejections }: Told<'requested'>): Step {
  if (state.frame) return stay(state);
  const reason = rejections.join(';');
  const accepted = rejections.length === 0;
  const taken: FlexRequestState = {
    ...seen(state, request.messageId),
    request,
    frame: frameOf(request),
    requestStatus: accepted ? 'Answering' : 'Rejected',
    ...(!accepted && { reason }),
  };
  return send(
    taken,
    response(request, 'FlexRequestResponse', {
      type: 'FlexRequestResponse',
      FlexRequestMessageID: request.messageId,
      Result: accepted ? 'Accepted' : 'Rejected',
      ...(!accepted && { RejectionReason: reason }),
    }),
  );
}

/** An operator offers what nobody asked for. */
export function onUnsolicited(state: FlexRequestState, event: Told<'unsolicited'>): Step {
  if (state.frame) return stay(state);
  const { frame, proposal } = event;
  return toDecide({ ...state, frame }, 'unsolicited', { proposal });
}

/**
 * Nothing more is offered for a request that a newer Revision replaced. An offer that is out stays binding until
 * it is revoked or expires (the spec leaves this to the aggregator).
 */
export function onSuperseded(state: FlexRequestState, event: Told<'superseded'>, now: string): Step {
  const { requestStatus, request } = state;
  if (!request || requestStatus === 'Superseded' || !mayStillTrade(state)) return stay(state);
  if (event.Revision <= request.Revision) return stay(state);
  const reason = `Revision ${event.Revision} took its place`;
  const superseded: FlexRequestState = {
    ...decisionTaken(state),
    requestStatus: 'Superseded',
    supersededBy: { messageId: event.by, Revision: event.Revision },
    reason,
  };
  if (event.offers === 'keep') return stay(superseded);
  return superseded.offers
    .filter(mayBeOrdered)
    .reduce(
      (step, offer) => andThen(step, (next) => revoke(next, offer.step, reason, now)),
      stay(superseded),
    );
}
