import { Client } from 'pg';
import { reasonOf } from '../base/index.ts';
import { connectionSettings } from './connection.ts';
import { StoreError, storeErrorFrom } from './errors.ts';
import { migrationsDirectory } from './migration-files.ts';
import { applyMigrations } from './schema-engine.ts';

/** Any number that no other program takes a lock on in Flexor's database. */
const lock = 7_311_842_905;

/**
 * Brings a database up to this version's migrations, and does nothing where it is already there. Processes that
 * migrate at the same time wait for one another. Prisma's own table `_prisma_migrations` keeps the record, so
 * `prisma migrate deploy` agrees.
 *
 * @returns the names of the migrations that were applied now.
 * @throws StoreError `store.unavailable`, or `store.migration-failed` with what the database said.
 */
export async function migrate(
  url: string,
  options: { say?: (line: string) => void } = {},
): Promise<string[]> {
  const say = options.say ?? (() => {});
  const client = new Client(connectionSettings(url));
  // A server that goes away between two queries reports it here; the next query then fails.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [lock]);
    const applied = await apply(url);
    for (const name of applied) say(`Applied migration ${name}.`);
    if (applied.length === 0) say('The database is up to date.');
    return applied;
  } catch (thrown) {
    throw storeErrorFrom(thrown);
  } finally {
    await client.end().catch(() => {});
  }
}

async function apply(url: string): Promise<string[]> {
  try {
    return await applyMigrations(url);
  } catch (cause) {
    const failure = storeErrorFrom(cause);
    if (failure.code === 'store.unavailable') throw failure;
    throw new StoreError(
      'store.migration-failed',
      `A migration could not be applied: ${reasonOf(cause)}`,
      `Put the database right and migrate again. The scripts are in ${migrationsDirectory}.`,
      { cause },
    );
  }
}
