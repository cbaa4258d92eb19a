import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { instant } from '../../base/clock.ts';
import {
  expireRequest,
  type FlexRequestState,
  mayStillTrade,
  type NewerRevision,
  type RequestFacts,
} from '../../market/flex-request/index.ts';
import type { Dependencies } from '../dependencies.ts';

/** How often, a second apart, it is looked whether the offers of earlier revisions are gone: for two minutes. */
const LOOKED_AT_MOST = 120;

/**
 * Tells earlier Revisions of a request that this one takes their place, and waits until none of their offers may be
 * ordered: what they hold can be offered again then. After two minutes it is offered beside them. Conversations are
 * recorded before they decide, so of two that decide at the same time at least one sees the other.
 *
 * @returns the newest Revision, where it is newer than this one
 * @throws ApplicationFailure `activities.predecessor-pending`, to be tried again
 */
export async function supersede(
  { store, tell, log, clock }: Dependencies,
  request: RequestFacts,
): Promise<NewerRevision | undefined> {
  const { dso, conversationId, CongestionPoint, Period, Revision, messageId } = request;
  const { workflowExecution, attempt } = Context.current().info;
  const about = { dso, conversationId, congestionPoint: CongestionPoint, period: Period };
  const others = (await store.conversations.about(about))
    .filter(({ workflowId }) => workflowId !== workflowExecution!.workflowId)
    .map(({ workflowId, snapshot }) => ({ workflowId, state: snapshot as FlexRequestState }))
    .filter(({ state }) => state.requestStatus !== 'Rejected' && state.requestStatus !== 'Failed');
  const [newest] = others
    .flatMap(({ state }) => state.request ?? [])
    .toSorted((one, other) => other.Revision - one.Revision);
  if (newest && newest.Revision > Revision) return { messageId: newest.messageId, Revision: newest.Revision };
  const earlier = others.filter(
    ({ state }) => state.request !== undefined && state.request.Revision < Revision,
  );
  for (const { workflowId, state } of earlier) {
    if (state.requestStatus !== 'Superseded')
      await tell(workflowId, { type: 'superseded', by: messageId, Revision });
  }
  // That a request expired is recorded with whatever happens next, which may be months later.
  const pending = earlier.filter(({ state }) => mayStillTrade(expireRequest(state, instant(clock))));
  if (pending.length === 0) return undefined;
  if (attempt <= LOOKED_AT_MOST) throw predecessorPending();
  log.warn({ by: messageId, pending: pending.length }, 'offers of an earlier revision still stand');
  return undefined;
}

function predecessorPending(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'activities.predecessor-pending',
    message: 'Offers for an earlier revision of this request may still be ordered.',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: '1 second',
  });
}
