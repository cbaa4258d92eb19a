import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../../api/index.ts';
import { systemClock } from '../../base/index.ts';
import { freePort, openTemporalConnection, type TemporalConnection } from '../../services/index.ts';
import { until } from '../../services/wait.ts';
import * as story from '../../simulator/scenario.ts';
import { AUTHORIZED, recordingLog, startDatabase, testConfig } from './support.ts';

const { log } = recordingLog();
let database: Awaited<ReturnType<typeof startDatabase>>;
let connection: TemporalConnection;
let api: Api;
beforeAll(async () => {
  database = await startDatabase();
  // Nobody listens there: an outage is recorded all the same, and looked at when somebody does.
  connection = openTemporalConnection({ address: `127.0.0.1:${await freePort()}` });
  api = await startApi({
    config: await testConfig(),
    store: database.store,
    temporal: async () => new Client(connection),
    clock: systemClock,
    log,
  });
  await until(async () => expect(await database.store.connections.version()).toBe(1), { timeoutMs: 20_000 });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await connection?.close();
  await database?.stop();
});

async function call(method: string, path: string, body?: object) {
  const response = await fetch(`${api.operatorUrl}/v1/outages${path}`, {
    method,
    headers: { ...AUTHORIZED, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const outage = {
  connection: story.connections[0]!.id,
  from: '2999-06-15T10:00:00+02:00',
  to: '2999-06-15T12:00:00Z',
  reason: 'boiler',
};

test('an outage is recorded, read, changed and taken back', async () => {
  expect(await call('PUT', '/o-1', outage)).toMatchObject({
    status: 201,
    body: { id: 'o-1', from: '2999-06-15T08:00:00.000Z', remainingReduceW: 0, version: 1 },
  });
  expect(await call('PUT', '/o-1', { ...outage, remainingReduceW: 5 })).toMatchObject({
    status: 200,
    body: { remainingReduceW: 5, version: 2 },
  });
  expect((await call('GET', '/o-1')).body.version).toBe(2);
  expect((await call('GET', '')).body.outages).toHaveLength(1);
  // Temporal is away: it still has to be looked at.
  expect(await database.store.outages.unchecked()).toHaveLength(1);
  expect((await call('DELETE', '/o-1')).status).toBe(204);
  expect((await call('DELETE', '/o-1')).status).toBe(404);
  expect((await call('GET', '/o-1')).status).toBe(404);
});

test.each([
  ['connection', { ...outage, connection: 'ean.999999999999999999' }],
  ['connection', { ...outage, connection: 'x' }],
  ['asset', { ...outage, asset: 'nothing of that name' }],
  ['to', { ...outage, to: outage.from }],
  ['from', { ...outage, from: 'tomorrow' }],
  ['remainingReduceW', { ...outage, remainingReduceW: -1 }],
  ['reason', { ...outage, reason: ' ' }],
])('a wrong %s is named, and nothing is recorded', async (field, body) => {
  const refused = await call('PUT', '/wrong', body);
  expect(refused.status).toBe(422);
  expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual([field]);
  expect((await call('GET', '/wrong')).status).toBe(404);
});
