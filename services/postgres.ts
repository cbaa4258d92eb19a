import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reasonOf } from '../base/index.ts';
import { claimDirectory, type Claim } from './claim.ts';
import { checkDatabase, createDatabase } from './database.ts';
import { ServicesError, silent, type Say } from './errors.ts';
import { spawnGuarded, startFailed, type GuardedProcess } from './guarded.ts';
import { tailOf } from './log-tail.ts';
import { freePort } from './ports.ts';
import { postgresBinaries, sharedHome, type PostgresBinaries } from './postgres-binaries.ts';
import { commandLineOf, endProcess } from './processes.ts';
import { canReach, serverUser, type ServerUser } from './server-user.ts';
import { until } from './wait.ts';

/** How to run PostgreSQL. */
export interface PostgresOptions {
  /** Where the cluster, its password and its log live. Without it they are temporary and end with `stop`. */
  dataDir?: string;
  /** Preferred TCP port; the next free one is taken if it is not free. Default: any. */
  port?: number;
  say?: Say;
}

/** A running PostgreSQL; stopping it also gives its data directory back. */
export interface RunningPostgres extends GuardedProcess {
  /** `postgresql://` URL of the database `flexor`, with its password. */
  readonly url: string;
}

const superuser = 'flexor';
const startMs = 60_000;
const stopMs = 20_000;

/**
 * Starts PostgreSQL on the loopback interface with a database `flexor`, and waits until it answers. What an
 * earlier, crashed run left behind on the data directory is cleaned up first.
 *
 * @throws ServicesError `services.no-postgres`, `services.data-in-use`, `services.password-missing`,
 *   `services.start-failed`.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const say = options.say ?? silent;
  const user = await serverUser(say);
  const binaries = await postgresBinaries(user, say);
  const home = await homeOf(options.dataDir, user, say);
  const cluster = path.join(home, 'data');
  const claim = await claimDirectory({
    dir: home,
    name: 'PostgreSQL',
    marker: cluster,
    stopSignal: 'SIGINT',
    say,
  });
  const temporary = options.dataDir === undefined;
  const tidy = async () => {
    await claim.release();
    if (temporary) await rm(home, { recursive: true, force: true });
  };
  try {
    const server = { binaries, home, cluster, user, temporary, say };
    const password = await initialise(server);
    await endPostmaster(cluster, say);
    const { process, url } = await serve(server, claim, password, options.port);
    const stop = async (graceMs = stopMs) => {
      const exit = await process.stop(graceMs);
      await tidy();
      return exit;
    };
    return { ...process, url, stop };
  } catch (failure) {
    await tidy();
    throw failure;
  }
}

interface Server {
  binaries: PostgresBinaries;
  home: string;
  cluster: string;
  user: ServerUser | undefined;
  temporary: boolean;
  say: Say;
}

/**
 * The directory to use. Run by root, PostgreSQL has another account, which may be shut out of the data
 * directory (anything under /root): the cluster then lives under /var/lib, and the data directory says where.
 */
async function homeOf(dataDir: string | undefined, user: ServerUser | undefined, say: Say): Promise<string> {
  if (dataDir === undefined) {
    const home = await mkdtemp(path.join(tmpdir(), 'flexor-postgres-'));
    if (user !== undefined) await chown(home, user.uid, user.gid);
    return home;
  }
  const wanted = path.resolve(dataDir);
  await mkdir(wanted, { recursive: true });
  const pointer = path.join(wanted, 'location');
  const elsewhere = await readFile(pointer, 'utf8').catch(() => undefined);
  if (elsewhere !== undefined) return elsewhere.trim();
  if (user === undefined || (await canReach(user, wanted))) return wanted;
  await mkdir(sharedHome, { recursive: true, mode: 0o755 });
  const home = await mkdtemp(path.join(sharedHome, 'postgres-'));
  await chown(home, user.uid, user.gid);
  await writeFile(pointer, `${home}\n`);
  say(`PostgreSQL's account cannot reach ${wanted}: its data is kept in ${home}.`);
  return home;
}

