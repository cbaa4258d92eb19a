import { Worker } from 'node:worker_threads';

/** Set in the environment of a role whose stdin is the supervisor's lifeline. */
export const lifelineVariable = 'FLEXOR_LIFELINE';

/**
 * Ties this process to the supervisor that started it with `spawnRole`: when the supervisor is gone, by
 * whatever death, this process receives SIGTERM, and SIGKILL after `graceMs`. Does nothing in a process that
 * was started in any other way. To be called once, before anything reads stdin.
 */
export function dieWithParent(graceMs = 10_000): void {
  if (process.env[lifelineVariable] !== '1') return;
  // What this process starts in turn has no such pipe.
  delete process.env[lifelineVariable];
  new Worker(new URL('./lifeline.mjs', import.meta.url), { workerData: { graceMs }, execArgv: [] }).unref();
}
