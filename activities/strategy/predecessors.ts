import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { type FlexRequestState, isStanding, type RequestFacts } from '../../market/flex-request/index.ts';
import type { Dependencies } from '../dependencies.ts';

/** How often, a second apart, it is looked whether the offers of earlier revisions are gone: for two minutes. */
const LOOKED_AT_MOST = 120;

/**
 * Tells earlier Revisions of a request that this one takes their place, and waits until none of their offers may be
 * ordered: what they hold can be offered again then. After two minutes it is offered beside them.
 *
 * @throws ApplicationFailure `activities.predecessor-pending`, to be tried again
 */
export async function supersede({ store, tell, log }: Dependencies, request: RequestFacts): Promise<void> {
  const { dso, conversationId, CongestionPoint, Period, Revision, messageId } = request;
  const { workflowExecution, attempt } = Context.current().info;
  const about = { dso, conversationId, congestionPoint: CongestionPoint, period: Period };
  const others = await store.conversations.about(about);
  const earlier = others
    .filter(({ workflowId }) => workflowId !== workflowExecution!.workflowId)
    .map(({ workflowId, snapshot }) => ({ workflowId, state: snapshot as FlexRequestState }))
    .filter(({ state }) => state.request !== undefined && state.request.Revision < Revision)
    .filter(({ state }) => state.requestStatus !== 'Rejected' && state.requestStatus !== 'Failed');
  for (const { workflowId, state } of earlier) {
    if (state.requestStatus !== 'Superseded')
      await tell(workflowId, { type: 'superseded', by: messageId, Revision });
  }
  const pending = earlier.filter(({ state }) => isPending(state));
  if (pending.length === 0) return;
  if (attempt <= LOOKED_AT_MOST) throw predecessorPending();
  log.warn({ by: messageId, pending: pending.length }, 'offers of an earlier revision still stand');
}

/** Whether something may still be ordered, or may still become an offer that may. */
function isPending({ requestStatus, deciding, offers }: FlexRequestState): boolean {
  const mayOffer = requestStatus === 'Answering' || requestStatus === 'Open' || deciding.length > 0;
  return mayOffer || offers.some(isStanding);
}

function predecessorPending(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'activities.predecessor-pending',
    message: 'Offers for an earlier revision of this request may still be ordered.',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: '1 second',
  });
}
