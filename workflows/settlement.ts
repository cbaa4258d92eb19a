import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  defineUpdate,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { SettlementReview } from '../activities/contract.ts';
import { announceSettlement, answerSettlement, recomputeSettlement, remindOfReview } from './activities.ts';
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
  const { rejections, orders, disputed, reviewUntil, remindAt } = verdict;
  const summary =
    rejections.length > 0 ? `Rejected: ${rejections.join('; ')}` : `${orders} orders, ${disputed} disputed`;
  setCurrentDetails(reviewUntil === undefined ? summary : `${summary}; for review until ${reviewUntil}`);
  if (reviewUntil !== undefined) {
    desk.open();
    // Verdicts of earlier releases name no such instant: their histories replay.
    if (remindAt !== undefined && !(await desk.decidedBy(remindAt))) await remindOfReview({ inboxId });
    await desk.decidedBy(reviewUntil);
    desk.close();
  }
  const decided = desk.decision();
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
    open: () => void (isOpen = true),
    close: () => void (isOpen = false),
    /** Whether the operator decided before the instant (UTC). */
    async decidedBy(until: string): Promise<boolean> {
      const wait = Date.parse(until) - Date.now();
      if (wait > 0 && decided === undefined) await condition(() => decided !== undefined, wait);
      return decided !== undefined;
    },
    /** The operator's decision, if there is one. */
    decision: (): SettlementReview | undefined => decided,
  };
}
