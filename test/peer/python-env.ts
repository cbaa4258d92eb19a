import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../../services/index.ts';

const run = promisify(execFile);

/** The Python library as counterpart: a plain install of it takes newer parts that it does not work with. */
const PACKAGES = [
  'shapeshifter-uftp==2.4.0',
  'fastapi==0.138.0',
  'fastapi-xml==1.1.2',
  'starlette==1.3.1',
  'xsdata[lxml]==26.2',
  'pynacl==1.6.2',
  'uvicorn==0.49.0',
  'requests==2.34.2',
  'pydantic==2.13.4',
  'lxml==6.1.1',
  'anyio==4.14.1',
];

/** A Python that has the library, or the reason why there is none. */
export type PythonPeer =
  { readonly python: string; readonly env: NodeJS.ProcessEnv } | { readonly missing: string };

let peer: Promise<PythonPeer> | undefined;

/**
 * Finds the Python library, installing it on first use into an environment of its own in Flexor's cache.
 * Never throws: a machine without Python has a reason to skip.
 *
 * @param say takes a line before each slow step
 */
export function pythonPeer(say: (line: string) => void = () => {}): Promise<PythonPeer> {
  return (peer ??= findOrInstall(say).catch((thrown: unknown) => ({
    missing: `the Python library could not be installed: ${lastLine(thrown)}`,
  })));
}

async function findOrInstall(say: (line: string) => void): Promise<PythonPeer> {
  const python = await findPython();
  if (!python) return { missing: 'no Python of version 3.10 or newer was found; set FLEXOR_PYTHON to one' };
  const version = (await run(python, ['--version'])).stdout.trim();
  const name = createHash('sha256')
    .update([version, ...PACKAGES].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const home = join(cacheDir(), `python-peer-${name}`);
  if (!existsSync(home)) {
    say(`Installing the Python library shapeshifter-uftp 2.4.0 into ${home} (once)`);
    await install(python, home);
  }
  return environment(python, home);
}

async function findPython(): Promise<string | undefined> {
  const named = process.env['FLEXOR_PYTHON'];
  for (const candidate of named ? [named] : ['python3', 'python']) {
    const works = run(candidate, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']);
    if (
      await works.then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  return undefined;
}

/** Built beside its place and moved there when complete: two runs at once do not see each other's half. */
async function install(python: string, home: string): Promise<void> {
  const building = `${home}.${process.pid}`;
  await mkdir(cacheDir(), { recursive: true });
  try {
    await run(python, ['-m', 'venv', building]).then(
      () => run(join(building, 'bin', 'python'), pip()),
      // A Python without ensurepip makes no environment, but its own pip can fill a folder.
      async () => {
        await rm(building, { recursive: true, force: true });
        await run(python, [...pip(), '--target', join(building, 'packages')]);
      },
    );
    await rename(building, home).catch((thrown: unknown) => {
      if (!existsSync(home)) throw thrown;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

const pip = (): string[] => ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];

function environment(python: string, home: string): PythonPeer {
  const own = join(home, 'bin', 'python');
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return existsSync(own)
    ? { python: own, env }
    : { python, env: { ...env, PYTHONPATH: join(home, 'packages') } };
}

const lastLine = (thrown: unknown): string =>
  String((thrown as Error).message)
    .trim()
    .split('\n')
    .at(-1)!;
