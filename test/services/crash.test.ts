import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { findTemporal } from '../../services/index.ts';
import { isAlive } from '../../services/processes.ts';
import { until } from '../../services/wait.ts';
import { temporaryDirectory } from './temporary.ts';

const program = fileURLToPath(new URL('./supervised.ts', import.meta.url));
const timeout = 120_000;

const directory = temporaryDirectory();
beforeAll(async () => {
  await findTemporal(); // may have to fetch it
}, 600_000);

type Pids = Record<'postgres' | 'temporal' | 'role', number>;

async function startRun(name: string, mode = 'normal') {
  const child = spawn(process.execPath, ['--import', 'tsx', program, path.join(directory, name), mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const said = (pattern: RegExp) =>
    until(
      async () => {
        const match = pattern.exec(output);
        if (match === null) throw new Error(`not said: ${pattern}\n${output}`);
        return match;
      },
      { timeoutMs: 60_000 },
    );
  const pids = JSON.parse((await said(/serving (.*)\n/))[1] ?? '') as Pids;
  await said(/role runs/);
  return { child, ended, pids, output: () => output };
}

async function allGone(pids: Pids): Promise<void> {
  await until(
    async () => {
      const alive = await Promise.all(Object.values(pids).map(isAlive));
      expect(alive).not.toContain(true);
    },
    { timeoutMs: 30_000 },
  );
}

test(
  'SIGKILL of the supervisor leaves no process, and the data can be served again',
  { timeout },
  async () => {
    const killed = await startRun('killed');
    killed.child.kill('SIGKILL');
    await killed.ended;
    // At once, while the first run's servers may still be ending.
    const again = await startRun('killed');
    await allGone(killed.pids);
    again.child.kill('SIGTERM');
    expect((await again.ended)[0]).toBe(143);
    await allGone(again.pids);
  },
);

test('SIGKILL of the supervisor ends even a role that is stuck', { timeout }, async () => {
  const run = await startRun('stuck', 'stuck');
  run.child.kill('SIGKILL');
  await allGone(run.pids);
});

test('Ctrl-C stops the role first and then the services', { timeout }, async () => {
  const run = await startRun('interrupted');
  run.child.kill('SIGINT');
  expect((await run.ended)[0]).toBe(130);
  const order = [...run.output().matchAll(/(\w+) ended\n/g)].map(([, name]) => name);
  expect(order).toEqual(['role', 'temporal', 'postgres']);
  await allGone(run.pids);
});

test.for(['postgres', 'temporal', 'role'] as const)(
  'the death of %s ends the run with an explanation',
  { timeout },
  async (victim) => {
    const run = await startRun(`dead-${victim}`);
    process.kill(run.pids[victim], 'SIGKILL');
    expect((await run.ended)[0]).toBe(1);
    expect(run.output()).toMatch(/(PostgreSQL|Temporal|role) ended unexpectedly \(SIGKILL\)/);
    await allGone(run.pids);
  },
);
