import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError, type Environment, type Problem, loadConfig } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'flexor-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PUBLIC_KEY = 'A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=';

const dso = {
  domain: 'dso.example.com',
  role: 'DSO',
  endpoint: 'https://dso.example.com/shapeshifter/api/v3/message',
  publicKeys: [PUBLIC_KEY],
  market: { timeZone: 'Europe/Amsterdam' },
  baseline: { reference: 'BL-2026' },
};
const cro = {
  domain: 'cro.example.com',
  role: 'CRO',
  endpoint: 'https://cro.example.com/shapeshifter/api/v3/message',
  publicKeys: [PUBLIC_KEY],
  timeZone: 'Europe/Amsterdam',
};
const connection = {
  id: 'ean.871685900012636543',
  from: '2026-01-01',
  assets: [{ name: 'battery', canReduceW: 5000, pricePerMWh: '120.00' }],
};
const minimal = {
  identity: { domain: 'agr.example.com', signingKey: { file: 'signing.key' } },
  operator: { token: { env: 'OPERATOR_TOKEN' } },
  participants: [dso, cro],
  portfolio: { connections: [connection] },
  contracts: [
    {
      id: 'C-1',
      dso: dso.domain,
      reserved: [{ start: 69, duration: 8, powerW: -4000 }],
      penaltyPerMWh: '250.00',
    },
  ],
};

function load(settings: unknown, env: Environment = {}) {
  const file = join(folder, 'flexor.yaml');
  writeFileSync(file, typeof settings === 'string' ? settings : stringify(settings));
  return loadConfig(file, env);
}

