import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm run check` runs before each commit, one test for each part. */
describe.concurrent.each(['check:types', 'check:lint', 'check:format'])('npm run %s', (script) => {
  it('finds nothing', async ({ expect }) => {
    const run = promisify(execFile)('npm', ['run', '--silent', script], { cwd: root });
    const output = await run.then(
      () => '',
      ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}` || 'failed',
    );
    expect(output).toBe('');
  });
});
