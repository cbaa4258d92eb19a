import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { startFailed, type Exit, type GuardedProcess } from './guarded.ts';
import { lifelineVariable } from './lifeline.ts';

/** One of Flexor's own programs, to be run as a process of its own. */
export interface RoleSpec {
  /** What people call it. */
  name: string;
  /** The program's file and its arguments. It must call `dieWithParent`. */
  program: string;
  args?: readonly string[];
  /** Node's own options. Default: those of this process, so that a TypeScript loader is passed on. */
  execArgv?: readonly string[];
  /** Added to this process's own environment. */
  env?: Record<string, string>;
  cwd?: string;
  /** Output is appended to this file. Default: it goes where this process's output goes. */
  logFile?: string;
  /** Milliseconds between SIGTERM and SIGKILL. Default 10 000. */
  graceMs?: number;
}

/**
 * Starts a role. It is out of reach of the terminal's Ctrl-C, so that the supervisor alone decides the order
 * in which everything ends, and its stdin is the lifeline that `dieWithParent` watches.
 *
 * @throws ServicesError `services.start-failed` when the process cannot be made.
 */
export async function spawnRole(spec: RoleSpec): Promise<GuardedProcess> {
  const output = spec.logFile === undefined ? 'inherit' : openSync(spec.logFile, 'a', 0o600);
  const child = spawn(
    process.execPath,
    [...(spec.execArgv ?? process.execArgv), spec.program, ...(spec.args ?? [])],
    {
      stdio: ['pipe', output, output],
      env: { ...process.env, ...spec.env, [lifelineVariable]: '1' },
      detached: true,
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    },
  );
  if (typeof output === 'number') closeSync(output);
  const exited = new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw await startFailed(spec.name, spec.logFile, cause);
  }
  return {
    name: spec.name,
    pid: child.pid ?? 0,
    ...(spec.logFile === undefined ? {} : { logFile: spec.logFile }),
    exited,
    stop: async (graceMs = spec.graceMs ?? 10_000) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
  };
}
