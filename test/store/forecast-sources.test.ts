import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { expectPower } from '../../activities/baseline/expect-power.ts';
import { SIGNATURE_HEADER } from '../../activities/signed-post.ts';
import { loadConfig } from '../../config/index.ts';
import { createStore, type Store } from '../../store/index.ts';
import { generateKeyPair, ispCount } from '../../uftp/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

const DSO = 'dso.example.com';
const POINT = 'ean.100000000000000001';
const [ONE, TWO] = ['ean.200000000000000001', 'ean.200000000000000002'] as const;
const AT = '2027-05-15T08:00:00.000Z';
const SECRET = 'between the two of us';

let database: TestDatabase;
let store: Store;
let webhook: Server;
let url: string;
let answer: { status: number; body: string };
let asked: { body: string; signature: unknown }[];
const folder = mkdtempSync(join(tmpdir(), 'flexor-forecasts-'));

beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  await store.portfolio.saveView({
    ...{ cro: 'cro.example.com', period: '2027-01-01', messageId: '00000000-0000-4000-8000-000000000001' },
    ...{ receivedAt: AT, result: 'Accepted', connections: [] },
    congestionPoints: [
      {
        ...{ dso: DSO, congestionPoint: POINT, mutexOffersSupported: false, dayAheadRedispatchBy: 'AGR' },
        connections: [ONE, TWO],
      },
    ],
  });
  webhook = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    asked.push({ body, signature: request.headers[SIGNATURE_HEADER.toLowerCase()] });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((listening) => webhook.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/forecast`;
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  await new Promise((closed) => webhook.close(closed));
  await store.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** What is expected at the point on a day, by these settings. */
async function expected(period: string, settings: object) {
  const file = join(folder, 'flexor.yaml');
  writeFileSync(
    file,
    stringify({
      identity: { domain: 'agr.example.com', signingKey: { env: 'KEY' } },
      operator: { token: { env: 'TOKEN' } },
      participants: [
        {
          ...{ domain: DSO, role: 'DSO', endpoint: 'http://127.0.0.1:9/' },
          publicKeys: [generateKeyPair().publicKey.toCs1()],
          ...{ market: { timeZone: 'Europe/Amsterdam' }, baseline: { kind: 'd-prognosis' } },
        },
      ],
      ...settings,
    }),
  );
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const config = loadConfig(file, { FORECAST: SECRET });
  return expectPower({ config, store, log }, { dso: DSO, congestionPoint: POINT, period });
}

const flat = (power: number, period: string) =>
  Array<number>(ispCount(period, 'Europe/Amsterdam', 'PT15M')).fill(power);
const upload = (level: 'congestion-point' | 'connection', address: string, period: string, power: number) =>
  store.forecasts.save([
    { level, entityAddress: address, period, power: flat(power, period), recordedAt: AT },
  ]);
const measure = (connection: string, period: string, power: readonly (number | undefined)[]) =>
  store.meterReadings.save(
    power.flatMap((each, index) =>
      each === undefined ? [] : { connection, period, isp: index + 1, power: each, recordedAt: AT },
    ),
    [],
  );
const known = (power: readonly number[]) => ({ kind: 'known', power });
const unknown = (reason: string) => ({ kind: 'unknown', reason: expect.stringContaining(reason) as string });

describe('uploaded forecasts', () => {
  it('of every connection are added up; one of the whole point goes before them', async () => {
    const period = '2027-05-16';
    expect(await expected(period, {})).toEqual(unknown('none was uploaded'));
    await upload('connection', ONE, period, 700);
    expect(await expected(period, {})).toEqual(unknown(TWO));
    await upload('connection', TWO, period, -200);
    expect(await expected(period, {})).toEqual(known(flat(500, period)));
    await upload('congestion-point', POINT, period, 42);
    expect(await expected(period, {})).toEqual(known(flat(42, period)));
  });

  it('that do not have the ISPs of the day are none', async () => {
    const period = '2027-03-28';
    await store.forecasts.save([
      {
        level: 'congestion-point',
        entityAddress: POINT,
        period,
        power: Array<number>(96).fill(1),
        recordedAt: AT,
      },
    ]);
    expect(await expected(period, {})).toEqual(unknown('96 values, the day 92 ISPs'));
  });
});

describe('meter history', () => {
  const history = (given: object = {}) => ({
    forecast: { kind: 'meter-history', days: 2, within: 10, ...given },
  });

  it('is the mean of all connections together on the last comparable days', async () => {
    // 2027-06-09 is a Wednesday; the weekend between is not like it.
    for (const [period, one, two] of [
      ['2027-06-08', 100, 10],
      ['2027-06-07', 300, 30],
      ['2027-06-06', 9_000, 9_000],
      ['2027-06-04', 9_000, 9_000],
    ] as const) {
      await measure(ONE, period, flat(one, period));
      await measure(TWO, period, flat(two, period));
    }
    expect(await expected('2027-06-09', history())).toEqual(known(flat(220, '2027-06-09')));
  });

  it('reads further back for an ISP that a nearer day did not measure, and never takes a gap for zero', async () => {
    const gap = flat(50, '2027-07-07').map((power, index) => (index === 7 ? undefined : power));
    await measure(ONE, '2027-07-07', flat(50, '2027-07-07'));
    await measure(TWO, '2027-07-07', gap);
    expect(await expected('2027-07-08', history({ days: 1 }))).toEqual(unknown('ISP 8 was measured on no'));
    await measure(ONE, '2027-07-06', flat(1, '2027-07-06'));
    await measure(TWO, '2027-07-06', flat(2, '2027-07-06'));
    const mean = flat(100, '2027-07-08').map((power, index) => (index === 7 ? 3 : power));
    expect(await expected('2027-07-08', history({ days: 1 }))).toEqual(known(mean));
  });

  it.each(['2027-03-28', '2027-10-31'])(
    'has as many ISPs as %s, the day on which clocks change',
    async (period) => {
      const saturday = period === '2027-03-28' ? '2027-03-27' : '2027-10-30';
      for (const connection of [ONE, TWO]) await measure(connection, saturday, flat(20, saturday));
      expect(await expected(period, history({ days: 1 }))).toEqual(known(flat(40, period)));
    },
  );
});

describe('a webhook', () => {
  const period = '2027-08-03';
  const settings = () => ({ forecast: { kind: 'webhook', url, secret: { env: 'FORECAST' } } });

  it('is asked about point, day and connections, under a signature', async () => {
    answer = { status: 200, body: JSON.stringify({ power: flat(-5, period) }) };
    expect(await expected(period, settings())).toEqual(known(flat(-5, period)));
    const [{ body, signature }] = asked as [(typeof asked)[number]];
    expect(JSON.parse(body)).toEqual({
      ...{ dso: DSO, congestionPoint: POINT, period, timeZone: 'Europe/Amsterdam' },
      ...{ ispDuration: 'PT15M', ispCount: 96, connections: [ONE, TWO] },
    });
    expect(signature).toBe(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`);
  });

  it.each([
    ['a failure', 500, '{}', 'status 500'],
    ['no JSON', 200, 'power', 'not JSON'],
    ['nothing', 200, '', 'the power of 96 ISPs'],
    ['too few ISPs', 200, JSON.stringify({ power: [1] }), 'the power of 96 ISPs'],
    ['half watts', 200, JSON.stringify({ power: [...flat(1, period).slice(1), 0.5] }), 'ISP 96'],
    ['more than 32 bits', 200, JSON.stringify({ power: [3e9, ...flat(1, period).slice(1)] }), 'ISP 1 '],
  ])('that answers with %s knows nothing', async (_, status, body, reason) => {
    answer = { status, body };
    expect(await expected(period, settings())).toEqual(unknown(reason));
  });
});

describe('the source', () => {
  it('may be another for one connection; the others count by theirs', async () => {
    const period = '2027-09-07';
    await upload('congestion-point', POINT, period, 1_000_000);
    await upload('connection', ONE, period, 700);
    answer = { status: 200, body: JSON.stringify({ power: flat(-5, period) }) };
    const forecasts = [
      { for: { connection: TWO }, kind: 'webhook', url, secret: { env: 'FORECAST' } },
      { for: { dso: DSO }, kind: 'uploaded' },
    ];
    // What was uploaded for the whole point is of both, so that it says nothing about the one alone.
    expect(await expected(period, { forecasts })).toEqual(known(flat(695, period)));
    expect(JSON.parse(asked[0]!.body)).toMatchObject({ connections: [TWO] });
  });
});
