import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../services/index.ts';
import { createStore, migrate } from '../../store/index.ts';

const hasPsql = spawnSync('psql', ['--version']).status === 0;

/** The script speaks psql's own language, so psql it takes: on Debian the package postgresql-client. */
describe.skipIf(!hasPsql)('deploy/postgres/roles.sql (needs psql)', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'flexor-roles-'));
  let server: RunningPostgres;

  const as = (role: string, database = 'flexor'): string => {
    const url = new URL(server.url);
    url.username = role;
    url.password = `password of ${role}`;
    url.pathname = `/${database}`;
    return url.href;
  };
  const query = async (url: string, sql: string) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    server = await startPostgres();
    mkdirSync(join(scratch, 'secrets'));
    for (const [name, role] of [
      ['owner', 'flexor_owner'],
      ['api', 'flexor_api'],
      ['worker', 'flexor_worker'],
      ['temporal', 'temporal'],
    ]) {
      writeFileSync(join(scratch, 'secrets', `${name}_password`), `password of ${role}`);
    }
    const script = readFileSync(
      fileURLToPath(new URL('../../deploy/postgres/roles.sql', import.meta.url)),
      'utf8',
    );
    writeFileSync(join(scratch, 'roles.sql'), script.replaceAll('/run/secrets', join(scratch, 'secrets')));
    const superuser = new URL(server.url);
    superuser.pathname = '/postgres';
    await query(superuser.href, 'DROP DATABASE flexor');
    const run = spawnSync('psql', ['-X', '-d', superuser.href, '-f', join(scratch, 'roles.sql')], {
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    await migrate(as('flexor_owner'));
  }, 120_000);

  afterAll(async () => {
    await server.stop();
    rmSync(scratch, { recursive: true });
  }, 60_000);

  it.each(['flexor_api', 'flexor_worker'])('lets %s take a message', async (role) => {
    const store = createStore({ url: as(role) });
    const accepted = await store.inbox.accept({
      senderDomain: 'dso.example.com',
      senderRole: 'DSO',
      recipientDomain: 'agr.example.com',
      messageId:
        role === 'flexor_api'
          ? '11111111-1111-4111-8111-111111111111'
          : '22222222-2222-4222-8222-222222222222',
      conversationId: '33333333-3333-4333-8333-333333333333',
      type: 'TestMessage',
      version: '3.1.0',
      receivedAt: '2026-01-01T00:00:00.000Z',
      body: new Uint8Array([1]),
      payload: new Uint8Array([2]),
    });
    await store.close();
    expect(accepted.outcome).toBe('new');
  });

  it('lets the API take profiles of assets, and change them', async () => {
    const store = createStore({ url: as('flexor_api') });
    const profile = { connection: 'ean.1', asset: 'battery', period: '2026-01-01' };
    const day = { ...profile, timeZone: 'Europe/Amsterdam', ispDuration: 'PT60M', increaseW: [0] };
    expect(await store.assetProfiles.save([{ ...day, reduceW: [1] }], '2026-01-01T00:00:00.000Z')).toBe(1);
    expect(await store.assetProfiles.save([{ ...day, reduceW: [2] }], '2026-01-01T00:00:01.000Z')).toBe(1);
    await store.close();
  });

  it.each(['flexor_api', 'flexor_worker'])('lets %s change no table', async (role) => {
    for (const sql of ['ALTER TABLE inbox ADD x int', 'DROP TABLE inbox', 'CREATE TABLE mine (x int)']) {
      await expect(query(as(role), sql)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('lets the API delete nothing', async () => {
    await expect(query(as('flexor_api'), 'DELETE FROM meter_reading')).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('keeps Temporal out of the database, and lets it make its own', async () => {
    await expect(query(as('temporal'), 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
    await query(as('temporal', 'postgres'), 'CREATE DATABASE temporal');
    expect(await query(as('temporal', 'temporal'), 'SELECT current_user AS me')).toEqual([
      { me: 'temporal' },
    ]);
  });
});
