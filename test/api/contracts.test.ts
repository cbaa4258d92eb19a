import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, startApi } from '../../api/index.ts';
import { systemClock } from '../../base/index.ts';
import { AUTHORIZED, recordingLog, startDatabase, story, testConfig } from './support.ts';

let database: Awaited<ReturnType<typeof startDatabase>>;
let api: Api;

beforeAll(async () => {
  database = await startDatabase();
  api = await startApi({
    config: await testConfig(),
    store: database.store,
    temporal: () => Promise.reject(new Error('away')),
    clock: systemClock,
    log: recordingLog().log,
  });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

interface Shown {
  readonly version: number;
  readonly source: string;
  readonly effectiveFrom: string;
  readonly terms: { readonly penaltyPerMWh: string; readonly timeZone: string };
  readonly versions: readonly unknown[];
}
const get = async (path: string) => {
  const response = await fetch(`${api.operatorUrl}${path}`, { headers: AUTHORIZED });
  return { status: response.status, body: (await response.json()) as Shown };
};
const put = async (id: string, terms: object) => {
  const response = await fetch(`${api.operatorUrl}/v1/contracts/${encodeURIComponent(id)}`, {
    method: 'PUT',
    headers: { ...AUTHORIZED, 'content-type': 'application/json' },
    body: JSON.stringify(terms),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as object,
  };
};
const terms = (given: object = {}) => ({
  dso: story.DSO_DOMAIN,
  reserved: [{ days: ['mon', 'fri'], between: '17:00-19:00', powerW: -4000 }],
  releaseDeadline: { at: '10:00' },
  penaltyPerMWh: '250.00',
  ...given,
});

it('shows the contracts of the configuration, with what comes from their market', async () => {
  const { status, body } = await get(`/v1/contracts/${story.contract.id}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ version: 1, source: 'configuration', versions: [{ version: 1 }] });
  expect(body.terms).toMatchObject({ dso: story.DSO_DOMAIN, ...story.market });
  expect(await get('/v1/contracts')).toMatchObject({ body: { contracts: [{ id: story.contract.id }] } });
});

it('takes a contract in, once, however often it is told', async () => {
  const first = await put('C 2/2027', terms());
  expect(first).toMatchObject({ status: 201, body: { id: 'C 2/2027', version: 1, source: 'operator' } });
  expect(await put('C 2/2027', terms())).toMatchObject({ status: 200, body: first.body });
  const { body } = await get(`/v1/contracts/${encodeURIComponent('C 2/2027')}`);
  expect(body.versions).toHaveLength(1);
});

it('shows what was in force on any day, and what a day has reserved', async () => {
  const changed = await put('C 2/2027', terms({ penaltyPerMWh: '300.00', effectiveFrom: '2027-06-01' }));
  expect(changed).toMatchObject({ status: 200, body: { version: 2, effectiveFrom: '2027-06-01' } });
  const penaltyOn = async (day: string) =>
    (await get(`/v1/contracts/${encodeURIComponent('C 2/2027')}?on=${day}`)).body.terms.penaltyPerMWh;
  expect([await penaltyOn('2027-05-31'), await penaltyOn('2027-06-01')]).toEqual(['250.00', '300.00']);
  const friday = await get(`/v1/contracts/${encodeURIComponent('C 2/2027')}/reservations/2027-01-15`);
  expect(friday.body).toEqual({
    contracted: [{ start: 69, duration: 8, power: -4000 }],
    deadline: '2027-01-14T09:00:00.000Z',
    inForce: [],
    updates: [],
  });
});

it.each([
  ['without a penalty', { penaltyPerMWh: undefined }, 'penaltyPerMWh'],
  ['with money in floating point', { activationPricePerMWh: 150.5 }, 'activationPricePerMWh'],
  [
    'with times that pass midnight',
    { reserved: [{ between: '22:00-06:00', powerW: -1 }] },
    'reserved[0].between',
  ],
  ['with a day there is not', { from: '2027-02-30' }, 'from'],
  ['that ends before it begins', { from: '2027-02-02', to: '2027-02-01' }, 'to'],
  ['with a deadline without a time', { releaseDeadline: { daysBefore: 1 } }, 'releaseDeadline.at'],
  ['with a limit of nothing', { maxActivations: { perDay: 0 } }, 'maxActivations.perDay'],
  ['of a DSO that nobody knows', { dso: 'nobody.example.com' }, 'dso'],
])('refuses a contract %s, naming the field', async (_, given, path) => {
  const { status, type, body } = await put('C-BAD', terms(given));
  expect(status).toBe(422);
  expect(type).toContain('application/problem+json');
  expect(body).toMatchObject({ code: 'api.body-invalid', errors: [{ path }] });
  expect((await get('/v1/contracts/C-BAD')).status).toBe(404);
});

it('refuses a name that no index holds, and days that are none', async () => {
  expect(await put('C'.repeat(256), terms())).toMatchObject({ status: 422 });
  expect((await get('/v1/contracts?on=yesterday')).status).toBe(422);
});
