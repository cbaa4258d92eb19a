import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawnGuarded } from './guarded.ts';
import { commandLineOf, isAlive } from './processes.ts';
import { until } from './wait.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'flexor-guarded-'));
});
afterAll(() => rm(directory, { recursive: true }));

let logs = 0;
async function shell(script: string, options: { graceMs?: number } = {}) {
  const logFile = path.join(directory, `${logs++}.log`);
  const running = await spawnGuarded({
    name: 'script',
    command: 'sh',
    args: ['-c', script],
    logFile,
    ...options,
  });
  const said = (text: string) =>
    until(async () => expect(await readFile(logFile, 'utf8')).toContain(text), { timeoutMs: 10_000 });
  return { running, said };
}

test('reports how a program ends and keeps what it wrote', async () => {
  const { running, said } = await shell('echo out; echo err >&2; exit 3');
  expect(await running.exited).toEqual({ code: 3, signal: null });
  await said('out\nerr\n');
});

test('stops a program with its stop signal', async () => {
  const { running } = await shell('exec sleep 600');
  expect(await running.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  expect(await running.stop()).toEqual({ code: null, signal: 'SIGTERM' });
});

test('kills a program that ignores its stop signal', async () => {
  const { running, said } = await shell('trap "" TERM; echo deaf; while :; do sleep 1; done');
  await said('deaf');
  expect(await running.stop(50)).toEqual({ code: null, signal: 'SIGKILL' });
});

test('ends the program when its guard is killed', async () => {
  const { running, said } = await shell('echo "guard $PPID"; exec sleep 600');
  await said('guard');
  const guard = Number(/guard (\d+)/.exec(await readFile(running.logFile ?? '', 'utf8'))?.[1]);
  expect(await commandLineOf(guard)).toContain('guard.mjs');
  process.kill(guard, 'SIGKILL');
  await running.exited;
  expect(await isAlive(running.pid)).toBe(false);
});

test('a program that cannot be run is an error', async () => {
  const spec = {
    name: 'nothing',
    command: 'no-such-program',
    args: [],
    logFile: path.join(directory, 'no.log'),
  };
  await expect(spawnGuarded(spec)).rejects.toMatchObject({ code: 'services.start-failed' });
});
