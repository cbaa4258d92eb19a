import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
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

  const before = await readRecord(file);
  if (before !== undefined) {
    const { owner, serverPid } = before;
    if (owner.identity !== undefined && (await identityOf(owner.pid)) === owner.identity) {
      throw dataInUse(name, dir, owner.pid);
    }
    if (serverPid !== undefined && (await commandLineOf(serverPid)).includes(marker)) {
      say(`Ending the ${name} (process ${serverPid}) that an earlier run left behind.`);
      await endProcess(serverPid, stopSignal, 15_000);
    }
    await rm(file, { force: true });
  }

  const record: ClaimRecord = { owner: { pid: process.pid, identity: await identityOf(process.pid) } };
  await writeNew(file, record, () => dataInUse(name, dir));
  return {
    serving: (serverPid) => writeFile(file, JSON.stringify({ ...record, serverPid })),
    release: () => rm(file, { force: true }),
  };
}

async function readRecord(file: string): Promise<ClaimRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as ClaimRecord;
  } catch {
    // Cut short by the crash it was meant to survive: nothing in it can be trusted.
    return { owner: { pid: 0, identity: undefined } };
  }
}

/** Creates the file; of two runs that come here together, one must fail. */
async function writeNew(file: string, record: ClaimRecord, taken: () => ServicesError): Promise<void> {
  const handle = await open(file, 'wx').catch((failure: NodeJS.ErrnoException) => {
    throw failure.code === 'EEXIST' ? taken() : failure;
  });
  try {
    await handle.writeFile(JSON.stringify(record));
  } finally {
    await handle.close();
  }
}

function dataInUse(name: string, dir: string, pid?: number): ServicesError {
  return new ServicesError(
    'services.data-in-use',
    `${name}'s data in ${dir} is in use by another run of Flexor${pid === undefined ? '' : ` (process ${pid})`}.`,
    'Stop that run, or give this one another data directory.',
    { details: { dir, pid } },
  );
}
