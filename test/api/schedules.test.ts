import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureSchedule, ensureSchedules, type PeriodicStart } from '../../api/schedules.ts';
import { startTemporal } from '../../services/index.ts';
import { deferred } from '../../services/wait.ts';
import { recordingLog } from './support.ts';

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
