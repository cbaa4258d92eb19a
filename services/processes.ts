import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { until } from './wait.ts';

const run = promisify(execFile);

/** Whether a process with this id exists, whoever owns it. A zombie (dead, not yet reaped) does not count. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = await procStat(pid);
  return stat === undefined || stat.state !== 'Z';
}

/**
 * A string that differs between two processes that had the same id one after the other: the instant the
 * process started. Undefined when there is no such process.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  if (!(await isAlive(pid))) return undefined;
  const stat = await procStat(pid);
  if (stat !== undefined) return stat.started;
  return run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim() || undefined,
    () => undefined,
  );
}

/** The command line of a process, or an empty string when there is no such process. */
export async function commandLineOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    return run('ps', ['-o', 'args=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    );
  }
}

/** Ends a process that is not our child: `signal`, and after `graceMs` SIGKILL. Resolves when it is gone. */
export async function endProcess(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  const gone = async () => {
    if (await isAlive(pid)) throw new Error(`process ${pid} is still alive`);
  };
  sendSignal(pid, signal);
  await until(gone, { timeoutMs: graceMs }).catch(async () => {
    sendSignal(pid, 'SIGKILL');
    await until(gone, { timeoutMs: 10_000 });
  });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
  }
}

/** State letter and start time (clock ticks since boot) from `/proc/<pid>/stat`; undefined without procfs. */
async function procStat(pid: number): Promise<{ state: string; started: string } | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
