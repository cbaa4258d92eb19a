import { Client } from 'pg';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { baselineDoor } from '../../api/operator/baselines.ts';
import { refusalOf, sendProblem } from '../../api/problem.ts';
import { createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let heard: (readonly string[])[] = [];
const market = { version: '3.1.0', timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M' };
const POINT = 'ean.100000000000000001';
const METER = 'ean.200000000000000001';
const PERIOD = '2027-05-16';

beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  app = fastify();
  app.setErrorHandler((thrown, _request, reply) => sendProblem(reply, refusalOf(thrown)));
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
  baselineDoor(app, {
    store,
    markets: [
      { ...market, dso: 'prognosed.example.com', baselineReference: undefined },
      { ...market, dso: 'other.example.com', baselineReference: 'BL-1' },
    ],
    onForecasts: async (periods) => void heard.push(periods),
    clock: { now: () => new Date('2027-05-15T08:00:00.000Z') },
  });
});
beforeEach(() => {
  heard = [];
});
afterAll(async () => {
  await app.close();
  await store.close();
  await database.drop();
});

const put = (payload: object | string, type = 'application/json', source = '') =>
  app.inject({ method: 'PUT', url: `/v1/baselines${source}`, headers: { 'content-type': type }, payload });
const csv = (...lines: string[]) => put(`${lines.join('\n')}\n`, 'text/csv', '?source=may.csv');
const errorsOf = (response: Awaited<ReturnType<typeof put>>) =>
  response.json<{ errors: { path: string; line?: number; field?: string; message: string }[] }>().errors;
const wholeDay = (subject: string, power: number, ISPs = 96, period = PERIOD) =>
  Array.from({ length: ISPs }, (_, index) => `${subject},${period},${index + 1},${power + index}`);
async function inDatabase(sql: string): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
const found = async (level: 'congestion-point' | 'connection', address: string, period = PERIOD) =>
  (await store.forecasts.find(level, [address], period)).get(address);

describe('a forecast for D-Prognoses', () => {
  it.each([
    ['congestion-point', { congestionPoint: POINT }],
    ['connection', { connection: METER }],
  ] as const)('of a %s is kept, and the prognoses of its day are looked at', async (level, subject) => {
    const power = Array.from({ length: 96 }, (_, index) => index - 40);
    expect((await put({ ...subject, period: PERIOD, power })).statusCode).toBe(200);
    expect(await found(level, level === 'connection' ? METER : POINT)).toEqual(power);
    expect(heard).toEqual([[PERIOD]]);
  });

  it.each([
    ['both a point and a connection', { congestionPoint: POINT, connection: METER }, 'congestionPoint'],
    ['neither', {}, 'congestionPoint'],
    ['a reference for a connection', { connection: METER, reference: 'BL-1' }, 'reference'],
    ['too few ISPs', { connection: METER, power: [1] }, 'power'],
  ])('with %s is refused', async (_, given, path) => {
    const response = await put({ period: PERIOD, power: Array(96).fill(1), ...given });
    expect(response.statusCode).toBe(422);
    expect(errorsOf(response).map((error) => error.path)).toEqual([path]);
    expect(heard).toEqual([]);
  });
});

it('a day as JSON is taken once too, whatever the order of its fields', async () => {
  const day = (power: number) => ({ connection: METER, period: '2027-05-24', power: Array(96).fill(power) });
  await put(day(1));
  await put(day(2));
  const { connection, ...rest } = day(1);
  expect((await put({ ...rest, connection })).json()).toMatchObject({ repeated: true });
  expect((await found('connection', METER, '2027-05-24'))?.[0]).toBe(2);
  await put(day(1), 'application/json', '?again=true');
  expect((await found('connection', METER, '2027-05-24'))?.[0]).toBe(1);
});

