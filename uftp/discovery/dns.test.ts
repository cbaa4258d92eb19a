import { afterEach, describe, expect, it, vi } from 'vitest';
import { generateKeyPair, SigningKeys } from '../signing/index.ts';
import { MovableClock } from '../transport/server.testkit.ts';
import { serveDns, zone } from './dns.testkit.ts';
import type { DnsServer, Reply } from './dns.testkit.ts';
import { createResolver, dnsSource } from './index.ts';
import type { DirectorySource, DnsSourceOptions, ResolverOptions } from './index.ts';

const temporary = expect.objectContaining({ code: 'uftp.discovery-temporary' });
const permanent = expect.objectContaining({ code: 'uftp.discovery-permanent' });
const [one, two, three] = [generateKeyPair(), generateKeyPair(), generateKeyPair()];
const name = '_DSO._usef.dso.example.com';
const servers: DnsServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function source(
  reply: Parameters<typeof serveDns>[0],
  options: Partial<DnsSourceOptions> = {},
  patience: Pick<ResolverOptions, 'timeoutMs' | 'tries'> = { timeoutMs: 4_000 },
): Promise<{ dns: DirectorySource; server: DnsServer }> {
  const server = await serveDns(reply);
  servers.push(server);
  const resolver = createResolver({ address: '127.0.0.1', port: server.port, ...patience });
  return { dns: dnsSource({ resolver, ...options }), server };
}

const keysIn = async (dns: DirectorySource): Promise<string[] | string> => {
  const finding = await dns.keys('dso.example.com', 'DSO');
  return 'known' in finding ? finding.known.map(String) : finding.unknown;
};

const txt = (data: string | string[], more: Partial<Reply> = {}): Reply => ({
  answers: [{ type: 'TXT', name, ttl: 300, data }],
  ...more,
});

describe('keys from DNS', () => {
  it('are one or two, in every published form', async () => {
    const [a, b] = [String(one.publicKey), String(two.publicKey)];
    const texts: [string, string[]][] = [
      [one.publicKey.toCs1(), [a]],
      [`cs1.${a}`, [a]],
      [a, [a]],
      [new SigningKeys(one.secretKey, two.secretKey).toTxtRecord(), [a, b]],
      [`cs2.future ${a}`, [a]],
    ];
    for (const [text, keys] of texts) {
      const { dns } = await source(zone({ [`TXT ${name}`]: text }));
      expect(await keysIn(dns)).toEqual(keys);
    }
  });

  it('are put together from the strings of one record', async () => {
    const text = new SigningKeys(one.secretKey, two.secretKey).toTxtRecord();
    const { dns } = await source(() => txt([text.slice(0, 100), text.slice(100)]));
    expect(await keysIn(dns)).toEqual([String(one.publicKey), String(two.publicKey)]);
  });

  it('that are broken are a permanent error', async () => {
    const { dns } = await source(() => txt('cs1.AAAA'));
    await expect(keysIn(dns)).rejects.toThrow(permanent);
  });

  it('that are more than two are a permanent error', async () => {
    const text = [one, two, three].map((pair) => String(pair.publicKey)).join(' ');
    const { dns } = await source(() => txt(text));
    await expect(keysIn(dns)).rejects.toThrow(permanent);
    await expect(keysIn(dns)).rejects.toThrow('more than two keys');
  });

  it.each<[string, Reply]>([
    ['failing', { rcode: 'SERVFAIL' }],
    ['refusing', { rcode: 'REFUSED' }],
    ['not validated', txt(one.publicKey.toCs1(), { authenticated: false })],
  ])('from an answer that is %s are a temporary error', async (_name, reply) => {
    const { dns } = await source(() => reply);
    await expect(keysIn(dns)).rejects.toThrow(temporary);
  });

  it('without DNSSEC are taken only where the configuration says so', async () => {
    const { dns } = await source(() => txt(one.publicKey.toCs1(), { authenticated: false }), {
      requireDnssec: false,
    });
    expect(await keysIn(dns)).toEqual([String(one.publicKey)]);
  });

  it('that are missing may appear later', async () => {
    expect(await keysIn((await source(() => ({ rcode: 'NXDOMAIN' }))).dns)).toBe('for-now');
    expect(await keysIn((await source(() => ({ rcode: 'NOERROR' }))).dns)).toBe('for-now');
  });
});

describe('the endpoint from DNS', () => {
  const start = 'CNAME _http._DSO._usef.dso.example.com';

  it('is the host behind the CNAME, with the conventional path', async () => {
    const { dns } = await source(zone({ [start]: 'UFTP.dso.example.com' }), { profiles: { tls: 'private' } });
    expect(await dns.endpoint('dso.example.com', 'DSO')).toEqual({
      known: { url: 'https://uftp.dso.example.com/shapeshifter/api/v3/message', tls: 'private' },
    });
  });

  it('is found through a chain', async () => {
    const { dns, server } = await source(
      zone({
        [start]: '_http._DSO._usef.operator.example.com',
        'CNAME _http._DSO._usef.operator.example.com': 'gate.example.com',
      }),
    );
    expect(await dns.endpoint('dso.example.com', 'DSO')).toMatchObject({
      known: { url: expect.stringContaining('https://gate.example.com/') as string },
    });
    expect(server.asked).toHaveLength(2);
  });

  it.each([
    ['itself', { [start]: '_http._dso._USEF.dso.example.com' }],
    [
      'a circle',
      {
        [start]: '_http._DSO._usef.b.example',
        'CNAME _http._DSO._usef.b.example': start.slice('CNAME '.length),
      },
    ],
    [
      'an endless chain',
      Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [n ? `CNAME _x${n}.example` : start, `_x${n + 1}.example`]),
      ),
    ],
  ])('behind %s is a temporary error', async (_name, records) => {
    const { dns } = await source(zone(records));
    await expect(dns.endpoint('dso.example.com', 'DSO')).rejects.toThrow(temporary);
  });

  it('is unknown where the chain ends in nothing', async () => {
    const { dns } = await source(zone({ [start]: '_http._DSO._usef.gone.example' }));
    expect(await dns.endpoint('dso.example.com', 'DSO')).toEqual({ unknown: 'for-now' });
  });

  it('is refused where any link is not validated', async () => {
    const { dns } = await source((question) => ({
      ...zone({ [start]: '_y.example', 'CNAME _y.example': 'gate.example' })(question),
      authenticated: question.name !== '_y.example',
    }));
    await expect(dns.endpoint('dso.example.com', 'DSO')).rejects.toThrow('not validated by DNSSEC');
  });
});

