import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** `FLEXOR_FUZZ=millions` runs longer; `FLEXOR_FUZZ_SEED` repeats a run. */
const INPUTS = process.env['FLEXOR_FUZZ'] === 'millions' ? 5_000_000 : 200_000;
const SEED = Number(process.env['FLEXOR_FUZZ_SEED'] ?? randomInt(2 ** 31));

/** An input takes microseconds; a run that tells of no progress for this long hangs in one. */
const HANGS_AFTER_MS = 30_000;

type Report = { index: number } | { counts: Record<string, number> };

/** Runs all inputs in a process of their own, so that a hang can be seen and ended. */
function run(): Promise<Record<string, number>> {
  const file = fileURLToPath(new URL('./fuzz-run.ts', import.meta.url));
  const child = fork(file, [String(SEED), String(INPUTS)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return new Promise<Record<string, number>>((resolve, reject) => {
    let reached = 0;
    let errors = '';
    const hang = (): void => reject(new Error(`Seed ${SEED} hangs behind input ${reached}.`));
    let watchdog = setTimeout(hang, HANGS_AFTER_MS);
    child.stderr!.on('data', (text) => (errors += String(text)));
    child.on('message', (report: Report) => {
      clearTimeout(watchdog);
      if ('counts' in report) return resolve(report.counts);
      reached = report.index;
      watchdog = setTimeout(hang, HANGS_AFTER_MS);
    });
    child.on('close', (status) => {
      clearTimeout(watchdog);
      reject(new Error(`Seed ${SEED} ended with exit status ${status}: ${errors}`));
    });
  }).finally(() => child.kill('SIGKILL'));
}

it(`reads ${INPUTS} mutated documents without a crash, a hang or an error without a code (seed ${SEED})`, async () => {
  const counts = await run();
  console.info(`Seed ${SEED}:`, counts);
  // The mutations reach every depth: some documents survive, and every kind of refusal occurs.
  expect(Object.keys(counts).sort()).toEqual([
    'read',
    'uftp.message-unknown',
    'uftp.schema-invalid',
    'uftp.xml-limit',
    'uftp.xml-malformed',
  ]);
}, 3_600_000);
