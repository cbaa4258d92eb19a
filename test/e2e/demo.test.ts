import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../rehearsal/rehearsal.ts';
import { claimPorts } from '../../services/index.ts';
import { processesMarked } from '../support/marked-processes.ts';

const program = fileURLToPath(new URL('../../cli/bootstrap.mjs', import.meta.url));

/** Everything that the demo makes lies below it, and every process it starts has it in its environment. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flexor-demo-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

/** The demo as a user starts it. */
function demo(...args: string[]) {
  const { DATABASE_URL: _, TEMPORAL_ADDRESS: __, NODE_OPTIONS: ___, ...env } = process.env;
  const child = spawn(process.execPath, [program, 'demo', ...args], {
    // Some environments ask for colours also where there is no terminal.
    env: { ...env, TMPDIR: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return { child, ended: once(child, 'exit'), output: () => output };
}

const nothingRuns = (): Promise<true> =>
  until(async () => (await processesMarked(folder)).length === 0 || undefined, 'everything to have ended');

/** Takes two of the ports that the demo would use next, claimed first: others may be about to listen on theirs. */
async function takePorts(): Promise<Server[]> {
  const claim = await claimPorts(8080, 6);
  const servers = [];
  for (const port of claim.ports.slice(0, 2)) {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  await claim.release();
  return servers;
}

test('once: tells every step, ends with 0, and leaves nothing, also where its ports are taken', async () => {
  const servers = await takePorts();
  try {
    const run = demo('--once');
    expect(await run.ended, run.output()).toEqual([0, null]);
    const steps = [...run.output().matchAll(/^✔ +(\d+)\./gm)].map(([, number]) => Number(number));
    expect(steps.length).toBeGreaterThan(10);
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect(run.output()).toContain(`All ${steps.length} steps happened`);
    await nothingRuns();
    const left = await readdir(folder);
    expect(left.filter((name) => name.startsWith('flexor-'))).toEqual([]);
  } finally {
    for (const server of servers) server.close();
  }
});

test.each(['SIGKILL', 'SIGINT'] as const)('%s while the story is told leaves no process', async (signal) => {
  const run = demo();
  await until(async () => run.output().includes('The story') || undefined, 'the story to begin', 120_000);
  expect((await processesMarked(folder)).length).toBeGreaterThan(4);
  run.child.kill(signal);
  await run.ended;
  await nothingRuns();
});
