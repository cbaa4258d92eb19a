import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type Api } from '../../api/index.ts';
import { seedPortfolio } from '../../api/portfolio-seed.ts';
import { systemClock } from '../../base/index.ts';
import { freePort, openTemporalConnection, type TemporalConnection } from '../../services/index.ts';
import * as story from '../../simulator/scenario.ts';
import { addDays, ispCount, ispStart } from '../../uftp/index.ts';
import { AUTHORIZED, recordingLog, startDatabase, testConfig } from './support.ts';

const [one, other] = story.connections.map(({ id }) => id) as [string, string];
const { timeZone, ispDuration } = story.market;

let database: Awaited<ReturnType<typeof startDatabase>>;
let connection: TemporalConnection;
let api: Api;
beforeAll(async () => {
  database = await startDatabase();
  connection = openTemporalConnection({ address: `127.0.0.1:${await freePort()}` });
  const { log } = recordingLog();
  const config = await testConfig();
  await seedPortfolio(config, database.store, systemClock);
  const temporal = async () => new Client(connection);
  api = await startApi({ config, store: database.store, temporal, clock: systemClock, log });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await connection?.close();
  await database?.stop();
});

interface Answer {
  readonly status: number;
  readonly body: {
    readonly importId?: string;
    readonly repeated?: boolean;
    readonly [name: string]: unknown;
    readonly detail?: string;
    readonly errors?: { path: string; file: string; line: number; field: string; message: string }[];
  };
}

