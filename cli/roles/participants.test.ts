import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../config/index.ts';
import { configurationSource, createDirectory, createUftpClient, type Delivery } from '../../uftp/index.ts';
import { createAuthority } from '../../uftp/transport/certificates.testkit.ts';
import { type Answer, serve, status } from '../../uftp/transport/server.testkit.ts';
import { configuredParticipants, configuredProfiles } from './participants.ts';

const authority = createAuthority('Authority of the DSO');
const agr = authority.issue('agr.example.com', ['agr.example.com']);
const asking = {
  ...authority.issue('dso', ['127.0.0.1']),
  ca: authority.cert,
  requestCert: true,
  rejectUnauthorized: true,
};

const folder = mkdtempSync(join(tmpdir(), 'flexor-participants-'));
afterAll(() => rmSync(folder, { recursive: true }));
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function file(name: string, content: string): { file: string } {
  writeFileSync(join(folder, name), content);
  return { file: name };
}

/** Posts one message as the worker would, by a configuration with this DSO. */
async function post(dso: object): Promise<Delivery> {
  const { file: path } = file(
    'flexor.yaml',
    stringify({
      identity: { domain: 'agr.example.com', signingKey: { env: 'UNUSED' } },
      operator: { token: { env: 'UNUSED' } },
      participants: [
        {
          domain: 'dso.example.com',
          role: 'DSO',
          publicKeys: ['A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg='],
          market: { timeZone: 'Europe/Amsterdam' },
          baseline: { reference: 'BL-2026' },
          ...dso,
        },
      ],
    }),
  );
  const config = loadConfig(join(folder, path), { CLIENT_SECRET: 'c1ient' });
  const client = createUftpClient(configuredProfiles(config));
  closing.push(() => client.close());
  const directory = createDirectory([configurationSource(configuredParticipants(config))]);
  return client.post(await directory.endpoint('dso.example.com', 'DSO'), Buffer.from('<SignedMessage/>'));
}

async function server(answer: Answer, tls?: typeof asking): ReturnType<typeof serve> {
  const made = await serve(answer, tls);
  closing.push(() => made.close());
  return made;
}

describe('a participant of the configuration', () => {
  it('is reached over TLS with its own authority, our certificate, and a token', async () => {
    const dso = await server((response, seen) => {
      const answer = seen.path === '/token' ? { access_token: 't0ken', token_type: 'Bearer' } : {};
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    }, asking);
    const delivery = await post({
      endpoint: `${dso.url}/message`,
      tls: {
        ca: file('ca.pem', authority.cert),
        cert: file('agr.pem', agr.cert),
        key: file('agr.key', agr.key),
      },
      oauth: {
        tokenUrl: `${dso.url}/token`,
        clientId: 'agr',
        clientSecret: { env: 'CLIENT_SECRET' },
        scope: 'uftp',
      },
    });
    expect(delivery).toMatchObject({ outcome: 'delivered', status: 200 });
    const [token, message] = dso.seen;
    expect([token!.client, message!.client]).toEqual(['agr.example.com', 'agr.example.com']);
    expect(Object.fromEntries(new URLSearchParams(token!.body.toString()))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'agr',
      client_secret: 'c1ient',
      scope: 'uftp',
    });
    expect(message!.headers.authorization).toBe('Bearer t0ken');
  });

  it('without tls is held to the public authorities', async () => {
    const dso = await server(status(200), asking);
    expect(await post({ endpoint: dso.url })).toMatchObject({ outcome: 'temporary' });
    expect(dso.seen).toEqual([]);
  });

  it('is waited for as long as delivery.timeout says', async () => {
    const silent = await server(() => undefined);
    expect(await post({ endpoint: silent.url, delivery: { timeout: 'PT0.2S' } })).toMatchObject({
      outcome: 'temporary',
      reason: 'No answer within the time allowed.',
    });
  });

  it('needs the files that it names', async () => {
    const lost = post({ endpoint: 'https://127.0.0.1', tls: { ca: { file: 'lost.pem' } } });
    await expect(lost).rejects.toMatchObject({ code: 'config.secret-missing' });
  });
});
