import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Dependencies } from '../../activities/dependencies.ts';
import { dispatchActivities, dispatchAt } from '../../activities/dispatch/index.ts';
import { exampleConfig, loadConfig } from '../../config/index.ts';
import type {
  DispatchOutcome,
  Frame,
  MeasuredDelivery,
  OrderFacts,
} from '../../market/flex-request/index.ts';
import { createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

const SECRET = 'shared-with-the-assets';
const STEP = 'FlexOffer/1';
const DSO = 'dso.example.com';
const PERIOD = '2026-06-15';
const POINT = 'ean.100000000000000001';
const ELSEWHERE = 'ean.100000000000000002';
const CONNECTIONS = ['ean.871685900012636543', 'ean.871685900012636550'] as const;
/** ISPs 48 to 51 of a summer day in Amsterdam begin at 09:45 UTC. */
const BEGINS = '2026-06-15T09:45:00.000Z';
const EARLY = '2026-06-15T09:30:00.000Z';

interface Posted {
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

let database: TestDatabase;
let sql: Client;
let store: Store;
let server: Server;
let url: string;
let posted: Posted[];
let answers: ((response: ServerResponse) => void)[];
let logged: { level: string; facts: Record<string, unknown> }[];
let now: string;

beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  sql = new Client({ connectionString: database.url });
  await sql.connect();
  await store.portfolio.saveView({
    ...{ cro: 'cro.example.com', period: PERIOD, messageId: randomUUID(), receivedAt: EARLY },
    ...{ result: 'Accepted', connections: [] },
    congestionPoints: [
      {
        ...{ dso: DSO, congestionPoint: POINT, mutexOffersSupported: true, dayAheadRedispatchBy: 'AGR' },
        connections: CONNECTIONS,
      },
    ],
  });
  server = createServer((request, response) => void take(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/plans`;
});
beforeEach(() => {
  posted = [];
  answers = [];
  logged = [];
  now = EARLY;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await sql.end();
  await store.close();
  await database.drop();
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  posted.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
  answers.shift()!(response);
}

const says = (what: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(what));
const fails = (response: ServerResponse) => void response.writeHead(500).end('{}');
const confirms = says({ outcome: 'confirmed' });

const frame: Frame = {
  ...{ dso: DSO, conversationId: randomUUID(), version: '3.1.0', ISPDuration: 'PT15M' },
  ...{ TimeZone: 'Europe/Amsterdam', Period: PERIOD, CongestionPoint: POINT },
};

function orderOf(reference: string): OrderFacts {
  return {
    ...{ ...frame, inboxId: randomUUID(), messageId: randomUUID(), receivedAt: '2026-06-14T09:00:00.000Z' },
    ...{ OrderReference: reference, ActivationFactor: '1.00', Price: '10.00', Currency: 'EUR' },
    ...{ BaselineReference: 'BL-1', ISP: [{ Start: 48, Duration: 4, Power: -4000 }] },
  };
}

const watts = (power: number): number[] =>
  Array.from({ length: 96 }, (_, index) => (index >= 47 && index < 51 ? power : 0));

function configWith(settings: object): Dependencies['config'] {
  const folder = mkdtempSync(join(tmpdir(), 'flexor-dispatch-'));
  const file = join(folder, 'flexor.yaml');
  writeFileSync(file, stringify({ ...(parse(exampleConfig()) as object), ...settings }));
  const config = loadConfig(file, { ASSETS: SECRET });
  rmSync(folder, { recursive: true });
  return config;
}

/** An order whose power is held, and the activity as Temporal runs it. */
async function ordered(options: { settings?: object; status?: string } = {}) {
  const workflowId = `flex-request/${DSO}/${randomUUID()}`;
  const order = orderOf(`O-${workflowId.slice(-8)}`);
  const { settings = { dispatch: { kind: 'webhook', url, secret: { env: 'ASSETS' } } } } = options;
  const config = configWith(settings);
  await sql.query(
    `INSERT INTO capacity_hold (workflow_id, step, starts_at, isp_minutes, status, decision)
     VALUES ($1, $2, '2026-06-14T22:00:00Z', 15, $3, '{"kind": "offer", "redispatchBy": "AGR"}')`,
    [workflowId, STEP, options.status ?? 'firm'],
  );
  await sql.query(
    `INSERT INTO held_asset (workflow_id, step, connection, asset, rank, reduce_w, increase_w)
     VALUES ($1, $2, $3, 'heat', 0, $4, $6), ($1, $2, $3, 'battery', 1, $5, $6)`,
    [workflowId, STEP, CONNECTIONS[0], watts(2500), watts(1500), watts(0)],
  );
  const say = (level: string) => (facts: Record<string, unknown>) => void logged.push({ level, facts });
  const log = { info: say('info'), warn: say('warn'), error: say('error') };
  const clock = { now: () => new Date(now) };
  const activities = dispatchActivities({ store, config, log, clock } as unknown as Dependencies);
  const run = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: 'run' } });
  return {
    key: { workflowId, step: STEP },
    order,
    config,
    dispatch: () =>
      run.run(activities.dispatchOrder, { frame, order, step: STEP }) as Promise<DispatchOutcome>,
    measure: () => run.run(activities.measureDelivery, { frame, order }) as Promise<MeasuredDelivery>,
  };
}

const alertsAbout = async ({ workflowId, step }: { workflowId: string; step: string }) =>
  (await store.alerts.list({ limit: 100, source: 'dispatch' })).filter(
    ({ key }) => key === `${workflowId}/${step}`,
  );

describe('an order is dispatched', () => {
  test('by webhook, under a signature, once', async () => {
    const { key, order, dispatch } = await ordered();
    answers = [confirms];
    expect(await dispatch()).toEqual({ outcome: 'confirmed' });
    const [{ body, headers }] = posted as [Posted];
    expect(headers['flexor-signature']).toBe(
      `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    );
    expect(headers['idempotency-key']).toBe(`${key.workflowId}/${key.step}`);
    const plan = JSON.parse(body);
    const run = { Start: 48, Duration: 4, begins: BEGINS, ends: '2026-06-15T10:45:00.000Z' };
    expect(plan).toMatchObject({
      ...{ ...key, DSO: DSO, OrderReference: order.OrderReference, redispatchBy: 'AGR' },
      ISP: [{ ...run, Power: -4000 }],
      assets: [
        { connection: CONNECTIONS[0], name: 'heat', ISP: [{ ...run, Power: -2500 }] },
        { connection: CONNECTIONS[0], name: 'battery', ISP: [{ ...run, Power: -1500 }] },
      ],
    });
    // Temporal may run an activity again whose result it lost.
    expect(await dispatch()).toEqual({ outcome: 'confirmed' });
    expect(posted).toHaveLength(1);
    expect(await store.dispatches.find(key)).toMatchObject({
      ...{ orderReference: order.OrderReference, plan, outcome: 'confirmed' },
      tries: [{ sentAt: EARLY, connector: 'webhook', outcome: 'confirmed' }],
    });
    expect(JSON.stringify(logged)).not.toContain(SECRET);
  });

  test('by the log where nothing else is configured for it', async () => {
    const webhook = { kind: 'webhook', url, secret: { env: 'ASSETS' } };
    const elsewhere = { for: { congestionPoint: ELSEWHERE }, ...webhook };
    const { key, dispatch } = await ordered({ settings: { dispatches: [elsewhere] } });
    expect(await dispatch()).toEqual({ outcome: 'confirmed' });
    expect(posted).toEqual([]);
    const written = JSON.stringify(logged.filter(({ level }) => level === 'info'));
    expect(written).toContain(`${BEGINS} to 2026-06-15T10:45:00.000Z: -2500 W`);
    expect((await store.dispatches.find(key))!.tries).toMatchObject([{ connector: 'log' }]);
  });

  test('at the lead time of its DSO and congestion point', async () => {
    const { config, order } = await ordered({
      settings: {
        dispatch: { kind: 'log', leadTime: 'PT5M' },
        dispatches: [
          { for: { dso: DSO, congestionPoint: ELSEWHERE }, kind: 'log' },
          { for: { dso: DSO }, kind: 'log', leadTime: 'PT1H30M' },
        ],
      },
    });
    expect(dispatchAt(config, DSO, order)).toBe('2026-06-15T08:15:00.000Z');
    expect(dispatchAt(config, 'other.example.com', order)).toBe('2026-06-15T09:40:00.000Z');
  });

  test('and refused, with what is deliverable all the same', async () => {
    const { key, dispatch } = await ordered();
    answers = [
      says({ outcome: 'refused', reason: 'defrosting', shortISPs: [{ ISP: 49, Power: -1000 }] }),
      says({ outcome: 'refused', reason: 'defrosting' }),
    ];
    const reason = 'defrosting (deliverable: ISP 49: -1000 W)';
    expect(await dispatch()).toEqual({ outcome: 'refused', reason });
    expect(await store.dispatches.find(key)).toMatchObject({ outcome: 'refused', reason });
    expect(logged.some(({ level }) => level === 'error')).toBe(true);
    expect(await dispatch()).toEqual({ outcome: 'refused', reason: 'defrosting' });
  });
});

