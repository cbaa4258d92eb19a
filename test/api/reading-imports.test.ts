import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { meterReadingDoor } from '../../api/operator/meter-readings.ts';
import { refusalOf, sendProblem } from '../../api/problem.ts';
import { systemClock } from '../../base/index.ts';
import { importReadingsCommand } from '../../cli/import-readings.ts';
import { createStore, type Store } from '../../store/index.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const timeZone = 'Europe/Amsterdam';
const ispDuration = 'PT15M';
const MEMBERS = 8;
const ean = (number: number): string => `ean.87168590001260000${number}`;

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let heard: string[] = [];
beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  const connections = Array.from({ length: MEMBERS }, (_, number) => {
    return { connection: ean(number), startPeriod: '2026-01-01', assets: [], origin: 'import' as const };
  });
  const list = { origin: 'import' as const, leavesOn: '2026-01-01', connections, apply: true };
  await store.connections.compare({ ...list, by: 'Ines', at: '2026-01-01T00:00:00.000Z' });
  app = fastify();
  app.setErrorHandler((thrown, _request, reply) => sendProblem(reply, refusalOf(thrown)));
  meterReadingDoor(app, {
    store,
    markets: [
      { dso: 'dso.example.com', version: '3.1.0', timeZone, ispDuration, baselineReference: undefined },
    ],
    onReadings: (days) => heard.push(...days.map(({ connection, period }) => `${connection} ${period}`)),
    clock: systemClock,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
}, 60_000);
afterAll(async () => {
  await app?.close();
  await store?.close();
  await database?.drop();
});

interface Isp {
  readonly start: number;
  readonly value?: string;
  readonly resetTo?: string;
  readonly power?: number;
}
const json = (period: string, connection: string, isps: readonly Isp[], kind?: string) => ({
  ...{ period, timeZone, ispDuration },
  readings: [{ connection, ...(kind !== undefined && { kind, unit: 'kWh' }), isps }],
});

async function send(method: 'PUT' | 'POST', type: string, payload: object | string, query = '') {
  const headers = { 'content-type': type };
  const response = await app.inject({ method, url: `/v1/meter-readings${query}`, headers, payload });
  return { status: response.statusCode, ...response.json<Answer>() };
}
interface Answer {
  readonly importId: string;
  readonly repeated: boolean;
  readonly added: number;
  readonly changed: number;
  readonly detail?: string;
  readonly errors?: readonly { path: string; file?: string; field?: string; message: string }[];
}
const put = (body: object, query = '') => send('PUT', 'application/json', body, query);
const csv = (lines: readonly string[], query = '') => send('POST', 'text/csv', lines.join('\n'), query);
const powers = async (connection: string, period: string) =>
  Object.fromEntries(await store.meterReadings.powerOf(connection, period));