/** Creates the cluster unless it is there, and returns the superuser's password. */
async function initialise({ binaries, home, cluster, user, temporary, say }: Server): Promise<string> {
  const passwordFile = path.join(home, 'password');
  const exists = await stat(path.join(cluster, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (exists) {
    return (
      await readFile(passwordFile, 'utf8').catch(() => Promise.reject(passwordMissing(passwordFile)))
    ).trim();
  }
  say('Creating the database cluster.');
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  // Built aside and renamed when complete: a half-made cluster never looks like a whole one.
  const half = `${cluster}.new`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { mode: 0o700 });
  const readable = `${passwordFile}.initdb`;
  await writeFile(readable, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) {
    await chown(half, user.uid, user.gid);
    await chown(readable, user.uid, user.gid);
  }
  const logFile = path.join(home, 'postgres.log');
  const initdb = await spawnGuarded({
    name: 'initdb',
    command: binaries.initdb,
    args: [
      `--pgdata=${half}`,
      `--username=${superuser}`,
      `--pwfile=${readable}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      ...(temporary ? ['--no-sync'] : []),
    ],
    logFile,
    cwd: '/',
    ...(user === undefined ? {} : { user }),
  });
  const { code } = await initdb.exited;
  await rm(readable, { force: true });
  if (code !== 0) throw await startFailed('PostgreSQL', logFile, `initdb ended with code ${code}`);
  await rename(half, cluster);
  return password;
}

/**
 * Removes `postmaster.pid` after a crash. PostgreSQL itself only looks whether a process with that id exists,
 * so a reused id (usual after a container restarts) would keep it from starting.
 */
async function endPostmaster(cluster: string, say: Say): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const pid = Number.parseInt(text, 10);
  if (pid > 0 && (await commandLineOf(pid)).includes(cluster)) {
    say(`Ending the PostgreSQL (process ${pid}) that an earlier run left behind.`);
    await endProcess(pid, 'SIGINT', stopMs);
  }
  await rm(file, { force: true });
}

/** Starts the server and waits until it answers; a lost race for the port is run again with another one. */
async function serve(server: Server, claim: Claim, password: string, preferred: number | undefined) {
  const { home, say } = server;
  const logFile = path.join(home, 'postgres.log');
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(preferred);
    const process = await spawnGuarded(serverSpec(server, port, logFile));
    await claim.serving(process.pid);
    const url = `postgresql://${superuser}:${password}@127.0.0.1:${port}/flexor`;
    let gone = false;
    void process.exited.then(() => (gone = true));
    const abort = () => {
      if (gone) throw new Error('it ended while it was starting');
    };
    try {
      await until(() => checkDatabase(url), { timeoutMs: startMs, abort });
      await createDatabase(url, 'flexor');
      say(`PostgreSQL serves on 127.0.0.1:${port}.`);
      return { process, url };
    } catch (failure) {
      await process.stop(stopMs);
      const retryable = /address already in use|pre-existing shared memory block/i.test(
        await tailOf(logFile, 8),
      );
      if (!retryable || attempt === 3) throw await startFailed('PostgreSQL', logFile, reasonOf(failure));
    }
  }
}

function serverSpec({ binaries, home, cluster, user, temporary }: Server, port: number, logFile: string) {
  // A temporary cluster is thrown away after any crash: nothing needs to reach the disk.
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
    'log_timezone=UTC',
    ...(temporary ? careless : []),
  ];
  return {
    name: 'PostgreSQL',
    command: binaries.postgres,
    args: ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    logFile,
    cwd: '/',
    stopSignal: 'SIGINT' as const, // "fast shutdown": ends sessions, keeps everything committed
    graceMs: stopMs,
    ...(temporary ? { scratch: home } : {}),
    ...(user === undefined ? {} : { user }),
  };
}

function passwordMissing(file: string): ServicesError {
  return new ServicesError(
    'services.password-missing',
    `The database cluster exists, but its password file ${file} does not.`,
    'Put the file back, or remove the data directory to begin with an empty database.',
    { details: { file } },
  );
}
