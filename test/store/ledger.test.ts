import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStore, verifyChain, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { bytesOf, inbound, outbound } from './samples.ts';

let database: TestDatabase;
let store: Store;
let sql: Client;
beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  sql = new Client({ connectionString: database.url });
  await sql.connect();
  // Written from many sides at once, so that order and gaps are put to the test.
  await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      if (i % 2) return store.inbox.accept(inbound({ body: bytesOf(`in ${i}`) }));
      const step = { workflowId: `flex-request/${i}`, step: 'offer' };
      const row = await store.outbox.prepare(step, async () => outbound({ body: bytesOf(`out ${i}`) }));
      return store.outbox.recordDelivery(row.id, { at: '2026-11-23T10:02:00.000Z', outcome: 'delivered' });
    }),
  );
});
afterAll(async () => {
  await sql.end();
  await store.close();
  await database.drop();
});

/** A copy of a received message under another MessageID. */
const copy = (payload: string) => `
  INSERT INTO inbox (id, message_id, sender_domain, sender_role, recipient_domain, conversation_id, type, version,
    received_at, body, payload, payload_sha256)
  SELECT gen_random_uuid(), gen_random_uuid(), sender_domain, sender_role, recipient_domain, conversation_id, type,
    version, received_at, body, ${payload}, payload_sha256 FROM inbox LIMIT 1`;

test('every message is in the chain once, without gaps, and the chain verifies', async () => {
  const entries = await store.ledger.after(0, 1000);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  expect(entries).toHaveLength(40);
  expect(verifyChain(entries)).toBeUndefined();
  for (const { direction, rowId, bodySha256, at } of entries) {
    const row = direction === 'in' ? await store.inbox.find(rowId) : await store.outbox.find(rowId);
    expect(createHash('sha256').update(row!.body).digest('hex')).toBe(bodySha256);
    expect(at).toBe(direction === 'in' ? '2026-11-23T10:00:00.000Z' : '2026-11-23T10:01:00.000Z');
  }
});

test('a part of the chain verifies from where it begins', async () => {
  const [last, ...rest] = await store.ledger.after(9, 10);
  expect(last!.seq).toBe(10);
  expect(verifyChain(rest, last)).toBeUndefined();
  expect(verifyChain(rest)).toBe(1);
});

test.each([
  ['changed', (entry: object) => [{ ...entry, bodySha256: '0'.repeat(64) }]],
  ['moved to another instant', (entry: object) => [{ ...entry, at: '2026-11-24T10:00:00.000Z' }]],
  ['removed', () => []],
  ['doubled', (entry: object) => [entry, entry]],
])('an entry that was %s is noticed', async (_, change) => {
  const entries = await store.ledger.after(0, 1000);
  const tampered = [...entries];
  tampered.splice(19, 1, ...(change(entries[19]!) as typeof entries));
  expect(verifyChain(tampered)).toBe(change(entries[19]!).length === 2 ? 21 : 20);
});

test('a message whose transaction is undone leaves no gap', async () => {
  const before = (await store.ledger.after(0, 1000)).length;
  await sql.query('BEGIN');
  await sql.query(copy('payload'));
  await sql.query('ROLLBACK');
  await store.inbox.accept(inbound());
  const entries = await store.ledger.after(0, 1000);
  expect(entries).toHaveLength(before + 1);
  expect(verifyChain(entries)).toBeUndefined();
});

describe('the database refuses to', () => {
  test.each([
    ['inbox', 'body', `'\\x00'`],
    ['inbox', 'payload', `'\\x00'`],
    ['inbox', 'message_id', `'x'`],
    ['inbox', 'conversation_id', `'x'`],
    ['inbox', 'type', `'FlexOrder'`],
    ['inbox', 'received_at', 'now()'],
    ['inbox', 'conflicts_with', 'id'],
    ['outbox', 'body', `'\\x00'`],
    ['outbox', 'payload', `'\\x00'`],
    ['outbox', 'message_id', `'x'`],
    ['outbox', 'conversation_id', `'x'`],
    ['outbox', 'type', `'FlexOrder'`],
    ['outbox', 'created_at', 'now()'],
    ['outbox', 'step', `'x'`],
    ['outbox', 'result', `'Accepted'`],
    ['delivery', 'outcome', `'delivered'`],
    ['ledger', 'hash', `'x'`],
  ])('change %s.%s', async (table, column, value) => {
    await expect(sql.query(`UPDATE ${table} SET ${column} = ${value}`)).rejects.toMatchObject({
      code: '23000',
    });
  });

  test.each(['inbox', 'outbox', 'delivery', 'ledger'])('remove from %s', async (table) => {
    await expect(sql.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '23000' });
    await expect(sql.query(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject({ code: '23000' });
  });

  test('keep a payload under the digest of another', async () => {
    await expect(sql.query(copy(`'\\x00'`))).rejects.toMatchObject({ code: '23514' });
  });
});