describe('imports at the same time', () => {
  // Each register alone says nothing: energy is the difference to its neighbour, wherever that came from.
  test('registers of one connection in many pieces make the same energies as in one', async () => {
    const period = '2026-05-01';
    const counts = Array.from({ length: 49 }, (_, isp) => ({ start: isp, value: String(isp * isp) }));
    const pieces = Array.from({ length: 7 }, (_, piece) =>
      counts.filter(({ start }) => start % 7 === (piece * 3) % 7),
    );
    await Promise.all(
      pieces.map((isps, index) =>
        index % 2 === 0
          ? put(json(period, ean(0), isps, 'register'))
          : csv([
              'connection,kind,value,unit,period,isp',
              ...isps.map(({ start, value }) => `${ean(0)},register,${value},kWh,${period},${start}`),
            ]),
      ),
    );
    const expected = Array.from({ length: 48 }, (_, index) => [String(index + 1), (2 * index + 1) * 4_000]);
    expect(await powers(ean(0), period)).toEqual(Object.fromEntries(expected));
  });

  test('corrections of a register never leave an energy that neither of them makes', async () => {
    const period = '2026-05-02';
    const registers = [0, 1, 2, 3].map((isp) => ({ start: isp, value: String(10 * isp) }));
    await put(json(period, ean(1), registers, 'register'));
    await Promise.all(
      [11, 12, 13, 14, 15, 16, 17, 18].map((value, index) =>
        put(json(period, ean(1), [{ start: 1 + (index % 2), value: String(value) }], 'register')),
      ),
    );
    const values = await store.meterReadings.valuesOf(ean(1), '2026-04-30', period);
    const of = (kind: string, isp: number): number =>
      Number(values.find((each) => each.period === period && each.kind === kind && each.isp === isp)?.value);
    for (const isp of [2, 3]) {
      const difference = of('importRegister', isp) - of('importRegister', isp - 1);
      expect(of('importEnergy', isp)).toBe(difference);
    }
  });

  test('a correction after which an energy is unknown takes it away, with its power; what they were stays on record', async () => {
    const period = '2026-05-12';
    const stands = [0, 1, 2].map((isp) => ({ start: isp, value: String(10 + isp) }));
    await put(json(period, ean(4), stands, 'register'));
    expect(await powers(ean(4), period)).toEqual({ 1: 4000, 2: 4000 });
    const revision = await store.meterReadings.revisionOf(ean(4), period);
    const reset = json(period, ean(4), [{ start: 2, value: '12', resetTo: '0' }], 'register');
    // The register's event, its energy and its power.
    expect(await put(reset)).toMatchObject({ status: 200, changed: 3 });
    expect(await powers(ean(4), period)).toEqual({ 1: 4000 });
    const values = await store.meterReadings.valuesOf(ean(4), period, period);
    expect(values.filter(({ isp }) => isp === 2).map(({ kind }) => kind)).toEqual([
      'exportEnergy',
      'importRegister',
    ]);
    expect(await store.meterReadings.revisionOf(ean(4), period)).toBe(revision + 1);
    const gone = await store.meterReadings.correctionsOf(ean(4), period);
    expect(gone.map(({ kind, value }) => [kind, value]).toSorted()).toEqual([
      ['importEnergy', '1'],
      ['importRegister', '12'],
      ['power', '4000'],
    ]);
    // A month later it is lower than anybody saw it.
    const later = await put(json('2026-06-12', ean(4), [{ start: 1, value: '11' }], 'register'));
    expect(later.errors).toMatchObject([
      { message: expect.stringContaining('below 12 kWh of ISP 2 of 2026-05-12') },
    ]);
  });

  test('the same file many times is one import', async () => {
    const lines = ['connection,kind,value,unit,period,isp', `${ean(2)},power,1,kW,2026-05-03,1`];
    const answers = await Promise.all(Array.from({ length: 6 }, () => csv(lines)));
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(new Set(answers.map(({ importId }) => importId)).size).toBe(1);
  });
});

