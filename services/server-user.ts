import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ServicesError, type Say } from './errors.ts';

const run = promisify(execFile);

/** An account of the operating system. */
export interface ServerUser {
  uid: number;
  gid: number;
}

const account = 'postgres';

/**
 * The account PostgreSQL has to run as: undefined (our own) for an ordinary user. PostgreSQL refuses to run
 * as root, so root gets the `postgres` account, which is created where it is missing.
 *
 * @throws ServicesError `services.no-postgres` when the account can be neither found nor created.
 */
export async function serverUser(say: Say): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp();
  if (existing !== undefined) return existing;
  say(`Creating the system account "${account}", as PostgreSQL refuses to run as root.`);
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', account]);
  } catch (cause) {
    // Another start may have created it in the meantime.
    const created = await lookUp();
    if (created !== undefined) return created;
    throw noAccount(cause);
  }
  const created = await lookUp();
  if (created === undefined) throw noAccount(undefined);
  return created;
}

/** Whether that account may use a path: its own permissions and those of every directory above it. */
export async function canReach(user: ServerUser, file: string): Promise<boolean> {
  return run('sh', ['-c', 'test -x "$1"', 'sh', file], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function lookUp(): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (what) => Number((await run('id', [what, account])).stdout)),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

function noAccount(cause: unknown): ServicesError {
  return new ServicesError(
    'services.no-postgres',
    `PostgreSQL refuses to run as root, and the account "${account}" could not be created for it.`,
    'Run Flexor as an ordinary user, create that account, or set DATABASE_URL to a PostgreSQL of your own.',
    { cause },
  );
}
