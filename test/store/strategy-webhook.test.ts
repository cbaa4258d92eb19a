import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { Conversation, floorConfig, openFloor, POINTS } from './trading-floor.ts';

const SECRET = 'shared-with-the-optimiser';
const point = POINTS[0];
const ISP = [{ Disposition: 'Requested' as const, MinPower: -6000, MaxPower: -4000, Start: 48, Duration: 4 }];

interface Asked {
  readonly body: string;
  readonly signature: unknown;
}

let database: TestDatabase;
let store: Store;
let server: Server;
let url: string;
let asked: Asked[];
let answer: (asked: Asked, response: ServerResponse) => void;
let errors: Record<string, unknown>[];
let conversations = 0;

beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  await openFloor(store);
  server = createServer((request, response) => void take(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/offers`;
});
beforeEach(() => {
  asked = [];
  errors = [];
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await store.close();
  await database.drop();
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const each = { body: Buffer.concat(chunks).toString(), signature: request.headers['flexor-signature'] };
  asked.push(each);
  answer(each, response);
}

const says = (what: unknown) => (_: Asked, response: ServerResponse) => {
  response.end(typeof what === 'string' ? what : JSON.stringify(what));
};
const option = (changes: object = {}, group: object = {}) => ({
  Price: '42.5',
  ISP: [{ Start: 48, Duration: 4, Power: -100, ...group }],
  ...changes,
});
const offer = (...options: object[]) => ({ decision: 'offer', options });

async function conversation(
  { contracts = [], ...settings }: { contracts?: object[]; [name: string]: unknown } = {},
  changes: Parameters<Conversation['open']>[2] = {},
): Promise<Conversation> {
  const webhook = {
    kind: 'webhook',
    url,
    secret: { env: 'OPTIMISER' },
    minActivationFactor: '0.10',
    ...settings,
  };
  const strategies = [{ for: { dso: point.dso }, ...webhook }];
  const log = { info() {}, warn() {}, error: (facts: Record<string, unknown>) => void errors.push(facts) };
  conversations += 1;
  const config = floorConfig({ strategies, contracts }, { OPTIMISER: SECRET });
  const talk = new Conversation(`webhook/${conversations}`, { store, config, log });
  await talk.open(point, ISP, changes);
  return talk;
}

test('what the optimiser answers is offered, and it is asked under a signature, about what is free', async () => {
  answer = says(
    offer(option(), option({ Price: '84', MinActivationFactor: '0.5' }, { Power: -200, Duration: 2 })),
  );
  const talk = await conversation();
  const decision = await talk.decide();
  expect(decision).toEqual({
    kind: 'offer',
    redispatchBy: 'AGR',
    content: {
      ExpirationDateTime: '2026-06-14T10:00:00.000Z',
      BaselineReference: 'BL-1',
      Currency: 'EUR',
      OfferOption: [
        {
          ...{ OptionReference: 'A', Price: '42.50', MinActivationFactor: '0.10' },
          ISP: [{ Start: 48, Duration: 4, Power: -100 }],
        },
        {
          ...{ OptionReference: 'B', Price: '84.00', MinActivationFactor: '0.5' },
          ISP: [{ Start: 48, Duration: 2, Power: -200 }],
        },
      ],
    },
  });
  const [{ body, signature }] = asked as [Asked];
  expect(signature).toBe(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`);
  const question = JSON.parse(body);
  expect(question).toMatchObject({
    ...{
      workflowId: talk.workflowId,
      step: 'FlexOffer/1',
      currency: 'EUR',
      ispCount: 96,
      severalOptions: true,
    },
    request: { DSO: point.dso, CongestionPoint: point.congestionPoint, Period: '2026-06-15', ISP },
  });
  expect(body).not.toContain(SECRET);
  // Of options that exclude each other, the most that any needs is kept, from the cheapest asset.
  const [hold] = (await store.capacity.find({ workflowId: talk.workflowId, step: 'FlexOffer/1' }))!.assets;
  expect(hold!.asset).toBe('heat');
  expect(hold!.reduceW.slice(46, 52)).toEqual([0, 200, 200, 100, 100, 0]);
  // A retry neither asks nor keeps anything again; another conversation is told of what is left.
  expect(await talk.decide()).toEqual(decision);
  expect(asked).toHaveLength(1);
  answer = says({ decision: 'no-bid', reason: 'the store is full' });
  expect(await (await conversation()).decide()).toEqual({ kind: 'noBid', reason: 'the store is full' });
  const next = JSON.parse(asked[1]!.body).assets.find(({ name }: { name: string }) => name === 'heat');
  expect(next.freeReduceW.slice(46, 52)).toEqual([2500, 2300, 2300, 2400, 2400, 2500]);
  expect(errors).toEqual([]);
});

const WRONG: [string, (asked: Asked, response: ServerResponse) => void, RegExp][] = [
  ['beyond the band', says(offer(option({}, { Power: -6001 }))), /-6001 W is beyond the band/],
  ['in the other direction', says(offer(option({}, { Power: 100 }))), /beyond the band/],
  ['of nothing', says(offer(option({}, { Power: 0 }))), /beyond the band/],
  ['outside the day', says(offer(option({}, { Start: 97 }))), /not one of the day/],
  ['outside what is requested', says(offer(option({}, { Start: 47 }))), /not within one group/],
  ['of an ISP twice', says(offer(option({ ISP: [...option().ISP, ...option().ISP] }))), /named twice/],
  ['with a price as a number', says(offer(option({ Price: 42.5 }))), /options\.0\.Price/],
  ['with a price of too many decimals', says(offer(option({ Price: '1.005' }))), /more decimals than EUR/],
  ['with a factor of 0', says(offer(option({ MinActivationFactor: '0.00' }))), /MinActivationFactor/],
  ['with unknown fields', says({ ...offer(option()), price: '1' }), /price/],
  ['that has expired', says({ ...offer(option()), ExpirationDateTime: '2026-06-14T08:00:00Z' }), /is past/],
  ['without options', says(offer()), /options/],
  ['that is not JSON', says('<offer/>'), /not JSON/],
  ['that is too large', says(' '.repeat(1024 * 1024 + 1)), /larger than/],
  ['with another status', (_, response) => void response.writeHead(500).end('{}'), /status 500/],
  ['elsewhere', (_, response) => void response.writeHead(307, { location: url }).end(), /status 307/],
  ['that breaks off', (_, response) => void response.destroy(), /fetch failed|terminated/],
];

