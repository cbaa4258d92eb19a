import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStore } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { bytesOf, inbound } from './samples.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function administer(sql: string): Promise<void> {
  const elsewhere = new URL(database.url);
  elsewhere.pathname = '/postgres';
  const client = new Client({ connectionString: elsewhere.href });
  await client.connect();
  await client.query(sql);
  await client.end();
}
const name = () => new URL(database.url).pathname.slice(1);

test('a server that is not there is unavailable, for every kind of operation', async () => {
  const store = createStore({ url: 'postgresql://flexor:x@127.0.0.1:1/flexor' });
  const unavailable = { code: 'store.unavailable' };
  await expect(store.ping()).rejects.toMatchObject(unavailable);
  await expect(store.inbox.accept(inbound())).rejects.toMatchObject(unavailable);
  const delivery = { at: '2026-11-23T10:00:00.000Z', outcome: 'delivered' as const };
  await expect(store.outbox.recordDelivery(randomUUID(), delivery)).rejects.toMatchObject(unavailable);
  await store.close();
});

test('sessions that an administrator ends are unavailable, and the store recovers by itself', async () => {
  const store = createStore({ url: database.url, poolSize: 1 });
  await store.ping();
  await administer(`ALTER DATABASE "${name()}" ALLOW_CONNECTIONS false`);
  await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name()}'`);
  await expect(store.inbox.accept(inbound())).rejects.toMatchObject({ code: 'store.unavailable' });
  await administer(`ALTER DATABASE "${name()}" ALLOW_CONNECTIONS true`);
  expect(await store.inbox.accept(inbound())).toMatchObject({ outcome: 'new' });
  await store.close();
});

test('an error carries no body', async () => {
  const store = createStore({ url: database.url });
  const message = inbound({ body: bytesOf('the secret body'), receivedAt: 'not an instant' });
  const failure = await store.inbox.accept(message).catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ code: 'store.broken' });
  expect(inspect(failure, { depth: 10 })).not.toMatch(/secret|116, 104, 101/);
  await store.close();
});

test('instants are right whatever time zone the server and the URL prefer', async () => {
  await administer(`ALTER DATABASE "${name()}" SET timezone = 'Pacific/Auckland'`);
  const url = new URL(database.url);
  url.searchParams.set('options', '-c statement_timeout=60000 -c TimeZone=Asia/Tokyo');
  for (const from of [database.url, url.href]) {
    const store = createStore({ url: from });
    const { id } = await store.inbox.accept(inbound({ receivedAt: '2026-03-29T00:59:59.999Z' }));
    expect(await store.inbox.find(id)).toMatchObject({ receivedAt: '2026-03-29T00:59:59.999Z' });
    await store.close();
  }
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(`SELECT 1 FROM inbox WHERE received_at = '2026-03-29T00:59:59.999Z'`);
  await client.end();
  expect(rows).toHaveLength(2);
});
