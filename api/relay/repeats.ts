import type { Store } from '../../store/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import type { Gate } from './temporal.ts';

const AT_ONCE = 100;

/**
 * UFTP 3.x, "Already Submitted": a message that came again with the same content was submitted successfully. Its
 * sender may have missed the answer, so the stored one is sent again, byte for byte, once it exists.
 *
 * @returns how many answers are on their way again
 */
export async function redeliverAnswers(store: Pick<Store, 'inbox'>, gate: Gate): Promise<number> {
  let redelivered = 0;
  for (const { id, senderDomain, repeats, answerOutboxId } of await store.inbox.repeatsToAnswer(AT_ONCE)) {
    if (answerOutboxId === undefined) continue;
    const workflowId = workflowIds.redelivery(senderDomain, id, repeats);
    await gate.startOnce('redelivery', workflowId, { outboxId: answerOutboxId });
    await store.inbox.repeatAnswered(id, repeats);
    redelivered++;
  }
  return redelivered;
}
