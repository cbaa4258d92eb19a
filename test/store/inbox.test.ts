import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { createStore, type Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';
import { bytesOf, inbound, outbound } from './samples.ts';

let store: Store;
let url: string;
beforeAll(async () => {
  const opened = await testStore();
  ({ store, url } = opened);
  return opened.close;
});

test('of fifty posts of one message at once, from two processes, one is new', async () => {
  const other = createStore({ url });
  const message = inbound();
  const posts = Array.from({ length: 50 }, (_, i) => (i % 2 ? store : other).inbox.accept(message));
  const outcomes = await Promise.all(posts);
  await other.close();
  expect(outcomes.filter(({ outcome }) => outcome === 'new')).toHaveLength(1);
  expect(outcomes.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(49);
  expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1);
  expect(await store.inbox.find(outcomes[0]!.id)).toMatchObject({ repeats: 49 });
});

test('of fifty different contents under one MessageID, one is new and each other is kept as a conflict', async () => {
  const messageId = randomUUID();
  const posts = Array.from({ length: 50 }, (_, i) =>
    store.inbox.accept(inbound({ messageId, payload: bytesOf(`<FlexRequest Revision="${i}"/>`) })),
  );
  const outcomes = await Promise.all(posts);
  const first = outcomes.find(({ outcome }) => outcome === 'new');
  expect(outcomes.filter(({ outcome }) => outcome === 'conflicting')).toHaveLength(49);
  expect(new Set(outcomes.map(({ id }) => id)).size).toBe(50);
  for (const { id, outcome } of outcomes) {
    if (outcome === 'conflicting')
      expect(await store.inbox.find(id)).toMatchObject({ conflictsWith: first?.id });
  }
});

test('a conflicting message that comes again is a repeat of itself', async () => {
  const messageId = randomUUID();
  await store.inbox.accept(inbound({ messageId }));
  const other = inbound({ messageId, payload: bytesOf('<FlexRequest Other="1"/>') });
  const conflict = await store.inbox.accept(other);
  expect(conflict.outcome).toBe('conflicting');
  expect(await store.inbox.accept(other)).toEqual({ outcome: 'repeated', id: conflict.id });
});

test('MessageIDs are one whatever their case, and belong to their sender', async () => {
  const messageId = 'ABCDEF00-0000-4000-8000-000000000001';
  const { id } = await store.inbox.accept(inbound({ messageId }));
  const again = await store.inbox.accept(inbound({ messageId: messageId.toLowerCase() }));
  expect(again).toEqual({ outcome: 'repeated', id });
  const elsewhere = await store.inbox.accept(inbound({ messageId, senderDomain: 'cro.example' }));
  expect(elsewhere.outcome).toBe('new');
  expect((await store.inbox.findByMessageId('dso.example', messageId))?.id).toBe(id);
});

test('a message comes back to the byte, with its instant', async () => {
  const body = Uint8Array.from({ length: 256 }, (_, i) => i);
  const message = inbound({ body, receivedAt: '2026-07-01T21:59:59.987Z' });
  const { id } = await store.inbox.accept(message);
  const row = await store.inbox.find(id);
  expect(Uint8Array.from(row!.body)).toEqual(body);
  expect(row).toMatchObject({ receivedAt: '2026-07-01T21:59:59.987Z', attempts: 0, repeats: 0 });
  expect(JSON.stringify(row)).not.toContain('null');
});

test('a message is pending, oldest first, until it is handed over; a failure keeps it pending', async () => {
  const late = await store.inbox.accept(inbound({ receivedAt: '2020-01-01T00:00:02.000Z' }));
  const early = await store.inbox.accept(inbound({ receivedAt: '2020-01-01T00:00:01.000Z' }));
  expect((await store.inbox.pending(2)).map(({ id }) => id)).toEqual([early.id, late.id]);
  await store.inbox.handOverFailed(early.id, 'Temporal is away');
  expect((await store.inbox.pending(1))[0]).toMatchObject({
    id: early.id,
    attempts: 1,
    lastError: 'Temporal is away',
  });
  await store.inbox.handedOver(early.id, 'flex-request/a', '2026-11-23T10:00:01.000Z');
  await store.inbox.handedOver(early.id, 'flex-request/b', '2026-11-23T10:00:02.000Z');
  expect((await store.inbox.pending(1))[0]?.id).toBe(late.id);
  const row = await store.inbox.find(early.id);
  expect(row).toMatchObject({
    workflowId: 'flex-request/a',
    handedOverAt: '2026-11-23T10:00:01.000Z',
    attempts: 2,
  });
});

test('a repeat waits for its answer until it was served, and does not count back', async () => {
  const message = inbound();
  const { id } = await store.inbox.accept(message);
  await store.inbox.accept(message);
  const due = async () => (await store.inbox.repeatsToAnswer(1000)).find((row) => row.id === id);
  expect(await due()).toEqual({ id, senderDomain: 'dso.example', repeats: 1 });
  const answer = await store.outbox.prepare({ workflowId: 'reply/x', step: 'reply' }, async () =>
    outbound({ answersInboxId: id }),
  );
  expect(await due()).toMatchObject({ answerOutboxId: answer.id });
  await store.inbox.repeatAnswered(id, 1);
  expect(await due()).toBeUndefined();
  await store.inbox.accept(message);
  await store.inbox.accept(message);
  expect(await due()).toMatchObject({ repeats: 3 });
  await store.inbox.repeatAnswered(id, 3);
  await store.inbox.repeatAnswered(id, 2);
  expect(await due()).toBeUndefined();
});

test('a verdict is kept, and one on a message that is not there is refused', async () => {
  const { id } = await store.inbox.accept(inbound());
  await store.inbox.recordVerdict(id, 'Rejected', 'Unknown Congestion Point');
  expect(await store.inbox.find(id)).toMatchObject({
    result: 'Rejected',
    reason: 'Unknown Congestion Point',
  });
  await expect(store.inbox.recordVerdict(randomUUID(), 'Accepted')).rejects.toMatchObject({
    code: 'store.not-found',
  });
});

test('pending leaves out what is named, and conversations that are busy', async () => {
  const conversationId = randomUUID();
  const receivedAt = '2000-01-01T00:00:00.000Z';
  const accept = async (changes: object = {}) =>
    (await store.inbox.accept(inbound({ receivedAt, ...changes }))).id;
  const [busy, alsoBusy] = [await accept({ conversationId }), await accept({ conversationId })];
  const [resting, free] = [await accept(), await accept({ receivedAt: '2000-01-01T00:00:01.000Z' })];
  const found = await store.inbox.pending(1, {
    ids: [resting!],
    conversations: [{ senderDomain: 'dso.example', conversationId }],
  });
  expect(found.map(({ id }) => id)).toEqual([free]);
  for (const id of [busy, alsoBusy, resting, free]) await store.inbox.handedOver(id!, 'w', receivedAt);
});

test('earlier requests of a conversation are those that came first and were not rejected', async () => {
  const conversationId = randomUUID();
  const ids: string[] = [];
  for (const minute of ['01', '02', '03', '04']) {
    const receivedAt = `2026-11-23T10:${minute}:00.000Z`;
    const payload = bytesOf(`<FlexRequest n="${minute}"/>`);
    const { id } = await store.inbox.accept(inbound({ conversationId, receivedAt, payload }));
    await store.inbox.handedOver(id, 'w', receivedAt);
    ids.push(id);
  }
  await store.inbox.accept(
    inbound({ conversationId, senderDomain: 'other.example', receivedAt: '2026-11-23T09:00:00.000Z' }),
  );
  await store.inbox.recordVerdict(ids[0]!, 'Rejected', 'no');
  const third = (await store.inbox.find(ids[2]!))!;
  const earlier = await store.inbox.earlierInConversation(third);
  expect(earlier.map(({ id }) => id)).toEqual([ids[1]]);
});
