import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ServicesError, type Say } from './errors.ts';
import { commandLineOf, endProcess, identityOf } from './processes.ts';

/** The right to run one service on one data directory. */
export interface Claim {
  /** Writes down which process serves the directory, so that a later run can end it if it was left behind. */
  serving(pid: number): Promise<void>;
  /** Gives the directory back. */
  release(): Promise<void>;
}

interface ClaimRecord {
  /** The process that started the service. */
  owner: { pid: number; identity: string | undefined };
  /** The service's own process. */
  serverPid?: number;
}

/** What is claimed. */
export interface ClaimOptions {
  /** The service's directory; it is created. */
  dir: string;
  /** What people call the service. */
  name: string;
  /** Part of the service's command line that nothing else on the machine has: tells it from a reused process id. */
  marker: string;
  /** The signal that asks a left-behind server to end properly. */
  stopSignal: NodeJS.Signals;
  say: Say;
}

/**
 * Claims a data directory. A server left behind on it by a run that died is ended first.
 *
 * @throws ServicesError `services.data-in-use` when the run that claimed it before is still alive.
 */
export async function claimDirectory(options: ClaimOptions): Promise<Claim> {
  const { dir, name, marker, stopSignal, say } = options;
  const file = path.join(dir, 'running.json');
  await mkdir(dir, { recursive: true });

  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== undefined) {
    const { owner, serverPid } = parse(before);
    if (owner.identity !== undefined && (await identityOf(owner.pid)) === owner.identity) {
      throw dataInUse(name, dir, owner.pid);
    }
    if (serverPid !== undefined && (await commandLineOf(serverPid)).includes(marker)) {
      say(`Ending the ${name} (process ${serverPid}) that an earlier run left behind.`);
      await endProcess(serverPid, stopSignal, 15_000);
    }
    await takeAway(file, before);
  }

  const record: ClaimRecord = { owner: { pid: process.pid, identity: await identityOf(process.pid) } };
  await put(file, record, (aside) => link(aside, file)).catch((failure: NodeJS.ErrnoException) => {
    throw failure.code === 'EEXIST' ? dataInUse(name, dir) : failure;
  });
  return {
    serving: (serverPid) => put(file, { ...record, serverPid }, (aside) => rename(aside, file)),
    release: () => rm(file, { force: true }),
  };
}

/** A record that a power cut left empty names nobody: after one, nothing is running either. */
function parse(text: string): ClaimRecord {
  try {
    return JSON.parse(text) as ClaimRecord;
  } catch {
    return { owner: { pid: 0, identity: undefined } };
  }
}

/** Writes a record aside and puts it in its place whole: readers never see half of one, not even after a crash. */
async function put(
  file: string,
  record: ClaimRecord,
  place: (aside: string) => Promise<void>,
): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await writeFile(aside, JSON.stringify(record));
  try {
    await place(aside);
  } finally {
    await rm(aside, { force: true });
  }
}

/** Removes a dead run's record, unless another run has claimed the directory since it was read. */
async function takeAway(file: string, before: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => {}); // another run took it away: claiming will tell
  const taken = await readFile(aside, 'utf8').catch(() => undefined);
  if (taken === undefined) return;
  if (taken === before) await rm(aside);
  else await rename(aside, file);
}

function dataInUse(name: string, dir: string, pid?: number): ServicesError {
  return new ServicesError(
    'services.data-in-use',
    `${name}'s data in ${dir} is in use by another run of Flexor${pid === undefined ? '' : ` (process ${pid})`}.`,
    'Stop that run, or give this one another data directory.',
    { details: { dir, pid } },
  );
}