function problemsOf(settings: unknown, env: Environment = {}): Problem[] {
  try {
    load(settings, env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.details['problems'] as Problem[];
    throw thrown;
  }
  return [];
}

describe('a valid configuration', () => {
  it('has its defaults filled in', () => {
    const config = load(minimal);
    expect(config.identity.role).toBe('AGR');
    expect(config.uftp).toEqual({
      host: '127.0.0.1',
      port: 8080,
      path: '/shapeshifter/api/v3/message',
      maxBodyBytes: 16 * 1024 * 1024,
      rateLimit: { perSecond: 50, burst: 200 },
    });
    expect(config.operator.port).toBe(8081);
    expect(config.dataDir).toBe(join(folder, 'flexor-data'));
    expect(config.temporal).toEqual({ namespace: 'default' });
    expect(config.strategy).toEqual({
      kind: 'merit-order',
      options: 1,
      offerValidity: 'PT2H',
      minActivationFactor: '1.00',
    });
    expect(config.dsos()[0]).toMatchObject({
      version: '3.1.0',
      barred: false,
      relaxations: 'all',
      market: { ispDuration: 'PT15M', currency: 'EUR', rounding: { powerW: 1 } },
      baseline: { kind: 'reference', reference: 'BL-2026' },
      settlement: { powerToleranceW: 0, amountTolerance: '0.00' },
      delivery: { window: 'PT1H' },
    });
    expect(config.warnings).toEqual([]);
  });

  it('finds participants by domain and role, and contracts by id', () => {
    const config = load(minimal);
    expect(config.participant('dso.example.com', 'DSO')?.market.timeZone).toBe('Europe/Amsterdam');
    expect(config.participant('dso.example.com', 'CRO')).toBeUndefined();
    expect(config.cros().map(({ domain }) => domain)).toEqual(['cro.example.com']);
    expect(config.contract('C-1')?.reserved).toEqual([{ start: 69, duration: 8, powerW: -4000 }]);
    expect(config.contract('C-2')).toBeUndefined();
  });

  it('lets the environment override addresses, and takes an empty variable for an absent one', () => {
    const config = load(minimal, {
      FLEXOR_UFTP_HOST: '0.0.0.0',
      FLEXOR_UFTP_PORT: '9000',
      FLEXOR_OPERATOR_PORT: '',
      DATABASE_URL: 'postgresql://localhost/flexor',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'flexor',
    });
    expect(config.uftp).toMatchObject({ host: '0.0.0.0', port: 9000 });
    expect(config.operator.port).toBe(8081);
    expect(config.databaseUrl).toBe('postgresql://localhost/flexor');
    expect(config.temporal).toEqual({ address: 'temporal:7233', namespace: 'flexor' });
  });

  it('takes the database address from a file, as containers hand out secrets', () => {
    const file = join(folder, 'database-url');
    writeFileSync(file, 'postgresql://flexor:x@db/flexor\n');
    expect(load(minimal, { DATABASE_URL_FILE: file }).databaseUrl).toBe('postgresql://flexor:x@db/flexor');
    expect(problemsOf(minimal, { DATABASE_URL_FILE: join(folder, 'absent') })).toMatchObject([
      { path: 'DATABASE_URL_FILE' },
    ]);
  });

  it('is the one that FLEXOR_CONFIG names where no file is given', () => {
    const { file } = load(minimal);
    expect(loadConfig(undefined, { FLEXOR_CONFIG: file }).file).toBe(file);
    expect(() => loadConfig(undefined, {})).toThrow(expect.objectContaining({ code: 'config.file-missing' }));
    expect(() => loadConfig(join(folder, 'absent.yaml'), {})).toThrow(
      expect.objectContaining({ code: 'config.file-missing' }),
    );
  });

  it.each([
    ['PT90M', 'PT1H30M'],
    ['P1D', 'PT24H'],
  ])('brings the duration %s into hours and below: %s', (written, read) => {
    const config = load({ ...minimal, participants: [{ ...dso, delivery: { window: written } }] });
    expect(config.dsos()[0]?.delivery.window).toBe(read);
  });

  it('writes the ISP duration in minutes, as messages carry it', () => {
    const market = { ...dso.market, ispDuration: 'PT1H' };
    expect(load({ ...minimal, participants: [{ ...dso, market }] }).dsos()[0]?.market.ispDuration).toBe(
      'PT60M',
    );
  });

  it('lets a connection leave and come back', () => {
    const connections = [
      { ...connection, to: '2026-01-31' },
      { ...connection, from: '2026-02-01' },
    ];
    expect(problemsOf({ ...minimal, portfolio: { connections } })).toEqual([]);
  });

  it('takes fields left empty for absent ones', () => {
    const text = stringify({ ...minimal, contracts: undefined, portfolio: undefined });
    const config = load(`${text}contracts:\nportfolio:\n`);
    expect(config.contracts).toEqual([]);
    expect(config.portfolio.connections).toEqual([]);
  });
});

describe('secrets', () => {
  it('are read when asked for, relative to the file, without the white space around them', () => {
    const config = load(minimal, { OPERATOR_TOKEN: ' t0ken\n' });
    expect(config.secret(config.operator.token)).toBe('t0ken');
    expect(() => config.secret(config.identity.signingKey)).toThrow(
      expect.objectContaining({ code: 'config.secret-missing' }),
    );
    writeFileSync(join(folder, 'signing.key'), 'k3y\n', { mode: 0o600 });
    expect(config.secret(config.identity.signingKey)).toBe('k3y');
    rmSync(join(folder, 'signing.key'));
  });

  it('that are empty or unset are missing', () => {
    const config = load(minimal, { OPERATOR_TOKEN: ' ' });
    expect(() => config.secret(config.operator.token)).toThrow(
      expect.objectContaining({ code: 'config.secret-missing' }),
    );
  });

  it('never stand in the file, and are not repeated when they do', () => {
    const operator = { token: 'hunter2-hunter2' };
    expect(problemsOf({ ...minimal, operator })).toMatchObject([
      { path: 'operator.token', remedy: expect.stringContaining('{ file: path }') as string },
    ]);
    expect(() => load({ ...minimal, operator })).toThrow(expect.not.stringContaining('hunter2') as string);
  });

  it.skipIf(process.platform === 'win32')('in a file that others may read are warned about', () => {
    const file = join(folder, 'signing.key');
    writeFileSync(file, 'k3y');
    chmodSync(file, 0o640);
    expect(load(minimal).warnings).toEqual([expect.stringContaining(file)]);
    chmodSync(file, 0o600);
    expect(load(minimal).warnings).toEqual([]);
    rmSync(file);
  });
});

describe('warnings', () => {
  it('name an operator door that others can reach, and a delivery window below the hour', () => {
    const participants = [{ ...dso, delivery: { window: 'PT10M' } }];
    const { warnings } = load({ ...minimal, participants }, { FLEXOR_OPERATOR_HOST: '0.0.0.0' });
    expect(warnings).toEqual([
      expect.stringContaining('0.0.0.0'),
      expect.stringContaining('dso.example.com'),
    ]);
  });
});

describe('an invalid configuration', () => {
  const withDso = (change: object) => ({ ...minimal, participants: [{ ...dso, ...change }] });
  const withConnection = (change: object) => ({
    ...minimal,
    portfolio: { connections: [{ ...connection, ...change }] },
  });
  const withAsset = (change: object) => withConnection({ assets: [{ ...connection.assets[0], ...change }] });
  const withContract = (change: object) => ({
    ...minimal,
    contracts: [{ ...minimal.contracts[0], ...change }],
  });

  it.each<[string, unknown, string]>([
    ['a missing domain', { ...minimal, identity: { signingKey: { env: 'K' } } }, 'identity.domain'],
    ['a missing group', { ...minimal, identity: undefined }, 'identity'],
    ['a rate of nothing', { ...minimal, uftp: { rateLimit: { perSecond: 0 } } }, 'uftp.rateLimit.perSecond'],
    [
      'a certificate without its key',
      withDso({ tls: { cert: { file: 'a.pem' } } }),
      'participants[0].tls.key',
    ],
    ['a key without its certificate', withDso({ tls: { key: { env: 'K' } } }), 'participants[0].tls.cert'],
    ['an authority by value', withDso({ tls: { ca: '-----BEGIN' } }), 'participants[0].tls.ca'],
    ['an authority by variable', withDso({ tls: { ca: { env: 'CA' } } }), 'participants[0].tls.ca'],
    [
      'a client secret in the file',
      withDso({ oauth: { tokenUrl: 'https://a.example/t', clientId: 'a', clientSecret: 'hunter2' } }),
      'participants[0].oauth.clientSecret',
    ],
    [
      'a token fetched in the clear',
      withDso({ oauth: { tokenUrl: 'http://a.example/t', clientId: 'a', clientSecret: { env: 'S' } } }),
      'participants[0].oauth.tokenUrl',
    ],
    ['a scalar for a group', { ...minimal, identity: 5 }, 'identity'],
    ['a group for a list', { ...minimal, contracts: { id: 'C-1' } }, 'contracts'],
    ['no participant', { ...minimal, participants: [], contracts: [] }, 'participants'],
    ['another own role', { ...minimal, identity: { ...minimal.identity, role: 'DSO' } }, 'identity.role'],
    [
      'an upper-case domain',
      { ...minimal, participants: [dso, { ...cro, domain: 'CRO.example.com' }] },
      'participants[1].domain',
    ],
    ['an unknown role', { ...minimal, participants: [dso, { ...cro, role: 'BRP' }] }, 'participants[1].role'],
    [
      'a missing role',
      { ...minimal, participants: [dso, { domain: 'x.example.com' }] },
      'participants[1].role',
    ],
    ['http to elsewhere', withDso({ endpoint: 'http://dso.example.com/' }), 'participants[0].endpoint'],
    [
      'an endpoint with a password',
      withDso({ endpoint: 'https://a:b@c.example/' }),
      'participants[0].endpoint',
    ],
    ['an endpoint that is none', withDso({ endpoint: 'dso.example.com' }), 'participants[0].endpoint'],
    ['a broken key', withDso({ publicKeys: ['cs1.AAAA'] }), 'participants[0].publicKeys[0]'],
    [
      'three keys',
      withDso({ publicKeys: [PUBLIC_KEY, PUBLIC_KEY, PUBLIC_KEY] }),
      'participants[0].publicKeys',
    ],
    ['no key', withDso({ publicKeys: [] }), 'participants[0].publicKeys'],
    ['an unknown version', withDso({ version: '2.0.0' }), 'participants[0].version'],
    ['text for a flag', withDso({ barred: 'no' }), 'participants[0].barred'],
    ['an unknown relaxation', withDso({ relaxations: ['everything'] }), 'participants[0].relaxations'],
    [
      'a foreign time zone',
      withDso({ market: { timeZone: 'Asia/Tokyo' } }),
      'participants[0].market.timeZone',
    ],
    [
      'a made-up time zone',
      withDso({ market: { timeZone: 'Europe/Atlantis' } }),
      'participants[0].market.timeZone',
    ],
    [
      'ISPs of 7 minutes',
      withDso({ market: { timeZone: 'Europe/Amsterdam', ispDuration: 'PT7M' } }),
      'participants[0].market.ispDuration',
    ],
    [
      'an unknown kind of baseline',
      withDso({ baseline: { kind: 'yesterday' } }),
      'participants[0].baseline.kind',
    ],
    ['no baseline', withDso({ baseline: undefined }), 'participants[0].baseline'],
    ['a calendar duration', withDso({ delivery: { window: 'P1M' } }), 'participants[0].delivery.window'],
    ['a negative duration', withDso({ delivery: { window: '-PT1H' } }), 'participants[0].delivery.window'],
    [
      'a number for money',
      withDso({ settlement: { amountTolerance: 0.5 } }),
      'participants[0].settlement.amountTolerance',
    ],
    ['a participant twice', { ...minimal, participants: [dso, dso] }, 'participants[1].domain'],
    ['a broken EAN', withConnection({ id: 'ean.123' }), 'portfolio.connections[0].id'],
    ['a day that is none', withConnection({ from: '2026-02-30' }), 'portfolio.connections[0].from'],
    ['a last day before the first', withConnection({ to: '2025-12-31' }), 'portfolio.connections[0].to'],
    [
      'a connection twice',
      { ...minimal, portfolio: { connections: [connection, connection] } },
      'portfolio.connections[1].id',
    ],
    [
      'an asset twice',
      withConnection({ assets: [connection.assets[0], connection.assets[0]] }),
      'portfolio.connections[0].assets[1].name',
    ],
    [
      'watts with a fraction',
      withAsset({ canReduceW: 0.5 }),
      'portfolio.connections[0].assets[0].canReduceW',
    ],
    ['watts below zero', withAsset({ canReduceW: -1 }), 'portfolio.connections[0].assets[0].canReduceW'],
    [
      'five decimals',
      withAsset({ pricePerMWh: '1.00001' }),
      'portfolio.connections[0].assets[0].pricePerMWh',
    ],
    ['a contract of nobody', withContract({ dso: 'other.example.com' }), 'contracts[0].dso'],
    ['a penalty below zero', withContract({ penaltyPerMWh: '-1' }), 'contracts[0].penaltyPerMWh'],
    [
      'a contract twice',
      { ...minimal, contracts: [minimal.contracts[0], minimal.contracts[0]] },
      'contracts[1].id',
    ],
    [
      'an ISP reserved twice',
      withContract({
        reserved: [
          { start: 1, duration: 4, powerW: 1 },
          { start: 4, powerW: 1 },
        ],
      }),
      'contracts[0].reserved[1]',
    ],
    [
      'a reservation without end',
      withContract({ reserved: [{ start: 1, duration: 1e9, powerW: 1 }] }),
      'contracts[0].reserved[0].duration',
    ],
    ['an unknown strategy', { ...minimal, strategy: { kind: 'guess' } }, 'strategy.kind'],
    ['one port for both doors', { ...minimal, uftp: { port: 8081 } }, 'operator.port'],
    ['a secret of two kinds', { ...minimal, operator: { token: { file: 'a', env: 'B' } } }, 'operator.token'],
  ])('with %s is told apart', (_, settings, path) => {
    const problems = problemsOf(settings);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.remedy).not.toBe('undefined');
    expect(problems[0]?.line).toBeGreaterThan(0);
  });

  it.each([
    ['FLEXOR_UFTP_PORT', '70000'],
    ['FLEXOR_OPERATOR_PORT', 'http'],
    ['DATABASE_URL', 'mysql://localhost/flexor'],
    ['TEMPORAL_ADDRESS', 'localhost'],
  ])('names the variable %s', (name, value) => {
    expect(problemsOf(minimal, { [name]: value })).toMatchObject([{ path: name }]);
  });

  it('tells every problem at once, each with its line', () => {
    const text = [
      'identity:',
      '  domain: AGR.example.com',
      '  signingKey: { env: KEY }',
      'operator: { token: { env: TOKEN } }',
      'participants:',
      '  - domain: dso.example.com',
      '    role: DSO',
      '    endpoint: http://192.0.2.1/',
      `    publicKeys: [${PUBLIC_KEY}]`,
      '    market: { timezone: Europe/Amsterdam }',
      '    baseline: { reference: BL }',
    ].join('\n');
    const problems = problemsOf(text, { FLEXOR_UFTP_PORT: 'x' });
    expect(problems.map(({ path, line }) => [path, line])).toEqual([
      ['identity.domain', 2],
      ['participants[0].endpoint', 8],
      ['participants[0].market.timeZone', 10],
      ['participants[0].market.timezone', 10],
      ['FLEXOR_UFTP_PORT', undefined],
    ]);
    expect(() => load(text)).toThrow(/line 2, identity\.domain: /);
  });

  it.each([
    ['participant', 'Did you mean participants?'],
    ['portfollio', 'Did you mean portfolio?'],
    ['zzz', 'Take it out; the fields here are identity, '],
  ])('with the unknown field %s says: %s', (name, remedy) => {
    expect(problemsOf({ ...minimal, [name]: {} })).toMatchObject([
      { path: name, remedy: expect.stringContaining(remedy) as string },
    ]);
  });

  it('finds the fields that are meant in lists and alternatives too', () => {
    expect(problemsOf({ ...minimal, participants: [{ ...dso, public_keys: [] }, cro] })).toMatchObject([
      { path: 'participants[0].public_keys', remedy: 'Did you mean publicKeys?' },
    ]);
  });

  it.each([
    ['a tab for indentation', 'identity:\n\tdomain: a'],
    ['a field twice', 'dataDir: a\ndataDir: b'],
    ['aliases that multiply', bomb()],
  ])('that is no YAML (%s) says so', (_, text) => {
    expect(problemsOf(text)).toMatchObject([{ path: 'YAML' }]);
  });

  it.each([
    ['', 'identity'],
    ['just text', 'the file'],
    ['[1]', 'the file'],
  ])('that holds %j is answered with problems, not with a crash', (text, path) => {
    expect(problemsOf(text).map((problem) => problem.path)).toContain(path);
  });
});

function bomb(): string {
  const levels = Array.from({ length: 8 }, (_, level) => {
    const item = level === 0 ? 'x' : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array(10).fill(item).join(', ')}]`;
  });
  return levels.join('\n');
}
