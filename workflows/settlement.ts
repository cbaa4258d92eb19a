import { allHandlersFinished, condition, setCurrentDetails } from '@temporalio/workflow';
import { announceSettlement, answerSettlement, recomputeSettlement } from './activities.ts';
import { Mailbox, notBefore, type Start } from './entity.ts';
import type { Inbound } from './inbound.ts';

/** One FlexSettlement: recomputed, answered, and every order's conversation told its outcome. */
export async function settlement(start: Start): Promise<void> {
  const mailbox = new Mailbox<Inbound<'FlexSettlement'>>();
  mailbox.acceptMessages(['FlexSettlement'], (inbound) => inbound as Inbound<'FlexSettlement'>);
  await notBefore(start.startedAt);

  const { inboxId, rejections: found } = (await mailbox.next())!;
  const verdict = await recomputeSettlement({ inboxId, rejections: found });
  setCurrentDetails(
    verdict.rejections.length > 0
      ? `Rejected: ${verdict.rejections.join('; ')}`
      : `${verdict.orders} orders, ${verdict.disputed} disputed`,
  );
  const answered = await answerSettlement({ inboxId, rejections: verdict.rejections });
  if (verdict.rejections.length === 0 && answered.outcome === 'delivered')
    await announceSettlement({ inboxId });
  await condition(allHandlersFinished);
}
