import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { Client, type Pool } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SchemaAdapterFactory } from '../../store/schema-adapter.ts';
import { missingFromMigrations } from '../../store/schema-engine.ts';
import { createStore, migrate } from '../../store/index.ts';
import { emptyDatabase, type TestDatabase } from '../support/postgres.ts';
import { inbound } from './samples.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyDatabase();
});
afterEach(() => database.drop());

async function sql(text: string) {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('the migrations build what the schema says', async () => {
  expect(await missingFromMigrations(database.url)).toBe('');
  expect(await sql(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
});

test('migrating again does nothing, and says so', async () => {
  const said: string[] = [];
  expect(await migrate(database.url)).not.toEqual([]);
  expect(await migrate(database.url, { say: (line) => said.push(line) })).toEqual([]);
  expect(said).toEqual(['The database is up to date.']);
});

test('of processes that migrate at the same time, one does it and the others wait for it', async () => {
  const results = await Promise.all([1, 2, 3].map(() => migrate(database.url)));
  expect(results.filter((applied) => applied.length > 0)).toHaveLength(1);
  const store = createStore({ url: database.url });
  expect(await store.inbox.accept(inbound())).toMatchObject({ outcome: 'new' });
  await store.close();
});

test('a migration that failed says why, and is tried again once the reason is gone', async () => {
  await sql(`CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`);
  await expect(migrate(database.url)).rejects.toMatchObject({
    code: 'store.migration-failed',
    message: expect.stringContaining('"refuse_change" already exists'),
  });
  await sql('DROP FUNCTION refuse_change');
  expect(await migrate(database.url)).toContainEqual(expect.stringContaining('append_only'));
});

test('a database that is away is unavailable', async () => {
  const nowhere = migrate('postgresql://flexor:x@127.0.0.1:1/flexor');
  await expect(nowhere).rejects.toMatchObject({ code: 'store.unavailable' });
});

test('a server that ends a connection which the engine is done with ends nothing else', async () => {
  const uncaught: unknown[] = [];
  const keep = (failure: unknown): void => void uncaught.push(failure);
  process.on('uncaughtException', keep);
  const factory = new SchemaAdapterFactory(database.url);
  const adapter = await factory.connect();
  await adapter.executeScript('SELECT 1');
  const { underlyingDriver } = adapter as SqlDriverAdapter & { underlyingDriver(): Pool };
  const pool = underlyingDriver.call(adapter);
  const ended = new Promise((resolve) => pool.once('remove', resolve));
  await adapter.dispose();
  await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  await ended;
  await factory.close();
  process.off('uncaughtException', keep);
  expect(uncaught).toEqual([]);
});
