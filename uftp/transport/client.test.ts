import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createUftpClient } from './index.ts';
import type { Endpoint, UftpClient, UftpClientOptions } from './index.ts';
import { MovableClock, serve, status } from './server.testkit.ts';
import type { Answer, TestServer } from './server.testkit.ts';

const body = Buffer.from('<SignedMessage SenderDomain="agr.example.com" SenderRole="AGR" Body="é"/>');
const closing: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((part) => part.close()));
});

function client(options?: UftpClientOptions): UftpClient {
  const made = createUftpClient(options);
  closing.push(made);
  return made;
}

async function server(answer: Answer): Promise<TestServer> {
  const made = await serve(answer);
  closing.push(made);
  return made;
}

async function rawServer(onConnection: Parameters<typeof createServer>[1]): Promise<{ port: number }> {
  const made: Server = createServer(onConnection!);
  await new Promise<void>((ready) => made.listen(0, '127.0.0.1', ready));
  const sockets: Socket[] = [];
  made.on('connection', (socket) => sockets.push(socket));
  closing.push({
    close: () =>
      new Promise((closed) => {
        made.close(closed);
        for (const socket of sockets) socket.destroy();
      }),
  });
  return { port: (made.address() as AddressInfo).port };
}

describe('posting a message', () => {
  it('sends the bytes with their length and type, and never in chunks', async () => {
    const dso = await server(status(200));
    const delivery = await client().post({ url: `${dso.url}/shapeshifter/api/v3/message` }, body);
    expect(delivery).toEqual({
      outcome: 'delivered',
      status: 200,
      reason: 'HTTP 200: the receiver took the message.',
      hops: 0,
    });
    const [request] = dso.seen;
    expect(request).toMatchObject({ method: 'POST', path: '/shapeshifter/api/v3/message' });
    expect(request!.headers).toMatchObject({
      'content-type': 'text/xml; charset=utf-8',
      'content-length': String(body.length),
    });
    expect(request!.headers).not.toHaveProperty('transfer-encoding');
    expect(request!.headers).not.toHaveProperty('authorization');
    expect(Buffer.compare(request!.body, body)).toBe(0);
  });

  it.each([
    [202, 'delivered'],
    [400, 'permanent'],
    [401, 'permanent'],
    [403, 'permanent'],
    [404, 'temporary'],
    [408, 'temporary'],
    [411, 'permanent'],
    [413, 'permanent'],
    [418, 'permanent'],
    [419, 'temporary'],
    [429, 'temporary'],
    [500, 'temporary'],
    [503, 'temporary'],
    [599, 'temporary'],
    [700, 'temporary'],
  ])('takes %i as %s', async (code, outcome) => {
    const dso = await server(status(code, {}, 'details'));
    expect(await client().post({ url: dso.url }, body)).toMatchObject({ outcome, status: code });
    expect(dso.seen).toHaveLength(1);
  });

  it('reports Retry-After in seconds and as a date, with temporary answers only', async () => {
    const clock = new MovableClock('2026-01-01T00:00:00Z');
    const posting = client({ clock });
    const answers = [
      status(503, { 'retry-after': '120' }),
      status(429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:45 GMT' }),
      status(503, { 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }),
      status(503, { 'retry-after': 'soon' }),
      status(400, { 'retry-after': '120' }),
    ];
    const dso = await server((response, seen) => answers.shift()!(response, seen));
    const waits = [];
    for (let n = 0; n < 5; n += 1) waits.push((await posting.post({ url: dso.url }, body)).retryAfterMs);
    expect(waits).toEqual([120_000, 45_000, 0, undefined, undefined]);
  });
});

describe('a duplicate notice', () => {
  const notice = status(400, {}, '{"message":"Duplicate message"}');

  it('on a retry says that an earlier try arrived', async () => {
    const dso = await server(notice);
    const delivery = await client().post({ url: dso.url }, body, { attempt: 2 });
    expect(delivery).toMatchObject({ outcome: 'delivered', status: 400 });
  });

  it('on the first try is an error, and so is another 400 on a retry', async () => {
    const posting = client();
    const first = await posting.post({ url: (await server(notice)).url }, body, { attempt: 1 });
    const other = await posting.post({ url: (await server(status(400))).url }, body, { attempt: 2 });
    expect([first.outcome, other.outcome]).toEqual(['permanent', 'permanent']);
  });
});

describe('redirects', () => {
  it.each([307, 308])('%i is followed with the same body', async (code) => {
    const target = await server(status(200));
    const front = await server(status(code, { location: `${target.url}/moved` }));
    const delivery = await client().post({ url: front.url }, body);
    expect(delivery).toMatchObject({ outcome: 'delivered', hops: 1 });
    expect(target.seen[0]).toMatchObject({ method: 'POST', path: '/moved' });
    expect(Buffer.compare(target.seen[0]!.body, body)).toBe(0);
  });

  it('ends after two hops, relative ones included', async () => {
    const loop = await server(status(307, { location: '/again' }));
    const delivery = await client().post({ url: loop.url }, body);
    expect(delivery).toMatchObject({ outcome: 'temporary', status: 307, hops: 2 });
    expect(delivery.reason).toContain('more than 2 redirects');
    expect(loop.seen).toHaveLength(3);
  });

  it.each([301, 302, 303, 304])('%i is not followed', async (code) => {
    const target = await server(status(200));
    const front = await server(status(code, { location: target.url }));
    expect(await client().post({ url: front.url }, body)).toMatchObject({
      outcome: 'temporary',
      status: code,
    });
    expect(target.seen).toHaveLength(0);
  });

  it.each([
    ['a missing Location', {}],
    ['an unreadable Location', { location: 'http://[bad' }],
    ['another scheme', { location: 'file:///etc/passwd' }],
    ['clear HTTP off this machine', { location: 'http://dso.example.com/' }],
    ['credentials', { location: 'http://user:word@127.0.0.1/' }],
  ])('with %s is a temporary failure', async (_name, headers) => {
    const front = await server(status(307, headers as Record<string, string>));
    const delivery = await client().post({ url: front.url }, body);
    expect(delivery.outcome).toBe('temporary');
    expect(front.seen).toHaveLength(1);
  });
});

describe('a receiver that misbehaves', () => {
  it('is not read beyond the bound', async () => {
    let closed: () => void;
    const hangUp = new Promise<void>((resolve) => (closed = resolve));
    const dso = await server((response) => {
      response.writeHead(400);
      const pour = (): void => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour).on('close', () => closed());
      pour();
    });
    expect(await client().post({ url: dso.url }, body)).toMatchObject({ outcome: 'permanent', status: 400 });
    await hangUp;
  });

  it('has the message once it said 200, even if the body breaks off', async () => {
    const dso = await server((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half');
      response.on('finish', () => undefined);
      setImmediate(() => response.destroy());
    });
    expect(await client().post({ url: dso.url }, body)).toMatchObject({ outcome: 'delivered', status: 200 });
  });

  it('by silence is given up after the total time', async () => {
    const dso = await server(() => undefined);
    const delivery = await client({ timeouts: { totalMs: 80 } }).post({ url: dso.url }, body);
    expect(delivery).toEqual({
      outcome: 'temporary',
      reason: 'No answer within the time allowed.',
      hops: 0,
    });
  });

  it('by never finishing the TLS handshake is given up after the connect time', async () => {
    const { port } = await rawServer((socket) => socket.on('error', () => undefined).resume());
    const delivery = await client({ timeouts: { connectMs: 80 } }).post(
      { url: `https://127.0.0.1:${port}` },
      body,
    );
    expect(delivery).toMatchObject({
      outcome: 'temporary',
      reason: 'No connection within the time allowed.',
    });
  });

  it('by reset, refusal or noise is tried again later', async () => {
    const reset = await rawServer((socket) => socket.on('error', () => undefined).resetAndDestroy());
    const noise = await rawServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-thing\r\n'));
    const posting = client();
    for (const port of [reset.port, noise.port, 1]) {
      const delivery = await posting.post({ url: `http://127.0.0.1:${port}` }, body);
      expect(delivery).toMatchObject({ outcome: 'temporary', hops: 0 });
      expect(delivery).not.toHaveProperty('status');
    }
  });
});

