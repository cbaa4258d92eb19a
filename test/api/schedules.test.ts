import { Client, Connection, type ScheduleExecutionResult } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { periodicStarts } from '../../api/periodic.ts';
import { ensureSchedule, ensureSchedules, type PeriodicStart } from '../../api/schedules.ts';
import type { Config, Dso } from '../../config/index.ts';
import { startTemporal } from '../../services/index.ts';
import { deferred } from '../../services/wait.ts';
import { TASK_QUEUE } from '../../workflows/ids.ts';
import * as workflows from '../../workflows/index.ts';
import { recordingLog, story, testConfig } from './support.ts';

let server: Awaited<ReturnType<typeof startTemporal>>;
let client: Client;
beforeAll(async () => {
  server = await startTemporal({ headless: true });
  client = new Client({ connection: await Connection.connect({ address: server.address }) });
});
afterAll(async () => {
  await client.connection.close();
  await server.stop();
});

const daily = (hour: number): PeriodicStart => ({
  id: 'portfolio/cro.example.com',
  spec: { calendars: [{ hour }], timezone: 'Europe/Amsterdam' },
  action: { workflowType: 'portfolioSync', workflowId: 'portfolio-sync', args: [{ cro: 'cro.example.com' }] },
});

test('a schedule is made once, changed where it says something else, and stays paused', async () => {
  await ensureSchedule(client, daily(6));
  const handle = client.schedule.getHandle('portfolio/cro.example.com');
  await handle.pause('looking into it');
  await ensureSchedule(client, daily(6));
  await ensureSchedule(client, daily(7));
  const { spec, action, state, policies } = await handle.describe();
  expect(spec.calendars![0]!.hour).toEqual([{ start: 7, end: 7, step: 1 }]);
  expect(spec.timezone).toBe('Europe/Amsterdam');
  expect(action).toMatchObject({ workflowType: 'portfolioSync', args: [{ cro: 'cro.example.com' }] });
  expect(state).toMatchObject({ paused: true, note: 'looking into it' });
  expect(policies.overlap).toBe('SKIP');
});

test('schedules are tried again while Temporal is away', async () => {
  const { log, lines } = recordingLog();
  const answered = deferred<void>();
  let asked = 0;
  const temporal = async () => {
    asked += 1;
    if (asked === 1) throw new Error('away');
    answered.resolve();
    return client;
  };
  const running = ensureSchedules([{ ...daily(8), id: 'second' }], temporal, log);
  await answered.promise;
  await expect
    .poll(() => lines.map(({ msg }) => msg), { timeout: 20_000 })
    .toEqual(['schedule could not be made yet', 'schedule stands']);
  await running.stop();
});

/** The story's configuration, with D-Prognoses agreed as baseline. */
async function prognosedConfig(): Promise<Config> {
  const config = await testConfig();
  const [dso] = config.dsos();
  const baseline = { kind: 'd-prognosis', at: '08:30' } as Dso['baseline'];
  return { ...config, dsos: () => [{ ...dso!, baseline }] };
}

const at = (hour: number, minute: number) => ({
  calendars: [expect.objectContaining({ hour: [span(hour, hour)], minute: [span(minute, minute)] })],
  timezone: 'Europe/Amsterdam',
});
const span = (start: number, end: number) => ({ start, end, step: 1 });
const { DSO_DOMAIN: dso, CRO_DOMAIN: cro } = story;
const hourly = { hour: [span(0, 23)], minute: [span(20, 20)] };

test.each([
  ['capacity-check', 'capacityCheck', [], { intervals: [expect.objectContaining({ every: 15 * 60_000 })] }],
  [`metering/${dso}`, 'meteringRound', [{ dso }], { calendars: [expect.objectContaining(hourly)] }],
  [`d-prognosis/${dso}`, 'prognosisRound', [{ dso }], at(8, 30)],
  [`portfolio-daily/${cro}`, 'portfolioDaily', [{ cro }], at(7, 0)],
] as const)('the schedule %s stands, and starts %s', async (id, type, args, spec) => {
  const starts = periodicStarts(await prognosedConfig());
  expect(starts.map((start) => start.id)).toContain(id);
  await ensureSchedule(
    client,
    starts.find((start) => start.id === id)!,
  );
  const schedule = client.schedule.getHandle(id);
  expect((await schedule.describe()).spec).toMatchObject(spec);

  await schedule.trigger();
  const actions = async () => (await schedule.describe()).info.recentActions;
  await expect.poll(actions, { timeout: 20_000 }).toHaveLength(1);
  const [{ action }] = (await actions()) as [ScheduleExecutionResult];
  const run = client.workflow.getHandle(action.workflow.workflowId, action.workflow.firstExecutionRunId);
  expect(await run.describe()).toMatchObject({ type, taskQueue: TASK_QUEUE, status: { name: 'RUNNING' } });
  expect(workflows).toHaveProperty(type);
  const { events } = await run.fetchHistory();
  const { input } = events![0]!.workflowExecutionStartedEventAttributes!;
  expect((input?.payloads ?? []).map(({ data }) => JSON.parse(Buffer.from(data!).toString()))).toEqual(args);
});

test('there is a schedule for each thing that is looked after, and no other', async () => {
  const starts = periodicStarts(await prognosedConfig());
  expect(starts.map(({ id }) => id).toSorted()).toEqual(
    ['capacity-check', `d-prognosis/${dso}`, `metering/${dso}`, `portfolio-daily/${cro}`].toSorted(),
  );
});
