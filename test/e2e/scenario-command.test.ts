import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { STORIES } from '../../rehearsal/stories/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the demo as a user does. */
const demo = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['cli/bootstrap.mjs', 'demo', ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' },
    maxBuffer: 16 * 1024 * 1024,
  });

test('--list names the scenarios, one a line', async () => {
  const { stdout } = await demo('--list');
  expect(stdout.trim().split('\n')).toEqual(STORIES.map(({ name }) => name));
});

test('a scenario that does not exist is refused, and the others are named', async () => {
  await expect(demo('--scenario', 'no-such')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('unsolicited'),
  });
});

const [, first] = STORIES;

test(`by the command: ${first!.name}`, async () => {
  const { stdout } = await demo('--scenario', first!.name);
  expect(stdout).toContain(first!.title);
  expect(stdout).toMatch(/All \d+ steps happened/);
});
