import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimDirectory } from './claim.ts';
import { silent } from './errors.ts';
import { identityOf } from './processes.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'flexor-claim-'));
});
afterEach(() => rm(dir, { recursive: true }));

const claim = () => claimDirectory({ dir, name: 'Server', marker: dir, stopSignal: 'SIGTERM', say: silent });
const leaveBehind = (record: unknown) => writeFile(path.join(dir, 'running.json'), JSON.stringify(record));

test('one run at a time: the second is refused until the first releases', async () => {
  const first = await claim();
  await expect(claim()).rejects.toMatchObject({ code: 'services.data-in-use' });
  await first.release();
  await (await claim()).release();
});

test('of two that come together one is refused', async () => {
  const results = await Promise.allSettled([claim(), claim()]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('a server left behind by a dead run is ended', async () => {
  const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)', dir]);
  const ended = once(server, 'exit');
  await once(server, 'spawn');
  await leaveBehind({ owner: { pid: process.pid, identity: 'an earlier process' }, serverPid: server.pid });
  await claim();
  expect((await ended)[1]).toBe('SIGTERM');
});

test('a process that merely has the same id is left alone', async () => {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)']);
  await once(stranger, 'spawn');
  try {
    const pid = stranger.pid ?? 0;
    await leaveBehind({ owner: { pid, identity: 'an earlier process' }, serverPid: pid });
    await claim();
    expect(await identityOf(pid)).toBeDefined();
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('of many that find a dead run at once, one gets the directory', async () => {
  await leaveBehind({ owner: { pid: process.pid, identity: 'an earlier process' } });
  const results = await Promise.allSettled(Array.from({ length: 8 }, claim));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a record emptied by a power cut does not block the next run', async () => {
  await writeFile(path.join(dir, 'running.json'), '');
  await claim();
});
