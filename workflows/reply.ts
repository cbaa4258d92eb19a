import { redeliver, reply as answer } from './activities.ts';

/** Answers a message that belongs to no conversation: a TestMessage, a reused MessageID, an unknown reference. */
export async function reply(input: { inboxId: string; rejections: readonly string[] }): Promise<void> {
  await answer(input);
}

/** Sends a stored answer again, because the message it answers came again. */
export async function redelivery(input: { outboxId: string; askedAt: string }): Promise<void> {
  await redeliver(input);
}
