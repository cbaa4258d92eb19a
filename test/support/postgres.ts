import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { createDatabase, dropDatabase } from '../../services/index.ts';
import './global-postgres.ts';

export interface TestDatabase {
  readonly url: string;
  /** Removes it, ending the connections that still use it. */
  drop(): Promise<void>;
}

/** A fresh, migrated database on the run's PostgreSQL: a copy of the template, made in well under a second. */
export async function testDatabase(): Promise<TestDatabase> {
  const { template } = server();
  return named((name) => query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`));
}

/** A fresh database without any table. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return named(async (name) => void (await createDatabase(server().url, name)));
}

async function named(create: (name: string) => Promise<void>): Promise<TestDatabase> {
  const { url } = server();
  const name = `flexor_test_${randomUUID()}`;
  await create(name);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => dropDatabase(url, name) };
}

async function query(sql: string): Promise<void> {
  const client = new Client({ connectionString: server().url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function server(): { url: string; template: string } {
  const provided = inject('postgres');
  if (provided !== undefined) return provided;
  throw new Error(
    'No PostgreSQL for tests: the vitest project lacks globalSetup test/support/global-postgres.ts.',
  );
}
