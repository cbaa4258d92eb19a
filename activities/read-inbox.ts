import { ApplicationFailure } from '@temporalio/activity';
import type { InboxRow, Store } from '../store/index.ts';
import { decode, type Message, type MessageType } from '../uftp/index.ts';

/**
 * A received message, decoded again from the bytes that were acknowledged. Its sender's relaxations were applied
 * then; now everything is tolerated, because what was acknowledged stays readable when those settings change.
 */
export async function readInbox<T extends MessageType>(
  store: Store,
  inboxId: string,
  type?: T,
): Promise<{ row: InboxRow; message: Message<T> }> {
  const row = await store.inbox.find(inboxId);
  if (!row || (type && row.type !== type)) {
    throw ApplicationFailure.nonRetryable(
      `There is no ${type ?? 'message'} in the inbox under ${inboxId}.`,
      'activities.inbox-row-missing',
    );
  }
  return { row, message: decode(row.payload) as Message<T> };
}
