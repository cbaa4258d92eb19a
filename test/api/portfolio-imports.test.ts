import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Api, startApi } from '../../api/index.ts';
import { systemClock } from '../../base/index.ts';
import { importPortfolioCommand } from '../../cli/import-portfolio.ts';
import { freePort, openTemporalConnection, type TemporalConnection } from '../../services/index.ts';
import { until } from '../../services/wait.ts';
import { AUTHORIZED, OPERATOR_TOKEN, recordingLog, startDatabase, testConfig } from './support.ts';

const { log } = recordingLog();
let database: Awaited<ReturnType<typeof startDatabase>>;
let connection: TemporalConnection;
let api: Api;
beforeAll(async () => {
  database = await startDatabase();
  // Nobody listens there: an import does not wait for Temporal.
  connection = openTemporalConnection({ address: `127.0.0.1:${await freePort()}` });
  api = await startApi({
    config: await testConfig(),
    store: database.store,
    temporal: async () => new Client(connection),
    clock: systemClock,
    log,
  });
  // The connections of the configuration come in beside the start.
  await until(async () => expect(await database.store.connections.version()).toBe(1), { timeoutMs: 20_000 });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await connection?.close();
  await database?.stop();
});

const ean = (n: number): string => `ean.8716859111${String(n).padStart(8, '0')}`;
const csv = (...lines: string[]): string =>
  ['connection,from,to,asset,canReduceW,pricePerMWh', ...lines, ''].join('\n');

async function post(body: string, query = '', headers: Record<string, string> = {}) {
  const response = await fetch(`${api.operatorUrl}/v1/portfolio/imports${query}`, {
    method: 'POST',
    headers: { ...AUTHORIZED, 'content-type': 'text/csv', ...headers },
    body,
  });
  return {
    status: response.status,
    etag: response.headers.get('etag')!,
    ...((await response.json()) as Body),
  };
}
interface Body {
  version: number;
  applied: boolean;
  added: number;
  changed: number;
  leaving: number;
  unchanged: number;
  changes: { connection: string; kind: string; after: { endPeriod?: string }[] }[];
  code?: string;
  errors?: { line: number; field: string; file: string }[];
}
const get = async (path: string) => {
  const response = await fetch(`${api.operatorUrl}${path}`, { headers: AUTHORIZED });
  return { status: response.status, body: (await response.json()) as never as Record<string, unknown[]> };
};

const first = csv(`${ean(1)},2026-01-01,,store,5000,120.00`, `${ean(2)},2026-01-01,2099-12-31,,,`);

test('an import is shown, applied with what was shown, and harmless again', async () => {
  const before = await post(first);
  expect(before).toMatchObject({ status: 200, applied: false, added: 2, changed: 0, leaving: 0 });
  expect(await post(first, '?apply=true')).toMatchObject({ status: 428, code: 'api.comparison-missing' });

  const applied = await post(first, '?apply=true', { 'if-match': before.etag, operator: 'Ines' });
  expect(applied).toMatchObject({ status: 200, applied: true, added: 2 });
  const again = await post(first);
  expect(again).toMatchObject({ added: 0, changed: 0, leaving: 0, version: applied.version });
  const repeated = await post(first, '?apply=true', { 'if-match': again.etag });
  expect(repeated).toMatchObject({ status: 200, applied: true, version: applied.version });
  const { body } = await get('/v1/portfolio/versions?limit=1');
  expect(body['versions']).toMatchObject([{ by: 'Ines', origin: 'import', added: 2 }]);
});

test('what was shown of an older portfolio is not applied', async () => {
  const shown = await post(csv(`${ean(1)},2026-01-01,,store,5000,120.00`), '?leavesOn=2026-06-30');
  expect(shown).toMatchObject({ leaving: 1, added: 0, changed: 0 });
  expect(shown.changes).toMatchObject([
    { connection: ean(2), kind: 'leaving', after: [{ endPeriod: '2026-06-30' }] },
  ]);
  const other = csv(`${ean(1)},2026-01-01,,store,5000,120.00`, `${ean(3)},2026-01-01,,,,`);
  const stale = await post(other, '?apply=true&leavesOn=2026-06-30', { 'if-match': shown.etag });
  expect(stale).toMatchObject({ status: 412, code: 'api.comparison-outdated' });

  const done = await post(csv(`${ean(1)},2026-01-01,,store,5000,120.00`), '?apply=true&leavesOn=2026-06-30', {
    'if-match': shown.etag,
  });
  expect(done).toMatchObject({ status: 200, applied: true, leaving: 1 });
  const { body } = await get(`/v1/portfolio/connections/${ean(2)}`);
  expect(body['history']).toMatchObject([{ endPeriod: '2099-12-31' }, { endPeriod: '2026-06-30' }]);
});