describe('readings as JSON', () => {
  const period = '2026-05-04';
  const watts = (power: number) => json(period, ean(3), [{ start: 1, power }]);

  test('a body is one import, and repeated it never undoes a correction', async () => {
    const first = await put(watts(100));
    expect(first).toMatchObject({ status: 200, repeated: false, added: 1 });
    expect(await put(watts(120))).toMatchObject({ repeated: false, changed: 1 });
    heard = [];
    expect(await put(watts(100))).toMatchObject({ repeated: true, importId: first.importId });
    // As a file, and in other words, it is the same.
    const spaced = JSON.stringify(watts(100), null, 2);
    const posted = await send('POST', 'application/json', spaced, '?source=old.json');
    expect(posted).toMatchObject({ status: 200, repeated: true, importId: first.importId });
    expect(await powers(ean(3), period)).toEqual({ 1: 120 });
    expect(heard).toEqual([]);
    expect(await put(watts(100), '?again=true')).toMatchObject({ repeated: false, changed: 1 });
    expect(await powers(ean(3), period)).toEqual({ 1: 100 });
    expect(heard).toEqual([`${ean(3)} ${period}`]);
  });

  test('every reading that is wrong is named, with its file, and nothing is taken', async () => {
    const isps = [
      { start: 1, value: '1' },
      { start: 97, value: '1' },
      { start: 2, value: 'x' },
    ];
    const body = json('2026-05-05', ean(3), isps, 'energy');
    const { status, detail, errors } = await send('POST', 'application/json', body, '?source=may.json');
    expect(status).toBe(422);
    expect(detail).toBe('may.json cannot be taken: 2 problems. Nothing was stored.');
    expect(errors).toMatchObject([
      { file: 'may.json', path: 'readings[0].isps[1].start', field: 'start' },
      { file: 'may.json', path: 'readings[0].isps[2].value', field: 'value' },
    ]);
    const shapeless = await send('POST', 'application/json', { period }, '?source=may.json');
    expect(shapeless).toMatchObject({ status: 422, errors: [{ file: 'may.json' }, {}, {}] });
    expect(await powers(ean(3), '2026-05-05')).toEqual({});
  });
});

describe('flexor import readings', () => {
  const period = '2026-05-06';
  const head = 'connection,kind,value,unit,period,isp';
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flexor-readings-'));
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
    const door = ['-c', join(folder, 'flexor.yaml'), '--url', `http://127.0.0.1:${port}`];
    await importReadingsCommand((line) => said.push(line)).parseAsync(
      [join(folder, name), ...door, ...options],
      { from: 'user' },
    );
    return said;
  }

  test('hands in a CSV file once', async () => {
    const file = `${head}\n${ean(4)},power,1,kW,${period},1\n${ean(5)},power,1,kW,${period},1\n`;
    expect(await run('may.csv', file)).toEqual([
      expect.stringMatching(
        /^Import [0-9a-f-]{36}: 2 readings; 2 days of connections are not what they were\.$/,
      ),
      '2 values added, 0 changed, 0 unchanged',
    ]);
    expect(await run('copy.csv', file)).toEqual([
      expect.stringMatching(/^This file was taken before \(import [0-9a-f-]{36}\); nothing was changed\.$/),
    ]);
    expect((await run('copy.csv', file, '--again'))[1]).toBe('0 values added, 0 changed, 2 unchanged');
  });

  test('hands in a JSON file once', async () => {
    const file = JSON.stringify(json(period, ean(6), [{ start: 1, power: 7 }]));
    expect((await run('may.json', file))[1]).toBe('1 values added, 0 changed, 0 unchanged');
    expect(await run('may.json', file)).toEqual([expect.stringContaining('was taken before')]);
    expect(await powers(ean(6), period)).toEqual({ 1: 7 });
  });

  test('names every line that is wrong, and hands nothing in', async () => {
    const stranger = `ean.${randomUUID().replaceAll(/\D/g, '').padEnd(18, '1').slice(0, 18)}`;
    const lines = [head, `${ean(7)},power,1,kW,${period},1`, `${ean(7)},power,1,V,${period},2`];
    const refused = run('wrong.csv', [...lines, `${stranger},power,1,kW,${period},3`].join('\n'));
    await expect(refused).rejects.toMatchObject({
      code: 'api.body-invalid',
      message: expect.stringMatching(
        /2 problems in 2 lines[^]*wrong\.csv:3:unit: [^]*wrong\.csv:4:connection: /,
      ),
    });
    await expect(
      run('wrong.json', JSON.stringify(json(period, stranger, [{ start: 1, power: 7 }]))),
    ).rejects.toThrow(/wrong\.json cannot be taken[^]*readings\[0\]\.connection: .* is not in the portfolio/);
    await expect(run('cut.json', '{"period":')).rejects.toMatchObject({ code: 'api.request-malformed' });
    expect(await powers(ean(7), period)).toEqual({});
  });
});
