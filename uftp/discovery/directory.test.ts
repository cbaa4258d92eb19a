import { describe, expect, it } from 'vitest';
import { generateKeyPair } from '../signing/index.ts';
import { MovableClock } from '../transport/server.testkit.ts';
import { TtlCache } from './cache.ts';
import { discoveryError } from './directory.ts';
import { brokerSource, configurationSource, createDirectory, databaseSource } from './index.ts';
import type { DirectorySource, ParticipantRecord } from './index.ts';

const [own, other] = [generateKeyPair().publicKey, generateKeyPair().publicKey];
const endpoint = { url: 'https://dso.example.com/shapeshifter/api/v3/message' };
const dso = ['dso.example.com', 'DSO'] as const;

function known(record: ParticipantRecord): DirectorySource {
  return configurationSource([{ domain: 'dso.example.com', role: 'DSO', ...record }]);
}

function failing(kind: 'temporary' | 'permanent'): DirectorySource {
  const fail = async (): Promise<never> => {
    throw discoveryError(kind, `this source is ${kind}ly out.`);
  };
  return { name: 'failing', keys: fail, endpoint: fail, versions: fail };
}

const missing: DirectorySource = {
  name: 'missing',
  keys: async () => ({ unknown: 'for-now' }),
  endpoint: async () => ({ unknown: 'for-now' }),
};

const keyUnknown = (temporary: boolean): unknown =>
  expect.objectContaining({ code: 'uftp.key-unknown', details: { domain: dso[0], role: dso[1], temporary } });
const noEndpoint = (kind: string): unknown => expect.objectContaining({ code: `uftp.discovery-${kind}` });

describe('a chain of sources', () => {
  it('takes the first that knows', async () => {
    const directory = createDirectory([
      known({ publicKeys: [own.toString()] }),
      known({ publicKeys: [other.toCs1()], endpoint, versions: ['3.1.0'] }),
    ]);
    const participant = await directory.lookup(...dso);
    expect(participant).toMatchObject({ domain: dso[0], role: dso[1], endpoint, versions: ['3.1.0'] });
    expect(participant.keys.map(String)).toEqual([own.toString()]);
  });

  it('takes the key from one source and the address from a broker', async () => {
    const broker = { url: 'https://broker.example.com/shapeshifter/api/v3/message', oauth: 'broker' };
    const directory = createDirectory([
      brokerSource(broker, ['DSO']),
      known({ publicKeys: [own.toString(), other.toString()] }),
    ]);
    expect(await directory.endpoint(...dso)).toEqual(broker);
    expect((await directory.keys(...dso)).map(String)).toEqual([own.toString(), other.toString()]);
    await expect(directory.keys('stranger.example.com', 'DSO')).rejects.toThrow(
      'No public key of DSO stranger',
    );
    await expect(directory.endpoint('dso.example.com', 'CRO')).rejects.toThrow(
      noEndpoint('permanent') as Error,
    );
  });

  it.each<[string, DirectorySource[], boolean]>([
    ['nobody knows', [known({}), known({ endpoint })], false],
    ['there are no sources', [], false],
    ['a source is out', [failing('temporary'), known({})], true],
    ['a source is out and another broken', [failing('temporary'), failing('permanent')], true],
    ['a source is broken and another out', [failing('permanent'), failing('temporary')], true],
    ['a source is broken', [failing('permanent'), known({})], false],
    ['a record may yet appear', [missing, known({})], true],
    ['a key is broken', [known({ publicKeys: ['AAAA'] })], false],
  ])('when %s says whether to ask again', async (_name, sources, temporary) => {
    await expect(createDirectory(sources).keys(...dso)).rejects.toThrow(keyUnknown(temporary) as Error);
  });

  it.each(['temporary', 'permanent'] as const)('goes on past a %s error to one that knows', async (kind) => {
    const directory = createDirectory([failing(kind), known({ publicKeys: [own.toString()], endpoint })]);
    expect((await directory.keys(...dso)).map(String)).toEqual([own.toString()]);
    expect(await directory.endpoint(...dso)).toEqual(endpoint);
  });

  it('leaves an unknown endpoint out of a lookup, but not one that cannot be resolved just now', async () => {
    const key = known({ publicKeys: [own.toString()] });
    expect(await createDirectory([key, missing]).lookup(...dso)).not.toHaveProperty('endpoint');
    await expect(createDirectory([key, failing('temporary')]).lookup(...dso)).rejects.toThrow(
      noEndpoint('temporary') as Error,
    );
    await expect(createDirectory([missing]).endpoint(...dso)).rejects.toThrow(
      noEndpoint('temporary') as Error,
    );
  });

  it.each([
    '',
    'localhost',
    'DSO.example.com',
    'dso.example.com.',
    'a b.example.com',
    '../etc.example',
    `${'a'.repeat(64)}.com`,
  ])('asks no source about %j', async (domain) => {
    const asked: string[] = [];
    const spy: DirectorySource = {
      name: 'listening',
      keys: async (name) => {
        asked.push(name);
        return { unknown: 'certain' };
      },
      endpoint: async () => ({ unknown: 'certain' }),
    };
    const directory = createDirectory([spy]);
    await expect(directory.keys(domain, 'DSO')).rejects.toMatchObject({ code: 'uftp.key-unknown' });
    await expect(directory.keys('dso.example.com', 'DSO')).rejects.toMatchObject({
      code: 'uftp.key-unknown',
    });
    expect(asked).toEqual(['dso.example.com']);
  });
});

describe('the database source', () => {
  it('reads again after its time, sooner what was absent, and turns a failure into a temporary error', async () => {
    const clock = new MovableClock();
    let record: ParticipantRecord | undefined = undefined;
    let down = false;
    let reads = 0;
    const records = {
      find: async () => {
        reads += 1;
        if (down) throw new Error('no connection');
        return record;
      },
    };
    const directory = createDirectory([databaseSource(records, { clock })]);
    await expect(directory.keys(...dso)).rejects.toThrow(keyUnknown(false) as Error);
    record = { publicKeys: [own.toString()], endpoint };
    clock.advance(4_999);
    await expect(directory.keys(...dso)).rejects.toThrow(keyUnknown(false) as Error);
    clock.advance(1);
    expect(await directory.lookup(...dso)).toMatchObject({ endpoint });
    expect(reads).toBe(2);
    down = true;
    clock.advance(30_000);
    await expect(directory.keys(...dso)).rejects.toThrow(keyUnknown(true) as Error);
    await expect(directory.endpoint(...dso)).rejects.toThrow(noEndpoint('temporary') as Error);
    down = false;
    expect(await directory.endpoint(...dso)).toEqual(endpoint);
  });
});

describe('the cache', () => {
  it('holds no more than it may, and drops the oldest first', async () => {
    const loads: string[] = [];
    const cache = new TtlCache<string>(new MovableClock(), 2);
    const get = (key: string): Promise<string> =>
      cache.get(key, async () => {
        loads.push(key);
        return { value: key, ttlMs: 1000 };
      });
    for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) await get(key);
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });

  it('shares a load among those who wait even where nothing may be kept', async () => {
    let loads = 0;
    const cache = new TtlCache<number>(new MovableClock());
    const get = (): Promise<number> => cache.get('k', async () => ({ value: (loads += 1), ttlMs: 0 }));
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    expect(await get()).toBe(2);
  });
});