async function post(csv: string, query = ''): Promise<Answer> {
  const response = await fetch(`${api.operatorUrl}/v1/meter-readings${query}`, {
    method: 'POST',
    headers: { ...AUTHORIZED, 'content-type': 'text/csv' },
    body: csv,
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const sum = (period: string) =>
  database.store.meterReadings.sumOver([one], period, ispCount(period, timeZone, ispDuration));

/** A day of quarter hours by local time with its offset: a meter company's file. */
function dayByTime(period: string, value: (isp: number) => string): string {
  const isps = Array.from({ length: ispCount(period, timeZone, ispDuration) }, (_, index) => index + 1);
  const lines = isps.map((isp) => {
    const time = ispStart(period, timeZone, ispDuration, isp);
    return `${one},importEnergy,${value(isp)},kWh,${time}\n${one},exportEnergy,0,kWh,${time}`;
  });
  return ['connection,kind,value,unit,time', ...lines].join('\n');
}

describe('POST /v1/meter-readings', () => {
  it.each(['2027-03-28', '2027-10-31'])('takes the day on which clocks change, %s', async (period) => {
    const { status, body } = await post(dayByTime(period, (isp) => `${isp}.25`));
    const count = ispCount(period, timeZone, ispDuration);
    expect(status).toBe(200);
    expect(body).toMatchObject({ added: 3 * count, changed: 0, lines: 2 * count, changedDays: 1 });
    expect(await sum(period)).toEqual(Array.from({ length: count }, (_, i) => (i + 1.25) * 4000));
  });

  it('takes a file once, corrections as new files, and a repeated file never undoes them', async () => {
    const period = '2027-04-01';
    const file = (watts: number) =>
      `connection;kind;value;unit;period;isp\n${one};power;${watts};W;${period};1\n`;
    const first = await post(file(100), '?source=april.csv');
    expect(first.body).toMatchObject({ repeated: false, added: 1 });
    expect((await post(file(120))).body).toMatchObject({ repeated: false, changed: 1 });
    const repeated = await post(file(100));
    expect(repeated.body).toMatchObject({ repeated: true, importId: first.body.importId });
    expect((await sum(period))[0]).toBe(120);
    expect((await post(file(100), '?again=true')).body).toMatchObject({ repeated: false, changed: 1 });
    expect((await sum(period))[0]).toBe(100);
    expect(await database.store.meterReadings.correctionsOf(one, period)).toMatchObject([
      { kind: 'power', value: '100' },
      { kind: 'power', value: '120' },
    ]);
  });

  it('names file, line, field and reason of everything that is wrong, and stores nothing', async () => {
    const period = '2027-04-02';
    const csv = [
      'connection,kind,value,unit,period,isp',
      `${one},power,1,kW,${period},1`,
      `${one},power,2,kW,${period},1`,
      `${one},power,x,kW,${period},2`,
      `ean.111111111111,power,1,kW,${period},3`,
      `${one},power,1,kW,${period}`,
      `${one},power,1,kW,${period},97`,
    ].join('\r\n');
    const { status, body } = await post(csv, '?source=bad.csv');
    expect(status).toBe(422);
    expect(body.detail).toBe('bad.csv cannot be taken: 5 problems in 5 lines. Nothing was stored.');
    expect(body.errors!.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      `bad.csv:3:value: ISP 1 of ${period} has power 2000 W here and 1000 W at line 2`,
      'bad.csv:4:value: "x" is not a decimal number',
      'bad.csv:5:connection: ean.111111111111 is not in the portfolio',
      'bad.csv:6:line: has 5 cells under 6 columns',
      `bad.csv:7:isp: 97 is beyond the 96 ISPs of ${period}`,
    ]);
    expect(body.errors![0]).toMatchObject({ file: 'bad.csv', line: 3, field: 'value' });
    expect((await sum(period)).every((power) => power === null)).toBe(true);
  });

  it.each([
    ['an empty file', '', 'readings.csv:1:line: the file is empty'],
    ['a header alone', 'connection,kind,value,unit,time\n', 'readings.csv:2:line: there are no readings'],
    [
      'an unknown column',
      'connection,kind,value,unit,time,colour\nx,x,x,x,x,x\n',
      'readings.csv:1:header: "colour" is not one of connection,',
    ],
    [
      'a missing column',
      'connection,kind,value,time\nx,x,x,x\n',
      'readings.csv:1:unit: this column is missing',
    ],
    ['a column twice', 'unit,unit\n', 'readings.csv:1:unit: this column is there twice'],
    [
      'no moment',
      'connection,kind,value,unit,period\n',
      'readings.csv:1:time: there is neither a column time',
    ],
    ['an open quote', 'connection,kind,value,unit,time\n"x', 'readings.csv:2:line: has a double quote'],
  ])('refuses %s', async (_, csv, problem) => {
    const { status, body } = await post(csv);
    expect(status).toBe(422);
    const problems = body.errors!.map(({ path, message }) => `${path}: ${message}`);
    expect(problems.filter((each) => each.startsWith(problem))).toHaveLength(1);
  });

  it('takes no file of another market', async () => {
    const { status, body } = await post('connection\n', '?timeZone=Europe/London');
    expect(status).toBe(422);
    expect(body.errors![0]!.path).toBe('timeZone');
  });

  it('takes a month of a hundred connections and more', async () => {
    const days = Array.from({ length: 31 }, (_, day) => addDays('2027-05-01', day));
    // Two connections are in this portfolio; their month comes in fifty times over, which says nothing new.
    const lines: string[] = ['connection,kind,value,unit,period,isp'];
    for (let times = 0; times < 50; times += 1) {
      for (const id of [one, other]) {
        for (const period of days)
          for (let isp = 1; isp <= 96; isp += 1) lines.push(`${id},power,1.5,kW,${period},${isp}`);
      }
    }
    const { status, body } = await post(lines.join('\n'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ lines: 297_600, added: 5_952, changedDays: 62 });
  });
});

describe('PUT /v1/meter-readings with kinds', () => {
  const period = '2027-06-01';
  const put = (readings: object[]) =>
    fetch(`${api.operatorUrl}/v1/meter-readings`, {
      method: 'PUT',
      headers: { ...AUTHORIZED, 'content-type': 'application/json' },
      body: JSON.stringify({ period, timeZone, ispDuration, readings }),
    });

  it('takes registers, and works out power', async () => {
    const isps = [
      { start: 0, value: '10' },
      { start: 1, value: '10.5' },
      { start: 2, value: 0.5, resetTo: '0', resetFrom: '11' },
    ];
    expect((await put([{ connection: one, kind: 'register', unit: 'kWh', isps }])).status).toBe(200);
    expect((await sum(period)).slice(0, 3)).toEqual([2000, 4000, null]);
  });

  it.each([
    ['readings[0].unit', { kind: 'register', unit: 'W' }, { start: 3, value: '12' }],
    ['readings[0].isps[0].value', { kind: 'register', unit: 'kWh' }, { start: 3, value: '0.25' }],
    [
      'readings[0].isps[0].resetFrom',
      { kind: 'energy', unit: 'kWh' },
      { start: 3, value: '1', resetFrom: '1' },
    ],
    ['readings[0].isps[0].start', { kind: 'energy', unit: 'kWh' }, { start: 0, value: '1' }],
    ['readings[0].kind', { kind: 'volts', unit: 'kWh' }, { start: 1, value: '1' }],
  ])('names %s', async (path, kind, isp) => {
    const response = await put([{ connection: one, ...kind, isps: [isp] }]);
    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(errors.map((error) => error.path)).toEqual([path]);
  });
});
