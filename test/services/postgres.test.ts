import { chmod, mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { isAlive } from '../../services/processes.ts';
import { createDatabase, dropDatabase, freePort, startPostgres } from '../../services/index.ts';
import { temporaryDirectory } from './temporary.ts';

const directory = temporaryDirectory();

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

const portOf = (url: string) => Number(new URL(url).port);

test(
  'a temporary server works, listens on loopback only, and leaves nothing',
  { timeout: 60_000 },
  async () => {
    const postgres = await startPostgres();
    const home = path.dirname(postgres.logFile ?? '');
    expect(await query(postgres.url, 'SELECT current_database()')).toEqual(['flexor']);
    expect(await query(postgres.url, 'SHOW listen_addresses')).toEqual(['127.0.0.1']);
    expect(await query(postgres.url, 'SHOW unix_socket_directories')).toEqual(['']);
    await postgres.stop();
    expect(await isAlive(postgres.pid)).toBe(false);
    await expect(stat(home)).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

test('data, password and databases last from one start to the next', { timeout: 60_000 }, async () => {
  const dataDir = path.join(directory, 'lasting');
  const first = await startPostgres({ dataDir });
  const other = await createDatabase(first.url, 'other "quoted"');
  await query(other, 'CREATE TABLE kept AS SELECT 42 AS value');
  await createDatabase(first.url, 'other "quoted"');
  await first.stop();

  const again = await startPostgres({ dataDir });
  const moved = await createDatabase(again.url, 'other "quoted"');
  expect(new URL(again.url).password).toBe(new URL(first.url).password);
  expect(await query(moved, 'SELECT value FROM kept')).toEqual([42]);
  expect((await stat(path.join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
  await dropDatabase(again.url, 'other "quoted"');
  await expect(query(moved, 'SELECT 1')).rejects.toThrow('does not exist');
  await again.stop();
});

test('a wrong password is refused', { timeout: 60_000 }, async () => {
  const postgres = await startPostgres();
  const wrong = new URL(postgres.url);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  await postgres.stop();
});

test('a taken port is avoided, a running data directory refused', { timeout: 60_000 }, async () => {
  const dataDir = path.join(directory, 'busy');
  const port = await freePort();
  const one = await startPostgres({ dataDir, port });
  const two = await startPostgres({ port });
  expect(portOf(one.url)).toBe(port);
  expect(portOf(two.url)).not.toBe(port);
  await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'services.data-in-use' });
  await Promise.all([one.stop(), two.stop()]);
});

test(
  'a killed server is noticed, and starts again with what was committed',
  { timeout: 60_000 },
  async () => {
    const dataDir = path.join(directory, 'killed');
    const before = await startPostgres({ dataDir });
    await query(before.url, 'CREATE TABLE kept AS SELECT 1 AS value');
    process.kill(before.pid, 'SIGKILL');
    expect(await before.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await before.stop();

    const after = await startPostgres({ dataDir });
    expect(await query(after.url, 'SELECT value FROM kept')).toEqual([1]);
    await after.stop();
  },
);

test.runIf(process.getuid?.() === 0)(
  'run by root on a directory closed to others, the data lives where its account can reach it',
  { timeout: 60_000 },
  async () => {
    const closed = path.join(directory, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await chmod(closed, 0o700);
    const dataDir = path.join(closed, 'data');
    const said: string[] = [];
    const postgres = await startPostgres({ dataDir, say: (line) => said.push(line) });
    const location = (await readFile(path.join(dataDir, 'location'), 'utf8')).trim();
    try {
      expect(said.join('\n')).toContain(location);
      await query(postgres.url, 'CREATE TABLE kept AS SELECT 1 AS value');
      await postgres.stop();
      const again = await startPostgres({ dataDir });
      expect(await query(again.url, 'SELECT value FROM kept')).toEqual([1]);
      await again.stop();
    } finally {
      await postgres.stop();
      await rm(location, { recursive: true });
    }
  },
);