describe('a file of forecasts', () => {
  it('holds any number of days, those on which clocks change among them, in any order', async () => {
    const right = [...wholeDay(POINT, 100, 92, '2027-03-28'), ...wholeDay(METER, -7, 100, '2027-10-31')];
    expect((await csv('connection,period,isp,power', ...right.toReversed())).statusCode).toBe(200);
    expect((await found('connection', POINT, '2027-03-28'))?.slice(0, 2)).toEqual([100, 101]);
    expect(await found('connection', METER, '2027-10-31')).toHaveLength(100);
    expect(heard).toEqual([['2027-03-28', '2027-10-31']]);
    // The same file again changes nothing.
    expect((await csv('connection,period,isp,power', ...right)).statusCode).toBe(200);
    expect((await found('connection', POINT, '2027-03-28'))?.[0]).toBe(100);
  });

  it('is taken once: an old one again does not undo a newer one, unless that is asked for', async () => {
    const header = 'reference,congestionPoint,connection,period,isp,power';
    const file = (power: number) =>
      [
        header,
        ...wholeDay(`BL-1,${POINT},`, power, 96, '2027-05-23'),
        ...wholeDay(`,,${METER}`, power, 96, '2027-05-23'),
      ].join('\n');
    const send = async (power: number, more = '') =>
      (await put(file(power), 'text/csv', `?source=${power}.csv${more}`)).json<object>();
    const stands = async () => [
      (await store.baselines.find(POINT, '2027-05-23', 'BL-1'))?.power[0],
      (await found('connection', METER, '2027-05-23'))?.[0],
    ];
    const taken = { days: 2, repeated: false, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string };
    expect(await send(1)).toEqual(taken);
    expect(await send(2)).toEqual(taken);
    heard = [];
    expect(await send(1)).toEqual({ ...taken, repeated: true });
    expect(await stands()).toEqual([2, 2]);
    // Whoever hands it in again may not know whether its prognoses were looked at.
    expect(heard).toEqual([['2027-05-23']]);
    expect(await send(1, '&again=true')).toEqual(taken);
    expect(await stands()).toEqual([1, 1]);
  });

  it('may hold baselines under an agreed reference beside them', async () => {
    const lines = wholeDay(`BL-1,${POINT},`, 3, 96, '2027-05-20');
    expect((await csv('reference,congestionPoint,connection,period,isp,power', ...lines)).statusCode).toBe(
      200,
    );
    expect((await store.baselines.find(POINT, '2027-05-20', 'BL-1'))?.power[95]).toBe(98);
    expect(heard).toEqual([]);
  });

  it('is kept whole or not at all, baselines and forecasts alike', async () => {
    const lines = [
      ...wholeDay(`BL-1,${POINT},`, 3, 96, '2027-05-21'),
      ...wholeDay(`,,${METER}`, 3, 96, '2027-05-21'),
    ];
    const broken = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON uploaded_forecast FOR EACH ROW
        WHEN (NEW.period = '2027-05-21') EXECUTE FUNCTION refuse()`;
    await inDatabase(broken);
    const response = await csv('reference,congestionPoint,connection,period,isp,power', ...lines);
    expect(response.statusCode).toBe(500);
    expect(await store.baselines.find(POINT, '2027-05-21', 'BL-1')).toBeUndefined();
    await inDatabase('DROP TRIGGER refuse ON uploaded_forecast');
    expect((await csv('reference,congestionPoint,connection,period,isp,power', ...lines)).statusCode).toBe(
      200,
    );
    expect(await store.baselines.find(POINT, '2027-05-21', 'BL-1')).toBeDefined();
    expect(await found('connection', METER, '2027-05-21')).toHaveLength(96);
  });

  const head = 'connection,period,isp,power';
  const good = wholeDay(METER, 1, 96, '2027-06-01');
  const bad = (line: string, at = 5) => [head, ...good.map((each, index) => (index === at ? line : each))];
  it.each([
    ['a power with decimals', bad(`${METER},2027-06-01,6,1.5`), 7, 'power'],
    ['a power beyond 32 bits', bad(`${METER},2027-06-01,6,3000000000`), 7, 'power'],
    ['an ISP zero', bad(`${METER},2027-06-01,0,1`), 7, 'isp'],
    ['an ISP twice', bad(`${METER},2027-06-01,5,1`), 7, 'isp'],
    ['an ISP missing', [head, ...good.filter((_, index) => index !== 5)], 2, 'isp'],
    ['an ISP too many', [head, ...good, `${METER},2027-06-01,97,1`], 2, 'power'],
    ['a day there is not', [head, ...wholeDay(METER, 1, 96, '2027-02-30')], 2, 'period'],
    ['an address there is not', [head, ...wholeDay('meter 7', 1)], 2, 'connection'],
    ['a column there is not', ['connection,day,isp,power', ...good], 1, 'day'],
    ['a column missing', ['connection,period,isp', ...good], 1, 'power'],
    ['too many cells', bad(`${METER},2027-06-01,6,1,1`), 7, 'line'],
    [
      'too few cells',
      [`${head},reference`, ...good.map((line) => `${line},BL-1`).with(-1, good.at(-1)!)],
      97,
      'line',
    ],
    ['an open quote', bad(`"${METER},2027-06-01,6,1`), 7, 'line'],
    ['an unknown reference', [`${head},reference`, ...good.map((line) => `${line},X`)], 2, 'reference'],
    ['nothing in it', [], 1, 'line'],
  ])('with %s is refused whole, naming line and field', async (_, lines, line, field) => {
    const response = await csv(...lines);
    expect(response.statusCode).toBe(422);
    expect(errorsOf(response)).toContainEqual(expect.objectContaining({ file: 'may.csv', line, field }));
    expect(await found('connection', METER, '2027-06-01')).toBeUndefined();
    expect(heard).toEqual([]);
  });
});
