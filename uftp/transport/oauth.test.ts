import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUftpClient } from './index.ts';
import type { OAuthProfile, UftpClient } from './index.ts';
import { MovableClock, serve, status } from './server.testkit.ts';
import type { Answer, TestServer } from './server.testkit.ts';

const body = Buffer.from('<SignedMessage/>');
const secret = 's3cret&word';
const closing: { close(): Promise<unknown> }[] = [];
let clock: MovableClock;
/** What the servers answer; each test may change it. */
let tokenAnswer: Answer;
let dsoAnswer: Answer;
let tokenServer: TestServer;
let dso: TestServer;
let issued: number;

function json(value: unknown): Answer {
  return status(200, { 'content-type': 'application/json' }, JSON.stringify(value));
}

function client(profile: Partial<OAuthProfile> = {}): UftpClient {
  const made = createUftpClient({
    clock,
    oauth: {
      dso: { tokenUrl: `${tokenServer.url}/token`, clientId: 'agr', clientSecret: secret, ...profile },
    },
  });
  closing.push(made);
  return made;
}

const bearers = (server: TestServer): unknown[] => server.seen.map((seen) => seen.headers.authorization);

beforeEach(async () => {
  clock = new MovableClock();
  issued = 0;
  tokenAnswer = (response, seen) =>
    json({ access_token: `token-${(issued += 1)}`, token_type: 'bearer', expires_in: 300 })(response, seen);
  dsoAnswer = status(200);
  tokenServer = await serve((response, seen) => tokenAnswer(response, seen));
  dso = await serve((response, seen) => dsoAnswer(response, seen));
  closing.push(tokenServer, dso);
});

afterEach(async () => {
  await Promise.all(closing.splice(0).map((part) => part.close()));
});

describe('OAuth 2.0 client credentials', () => {
  it('asks once by form and uses the token until shortly before its end', async () => {
    const posting = client({ scope: 'uftp', audience: 'broker' });
    const endpoint = { url: dso.url, oauth: 'dso' };
    await posting.post(endpoint, body);
    clock.advance(239_000);
    await posting.post(endpoint, body);
    clock.advance(2_000);
    await posting.post(endpoint, body);
    expect(bearers(dso)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
    expect(Object.fromEntries(new URLSearchParams(tokenServer.seen[0]!.body.toString()))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'agr',
      client_secret: secret,
      scope: 'uftp',
      audience: 'broker',
    });
  });

  it('asks by HTTP Basic where the profile says so', async () => {
    await client({ authentication: 'basic' }).post({ url: dso.url, oauth: 'dso' }, body);
    const [request] = tokenServer.seen;
    expect(request!.headers.authorization).toBe(
      `Basic ${Buffer.from('agr:s3cret%26word').toString('base64')}`,
    );
    expect(request!.body.toString()).toBe('grant_type=client_credentials');
  });

  it('asks once for many messages at the same time', async () => {
    const posting = client();
    const deliveries = await Promise.all(
      Array.from({ length: 8 }, () => posting.post({ url: dso.url, oauth: 'dso' }, body)),
    );
    expect(deliveries.every(({ outcome }) => outcome === 'delivered')).toBe(true);
    expect(issued).toBe(1);
  });

  it('renews a refused token once and sends the message again', async () => {
    dsoAnswer = (response, seen) =>
      status(seen.headers.authorization === 'Bearer token-1' ? 401 : 200)(response, seen);
    const delivery = await client().post({ url: dso.url, oauth: 'dso' }, body);
    expect(delivery).toMatchObject({ outcome: 'delivered', status: 200 });
    expect(bearers(dso)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('takes a second 401 as the refused signature it then is', async () => {
    dsoAnswer = status(401);
    const delivery = await client().post({ url: dso.url, oauth: 'dso' }, body);
    expect(delivery).toMatchObject({ outcome: 'permanent', status: 401 });
    expect([dso.seen.length, issued]).toEqual([2, 2]);
  });

  it('sends the token to its own origin only', async () => {
    const target = await serve(status(200));
    closing.push(target);
    dsoAnswer = (response, seen) =>
      status(307, { location: seen.path === '/' ? '/inside' : `${target.url}/outside` })(response, seen);
    const delivery = await client().post({ url: dso.url, oauth: 'dso' }, body);
    expect(delivery).toMatchObject({ outcome: 'delivered', hops: 2 });
    expect(bearers(dso)).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect(bearers(target)).toEqual([undefined]);
  });

  it.each<[string, Answer, 'temporary' | 'permanent']>([
    ['fails', status(500), 'temporary'],
    ['limits the rate', status(429), 'temporary'],
    ['is not found', status(404), 'temporary'],
    ['redirects', status(302, { location: 'http://127.0.0.1:1/' }), 'temporary'],
    ['does not know the client', status(401, {}, '{"error":"invalid_client"}'), 'permanent'],
    ['refuses the scope', status(400, {}, '{"error":"invalid_scope"}'), 'permanent'],
    ['answers with a page', status(200, {}, '<html>'), 'temporary'],
    ['answers without a token', json({ token_type: 'Bearer' }), 'temporary'],
    ['answers with another type', json({ access_token: 'a', token_type: 'mac' }), 'permanent'],
    ['hangs up', (response) => response.destroy(), 'temporary'],
  ])('sends nothing when the token server %s', async (_name, answer, outcome) => {
    tokenAnswer = answer;
    const delivery = await client().post({ url: dso.url, oauth: 'dso' }, body);
    expect(delivery).toMatchObject({ outcome, hops: 0 });
    expect(JSON.stringify(delivery)).not.toContain(secret);
    expect(dso.seen).toHaveLength(0);
  });

  it.each(['a\r\nX-Evil: 1', 'two words', 'é', '', 7, null])('refuses the token %j', async (value) => {
    tokenAnswer = json({ access_token: value });
    const delivery = await client().post({ url: dso.url, oauth: 'dso' }, body);
    expect(delivery.reason).toBe('The token server answered 200 without a usable token.');
    expect(dso.seen).toHaveLength(0);
  });

  it('recovers when the token server does', async () => {
    tokenAnswer = status(503);
    const posting = client();
    const endpoint = { url: dso.url, oauth: 'dso' };
    expect(await posting.post(endpoint, body)).toMatchObject({ outcome: 'temporary' });
    tokenAnswer = json({ access_token: 'late', expires_in: '600' });
    expect(await posting.post(endpoint, body)).toMatchObject({ outcome: 'delivered' });
    expect(bearers(dso)).toEqual(['Bearer late']);
  });

  it('stops one caller without stopping the others who wait for the same token', async () => {
    const controller = new AbortController();
    let release: (() => void) | undefined;
    tokenAnswer = (response, seen) => {
      release = () => json({ access_token: 'shared' })(response, seen);
      controller.abort(new Error('one stops'));
    };
    const posting = client();
    const endpoint = { url: dso.url, oauth: 'dso' };
    const stopped = posting.post(endpoint, body, { signal: controller.signal });
    const waiting = posting.post(endpoint, body);
    await expect(stopped).rejects.toThrow('one stops');
    release!();
    expect(await waiting).toMatchObject({ outcome: 'delivered' });
    expect(bearers(dso)).toEqual(['Bearer shared']);
  });

  it('does not send credentials over clear HTTP to another machine', async () => {
    const delivery = await client({ tokenUrl: 'http://auth.example.com/token' }).post(
      { url: dso.url, oauth: 'dso' },
      body,
    );
    expect(delivery).toMatchObject({ outcome: 'permanent' });
    expect(delivery.reason).toContain('clear HTTP');
  });
});
