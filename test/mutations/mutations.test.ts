import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('every guard of a binding decision is held by a test, or explained', async () => {
  const run = fileURLToPath(new URL('./run.ts', import.meta.url));
  // A process of its own: one test runner does not run inside another.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const { stdout, code = 0 } = await promisify(execFile)(process.execPath, ['--import', 'tsx', run], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env,
  }).then(
    (ended) => ({ ...ended, code: 0 }),
    (failed: { stdout: string; code: number }) => failed,
  );
  expect(stdout).toMatch(/\d+ mutations, \d+ of them equivalent, 0 not noticed/);
  // An explanation of what is noticed by now explains nothing.
  expect(code, stdout).toBe(0);
}, 120_000);