describe('assets that cannot be reached', () => {
  const LATER = { type: 'activities.dispatch-temporary' };

  test('are tried again with the same plan under the same key, and soon somebody is told', async () => {
    const { key, dispatch } = await ordered();
    answers = [
      fails,
      says('what?'),
      says({ outcome: 'perhaps' }),
      (response) => response.destroy(),
      confirms,
    ];
    await expect(dispatch()).rejects.toMatchObject({ ...LATER, nextRetryDelay: 2_000 });
    await expect(dispatch()).rejects.toMatchObject({ ...LATER, nextRetryDelay: 4_000 });
    expect(await alertsAbout(key)).toEqual([]);
    await expect(dispatch()).rejects.toMatchObject(LATER);
    await expect(dispatch()).rejects.toMatchObject(LATER);
    expect(await alertsAbout(key)).toMatchObject([{ state: 'open', severity: 'warning' }]);
    expect(await dispatch()).toEqual({ outcome: 'confirmed' });
    expect(await alertsAbout(key)).toMatchObject([{ state: 'resolved' }]);
    expect(new Set(posted.map(({ body }) => body)).size).toBe(1);
    expect(new Set(posted.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    const { tries } = (await store.dispatches.find(key))!;
    expect(tries.map(({ outcome }) => outcome)).toEqual([
      ...['failed', 'failed', 'failed', 'failed', 'confirmed'],
    ]);
    expect(tries[0]!.reason).toContain('status 500');
  });

  test('are tried until delivery begins, and not a moment longer', async () => {
    const { key, dispatch } = await ordered();
    answers = [fails];
    now = '2026-06-15T09:44:59.250Z';
    await expect(dispatch()).rejects.toMatchObject({ ...LATER, nextRetryDelay: 750 });
    now = BEGINS;
    const { outcome, reason } = (await dispatch()) as { outcome: string; reason: string };
    expect(outcome).toBe('unreachable');
    expect(reason).toContain('status 500');
    expect(posted).toHaveLength(1);
    expect(await store.dispatches.find(key)).toMatchObject({ outcome, reason });
  });

  test('are told once of a plan that is late already', async () => {
    const { dispatch } = await ordered();
    now = '2026-06-15T09:50:00.000Z';
    answers = [confirms];
    expect(await dispatch()).toEqual({ outcome: 'confirmed' });
    const missed = await ordered();
    answers = [fails];
    await expect(missed.dispatch()).rejects.toMatchObject(LATER);
    expect(await missed.dispatch()).toMatchObject({ outcome: 'unreachable' });
  });
});

test('of power that is not cut down to the order yet, the order has its part', async () => {
  const { key, dispatch } = await ordered({ status: 'open' });
  await sql.query(
    `UPDATE held_asset SET reduce_w = ARRAY(SELECT 2 * w FROM unnest(reduce_w) WITH ORDINALITY AS t(w, i) ORDER BY i)
     WHERE workflow_id = $1`,
    [key.workflowId],
  );
  answers = [confirms];
  expect(await dispatch()).toEqual({ outcome: 'confirmed' });
  expect(JSON.parse(posted[0]!.body)).toMatchObject({
    assets: [
      { name: 'heat', ISP: [{ Start: 48, Duration: 4, Power: -2500 }] },
      { name: 'battery', ISP: [{ Start: 48, Duration: 4, Power: -1500 }] },
    ],
  });
});

test('an order without power of its own is handed over all the same, and loudly', async () => {
  const { dispatch } = await ordered({ status: 'released' });
  answers = [confirms];
  expect(await dispatch()).toEqual({ outcome: 'confirmed' });
  expect(JSON.parse(posted[0]!.body)).toMatchObject({ assets: [], ISP: [{ Power: -4000 }] });
  expect(logged.some(({ level }) => level === 'error')).toBe(true);
});

test('delivery is measured from our own baseline and readings; what is missing is unknown', async () => {
  const { key, order, measure } = await ordered();
  expect(await measure()).toEqual({ known: 0, unknown: 0, shortISPs: [] });
  await store.orders.accept({
    ...{ dso: DSO, orderReference: order.OrderReference, orderMessageId: order.messageId },
    ...{ workflowId: key.workflowId, congestionPoint: POINT, period: PERIOD },
    ...{ timeZone: frame.TimeZone, ispDuration: 'PT15M', price: '10.00', currency: 'EUR' },
    ...{ isps: [{ start: 48, duration: 4, power: -4000 }], acceptedAt: EARLY, baselineReference: 'BL-1' },
  });
  expect(await measure()).toEqual({ known: 0, unknown: 4, shortISPs: [] });
  await store.baselines.save({
    ...{ congestionPoint: POINT, period: PERIOD, reference: 'BL-1' },
    ...{ power: new Array<number>(96).fill(9000), recordedAt: EARLY },
  });
  const reading = (connection: string, isp: number, power: number) => ({
    ...{ connection, period: PERIOD, isp, power, recordedAt: EARLY },
  });
  const [one, other] = CONNECTIONS;
  await store.meterReadings.save([
    ...[reading(one, 48, 3000), reading(other, 48, 2000)],
    ...[reading(one, 49, 3000), reading(other, 49, 3500)],
    // Of ISP 50, one connection says nothing.
    ...[reading(one, 50, 3000)],
  ]);
  expect(await measure()).toEqual({
    ...{ known: 2, unknown: 2 },
    shortISPs: [{ isp: 49, orderedW: -4000, deliveredW: -2500 }],
  });
});
