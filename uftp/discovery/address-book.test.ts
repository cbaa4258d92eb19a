import { afterEach, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../signing/index.ts';
import { createAuthority } from '../transport/certificates.testkit.ts';
import { MovableClock, serve, status } from '../transport/server.testkit.ts';
import type { Answer, TestServer } from '../transport/server.testkit.ts';
import { addressBookSource } from './index.ts';
import type { AddressBookOptions, AddressBookSource } from './index.ts';

const temporary = expect.objectContaining({ code: 'uftp.discovery-temporary' });
const permanent = expect.objectContaining({ code: 'uftp.discovery-permanent' });
const key = String(generateKeyPair().publicKey);
const entry = {
  domain: 'dso.example.com',
  role: 'DSO',
  publicKeys: [key],
  endpoint: 'https://dso.example.com/uftp',
  versions: ['3.0.0', '4.0.0'],
  added: 'by a later version',
};
const closing: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((part) => part.close()));
});

function json(value: unknown, headers: Record<string, string> = {}): Answer {
  return status(200, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
}

async function book(
  answer: Answer,
  options: Partial<AddressBookOptions> = {},
  path = '/book',
): Promise<{ server: TestServer; source: AddressBookSource }> {
  const server = await serve(answer);
  const source = addressBookSource({ url: server.url + path, ...options });
  closing.push(server, source);
  return { server, source };
}

const dso = ['dso.example.com', 'DSO'] as const;

async function keysIn(source: AddressBookSource): Promise<string[] | string> {
  const finding = await source.keys(...dso);
  return 'known' in finding ? finding.known.map(String) : finding.unknown;
}

describe('a whole address book', () => {
  it('gives keys, endpoint and versions, with the profiles of the configuration only', async () => {
    const smuggled = { ...entry, oauth: 'theirs', allowHttp: true, tls: 'theirs' };
    const { source, server } = await book(json({ participants: [smuggled] }), { profiles: { oauth: 'dso' } });
    expect(await keysIn(source)).toEqual([key]);
    expect(await source.endpoint(...dso)).toEqual({ known: { url: entry.endpoint, oauth: 'dso' } });
    expect(await source.versions!(...dso)).toEqual({ known: ['3.0.0'] });
    expect(await source.keys('dso.example.com', 'CRO')).toEqual({ unknown: 'certain' });
    expect(await source.keys('other.example.com', 'DSO')).toEqual({ unknown: 'certain' });
    expect(server.seen).toHaveLength(1);
  });

  it('with broken entries serves the sound ones', async () => {
    const { source } = await book(
      json({
        participants: [
          null,
          7,
          { domain: 'a.example.com', role: 'DSO', publicKeys: 'text' },
          { ...entry, domain: 'b.example.com', publicKeys: ['AAAA'] },
          { ...entry, domain: 'c.example.com', endpoint: 'http://c.example.com/' },
          { ...entry, domain: 'd.example.com' },
          { ...entry, domain: 'd.example.com' },
          entry,
        ],
      }),
    );
    expect(await keysIn(source)).toEqual([key]);
    await expect(source.keys('a.example.com', 'DSO')).rejects.toThrow(permanent);
    await expect(source.keys('b.example.com', 'DSO')).rejects.toThrow(permanent);
    await expect(source.endpoint('c.example.com', 'DSO')).rejects.toThrow(permanent);
    await expect(source.keys('d.example.com', 'DSO')).rejects.toThrow('twice');
  });

  it('is kept, then asked for by its ETag, and read again only when it changed', async () => {
    const clock = new MovableClock();
    let edition = 1;
    const { source, server } = await book(
      (response, seen) => {
        const etag = `"edition-${edition}"`;
        if (seen.headers['if-none-match'] === etag) status(304, { etag })(response, seen);
        else json({ participants: edition === 1 ? [entry] : [] }, { etag })(response, seen);
      },
      { clock, ttlMs: 600_000 },
    );
    const look = async (wait: number): Promise<unknown> => {
      clock.advance(wait);
      return keysIn(source);
    };
    expect(await look(0)).toEqual([key]);
    expect(await look(599_999)).toEqual([key]);
    expect(server.seen).toHaveLength(1);
    expect(await look(1)).toEqual([key]);
    edition = 2;
    expect(await look(600_000)).toBe('certain');
    expect(server.seen.map((seen) => seen.headers['if-none-match'])).toEqual([
      undefined,
      '"edition-1"',
      '"edition-1"',
    ]);
  });

  it.each([
    ['max-age=120', 120_000],
    ['no-cache, no-store, max-age=0, must-revalidate', 60_000],
    ['public, max-age=999999', 600_000],
    ['no-store', 600_000],
  ])('under Cache-Control %s is kept within bounds', async (cacheControl, kept) => {
    const clock = new MovableClock();
    const { source, server } = await book(
      json({ participants: [entry] }, { 'cache-control': cacheControl }),
      {
        clock,
        ttlMs: 600_000,
      },
    );
    await keysIn(source);
    clock.advance(kept - 1);
    await keysIn(source);
    expect(server.seen).toHaveLength(1);
    clock.advance(1);
    await keysIn(source);
    expect(server.seen).toHaveLength(2);
  });

  it('is fetched once for many callers', async () => {
    const { source, server } = await book(json({ participants: [entry] }));
    await Promise.all(Array.from({ length: 10 }, () => keysIn(source)));
    expect(server.seen).toHaveLength(1);
  });

  it.each<[string, Answer, unknown]>([
    ['is not there', status(404), temporary],
    ['fails', status(500), temporary],
    ['limits the rate', status(429), temporary],
    ['moved', status(302, { location: 'https://elsewhere.example/' }), temporary],
    ['is a page', status(200, {}, '<html>'), temporary],
    ['is another document', json({ people: [] }), temporary],
    ['hangs up', (response) => response.destroy(), temporary],
    ['says 304 to a first question', status(304), temporary],
    ['refuses us', status(403), permanent],
  ])('that %s is an error, never an unknown participant', async (_name, answer, expected) => {
    const { source } = await book(answer);
    await expect(keysIn(source)).rejects.toThrow(expected as Error);
  });

  it('comes back as soon as the server does', async () => {
    let answer = status(500);
    const { source } = await book((response, seen) => answer(response, seen));
    await expect(keysIn(source)).rejects.toThrow(temporary);
    answer = json({ participants: [entry] });
    expect(await keysIn(source)).toEqual([key]);
  });
});

describe('a book asked for one participant at a time', () => {
  const path = '/v3/participants/{domain}?role={role}';

  it('may know the key alone, and 404 says that the participant is unknown', async () => {
    const clock = new MovableClock();
    let answer = status(404);
    const { source, server } = await book((response, seen) => answer(response, seen), { clock }, path);
    expect(await keysIn(source)).toBe('certain');
    answer = json({ domain: 'dso.example.com', publicKey: key });
    clock.advance(59_999);
    expect(await keysIn(source)).toBe('certain');
    clock.advance(1);
    expect(await keysIn(source)).toEqual([key]);
    expect(await source.endpoint(...dso)).toEqual({ unknown: 'certain' });
    expect(server.seen.map((seen) => seen.path)).toEqual(
      Array(2).fill('/v3/participants/dso.example.com?role=DSO'),
    );
  });

  it.each([
    ['domain', { ...entry, domain: 'other.example.com' }],
    ['role', { ...entry, role: 'CRO' }],
  ])('is not believed about another %s', async (_name, answer) => {
    const { source } = await book(json(answer), {}, path);
    await expect(keysIn(source)).rejects.toThrow('another participant');
  });

  it('gets a token where it wants one, and a fresh one when it refuses that', async () => {
    let issued = 0;
    const tokens = await serve((response, seen) =>
      json({ access_token: `t${(issued += 1)}`, expires_in: 300 })(response, seen),
    );
    closing.push(tokens);
    const oauth = { tokenUrl: tokens.url, clientId: 'agr', clientSecret: 'word' };
    const { source } = await book(
      (response, seen) => {
        if (seen.headers.authorization === 'Bearer t2') json(entry)(response, seen);
        else status(401)(response, seen);
      },
      { oauth },
      path,
    );
    expect(await keysIn(source)).toEqual([key]);
    await tokens.close();
    const { source: other } = await book(json(entry), { oauth }, path);
    await expect(keysIn(other)).rejects.toThrow(temporary);
  });
});

describe('the connection to the book', () => {
  it('trusts the authority that is configured, and no other', async () => {
    const authority = createAuthority();
    const server = await serve(json({ participants: [entry] }), authority.issue('book', ['127.0.0.1']));
    const trusting = addressBookSource({ url: server.url, tls: { ca: authority.cert } });
    const strict = addressBookSource({ url: server.url });
    closing.push(server, trusting, strict);
    expect(await keysIn(trusting)).toEqual([key]);
    await expect(keysIn(strict)).rejects.toThrow('not trusted');
  });

  it('is refused over clear HTTP when the source is made', () => {
    expect(() => addressBookSource({ url: 'http://book.example.com/{domain}' })).toThrow(
      expect.objectContaining({ code: 'uftp.endpoint-invalid' }),
    );
  });
});
