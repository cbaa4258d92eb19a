import { loadavg } from 'node:os';
import { startPythonCodec } from '../test/peer/python-codec.ts';
import { pythonPeer } from '../test/peer/python-env.ts';
import { javaCodec } from './java/codec.ts';
import { report } from './report.ts';
import { writeProtocol } from './results.ts';
import { type Contender, flexor, type Task, TASKS, wires } from './tasks.ts';

// A bench of its own, named on the command line.
if (process.argv.includes('portfolio')) {
  await import('./portfolio.ts');
  process.exit();
}
if (process.argv.includes('portfolio-sync')) {
  await import('./portfolio-sync.ts');
  process.exit();
}

/** One thread each, in turns: every round measures all contenders, so that a busy machine is busy for all. */
const ROUNDS = Number(process.env['FLEXOR_BENCH_ROUNDS'] ?? 9);
const SECONDS = Number(process.env['FLEXOR_BENCH_SECONDS'] ?? 1);

/** What else the machine is doing. */
const loadBefore = loadavg()[0]!;

const contenders: Contender[] = [flexor];
const absent: string[] = [];

const python = await pythonPeer(console.info);
if ('missing' in python) absent.push(`Python: ${python.missing}`);
else {
  const codec = startPythonCodec(python);
  contenders.push({
    name: 'Python shapeshifter-uftp 2.4.0',
    rate: async (task, seconds) =>
      (await codec.ask({ do: `time ${task}`, wire: wires[task], seconds })).rate!,
    close: () => codec.close(),
  });
}

const java = await javaCodec(console.info);
if ('missing' in java) absent.push(`Java: ${java.missing}`);
else contenders.push(java);

const rates = new Map<Contender, Record<Task, number[]>>(
  contenders.map((contender) => [contender, { read: [], write: [] }]),
);
// The first round warms up: compilers in three languages want to see the work before it counts.
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const task of TASKS) {
    for (const contender of contenders) {
      const rate = await contender.rate(task, round === 0 ? 5 * SECONDS : SECONDS);
      if (round > 0) rates.get(contender)![task].push(rate);
    }
  }
  console.info(round === 0 ? 'Warm.' : `Round ${round} of ${ROUNDS}.`);
}
for (const contender of contenders) contender.close();

const text = report(rates, absent, loadBefore);
console.info(text);
if (process.argv.includes('--write')) writeProtocol(text);