describe('the caller', () => {
  it('can stop the wait and gets its own reason back', async () => {
    const controller = new AbortController();
    const dso = await server(() => controller.abort(new Error('worker stops')));
    const posting = client();
    await expect(posting.post({ url: dso.url }, body, { signal: controller.signal })).rejects.toThrow(
      'worker stops',
    );
    await expect(posting.post({ url: dso.url }, body, { signal: controller.signal })).rejects.toThrow(
      'worker stops',
    );
    expect(dso.seen).toHaveLength(1);
  });

  it.each<[string, Endpoint]>([
    ['is not a URL', { url: 'dso.example.com' }],
    ['is not HTTP', { url: 'ftp://dso.example.com/' }],
    ['is clear HTTP to another machine', { url: 'http://dso.example.com/' }],
    ['carries credentials', { url: 'https://user:word@dso.example.com/' }],
    ['names an unknown TLS profile', { url: 'https://127.0.0.1/', tls: 'gone' }],
    ['names an unknown OAuth profile', { url: 'https://127.0.0.1/', oauth: 'gone' }],
  ])('is told at once when the endpoint %s', async (_name, endpoint) => {
    const delivery = await client().post(endpoint, body);
    expect(delivery).toMatchObject({ outcome: 'permanent', hops: 0 });
    expect(delivery.reason).not.toContain('word');
  });

  it('can allow clear HTTP, which is then tried', async () => {
    const delivery = await client().post({ url: 'http://no-such-host.invalid/', allowHttp: true }, body);
    expect(delivery.outcome).toBe('temporary');
  });
});