it('the version from DNS is taken where Flexor speaks it', async () => {
  const versionOf = async (text: string): Promise<unknown> =>
    (await source(zone({ 'TXT _usef.dso.example.com': text }))).dns.versions!('dso.example.com', 'DSO');
  expect(await versionOf('3.0.0')).toEqual({ known: ['3.0.0'] });
  expect(await versionOf('2015')).toEqual({ unknown: 'for-now' });
});

describe('caching of DNS answers', () => {
  it('follows the TTL, up to the limit', async () => {
    const clock = new MovableClock();
    const { dns, server } = await source(zone({ [`TXT ${name}`]: one.publicKey.toCs1() }, 86_400), {
      clock,
      maximumTtlMs: 60_000,
    });
    for (const wait of [0, 59_999, 1]) {
      clock.advance(wait);
      await keysIn(dns);
    }
    expect(server.asked).toHaveLength(2);
  });

  it('remembers an absence for the time its SOA allows, and notices a later publication', async () => {
    const clock = new MovableClock();
    let reply: Reply = {
      rcode: 'NXDOMAIN',
      authorities: [
        {
          type: 'SOA',
          name: 'example.com',
          ttl: 600,
          data: { mname: 'ns.example.com', rname: 'root.example.com', minimum: 30 },
        },
      ],
    };
    const { dns, server } = await source(() => reply, { clock });
    expect(await keysIn(dns)).toBe('for-now');
    reply = txt(one.publicKey.toCs1());
    clock.advance(29_999);
    expect(await keysIn(dns)).toBe('for-now');
    clock.advance(1);
    expect(await keysIn(dns)).toEqual([String(one.publicKey)]);
    expect(server.asked).toHaveLength(2);
  });

  it('asks once for many callers, and spares a failing server', async () => {
    const clock = new MovableClock();
    const { dns, server } = await source(() => ({ rcode: 'SERVFAIL' }), { clock });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => keysIn(dns)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(keysIn(dns)).rejects.toThrow(temporary);
    expect(server.asked).toHaveLength(1);
    clock.advance(5_000);
    await expect(keysIn(dns)).rejects.toThrow(temporary);
    await vi.waitFor(() => expect(server.asked).toHaveLength(2));
  });
});

describe('the resolver', () => {
  it('asks again over TCP when the answer was cut', async () => {
    const { dns, server } = await source(() => txt(one.publicKey.toCs1(), { truncated: true }));
    expect(await keysIn(dns)).toEqual([String(one.publicKey)]);
    expect(server.asked).toEqual([`TXT ${name}`, `tcp TXT ${name}`]);
  });

  it.each<[string, (forged: Buffer) => void]>([
    ['another id', (forged) => forged.writeUInt16BE((forged.readUInt16BE(0) + 1) & 0xffff, 0)],
    ['another name', (forged) => (forged[13]! ^= 1)],
    ['another type', (forged) => (forged[12 + name.length + 3]! ^= 1)],
    ['no response flag', (forged) => (forged[2]! &= 0x7f)],
  ])('takes no answer with %s', async (_name, alter) => {
    const [right, wrong] = [String(one.publicKey), String(two.publicKey)];
    const { dns, server } = await source(() =>
      txt(right, {
        noise: (packet) => {
          const forged = Buffer.from(packet.toString('latin1').replace(right, wrong), 'latin1');
          alter(forged);
          return [Buffer.alloc(0), Buffer.from('short'), forged];
        },
      }),
    );
    expect(await keysIn(dns)).toEqual([right]);
    expect(server.asked).toHaveLength(1);
  });

  it('would take the same forgery unaltered: the checks above are what stops it', async () => {
    const [right, wrong] = [String(one.publicKey), String(two.publicKey)];
    const { dns } = await source(() =>
      txt(right, {
        noise: (packet) => [Buffer.from(packet.toString('latin1').replace(right, wrong), 'latin1')],
      }),
    );
    expect(await keysIn(dns)).toEqual([wrong]);
  });

  it('tries again after silence and after garbage', async () => {
    let count = 0;
    const reply = (): Reply | undefined => {
      count += 1;
      if (count === 1) return undefined;
      if (count === 2) return txt('x', { noise: (packet) => [packet.subarray(0, packet.length - 3)] });
      return txt(one.publicKey.toCs1());
    };
    const { dns } = await source(reply, {}, { timeoutMs: 100, tries: 20 });
    expect(await keysIn(dns)).toEqual([String(one.publicKey)]);
    expect(count).toBeGreaterThan(2);
  });

  it('gives up with a temporary error', async () => {
    const server = await serveDns(() => undefined);
    servers.push(server);
    const resolver = createResolver({ address: '127.0.0.1', port: server.port, timeoutMs: 40, tries: 2 });
    await expect(resolver.query(name, 'TXT')).rejects.toThrow(temporary);
    await vi.waitFor(() => expect(server.asked).toHaveLength(2));
  });
});
