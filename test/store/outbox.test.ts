import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';
import { bytesOf, inbound, outbound } from './samples.ts';

let store: Store;
beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

const key = () => ({ workflowId: `flex-request/${randomUUID()}`, step: 'offer-1' });

test('preparing a step at once from everywhere gives one row, and the same row later', async () => {
  const step = key();
  let made = 0;
  const make = async () => {
    made += 1;
    return outbound({ body: bytesOf(`try ${made}`) });
  };
  const rows = await Promise.all(Array.from({ length: 20 }, () => store.outbox.prepare(step, make)));
  expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
  expect(new Set(rows.map(({ messageId }) => messageId)).size).toBe(1);
  const before = made;
  const later = await store.outbox.prepare(step, make);
  expect(made).toBe(before);
  expect(later).toEqual(rows[0]);
});

test('what making a message throws comes through, and nothing is kept', async () => {
  const failure = new Error('the key is gone');
  const step = key();
  await expect(store.outbox.prepare(step, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(await store.outbox.prepare(step, async () => outbound())).toMatchObject({
    ...step,
    status: 'pending',
  });
});

test('one MessageID cannot stand for two messages', async () => {
  const message = outbound();
  await store.outbox.prepare(key(), async () => message);
  const second = store.outbox.prepare(key(), async () => ({
    ...message,
    messageId: message.messageId.toUpperCase(),
  }));
  await expect(second).rejects.toMatchObject({ code: 'store.conflict' });
});

test('a message is found by its MessageID in any case, and as the answer to another', async () => {
  const received = await store.inbox.accept(inbound());
  const message = outbound({ answersInboxId: received.id, result: 'Accepted' });
  const { id } = await store.outbox.prepare(key(), async () => message);
  expect((await store.outbox.findByMessageId(message.messageId.toUpperCase()))?.id).toBe(id);
  expect(await store.outbox.answerTo(received.id)).toMatchObject({ id, result: 'Accepted' });
  expect(await store.outbox.answerTo(randomUUID())).toBeUndefined();
});

test('tries to deliver add up, and delivered is final', async () => {
  const { id } = await store.outbox.prepare(key(), async () => outbound());
  await store.outbox.recordDelivery(id, {
    at: '2026-11-23T10:00:00.000Z',
    outcome: 'temporary',
    status: 503,
  });
  expect(await store.outbox.find(id)).toMatchObject({
    status: 'pending',
    attempts: 1,
    lastError: 'temporary',
  });
  await store.outbox.recordDelivery(id, {
    at: '2026-11-23T10:00:01.000Z',
    outcome: 'permanent',
    reason: 'gone',
  });
  expect(await store.outbox.find(id)).toMatchObject({ status: 'refused', attempts: 2, lastError: 'gone' });
  await store.outbox.recordDelivery(id, {
    at: '2026-11-23T10:00:02.000Z',
    outcome: 'delivered',
    status: 200,
  });
  await store.outbox.recordDelivery(id, { at: '2026-11-23T10:00:03.000Z', outcome: 'expired' });
  const row = await store.outbox.find(id);
  expect(row).toMatchObject({ status: 'delivered', attempts: 4, deliveredAt: '2026-11-23T10:00:02.000Z' });
  expect(row?.lastError).toBeUndefined();
});

test('a try to deliver a message that is not there leaves nothing', async () => {
  const delivery = { at: '2026-11-23T10:00:00.000Z', outcome: 'delivered' as const };
  await expect(store.outbox.recordDelivery(randomUUID(), delivery)).rejects.toMatchObject({
    code: 'store.not-found',
  });
});
