import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../services/wait.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../../workflows/ids.ts';
import type { ProcessName } from '../histories/processes.ts';
import { recordProcess } from '../histories/recorder.ts';
import { startPortfolioFloor } from './portfolio-floor.ts';

let floor: Awaited<ReturnType<typeof startPortfolioFloor>>;
beforeAll(async () => {
  floor = await startPortfolioFloor();
}, 120_000);
afterAll(() => floor.stop());

const HOUR = 3_600_000;
const rejected = (RejectionReason: string) => ({ Result: 'Rejected', RejectionReason });

test('what a CRO does not know is registered; then it is asked, and its answer compared', async () => {
  const cro = floor.registry();
  await cro.ask();
  expect(await cro.outcome()).toMatchObject({ kind: 'synced', view: { congestionPoints: 1 } });
  expect(cro.log).toEqual(['AGRPortfolioUpdate', 'AGRPortfolioQuery', 'compared']);
  expect(cro.stages.map(({ stage }) => stage)).toEqual([
    ...['updating', 'updating', 'asking', 'comparing', 'synced'],
  ]);
  expect(cro.stages[1]).toMatchObject({ acceptedVersion: 7 });
  await cro.record('portfolio-sync-registered');
});

test('what a CRO knows is not sent again, unless somebody wants it', async () => {
  const cro = floor.registry({ dirty: false });
  await cro.ask({ period: '2026-12-01' });
  await cro.outcome();
  expect(cro.log).toEqual(['AGRPortfolioQuery 2026-12-01', 'compared']);
  await cro.ask({ update: true });
  await cro.outcome();
  expect(cro.log.slice(2)).toEqual(['AGRPortfolioUpdate', 'AGRPortfolioQuery', 'compared']);
});

test('without an answer the same bytes go out again; an answer to those will do', async () => {
  const cro = floor.registry({ onUpdate: (n) => (n === 2 ? { Result: 'Accepted' } : undefined) });
  await cro.ask();
  await expectLog(cro, ['AGRPortfolioUpdate']);
  await cro.moveBy(4 * HOUR);
  expect(await cro.outcome()).toMatchObject({ kind: 'synced' });
  expect(cro.log.slice(0, 3)).toEqual([
    'AGRPortfolioUpdate',
    'AGRPortfolioUpdate again',
    'AGRPortfolioQuery',
  ]);
  await cro.record('portfolio-sync-answered-late');
});

test('an update that was "Already Submitted" was taken; an answer to a query cannot be left out', async () => {
  const again = (n: number) => (n === 2 ? rejected('Already Submitted') : undefined);
  const cro = floor.registry({ onUpdate: again });
  await cro.ask();
  await expectLog(cro, ['AGRPortfolioUpdate']);
  await cro.moveBy(4 * HOUR);
  expect(await cro.outcome()).toMatchObject({ kind: 'synced' });
  expect(cro.stages[1]).toMatchObject({ acceptedVersion: 7 });
  await cro.record('portfolio-sync-update-taken-before');

  const other = floor.registry({ onQuery: () => rejected('Already Submitted'), dirty: false });
  await other.ask();
  expect(await other.outcome()).toMatchObject({ kind: 'stopped', reason: 'Already Submitted' });
});

test('without an answer to those either, the operator is to look', async () => {
  const cro = floor.registry({ onQuery: () => undefined, dirty: false });
  await cro.ask();
  await expectLog(cro, ['AGRPortfolioQuery']);
  await cro.moveBy(4 * HOUR);
  await expectLog(cro, ['AGRPortfolioQuery', 'AGRPortfolioQuery again']);
  await cro.moveBy(4 * HOUR);
  expect(await cro.outcome()).toMatchObject({ kind: 'stopped', at: 'AGRPortfolioQuery' });
  expect(cro.stages.at(-1)).toMatchObject({ stage: 'stopped' });
  await cro.record('portfolio-sync-unanswered');
});

test.each([
  ['an update', { onUpdate: () => rejected('Unauthorized') }, 'AGRPortfolioUpdateResponse'],
  ['a query', { onQuery: () => rejected('Unauthorized') }, 'AGRPortfolioQueryResponse'],
])('Unauthorized to %s is a matter for the operator', async (_, registry, at) => {
  const cro = floor.registry(registry);
  await cro.ask();
  const stopped = { at, reason: 'Unauthorized' };
  expect(await cro.outcome()).toEqual({ kind: 'stopped', ...stopped });
  expect(cro.stages.at(-1)).toMatchObject({ stage: 'stopped', facts: stopped });
});

test('a CRO that has nothing of ours registered is told, and asked again', async () => {
  const cro = floor.registry({
    dirty: false,
    onQuery: (n) => (n === 1 ? rejected('No connections available') : { Result: 'Accepted' }),
  });
  await cro.ask();
  expect(await cro.outcome()).toMatchObject({ kind: 'synced' });
  expect(cro.log).toEqual([
    'AGRPortfolioQuery',
    'AGRPortfolioUpdate',
    'AGRPortfolioQuery',
    'compared, last word',
  ]);
  await cro.record('portfolio-sync-nothing-registered');
});

test('a CRO that says so once more has to be looked into', async () => {
  const cro = floor.registry({ onQuery: () => rejected('No connections available') });
  await cro.ask();
  expect(await cro.outcome()).toMatchObject({ kind: 'stopped', reason: 'No connections available' });
  expect(cro.log.filter((each) => each === 'AGRPortfolioUpdate')).toHaveLength(2);
});