test('nothing of a file with a wrong line is taken, and each is named', async () => {
  const before = (await get('/v1/portfolio/connections')).body;
  const refused = await post(
    csv(`${ean(4)},2026-01-01,,,,`, `${ean(5)},2026-13-01,,,,`, 'ean.1,2026-01-01,,,,'),
    '?apply=true&source=members.csv',
    { 'if-match': '"x"' },
  );
  expect(refused).toMatchObject({
    status: 422,
    errors: [
      { file: 'members.csv', line: 3, field: 'from' },
      { file: 'members.csv', line: 4, field: 'connection' },
    ],
  });
  expect((await get('/v1/portfolio/connections')).body).toEqual(before);
});

test('an empty list is a mistake, in either form', async () => {
  expect(await post(csv())).toMatchObject({ status: 422, errors: [{ line: 2 }] });
  const json = await post(JSON.stringify({ connections: [] }), '', { 'content-type': 'application/json' });
  expect(json).toMatchObject({ status: 422, code: 'api.body-invalid' });
});

test('JSON is taken in the words of the configuration', async () => {
  const connections = [{ id: ean(1), from: '2026-01-01' }];
  const shown = await post(JSON.stringify({ connections }), '', { 'content-type': 'application/json' });
  expect(shown).toMatchObject({ status: 200, changed: 1 });
  const wrong = JSON.stringify({ connections: [{ id: ean(1), from: '2026-13-01' }] });
  expect(await post(wrong, '?source=members.json', { 'content-type': 'application/json' })).toMatchObject({
    status: 422,
    errors: [{ file: 'members.json', path: 'connections[0].from', field: 'from' }],
  });
});

test('connections are listed page by page', async () => {
  const page = (await get('/v1/portfolio/connections?limit=1')).body['connections'] as {
    connection: string;
  }[];
  expect(page).toHaveLength(1);
  const next = (await get(`/v1/portfolio/connections?limit=1&after=${page[0]!.connection}`)).body[
    'connections'
  ] as {
    connection: string;
  }[];
  expect(next[0]!.connection > page[0]!.connection).toBe(true);
  expect((await get(`/v1/portfolio/connections/${ean(99)}`)).status).toBe(404);
});

test('flexor import portfolio shows what it would change, and applies just that', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flexor-import-'));
  const settings = {
    identity: { domain: 'agr.example.com', signingKey: { env: 'UNUSED' } },
    operator: { token: { file: 'operator.token' } },
    participants: [
      {
        ...{ domain: 'cro.example.com', role: 'CRO', endpoint: 'https://cro.example.com/' },
        ...{ publicKeys: ['A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg='], timeZone: 'Europe/Amsterdam' },
      },
    ],
  };
  const path = (name: string) => join(folder, name);
  await writeFile(path('flexor.yaml'), stringify(settings));
  await writeFile(path('operator.token'), OPERATOR_TOKEN, { mode: 0o600 });
  await writeFile(
    path('members.csv'),
    csv(`${ean(1)},2026-01-01,,store,5000,120.00`, `${ean(7)},2026-02-01,,,,`),
  );
  await writeFile(path('broken.csv'), csv('ean.1,2026-01-01,,,,'));
  const run = async (...given: string[]) => {
    const said: string[] = [];
    const command = importPortfolioCommand((line) => said.push(line));
    await command.parseAsync([...given, '-c', path('flexor.yaml'), '--url', api.operatorUrl], {
      from: 'user',
    });
    return said;
  };
  const counts = '1 added, 0 changed, 0 leaving, 4 unchanged';
  const shown = await run(path('members.csv'));
  expect(shown).toEqual([
    counts,
    `  added   ${ean(7)}  2026-02-01 to further notice (0 assets)`,
    'Nothing was changed. To apply this, add --apply.',
  ]);
  const applied = await run(path('members.csv'), '--apply', '--by', 'Zoë');
  expect(applied[0]).toBe(counts);
  expect(applied.at(-1)).toMatch(/^Applied: the portfolio is at version \d+\./);
  expect((await get('/v1/portfolio/versions?limit=1')).body['versions']).toMatchObject([
    { by: 'Zoë', added: 1 },
  ]);
  expect((await run(path('members.csv'), '--apply'))[0]).toBe('0 added, 0 changed, 0 leaving, 5 unchanged');
  await expect(run(path('broken.csv'))).rejects.toThrow(/broken\.csv:2:connection/);
  await expect(run(path('lost.csv'))).rejects.toMatchObject({ code: 'cli.file-unreadable' });
  await rm(folder, { recursive: true });
});
