import type { Store } from '../../store/index.ts';
import { definitionOf, isMessageType } from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import type { Gate } from './temporal.ts';

const AT_ONCE = 200;

/**
 * UFTP 3.x, "Already Submitted": a message that came again with the same content was submitted successfully. Its
 * sender may have missed the answer, so the stored one is sent again, byte for byte, once it exists.
 *
 * @param askedAt the present instant (UTC), from which the delivery window of the answers counts anew
 * @returns how many answers are on their way again
 */
export async function redeliverAnswers(
  store: Pick<Store, 'inbox'>,
  gate: Gate,
  askedAt: string,
): Promise<number> {
  let redelivered = 0;
  for (const { id, senderDomain, repeats, answerOutboxId } of await store.inbox.repeatsToAnswer(AT_ONCE)) {
    if (answerOutboxId !== undefined) {
      const workflowId = workflowIds.redelivery(senderDomain, id, repeats);
      await gate.startOnce('redelivery', workflowId, { outboxId: answerOutboxId, askedAt });
      redelivered++;
    } else if (!(await hasNoAnswer(store, id))) {
      continue;
    }
    await store.inbox.repeatAnswered(id, repeats);
  }
  return redelivered;
}

/** Responses are never answered, nor is what was set aside; anything else without an answer still waits for it. */
async function hasNoAnswer(store: Pick<Store, 'inbox'>, id: string): Promise<boolean> {
  const row = await store.inbox.find(id);
  if (!row || row.result === 'Ignored') return true;
  return isMessageType(row.type) && definitionOf(row.type).kind === 'response';
}
