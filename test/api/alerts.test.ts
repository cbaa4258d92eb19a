import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '@temporalio/client';
import { type Api, startApi } from '../../api/index.ts';
import { systemClock } from '../../base/index.ts';
import { freePort, openTemporalConnection, type TemporalConnection } from '../../services/index.ts';
import { createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { AUTHORIZED, recordingLog, testConfig } from './support.ts';

const AT = '2026-06-14T08:00:00.000Z';

let database: TestDatabase;
let store: Store;
let connection: TemporalConnection;
let api: Api;
let source: string;

beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  // Nobody listens there: alerts are told of, whatever else is away.
  connection = openTemporalConnection({ address: `127.0.0.1:${await freePort()}` });
  api = await startApi({
    config: await testConfig(),
    ...{ store, clock: systemClock, log: recordingLog().log },
    temporal: async () => new Client(connection),
  });
});
beforeEach(async () => {
  source = `flex-request/dso.example.com/${randomUUID()}`;
  await store.alerts.sync(
    source,
    [
      { key: 'dispatch', at: AT, severity: 'critical', text: 'The assets refused the plan.' },
      { key: 'overdue', at: AT, severity: 'warning', text: 'Not settled yet.', resolved: true },
    ],
    AT,
  );
});
afterAll(async () => {
  await api?.stop();
  await connection?.close();
  await store?.close();
  await database?.drop();
});

interface Told {
  readonly id: string;
  readonly key: string;
  readonly state: string;
}

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${api.operatorUrl}${path}`, {
    ...init,
    headers: { ...AUTHORIZED, ...(init.headers as Record<string, string>) },
  });
const list = async (query: Record<string, string> = {}): Promise<Told[]> => {
  const response = await ask(`/v1/alerts?${new URLSearchParams({ source, ...query }).toString()}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { alerts: Told[] }).alerts;
};

describe('GET /v1/alerts', () => {
  it('tells what a person has to know, what is open first', async () => {
    expect(await list()).toMatchObject([
      {
        ...{ source, key: 'dispatch', severity: 'critical', state: 'open', raisedAt: AT },
        text: 'The assets refused the plan.',
      },
      { key: 'overdue', state: 'resolved', resolvedAt: AT },
    ]);
    expect((await list({ state: 'resolved' })).map(({ key }) => key)).toEqual(['overdue']);
    expect((await list({ severity: 'critical' })).map(({ key }) => key)).toEqual(['dispatch']);
    expect((await list({ limit: '1' })).map(({ key }) => key)).toEqual(['dispatch']);
  });

  it.each(['state=new', 'severity=bad', 'limit=0', 'many=1'])('%s is not a question', async (query) => {
    expect((await ask(`/v1/alerts?${query}`)).status).toBe(422);
  });
});

describe('POST /v1/alerts/{id}/acknowledge', () => {
  const acknowledge = (id: string, Operator: string) =>
    ask(`/v1/alerts/${id}/acknowledge`, { method: 'POST', headers: { Operator } });

  it('takes it on, for the first who does', async () => {
    const [{ id }] = (await list()) as [Told];
    const response = await acknowledge(id, 'Ada');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id, state: 'acknowledged', acknowledgedBy: 'Ada' });
    expect(await (await acknowledge(id, 'Grace')).json()).toMatchObject({ acknowledgedBy: 'Ada' });
    expect((await list())[0]).toMatchObject({ id, state: 'acknowledged' });
  });

  it.each([randomUUID(), 'first', '%00'])('%s is not there', async (id) => {
    expect((await acknowledge(id, 'Ada')).status).toBe(404);
  });
});

it('open alerts are counted by severity', async () => {
  const metrics = async () => (await (await ask('/metrics')).text()).split('\n');
  const before = await store.alerts.countOpen();
  expect(await metrics()).toContain(`flexor_alerts_open{severity="critical"} ${before.critical}`);
  expect(await metrics()).toContain(`flexor_alerts_open{severity="warning"} ${before.warning}`);
  await store.alerts.sync(source, [], AT);
  expect(before.critical).toBeGreaterThan(0);
  expect(await metrics()).toContain(`flexor_alerts_open{severity="critical"} ${before.critical - 1}`);
});
