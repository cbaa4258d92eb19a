import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { assetProfileDoor } from '../../api/operator/asset-profiles.ts';
import type { Market } from '../../api/operator/markets.ts';
import { refusalOf, sendProblem } from '../../api/problem.ts';
import { importAssetProfilesCommand } from '../../cli/import-asset-profiles.ts';
import { createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

const timeZone = 'Europe/Amsterdam';
const HOUSE = 'ean.200000000000000001';
const FARM = 'ean.200000000000000002';
const MOVED = 'ean.200000000000000003';
const PERIOD = '2027-05-16';
const quarters: Market = {
  ...{ dso: 'quarters.example.com', version: '3.1.0', timeZone, ispDuration: 'PT15M' },
  baselineReference: undefined,
};

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
/** A Flexor whose markets differ in the length of ISPs. */
let mixed: FastifyInstance;
let looks: string[] = [];

function door(markets: readonly Market[]): FastifyInstance {
  const server = fastify();
  server.setErrorHandler((thrown, _request, reply) => sendProblem(reply, refusalOf(thrown)));
  server.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
  assetProfileDoor(server, {
    store,
    markets,
    lookAtCapacity: async (workflowId) => void looks.push(workflowId),
    clock: { now: () => new Date('2027-05-15T08:00:00.000Z') },
  });
  return server;
}

beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  const assets = [{ name: 'battery', canReduceW: 5000, canIncreaseW: 5000 }];
  const connections = [
    { connection: HOUSE, startPeriod: '2027-01-01', assets: [...assets, { ...assets[0], name: 'boiler' }] },
    { connection: FARM, startPeriod: '2027-01-01', assets },
    { connection: MOVED, startPeriod: '2027-01-01', endPeriod: '2027-02-01', assets },
  ];
  const list = { origin: 'import' as const, leavesOn: '2027-01-01', connections, apply: true };
  await store.connections.compare({ ...list, by: 'Ines', at: '2027-01-01T00:00:00.000Z' });
  app = door([quarters]);
  mixed = door([quarters, { ...quarters, dso: 'hours.example.com', ispDuration: 'PT60M' }]);
  await app.listen({ port: 0, host: '127.0.0.1' });
});
beforeEach(() => {
  looks = [];
});
afterAll(async () => {
  await app?.close();
  await mixed?.close();
  await store?.close();
  await database?.drop();
});

interface Answer {
  readonly errors?: readonly { path: string; file: string; line?: number; field: string; message: string }[];
}
async function put(payload: object | string, type: string, query = '', at = app) {
  const headers = { 'content-type': type };
  const response = await at.inject({ method: 'PUT', url: `/v1/asset-profiles${query}`, headers, payload });
  return { status: response.statusCode, ...response.json<Answer>() };
}
const json = (body: object, at?: FastifyInstance) => put(body, 'application/json', '?source=may.json', at);
const csv = (lines: readonly string[], query = '', at?: FastifyInstance) =>
  put(`${lines.join('\n')}\n`, 'text/csv', `?source=may.csv${query}`, at);

const HEAD = 'connection,asset,period,isp,reduceW,increaseW';
const wholeDay = (whose: string, ISPs = 96, first = 0) =>
  Array.from({ length: ISPs }, (_, index) => `${whose},${index + 1},${first + index},7`);
const profile = (changes: object = {}) => ({
  ...{ connection: HOUSE, asset: 'battery', period: PERIOD },
  reduceW: Array.from({ length: 96 }, (_, index) => index),
  increaseW: new Array<number>(96).fill(7),
  ...changes,
});
/** What is known of an asset on a day. */
async function known(connection: string, asset: string, period: string) {
  const during = { startsAt: `${period}T00:00:00.000Z`, endsAt: `${period}T23:00:00.000Z` };
  const { profiles } = await store.capacity.standing({ ...during, connections: [connection] });
  return profiles.find((each) => each.asset === asset && each.period === period);
}

