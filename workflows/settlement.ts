import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  defineUpdate,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { SettlementReview } from '../activities/contract.ts';
import { announceSettlement, answerSettlement, recomputeSettlement } from './activities.ts';
import { Mailbox, notBefore, type Start } from './entity.ts';
import { REVIEW } from './ids.ts';
import type { Inbound } from './inbound.ts';

/** An operator's decision about a settlement that waits for it; the first one counts. */
export const review = defineUpdate<void, [SettlementReview]>(REVIEW);

/**
 * One FlexSettlement: recomputed, reviewed where the operator wants to, answered, and every order's conversation
 * told its outcome. An operator who does not decide in time leaves it at what was computed.
 */
export async function settlement(start: Start): Promise<void> {
  const mailbox = new Mailbox<Inbound<'FlexSettlement'>>();
  mailbox.acceptMessages(['FlexSettlement'], (inbound) => inbound as Inbound<'FlexSettlement'>);
  const desk = openDesk();
  await notBefore(start.startedAt);

  const { inboxId, rejections: found } = (await mailbox.next())!;
  const verdict = await recomputeSettlement({ inboxId, rejections: found });
  const { rejections, orders, disputed, reviewUntil } = verdict;
  const summary =
    rejections.length > 0 ? `Rejected: ${rejections.join('; ')}` : `${orders} orders, ${disputed} disputed`;
  setCurrentDetails(reviewUntil === undefined ? summary : `${summary}; for review until ${reviewUntil}`);
  const decided = reviewUntil === undefined ? undefined : await desk.decision(reviewUntil);
  setCurrentDetails(summary);
  const answered = await answerSettlement({ inboxId, rejections, ...(decided && { review: decided }) });
  if (rejections.length === 0 && answered.outcome === 'delivered') await announceSettlement({ inboxId });
  await condition(allHandlersFinished);
}

/** Where an operator's decision comes in, as long as it is waited for. */
function openDesk() {
  let isOpen = false;
  let decided: SettlementReview | undefined;
  setHandler(
    review,
    (given) => {
      decided = given;
      isOpen = false;
    },
    {
      validator: (_given: SettlementReview) => {
        if (isOpen) return;
        throw ApplicationFailure.nonRetryable(
          'This settlement does not wait for a review.',
          'workflows.review-not-awaited',
        );
      },
    },
  );
  return {
    /** The operator's decision; undefined where none came before the instant (UTC). */
    async decision(until: string): Promise<SettlementReview | undefined> {
      isOpen = true;
      const wait = Date.parse(until) - Date.now();
      if (wait > 0) await condition(() => decided !== undefined, wait);
      isOpen = false;
      return decided;
    },
  };
}
