import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from './certificates.testkit.ts';
import { createUftpClient } from './index.ts';
import type { UftpClient } from './index.ts';
import { serve, status } from './server.testkit.ts';
import type { TestServer } from './server.testkit.ts';

const authority = createAuthority();
const stranger = createAuthority('Another CA');
const here = authority.issue('dso', ['127.0.0.1', 'localhost']);
const elsewhere = authority.issue('elsewhere', ['dso.example.com']);
const agr = authority.issue('agr.example.com', ['agr.example.com']);
const body = Buffer.from('<SignedMessage/>');

let posting: UftpClient;
const servers: TestServer[] = [];

async function server(...args: Parameters<typeof serve>): Promise<TestServer> {
  const made = await serve(...args);
  servers.push(made);
  return made;
}

beforeEach(() => {
  posting = createUftpClient({
    tls: {
      private: { ca: authority.cert },
      mutual: { ca: [stranger.cert, authority.cert], cert: agr.cert, key: agr.key },
      other: { ca: stranger.cert },
    },
  });
});

afterEach(async () => {
  await posting.close();
  await Promise.all(servers.splice(0).map((made) => made.close()));
});

describe('TLS', () => {
  it('trusts a private authority for the participant that names it, and only for that one', async () => {
    const dso = await server(status(200), here);
    expect(await posting.post({ url: dso.url, tls: 'private' }, body)).toMatchObject({
      outcome: 'delivered',
    });
    for (const tls of [undefined, 'other']) {
      expect(await posting.post({ url: dso.url, ...(tls && { tls }) }, body)).toEqual({
        outcome: 'temporary',
        reason: 'The certificate comes from an authority that is not trusted.',
        hops: 0,
      });
    }
    expect(dso.seen).toHaveLength(1);
  });

  it('refuses a certificate made for another host', async () => {
    const dso = await server(status(200), elsewhere);
    const delivery = await posting.post({ url: dso.url, tls: 'private' }, body);
    expect(delivery).toMatchObject({
      outcome: 'temporary',
      reason: 'The certificate is for another host.',
    });
    expect(dso.seen).toHaveLength(0);
  });

  it('shows its certificate to a server that asks (mutual TLS)', async () => {
    const asking = { ...here, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    const dso = await server(status(200), asking);
    expect(await posting.post({ url: dso.url, tls: 'mutual' }, body)).toMatchObject({ outcome: 'delivered' });
    expect(dso.seen[0]!.client).toBe('agr.example.com');
    expect(await posting.post({ url: dso.url, tls: 'private' }, body)).toMatchObject({
      outcome: 'temporary',
    });
  });

  it('keeps the authorities, but not the client certificate, on a redirect to another origin', async () => {
    const asking = { ...here, ca: authority.cert, requestCert: true, rejectUnauthorized: false };
    const target = await server(status(200), asking);
    const front = await server(status(308, { location: target.url }), asking);
    const delivery = await posting.post({ url: front.url, tls: 'mutual' }, body);
    expect(delivery).toMatchObject({ outcome: 'delivered', hops: 1 });
    expect(front.seen[0]!.client).toBe('agr.example.com');
    expect(target.seen[0]!.client).toBeUndefined();
  });

  it('is never given up for clear HTTP, not even where clear HTTP is allowed', async () => {
    const target = await server(status(200));
    const front = await server(status(307, { location: target.url }), here);
    const delivery = await posting.post({ url: front.url, tls: 'private', allowHttp: true }, body);
    expect(delivery).toMatchObject({ outcome: 'temporary', hops: 0 });
    expect(delivery.reason).toContain('clear HTTP');
    expect(target.seen).toHaveLength(0);
  });
});
