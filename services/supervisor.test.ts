import { expect, test } from 'vitest';
import type { Exit } from './guarded.ts';
import { Supervisor, type Part } from './supervisor.ts';
import { deferred } from './wait.ts';

function setUp() {
  const log: string[] = [];
  const supervisor = new Supervisor({ say: (line) => log.push(line) });
  const start = (name: string, part: Partial<Part> = {}) =>
    supervisor.start(name, async () => ({ stop: async () => log.push(`${name} stopped`), ...part }));
  return { log, supervisor, start };
}

test('stops in reverse order, exactly once', async () => {
  const { log, supervisor, start } = setUp();
  await start('first');
  await start('second');
  expect(await Promise.all([supervisor.stop(), supervisor.stop(9)])).toEqual([0, 0]);
  expect(log).toEqual(['second stopped', 'first stopped']);
});

test("a body's number ends the run with it", async () => {
  const { log, supervisor, start } = setUp();
  const code = await supervisor.run(async () => {
    await start('part');
    return 4;
  });
  expect(code).toBe(4);
  expect(log).toEqual(['part stopped']);
});

test('a part that ends by itself stops the others and is named', async () => {
  const { log, supervisor, start } = setUp();
  const dead = deferred<Exit>();
  const code = await supervisor.run(async () => {
    await start('other');
    await start('fragile', { exited: dead.promise });
    dead.resolve({ code: 2, signal: null });
  });
  expect(code).toBe(1);
  expect(log).toEqual(['fragile ended unexpectedly (code 2).', 'fragile stopped', 'other stopped']);
});

test('a failing body stops what was started and keeps its error', async () => {
  const { log, supervisor, start } = setUp();
  const run = supervisor.run(async () => {
    await start('part');
    throw new Error('no good');
  });
  await expect(run).rejects.toThrow('no good');
  expect(log).toEqual(['part stopped']);
});

test('a part that was still starting when stopping began is stopped too', async () => {
  const { log, supervisor } = setUp();
  const slow = deferred<Part>();
  const started = supervisor.start('slow', () => slow.promise);
  const finished = supervisor.stop();
  slow.resolve({ stop: async () => log.push('slow stopped') });
  await expect(started).rejects.toMatchObject({ code: 'services.stopping' });
  expect(await finished).toBe(0);
  expect(log).toEqual(['slow stopped']);
});

test('a part that will not stop does not keep the others from stopping', async () => {
  const { log, supervisor, start } = setUp();
  await start('other');
  await start('stubborn', { stop: () => Promise.reject(new Error('stuck')) });
  expect(await supervisor.stop()).toBe(1);
  expect(log).toEqual(['stubborn did not stop properly: stuck', 'other stopped']);
});