test.each(WRONG)('an answer %s is logged, and the fallback decides', async (_, wrong, reason) => {
  answer = wrong;
  const decision = await (await conversation({ fallback: 'no-bid' })).decide();
  expect(decision).toEqual({ kind: 'noBid', reason: 'the strategy webhook gave no usable answer' });
  expect(errors).toMatchObject([{ url, fallback: 'no-bid', reason: expect.stringMatching(reason) }]);
  expect(JSON.stringify(errors)).not.toContain(SECRET);
});

test('no answer before the deadline: the merit order decides', async () => {
  answer = () => {};
  const decision = await (await conversation({ deadline: 'PT0.2S' })).decide();
  expect(decision).toMatchObject({ kind: 'offer', content: { OfferOption: [{ ISP: [{ Power: -4000 }] }] } });
  expect(errors).toMatchObject([{ fallback: 'merit-order', reason: expect.stringMatching(/timeout/) }]);
});

test('what is taken while the optimiser thinks is not offered again: it is asked anew', async () => {
  const slow = await conversation();
  const quick = await conversation();
  const everything = offer(option({}, { Power: -6000 }));
  answer = ({ body }, response) => {
    if (JSON.parse(body).workflowId !== slow.workflowId) return says(everything)(asked[0]!, response);
    const { assets } = JSON.parse(body) as { assets: { freeReduceW: number[] }[] };
    const free = assets.reduce((sum, { freeReduceW }) => sum + freeReduceW[47]!, 0);
    const offered = offer(option({}, { Power: -Math.min(free, 6000) }));
    if (asked.length > 1) return says(offered)(asked[0]!, response);
    void quick.decide().then(() => says(offered)(asked[0]!, response));
  };
  const decision = await slow.decide();
  const questions = asked.map(({ body }) => JSON.parse(body).workflowId as string);
  expect(questions).toEqual([slow.workflowId, quick.workflowId, slow.workflowId]);
  const { assets } = JSON.parse(asked[2]!.body) as { assets: { freeReduceW: number[] }[] };
  const left = assets.reduce((sum, { freeReduceW }) => sum + freeReduceW[47]!, 0);
  expect(left).toBeLessThan(6000);
  expect(decision).toMatchObject({ content: { OfferOption: [{ ISP: [{ Power: -left }] }] } });
});

test.each([
  [8, 'less than a contract obliges to', -2999, /-2999 W is less than the -3000 W/],
  [16, 'nothing', 0, /a contract obliges to offer/],
])('at ISP %i, who offers %s is overruled by the fallback', async (Start, _, Power, reason) => {
  answer = says(Power === 0 ? { decision: 'no-bid', reason: 'no' } : offer(option({}, { Start, Power })));
  const reserved = [{ start: Start, duration: 2, powerW: -3000 }];
  const contracts = [{ id: `C-${Start}`, dso: point.dso, reserved, penaltyPerMWh: '1.00' }];
  const called = { ContractID: `C-${Start}`, ISP: [{ ...ISP[0]!, Start }] };
  const decision = await (await conversation({ contracts }, called)).decide();
  expect(decision).toMatchObject({ kind: 'offer', content: { ContractID: `C-${Start}` } });
  expect(JSON.parse(asked[0]!.body).obligations).toEqual([
    { ISP: Start, Power: -3000 },
    { ISP: Start + 1, Power: -3000 },
  ]);
  expect(errors).toMatchObject([{ fallback: 'merit-order', reason: expect.stringMatching(reason) }]);
});

test('where a contract obliges to offer, no bid is no fallback', async () => {
  answer = says('nothing usable');
  const contracts = [
    {
      ...{ id: 'C-24', dso: point.dso, penaltyPerMWh: '1.00' },
      reserved: [{ start: 24, duration: 2, powerW: -3000 }],
    },
  ];
  const called = { ContractID: 'C-24', ISP: [{ ...ISP[0]!, Start: 24 }] };
  const decision = await (await conversation({ contracts, fallback: 'no-bid' }, called)).decide();
  expect(decision).toMatchObject({ kind: 'offer', content: { OfferOption: [{ ISP: [{ Power: -4000 }] }] } });
});

test('that it fails is one alert, until it answers again', async () => {
  const standing = () => store.alerts.list({ limit: 9, state: 'open', source: 'strategy-webhook' });
  const decides = async () => {
    const talk = await conversation({ fallback: 'no-bid' });
    talk.now = '2026-06-14T08:05:00.000Z';
    await talk.decide();
  };
  answer = says({ decision: 'no-bid', reason: 'the store is full' });
  await decides();
  expect(await standing()).toEqual([]);
  answer = says('nothing usable');
  await decides();
  await decides();
  expect(await standing()).toMatchObject([
    {
      ...{ key: url, severity: 'warning' },
      text: expect.stringMatching(/no usable answer.*\(no-bid\) decides: .*JSON/),
    },
  ]);
  answer = says({ decision: 'no-bid', reason: 'the store is full' });
  await decides();
  expect(await standing()).toEqual([]);
});