test('a CRO that has nothing registered is right where nobody is represented: that is what it is compared as', async () => {
  const cro = floor.registry({ nobody: true, onQuery: () => rejected('No connections available') });
  await cro.ask();
  expect(await cro.outcome()).toMatchObject({ kind: 'synced', view: { congestionPoints: 0 } });
  expect(cro.log).toEqual(['AGRPortfolioUpdate', 'AGRPortfolioQuery', 'compared']);
  await cro.record('portfolio-sync-view-of-nobody');
});

test('an empty portfolio is nothing to send and nothing to ask about', async () => {
  const cro = floor.registry({ entries: 0 });
  await cro.ask();
  expect(await cro.outcome()).toEqual({ kind: 'empty' });
  expect(cro.log).toEqual([]);
});

test.each([
  ['is found then', (n: number) => (n === 1 ? 3 : 0)],
  ['has the last word spoken about it', () => 3],
])('a connection that the view misses is registered once more, and %s', async (_, missing) => {
  const cro = floor.registry({ missing });
  await cro.ask();
  expect(await cro.outcome()).toMatchObject({ kind: 'synced' });
  const once = ['AGRPortfolioUpdate', 'AGRPortfolioQuery'];
  expect(cro.log).toEqual([...once, 'compared', ...once, 'compared, last word']);
  await cro.record('portfolio-sync-view-misses');
});

test('whoever asks while an update is in flight is served afterwards, all together, and never beside it', async () => {
  const cro = floor.registry({ onUpdate: (n) => (n === 1 ? undefined : { Result: 'Accepted' }) });
  await cro.ask();
  await expectLog(cro, ['AGRPortfolioUpdate']);
  await Promise.all([cro.ask({ update: true }), cro.ask({ update: true }), cro.ask()]);
  await runDaily(cro.cro, cro.workflowId, 'portfolio-daily-tells');
  expect(cro.log).toEqual(['AGRPortfolioUpdate']);
  const { runId } = await floor.client.workflow.getHandle(cro.workflowId).describe();
  cro.give('AGRPortfolioUpdate', `AGRPortfolioUpdate/${runId}/1`, { Result: 'Accepted' });
  expect(await cro.outcome()).toMatchObject({ kind: 'synced' });
  const round = ['AGRPortfolioUpdate', 'AGRPortfolioQuery', 'compared'];
  expect(cro.log).toEqual([...round, ...round]);
  await cro.record('portfolio-sync-asked-meanwhile');
});

test('an answer to an earlier synchronisation is none to this one', async () => {
  const cro = floor.registry({ onUpdate: () => undefined });
  await cro.ask();
  await expectLog(cro, ['AGRPortfolioUpdate']);
  cro.give('AGRPortfolioUpdate', 'AGRPortfolioUpdate/an-earlier-run/1', { Result: 'Accepted' });
  await cro.moveBy(4 * HOUR);
  await expectLog(cro, ['AGRPortfolioUpdate', 'AGRPortfolioUpdate again']);
  await cro.moveBy(4 * HOUR);
  expect(await cro.outcome()).toMatchObject({ kind: 'stopped', at: 'AGRPortfolioUpdate' });
});

test('the daily start brings a synchronisation into being where none runs', async () => {
  const cro = floor.registry({ dirty: false });
  await runDaily(cro.cro, `${cro.cro}-alone`, 'portfolio-daily-starts');
  expect(await cro.outcome()).toMatchObject({ kind: 'synced' });
  expect(cro.log).toEqual(['AGRPortfolioQuery', 'compared']);
});

test('asked about many days it goes on in new runs: each day is asked about once, and none is forgotten', async () => {
  const cro = floor.registry({
    dirty: false,
    onQuery: (n) => (n === 1 ? undefined : { Result: 'Accepted' }),
  });
  const days = Array.from({ length: 12 }, (_, index) => `2027-01-${String(index + 10)}`);
  await cro.ask({ period: '2027-01-01' });
  await expectLog(cro, ['AGRPortfolioQuery 2027-01-01']);
  for (const period of days) await cro.ask({ period });
  const first = await floor.client.workflow.getHandle(cro.workflowId).describe();
  cro.give('AGRPortfolioQuery', `AGRPortfolioQuery/${first.runId}/1`, { Result: 'Accepted' });
  expect(await cro.outcome()).toMatchObject({ kind: 'synced' });
  expect(cro.log).toEqual(['2027-01-01', ...days].flatMap((day) => [`AGRPortfolioQuery ${day}`, 'compared']));
  const last = await floor.client.workflow.getHandle(cro.workflowId).describe();
  expect(last.runId).not.toBe(first.runId);
  await cro.record('portfolio-sync-first-run', first.runId);
  await cro.record('portfolio-sync-next-run');
});

/** As the Schedule starts it: under an id with the time added. */
async function runDaily(cro: string, time: string, name: ProcessName): Promise<void> {
  const handle = await floor.client.workflow.start(workflowTypes.portfolioDaily, {
    workflowId: `${workflowIds.portfolioDaily(cro)}-${time}`,
    taskQueue: TASK_QUEUE,
    args: [{ cro }],
  });
  await handle.result();
  await recordProcess(name, handle);
}

const expectLog = (cro: { log: string[] }, log: string[]): Promise<void> =>
  until(async () => expect(cro.log).toEqual(log), { timeoutMs: 20_000 });
