import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { nextAct } from '../../rehearsal/next-act.ts';
import type { FlexorConfiguration } from '../../rehearsal/stage.ts';
import { type Story, STORIES } from '../../rehearsal/stories/index.ts';
import { testRehearsal } from '../support/rehearsal.ts';

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

const told = STORIES.slice(1);
/** These contradict what the others configure; each is told by the command, on a market of its own. */
const APART = ['manual', 'corrected', 'disputed', 'prognosis'];
const apart = told.filter(({ name }) => APART.includes(name));
const together = told.filter(({ name }) => !APART.includes(name));

test.each(apart)('by the command: $name: $title', async ({ name, title }) => {
  const { stdout } = await demo('--scenario', name);
  expect(stdout).toContain(title);
  expect(stdout).toMatch(/All \d+ steps happened/);
});

describe('on one market, one story after the other', () => {
  const market = testRehearsal({
    configure: (usual) => together.reduce<FlexorConfiguration>(configuredFor, usual),
  });

  test.each(together)('$name: $title', async ({ play }) => {
    const steps: string[] = [];
    const report = await play(await nextAct(market.on), (line) => steps.push(line));
    expect(steps.length).toBeGreaterThan(2);
    if (report) expect(report.conversation.snapshot.phase).toBe(report.conversation.state);
  });
});

/** The configuration with what one more story needs. */
function configuredFor(usual: FlexorConfiguration, { configure }: Story): FlexorConfiguration {
  return configure ? (configure(usual) as FlexorConfiguration) : usual;
}
