import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDatabase, startPostgres } from '../services/index.ts';

/**
 * `npm run bench -- portfolio`: a portfolio's way from a file to a CRO and back, at three sizes. Each size runs in a
 * process and a database of its own. A figure that grows faster than the portfolio would show as a ratio that rises.
 */
const SIZES = [1_000, 10_000, 100_000];

interface Line {
  readonly name: string;
  readonly ms?: number;
  readonly peakMiB?: number;
  readonly bytes?: number;
}

const run = promisify(execFile);
const steps = fileURLToPath(new URL('./portfolio-steps.ts', import.meta.url));
const postgres = await startPostgres({});
const measured = new Map<number, Line[]>();
try {
  for (const n of SIZES) {
    const url = await createDatabase(postgres.url, `portfolio_${n}`);
    const { stdout } = await run(process.execPath, [...process.execArgv, steps, String(n)], {
      env: { ...process.env, DATABASE_URL: url },
      maxBuffer: 1 << 20,
    });
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    measured.set(
      n,
      lines.map((line) => JSON.parse(line) as Line),
    );
    console.info(`${n} connections: done.`);
  }
} finally {
  await postgres.stop();
}

const smallest = measured.get(SIZES[0]!)!;
const names = smallest.filter(({ ms }) => ms).map(({ name }) => name);
const of = (n: number, name: string): Line => measured.get(n)!.find((line) => line.name === name)!;

console.info(
  `\nLoad before: ${loadavg()[0]!.toFixed(1)}. Time a connection (µs), and how many times that of ${SIZES[0]}:\n`,
);
console.info(`| step | ${SIZES.map((n) => `${n} connections`).join(' | ')} |`);
console.info(`|---|${SIZES.map(() => '---|').join('')}`);
for (const name of names) {
  const cells = SIZES.map((n) => {
    const each = (1_000 * of(n, name).ms!) / n;
    const ratio = (each * SIZES[0]!) / (1_000 * of(SIZES[0]!, name).ms!);
    return `${each.toFixed(0)} (x${ratio.toFixed(2)}), ${(of(n, name).ms! / 1_000).toFixed(2)} s`;
  });
  console.info(`| ${name} | ${cells.join(' | ')} |`);
}
console.info(
  `| the update as a message | ${SIZES.map((n) => sizeOf(of(n, 'message size').bytes!, n)).join(' | ')} |`,
);
const peaks = SIZES.map((n) => measured.get(n)!.filter(({ peakMiB }) => peakMiB !== undefined));
console.info(`| highest memory of the process (MiB), before and after | ${peaks.map(range).join(' | ')} |`);

function sizeOf(bytes: number, n: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB, ${(bytes / n).toFixed(0)} bytes each`;
}
function range(lines: readonly Line[]): string {
  return `${lines[0]!.peakMiB} to ${lines.at(-1)!.peakMiB}`;
}
