import { performance } from 'node:perf_hooks';
import { Supervisor } from '../services/index.ts';
import { type OperatorClient } from '../rehearsal/operator-client.ts';
import { rehearse, until } from '../rehearsal/rehearsal.ts';
import { setStage } from '../rehearsal/stage.ts';
import { type CongestionPoint, scenario } from '../simulator/index.ts';
import { workflowIds } from '../workflows/ids.ts';
import { peakMemory } from './memory.ts';

/**
 * A portfolio of `n` connections through everything: the operator's door, the store, Temporal, the worker, HTTP and a
 * simulated CRO, each in a process of its own. Prints a line of JSON for each phase, and for the memory of each process.
 */
const n = Number(process.argv[2]);
const POINTS_OF = 50;
const PATIENCE_MS = 600_000;
const { CRO_DOMAIN, DSO_DOMAIN } = scenario;
const ean = (i: number): string => `ean.8716859${String(i).padStart(11, '0')}`;

const file = [
  'connection,from,to,asset,canReduceW,canIncreaseW,pricePerMWh',
  ...Array.from({ length: n }, (_, i) => `${ean(i)},2026-01-01,,battery,3000,3000,95.50`),
].join('\n');

/** All but every thousandth connection on congestion points of fifty; the second time some are elsewhere. */
function points(turned: boolean): CongestionPoint[] {
  const placed = Array.from({ length: n }, (_, i) => i).filter((i) => i % 1_000 !== (turned ? 8 : 7));
  return Array.from({ length: Math.ceil(placed.length / POINTS_OF) }, (_, p) => ({
    ...{ entityAddress: `ea1.2009-01.com.example:point-${p}`, dso: DSO_DOMAIN },
    ...{ mutexOffersSupported: turned && p % 10 === 0, dayAheadRedispatchBy: 'DSO' as const },
    connections: placed.slice(p * POINTS_OF, (p + 1) * POINTS_OF).map(ean),
  }));
}

const print = (line: object): void => console.log(JSON.stringify(line));
async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  print({ name, ms: performance.now() - begun });
  return result;
}

const supervisor = new Supervisor();
let keepLogs = true;
const stage = await supervisor.start('stage', async () => {
  const set = await setStage();
  return { ...set, stop: () => set.strike({ keepLogs }) };
});
try {
  const { cro, operator, temporal } = await rehearse(supervisor, stage, {
    say: () => {},
    simulators: ['cro'],
  });
  const workflowId = workflowIds.portfolioSync(CRO_DOMAIN);
  const synced = (acceptedVersion: number) => () => done(operator, acceptedVersion);
  await until(synced(1), 'the first synchronisation', PATIENCE_MS);
  await cro.place(points(false));

  const shown = await phase('import: compared', () => operator.importPortfolio(file));
  if (shown.added < n) throw new Error(`The comparison is wrong: ${JSON.stringify(shown)}`);
  await phase('import: applied', () => operator.importPortfolio(file, shown.tag));
  await phase('synchronised: update, query, answer kept and compared', () =>
    until(synced(2), 'the synchronisation', PATIENCE_MS),
  );
  await cro.place(points(true));
  const before = await runOf();
  await operator.syncPortfolio(CRO_DOMAIN);
  const facts = await phase('synchronised again, with changes', () =>
    until(
      async () => ((await runOf()) === before ? undefined : synced(2)()),
      'another synchronisation',
      PATIENCE_MS,
    ),
  );
  // The connections of the configuration are on no congestion point here.
  if ((facts.connections ?? 0) + (facts.unallocated ?? 0) < n) throw new Error(JSON.stringify(facts));
  const { historySize, historyLength } = await temporal.workflow.getHandle(workflowId).describe();
  print({ name: 'history', bytes: historySize, events: historyLength });
  for (const [name, mebibytes] of await peakMemory(process.pid)) print({ name, mebibytes });
  keepLogs = false;

  async function runOf(): Promise<string> {
    return (await temporal.workflow.getHandle(workflowId).describe()).runId;
  }
} finally {
  await supervisor.stop();
}

interface Standing {
  readonly status?: string;
  readonly stage?: string;
  readonly acceptedVersion?: number;
  readonly facts?: { readonly connections?: number; readonly unallocated?: number; readonly reason?: string };
}

/** What a synchronisation found, once it has ended with this version; undefined while it runs. */
async function done(operator: OperatorClient, acceptedVersion: number) {
  const found = await operator.get<Standing>(`/v1/portfolio/${CRO_DOMAIN}/sync`).catch(() => undefined);
  if (found?.stage === 'stopped') throw new Error(`It stopped: ${found.facts?.reason}`);
  const over = found?.status === 'COMPLETED' && found.stage === 'synced';
  return over && (found.acceptedVersion ?? 0) >= acceptedVersion ? found.facts! : undefined;
}
