import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('every guard of the conversation’s reducer is held by a test, or explained', async () => {
  const run = fileURLToPath(new URL('./run.ts', import.meta.url));
  // A process of its own: one test runner does not run inside another.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', run], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env,
  }).catch((failed: { stdout: string }) => failed);
  expect(stdout).toMatch(/\d+ mutations, \d+ of them equivalent, 0 not noticed/);
}, 120_000);
