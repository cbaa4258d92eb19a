import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ServicesError } from './errors.ts';
import { tailOf } from './log-tail.ts';
import { endProcess, identityOf } from './processes.ts';
import { deferred } from './wait.ts';

const guardProgram = fileURLToPath(new URL('./guard.mjs', import.meta.url));

/** A program to run, and how it is to be ended. */
export interface GuardedSpec {
  /** What people call it. */
  name: string;
  command: string;
  args: readonly string[];
  /** stdout and stderr are appended to this file. */
  logFile: string;
  cwd?: string;
  /** Added to this process's own environment. */
  env?: Record<string, string>;
  /** The operating system's user to run it as; needs root. */
  user?: { uid: number; gid: number };
  /** The signal that asks it to end properly. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Milliseconds between that signal and SIGKILL, also when the supervisor dies. Default 10 000. */
  graceMs?: number;
  /** A temporary directory of this program: removed after it by the guard, should the supervisor be gone. */
  scratch?: string;
}

/** How a process ended: one of the two is set. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running process that cannot outlive the one that started it. */
export interface GuardedProcess {
  readonly name: string;
  readonly pid: number;
  /** Where its output goes; undefined when it shares this process's terminal. */
  readonly logFile?: string;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks it to end, kills it after `graceMs`, resolves when it has ended. May be called again. */
  stop(graceMs?: number): Promise<Exit>;
}

type Report = { pid: number } | ({ pid?: undefined } & Exit) | { error: string };

/**
 * Runs a program under a guard process that ends it when this process ends, by whatever death. Should the
 * guard itself be killed, this process ends the program instead.
 *
 * @throws ServicesError `services.start-failed` when the program cannot be run at all.
 */
export async function spawnGuarded(spec: GuardedSpec): Promise<GuardedProcess> {
  const stopSignal = spec.stopSignal ?? 'SIGTERM';
  const graceMs = spec.graceMs ?? 10_000;
  const { command, args, cwd, env, logFile, scratch } = spec;
  const guard = spawn(
    process.execPath,
    [
      guardProgram,
      JSON.stringify({ command, args, cwd, env, logFile, stopSignal, graceMs, scratch, ...spec.user }),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true, cwd: '/', env: withoutNodeOptions() },
  );
  guard.stdin.on('error', () => {}); // the guard ended between a stop and our asking for one

  let child: { pid: number; identity: Promise<string | undefined> } | undefined;
  let exit: Exit | undefined;
  const started = deferred<number>();
  const exited = deferred<Exit>();
  createInterface({ input: guard.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as Report;
    if ('error' in report) started.reject(new Error(report.error));
    else if (report.pid === undefined) exit = { code: report.code, signal: report.signal };
    else {
      child = { pid: report.pid, identity: identityOf(report.pid) };
      started.resolve(report.pid);
    }
  });
  guard.once('error', (failure) => started.reject(failure));
  guard.once('close', () => {
    started.reject(new Error('its guard process ended'));
    void endOrphan().finally(() => exited.resolve(exit ?? { code: null, signal: 'SIGKILL' }));
  });

  async function endOrphan(): Promise<void> {
    if (exit !== undefined || child === undefined) return;
    const identity = await child.identity;
    if (identity === undefined || (await identityOf(child.pid)) !== identity) return;
    await endProcess(child.pid, stopSignal, graceMs);
  }

  try {
    const pid = await started.promise;
    return {
      name: spec.name,
      pid,
      logFile,
      exited: exited.promise,
      stop: (grace = graceMs) => {
        guard.stdin.write(`${grace}\n`);
        return exited.promise;
      },
    };
  } catch (cause) {
    throw await startFailed(spec.name, logFile, cause);
  }
}

/** The error for a program that did not come up, with the end of its log. */
export async function startFailed(
  name: string,
  logFile: string | undefined,
  cause: unknown,
): Promise<ServicesError> {
  const tail = logFile === undefined ? '' : await tailOf(logFile);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ServicesError(
    'services.start-failed',
    `${name} did not start: ${why}${tail === '' ? '' : `\n${tail}`}`,
    logFile === undefined ? 'Read what it wrote above.' : `Read its log, ${logFile}.`,
    { cause, details: { logFile } },
  );
}

/** The guard is plain JavaScript: loaders and debuggers meant for this process would only slow it down. */
function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}