describe('PUT /v1/asset-profiles', () => {
  it('takes days of assets as JSON, has what counts on them looked at, and takes the same again', async () => {
    const given = { profiles: [profile(), profile({ connection: FARM })] };
    expect(await json(given)).toEqual({ status: 200, profiles: 2, changed: 2 });
    expect(await known(HOUSE, 'battery', PERIOD)).toEqual({ ...profile(), timeZone, ispDuration: 'PT15M' });
    expect(looks).toEqual([expect.stringMatching(/^capacity-check\/asset-profiles\//)]);
    expect(await json(given)).toEqual({ status: 200, profiles: 2, changed: 0 });
    // Nothing is other than it was.
    expect(looks).toHaveLength(1);
    const lower = profile({ increaseW: new Array<number>(96).fill(0) });
    expect(await json({ profiles: [profile({ connection: FARM }), lower] })).toMatchObject({ changed: 1 });
    expect(looks).toHaveLength(2);
    expect((await known(HOUSE, 'battery', PERIOD))?.increaseW).toEqual(lower.increaseW);
  });

  it('takes days of assets as CSV, those on which clocks change among them, in any order', async () => {
    const lines = [
      ...wholeDay(`${HOUSE},battery,2027-03-28`, 92),
      ...wholeDay(`${HOUSE},boiler,2027-10-31`, 100, 10),
      ...wholeDay(`${FARM},battery,2027-10-30`),
    ];
    expect(await csv([HEAD, ...lines.toReversed()])).toEqual({ status: 200, profiles: 3, changed: 3 });
    expect((await known(HOUSE, 'battery', '2027-03-28'))?.reduceW).toHaveLength(92);
    expect((await known(HOUSE, 'boiler', '2027-10-31'))?.reduceW.slice(98)).toEqual([108, 109]);
    expect((await known(FARM, 'battery', '2027-10-30'))?.increaseW).toEqual(new Array(96).fill(7));
    expect(await csv([HEAD, ...lines])).toEqual({ status: 200, profiles: 3, changed: 0 });
  });

  it('wants to know the market where markets differ', async () => {
    const day = Array.from({ length: 24 }, (_, index) => `${FARM},battery,2027-07-01,${index + 1},1,1`);
    const unsaid = await csv([HEAD, ...day], '', mixed);
    expect(unsaid).toMatchObject({ status: 422, errors: [{ path: 'timeZone', file: 'may.csv' }] });
    expect(await csv([HEAD, ...day], '&timeZone=Europe/Amsterdam&ispDuration=PT1H', mixed)).toMatchObject({
      status: 200,
      changed: 1,
    });
    expect(await known(FARM, 'battery', '2027-07-01')).toMatchObject({ ispDuration: 'PT60M' });
    const said = { timeZone, ispDuration: 'PT15M', profiles: [profile({ period: '2027-07-01' })] };
    expect(await json(said, mixed)).toMatchObject({ status: 200, changed: 1 });
    const elsewhere = await json({ ...said, timeZone: 'Asia/Tokyo' }, mixed);
    expect(elsewhere).toMatchObject({ status: 422, errors: [{ path: 'timeZone', file: 'may.json' }] });
  });

  const DAY = '2027-06-01';
  const good = wholeDay(`${HOUSE},battery,${DAY}`);
  const bad = (line: string) => [HEAD, ...good.with(5, line)];
  const mine = `${HOUSE},battery,${DAY}`;
  it.each([
    ['a power with decimals', bad(`${mine},6,1.5,0`), 7, 'reduceW'],
    ['a power below 0', bad(`${mine},6,1,-1`), 7, 'increaseW'],
    ['a power beyond 32 bits', bad(`${mine},6,3000000000,0`), 7, 'reduceW'],
    ['an ISP zero', bad(`${mine},0,1,1`), 7, 'isp'],
    ['an ISP twice', bad(`${mine},5,1,1`), 7, 'isp'],
    ['an ISP missing', [HEAD, ...good.toSpliced(5, 1)], 2, 'isp'],
    ['an ISP too many', [HEAD, ...good, `${mine},97,1,1`], 2, 'reduceW'],
    ['too few ISPs', [HEAD, ...wholeDay(`${HOUSE},battery,2027-06-02`, 92)], 2, 'increaseW'],
    ['a day there is not', [HEAD, ...good, ...wholeDay(`${HOUSE},battery,2027-02-30`)], 98, 'period'],
    ['an address there is not', [HEAD, ...good, ...wholeDay(`meter 7,battery,${DAY}`)], 98, 'connection'],
    ['no asset', [HEAD, ...good, ...wholeDay(`${HOUSE},,${DAY}`)], 98, 'asset'],
    ['a stranger', [HEAD, ...good, ...wholeDay(`ean.299999999999999999,battery,${DAY}`)], 98, 'connection'],
    ['an unknown asset', [HEAD, ...good, ...wholeDay(`${FARM},boiler,${DAY}`)], 98, 'asset'],
    ['an asset that left', [HEAD, ...good, ...wholeDay(`${MOVED},battery,${DAY}`)], 98, 'asset'],
    ['a column there is not', [HEAD.replace('asset', 'device'), ...good], 1, 'device'],
    ['a column missing', [HEAD.replace(',increaseW', ''), ...good], 1, 'increaseW'],
    ['too many cells', bad(`${mine},6,1,1,1`), 7, 'line'],
    ['nothing in it', [], 1, 'line'],
  ])('refuses a file with %s whole, and names file, line and field', async (_, lines, line, field) => {
    const refused = await csv(lines);
    expect(refused.status).toBe(422);
    const named = { file: 'may.csv', line, field, path: `may.csv:${line}:${field}` };
    expect(refused.errors).toContainEqual({ ...named, message: expect.stringMatching(/./) });
    expect(await known(HOUSE, 'battery', DAY)).toBeUndefined();
    expect(looks).toEqual([]);
  });

  it.each([
    ['a power below 0', profile({ reduceW: new Array(96).fill(-1) }), 'profiles[1].reduceW[0]'],
    ['too few ISPs', profile({ increaseW: [1] }), 'profiles[1].increaseW'],
    ['a stranger', profile({ connection: 'ean.299999999999999999' }), 'profiles[1].connection'],
    ['an unknown asset', profile({ asset: 'windmill' }), 'profiles[1].asset'],
    ['a day there is not', profile({ period: '2027-02-30' }), 'profiles[1].period'],
    [
      'a day of an asset twice',
      profile({ period: DAY, reduceW: new Array(96).fill(1) }),
      'profiles[1].period',
    ],
  ])('refuses JSON with %s whole, and names the field', async (_, wrong, path) => {
    const refused = await json({ profiles: [profile({ period: DAY }), wrong] });
    expect(refused.status).toBe(422);
    expect(refused.errors![0]).toMatchObject({ path, file: 'may.json', message: expect.stringMatching(/./) });
    expect(await known(HOUSE, 'battery', DAY)).toBeUndefined();
  });
});

describe('flexor import asset-profiles', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flexor-profiles-'));
    const settings = {
      identity: { domain: 'agr.example.com', signingKey: { env: 'UNUSED' } },
      operator: { token: { file: 'operator.token' } },
      participants: [
        {
          ...{ domain: 'cro.example.com', role: 'CRO', endpoint: 'https://cro.example.com/' },
          ...{ publicKeys: ['A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg='], timeZone },
        },
      ],
    };
    await writeFile(join(folder, 'flexor.yaml'), stringify(settings));
    await writeFile(join(folder, 'operator.token'), 'token', { mode: 0o600 });
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(name: string, content: string, ...options: string[]): Promise<string[]> {
    const said: string[] = [];
    await writeFile(join(folder, name), content);
    const { port } = app.server.address() as { port: number };
    const at = ['-c', join(folder, 'flexor.yaml'), '--url', `http://127.0.0.1:${port}`];
    const command = importAssetProfilesCommand((line) => said.push(line));
    await command.parseAsync([join(folder, name), ...at, ...options], { from: 'user' });
    return said;
  }

  test('hands in CSV and JSON, and says what is new', async () => {
    const file = [HEAD, ...wholeDay(`${FARM},battery,2027-08-01`)].join('\n');
    expect(await run('august.csv', file, '--isp-duration', 'PT15M')).toEqual([
      '1 days of assets, 1 of them new or changed.',
    ]);
    expect(await run('august.csv', file)).toEqual(['1 days of assets, nothing is new.']);
    const day = profile({ connection: FARM, period: '2027-08-02' });
    expect(await run('august.json', JSON.stringify({ profiles: [day] }))).toHaveLength(1);
    expect(await known(FARM, 'battery', '2027-08-02')).toMatchObject({ reduceW: day.reduceW });
  });

  test('names what is wrong, by file, line and field', async () => {
    const file = [HEAD, ...wholeDay(`${FARM},boiler,2027-08-01`)].join('\n');
    await expect(run('wrong.csv', file)).rejects.toMatchObject({
      code: 'api.body-invalid',
      message: expect.stringContaining('wrong.csv:2:asset: boiler is no asset of'),
    });
  });
});
