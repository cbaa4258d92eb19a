import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ConversationAlert, createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

const T = (minute: number): string => `2026-06-14T08:${String(minute).padStart(2, '0')}:00.000Z`;

let database: TestDatabase;
let store: Store;
let workflowId: string;
beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
});
beforeEach(() => {
  workflowId = `flex-request/dso.example.com/${randomUUID()}`;
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const alert = (key: string, at: string, more: Partial<ConversationAlert> = {}): ConversationAlert => ({
  ...{ key, at, severity: 'critical', text: `${key} is wrong` },
  ...more,
});
const told = async (source = workflowId) =>
  (await store.alerts.list({ limit: 100, source })).map(({ key, state, raisedAt }) => [key, state, raisedAt]);

test('a conversation has the alerts that its state says, and resolved are those it calls so or drops', async () => {
  await store.alerts.sync(workflowId, [alert('a', T(1)), alert('b', T(1)), alert('c', T(2))], T(2));
  await store.alerts.sync(workflowId, [alert('a', T(1)), alert('b', T(1), { resolved: true })], T(3));
  expect(await told()).toEqual([
    ['a', 'open', T(1)],
    ['c', 'resolved', T(2)],
    ['b', 'resolved', T(1)],
  ]);
  const [, c] = await store.alerts.list({ limit: 10, source: workflowId });
  expect(c).toMatchObject({ resolvedAt: T(3), text: 'c is wrong', severity: 'critical' });
  // The same again changes nothing, and a matter may come up again under its key.
  await store.alerts.sync(workflowId, [alert('a', T(1)), alert('b', T(4))], T(4));
  await store.alerts.sync(workflowId, [alert('a', T(1)), alert('b', T(4))], T(5));
  expect(await told()).toEqual([
    ['b', 'open', T(4)],
    ['a', 'open', T(1)],
    ['c', 'resolved', T(2)],
    ['b', 'resolved', T(1)],
  ]);
});

test('an alert that was raised and resolved before anybody recorded it is there all the same', async () => {
  await store.alerts.sync(workflowId, [alert('brief', T(1), { resolved: true })], T(2));
  expect(await told()).toEqual([['brief', 'resolved', T(1)]]);
});

test('the alerts are recorded with the state, and a late record changes neither', async () => {
  const at = (transition: number, alerts: ConversationAlert[]) =>
    store.conversations.record(
      {
        ...{ workflowId, dso: 'dso.example.com', congestionPoint: 'ean.1', period: '2026-06-15' },
        ...{ timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', conversationId: randomUUID() },
        ...{ state: 'Ordered', transition, snapshot: {}, updatedAt: T(transition) },
      },
      undefined,
      alerts,
    );
  await at(2, [alert('dispatch', T(2))]);
  await at(1, []);
  expect(await told()).toEqual([['dispatch', 'open', T(2)]]);
  await at(3, []);
  expect(await told()).toEqual([['dispatch', 'resolved', T(2)]]);
});

test('under one key a source has one alert at a time, however often and by how many it is raised', async () => {
  const source = `part-${randomUUID()}`;
  const raise = (minute: number) =>
    store.alerts.raise({ source, key: 'k', severity: 'warning', text: 'not well', raisedAt: T(minute) });
  await Promise.all([raise(1), raise(2), raise(3), raise(4)]);
  const [only, ...more] = await store.alerts.list({ limit: 10, source });
  expect(more).toEqual([]);
  expect(only!.state).toBe('open');
  // Whoever took it on knows it already.
  await store.alerts.acknowledge(only!.id, 'Ada', T(5));
  await raise(6);
  expect(await told(source)).toEqual([['k', 'acknowledged', only!.raisedAt]]);
  await store.alerts.resolve(source, 'k', T(7));
  await raise(8);
  expect((await told(source)).map(([, state]) => state)).toEqual(['open', 'resolved']);
});

test('the first who acknowledges stays; what nobody raised cannot be', async () => {
  await store.alerts.sync(workflowId, [alert('a', T(1))], T(1));
  const [{ id }] = (await store.alerts.list({ limit: 1, source: workflowId })) as unknown as [{ id: string }];
  expect(await store.alerts.acknowledge(id, 'Ada', T(2))).toMatchObject({
    state: 'acknowledged',
    acknowledgedAt: T(2),
    acknowledgedBy: 'Ada',
  });
  expect(await store.alerts.acknowledge(id, 'Grace', T(3))).toMatchObject({ acknowledgedBy: 'Ada' });
  expect(await store.alerts.acknowledge(randomUUID(), 'Ada', T(2))).toBeUndefined();
});

test('a list has open ones first, the newest of them first, and no more than asked for', async () => {
  const own = await testDatabase();
  const alerts = createStore({ url: own.url });
  await alerts.alerts.sync('one', [alert('old', T(1)), alert('gone', T(9), { resolved: true })], T(9));
  await alerts.alerts.sync('two', [alert('new', T(5), { severity: 'warning' }), alert('taken', T(8))], T(9));
  const [taken] = (await alerts.alerts.list({ limit: 1 })) as unknown as [{ id: string; key: string }];
  expect(taken.key).toBe('taken');
  await alerts.alerts.acknowledge(taken.id, 'Ada', T(9));
  const keys = async (query: object) =>
    (await alerts.alerts.list({ limit: 10, ...query })).map(({ key }) => key);
  expect(await keys({})).toEqual(['new', 'old', 'taken', 'gone']);
  expect(await keys({ limit: 3 })).toEqual(['new', 'old', 'taken']);
  expect(await keys({ state: 'resolved' })).toEqual(['gone']);
  expect(await keys({ severity: 'critical' })).toEqual(['old', 'taken', 'gone']);
  expect(await alerts.alerts.countOpen()).toEqual({ warning: 1, critical: 1 });
  await alerts.close();
  await own.drop();
});
