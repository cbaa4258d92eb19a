import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertSender, startAlertSender } from '../../activities/alerts/sender.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { type ConversationAlert, createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

const SECRET = 'shared-with-the-pager';
const AT = '2026-06-14T08:00:00.000Z';

interface Told {
  readonly body: string;
  readonly signature: unknown;
}

let database: TestDatabase;
let store: Store;
let server: Server;
let url: string;
let told: Told[];
let answer: (response: ServerResponse, times: number) => void;
let senders: AlertSender[];
let now: number;
let heard: (() => void)[];

beforeEach(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  [told, senders, heard, now] = [[], [], [], Date.parse(AT)];
  answer = (response) => void response.end('thanks');
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    told.push({ body: Buffer.concat(chunks).toString(), signature: request.headers['flexor-signature'] });
    answer(response, told.length);
    for (const each of heard) each();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pager`;
});
afterEach(async () => {
  for (const sender of senders) await sender.stop();
  server.closeAllConnections();
  server.close();
  await store.close();
  await database.drop();
});

const alert = (key: string, more: Partial<ConversationAlert> = {}): ConversationAlert => ({
  ...{ key, at: AT, severity: 'critical', text: `${key} is wrong` },
  ...more,
});

function start(other: Partial<Dependencies> = {}): AlertSender {
  const config = { alerts: { webhook: { url, deadline: 'PT10S', secret: {} } }, secret: () => SECRET };
  const log = { info() {}, warn() {}, error() {} };
  // Time stands still but for the looks: each finds that a moment has passed.
  const clock = { now: () => new Date((now += 200)) };
  const sender = startAlertSender({ config, store, clock, log, ...other } as unknown as Dependencies, 5);
  senders.push(sender);
  return sender;
}

/** Resolves as soon as everything was told. */
async function allTold(): Promise<void> {
  while ((await store.alerts.countToTell()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
const said = () => told.map(({ body }) => JSON.parse(body) as { key: string; state: string; id: string });

test('each alert is told under a signature, and once more when it is resolved', async () => {
  await store.alerts.sync('workflow', [alert('a'), alert('b')], AT);
  start();
  await allTold();
  const [row] = await store.alerts.list({ limit: 1, source: 'workflow' });
  expect(
    said()
      .map(({ key, state }) => [key, state])
      .sort(),
  ).toEqual([
    ['a', 'open'],
    ['b', 'open'],
  ]);
  expect(said()).toContainEqual(row);
  for (const { body, signature } of told) {
    expect(signature).toBe(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`);
  }
  await store.alerts.sync('workflow', [alert('b')], AT);
  await allTold();
  expect(said().slice(2)).toMatchObject([{ key: 'a', state: 'resolved', resolvedAt: AT }]);
});

test('what is raised while somebody looks is told without anybody asking', async () => {
  start();
  const next = new Promise<void>((resolve) => heard.push(resolve));
  await store.alerts.raise({ source: 's', key: 'k', severity: 'warning', text: 'x', raisedAt: AT });
  await next;
  expect(said()).toMatchObject([{ key: 'k', severity: 'warning' }]);
});

test('a webhook that fails is told again, and one failing alert holds up no other', async () => {
  await store.alerts.sync('workflow', [alert('a'), alert('b', { at: '2026-06-14T08:00:01.000Z' })], AT);
  answer = (response, times) => {
    if (times === 1) response.writeHead(500).end();
    else if (times === 2) response.writeHead(302, { location: url }).end();
    else response.end();
  };
  start();
  await allTold();
  const keys = said().map(({ key }) => key);
  expect(keys.slice(0, 2)).toEqual(['a', 'b']);
  expect([...keys].sort()).toEqual(['a', 'a', 'b', 'b']);
});

test('what was resolved while it was being told is told as resolved afterwards', async () => {
  await store.alerts.sync('workflow', [alert('a')], AT);
  let resolved: Promise<void> | undefined;
  answer = (response, times) => {
    if (times > 1) return void response.end();
    resolved = store.alerts.sync('workflow', [], AT);
    void resolved.then(() => response.end());
  };
  start();
  await allTold();
  expect(said().map(({ state }) => state)).toEqual(['open', 'resolved']);
});

test('a worker that dies with an alert in hand leaves it to the others', async () => {
  await store.alerts.sync('workflow', [alert('a')], AT);
  const stamp = (ms: number) => new Date(now + ms).toISOString();
  const taken = await store.alerts.takeToTell(stamp(0), stamp(60_000));
  expect(taken).toMatchObject({ alert: { key: 'a' }, attempts: 0 });
  expect(await store.alerts.takeToTell(stamp(59_999), stamp(90_000))).toBeUndefined();
  start();
  await allTold();
  expect(said()).toMatchObject([{ key: 'a' }]);
});

test('several workers tell each alert once', async () => {
  const alerts = Array.from({ length: 20 }, () => alert(randomUUID()));
  await store.alerts.sync('workflow', alerts, AT);
  const clock = { now: () => new Date(AT) };
  for (let worker = 0; worker < 3; worker += 1) start({ clock });
  await allTold();
  expect(
    said()
      .map(({ key }) => key)
      .sort(),
  ).toEqual(alerts.map(({ key }) => key).sort());
});

test('a worker that is stopped lets go of what it has in hand', async () => {
  await store.alerts.sync('workflow', [alert('a')], AT);
  const reached = new Promise<void>((resolve) => heard.push(resolve));
  answer = () => {};
  const sender = start();
  await reached;
  await sender.stop();
  const at = new Date(now + 1_000).toISOString();
  expect(await store.alerts.takeToTell(at, at)).toMatchObject({ alert: { key: 'a' } });
});

test('without a webhook nobody is told', async () => {
  await store.alerts.sync('workflow', [alert('a')], AT);
  const sender = start({ config: { alerts: {} } } as unknown as Partial<Dependencies>);
  await sender.stop();
  expect([await store.alerts.countToTell(), told]).toEqual([1, []]);
});

test('a webhook that is configured later is told what still holds, and nothing that was over before', async () => {
  const webhook = start();
  await store.alerts.sync('workflow', [alert('paged')], AT);
  await allTold();
  await webhook.stop();
  const nobody = start({ config: { alerts: {} } } as unknown as Partial<Dependencies>);
  await store.alerts.sync('workflow', [alert('paged'), alert('over'), alert('standing')], AT);
  await store.alerts.sync('workflow', [alert('standing')], AT);
  await expect.poll(() => store.alerts.countToTell()).toBe(2);
  await nobody.stop();
  expect(said()).toMatchObject([{ key: 'paged', state: 'open' }]);
  start();
  await allTold();
  expect(
    said()
      .slice(1)
      .map(({ key, state }) => `${key} ${state}`)
      .toSorted(),
  ).toEqual(['paged resolved', 'standing open']);
});
