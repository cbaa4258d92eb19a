import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../api/metrics.ts';
import { createUftpEndpoint, type UftpEndpoint } from '../../api/uftp/endpoint.ts';
import { knownSenders } from '../../api/uftp/known-senders.ts';
import { systemClock } from '../../base/index.ts';
import { encode, generateKeyPair } from '../../uftp/index.ts';
import {
  byBarred,
  flexRequest,
  post,
  recordingLog,
  signed,
  startDatabase,
  story,
  testConfig,
  testMessage,
  until,
  wrapped,
} from './support.ts';

const MOST_BYTES = 64 * 1024;
const metrics = createMetrics();
const { log, lines } = recordingLog();
let database: Awaited<ReturnType<typeof startDatabase>>;
let endpoint: UftpEndpoint;
let stored = 0;

async function openEndpoint(store = database.store, requestTimeoutMs?: number) {
  const config = await testConfig({ maxBodyBytes: MOST_BYTES });
  const { path, maxBodyBytes } = config.uftp;
  return createUftpEndpoint({
    host: '127.0.0.1',
    port: 0,
    path,
    maxBodyBytes,
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    senders: knownSenders(config),
    store,
    clock: systemClock,
    log,
    metrics,
    onStored: () => void stored++,
  });
}

beforeAll(async () => {
  database = await startDatabase();
  endpoint = await openEndpoint();
}, 60_000);

afterAll(async () => {
  await endpoint?.stop();
  await database?.stop();
});

const pendingCount = async (): Promise<number> => (await database.store.inbox.pending(1_000)).length;

async function refusals(status: number): Promise<number> {
  const { values } = await metrics.refused.get();
  return values.filter(({ labels }) => labels.status === status).reduce((sum, { value }) => sum + value, 0);
}

const MARK = 'MARK-OF-THE-BODY';
const tampered = (): Uint8Array => {
  const body = signed(testMessage());
  return Buffer.from(
    Buffer.from(body)
      .toString()
      .replace(/Body="(....)/, 'Body="AAAA'),
  );
};
const bytes = (xml: string): Uint8Array => Buffer.from(xml);

describe('bad input', () => {
  const table: [what: string, status: number, code: string, send: () => Promise<Response>][] = [
    [
      'an unknown domain',
      419,
      'uftp.key-unknown',
      () => send(signed(testMessage(), { domain: 'x.example.com' })),
    ],
    ['an unknown role', 419, 'uftp.key-unknown', () => send(signed(testMessage(), { role: 'CRO' }))],
    ['a foreign key', 401, 'uftp.signature-invalid', () => send(signed(testMessage(), foreign()))],
    ['a tampered body', 401, 'uftp.signature-invalid', () => send(tampered())],
    ['an empty sealed body', 401, 'uftp.signature-invalid', () => send(wrapper(''))],
    ['a barred sender', 403, 'api.sender-barred', () => send(signed(testMessage(), byBarred))],
    ['no XML', 400, 'uftp.xml-malformed', () => send(bytes(MARK))],
    ['an empty body', 400, 'uftp.xml-malformed', () => send(bytes(''))],
    ['another wrapper', 400, 'uftp.schema-invalid', () => send(bytes(`<${MARK}/>`))],
    ['a wrapper without Body', 400, 'uftp.schema-invalid', () => send(bytes('<SignedMessage/>'))],
    ['no Base64', 400, 'uftp.schema-invalid', () => send(wrapper('%%%'))],
    ['a payload that is no XML', 400, 'uftp.xml-malformed', () => send(wrapped(bytes(MARK)))],
    ['an unknown message', 400, 'uftp.message-unknown', () => send(wrapped(bytes(`<${MARK}/>`)))],
    [
      'a payload against the schema',
      400,
      'uftp.schema-invalid',
      () => send(wrapped(bytes('<TestMessage/>'))),
    ],
    [
      'JSON',
      400,
      'uftp.content-type',
      () => send(signed(testMessage()), { 'content-type': 'application/json' }),
    ],
    ['another charset', 400, 'uftp.content-type', () => send(signed(testMessage()), latin1)],
    ['too large a body', 413, 'uftp.too-large', () => send(new Uint8Array(MOST_BYTES + 1))],
    ['another path', 404, 'api.not-found', () => post(`${endpoint.url}/more`, signed(testMessage()))],
    ['another method', 405, 'api.method-not-allowed', () => fetch(endpoint.url)],
  ];

  const latin1 = { 'content-type': 'text/xml; charset=iso-8859-1' };
  const foreign = () => ({ key: generateKeyPair().secretKey });
  const send = (body: Uint8Array, headers = {}) => post(endpoint.url, body, headers);
  const wrapper = (body: string) =>
    bytes(`<SignedMessage SenderDomain="${story.DSO_DOMAIN}" SenderRole="DSO" Body="${body}"/>`);

  it.each(table)(
    '%s: %i %s, nothing stored, counted, logged without the body',
    async (_, status, code, act) => {
      const [before, counted, logged, taken] = [
        await pendingCount(),
        await refusals(status),
        lines.length,
        stored,
      ];
      const response = await act();
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      const problem = (await response.json()) as Record<string, unknown>;
      expect(problem).toMatchObject({ status, code, type: `urn:flexor:problem:${code}` });
      expect(problem['title']).toBeTruthy();
      expect(problem['remedy']).toBeTruthy();
      expect(await pendingCount()).toBe(before);
      expect(stored).toBe(taken);
      expect(await refusals(status)).toBe(counted + 1);
      const line = lines.slice(logged).find((each) => each['status'] === status);
      expect(line).toMatchObject({ status, code });
      expect(line?.['reason']).toBeTruthy();
      expect(JSON.stringify(lines.slice(logged))).not.toContain('SenderRole=');
    },
  );

  it('refuses chunks and a missing length with 411', async () => {
    const counted = await refusals(411);
    for (const header of ['Transfer-Encoding: chunked', 'X-Nothing: here']) {
      const answer = await raw(`${head()}${header}\r\n\r\n${header.startsWith('T') ? '0\r\n\r\n' : ''}`);
      expect(answer).toMatch(/^HTTP\/1.1 411 /);
    }
    expect(await refusals(411)).toBe(counted + 2);
  });

  it('refuses a body that is too large before it comes', async () => {
    // Nothing but headers is sent: whoever waited for the body would wait in vain.
    expect(await raw(`${head()}Content-Length: 999999999\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('ends a request that dribbles', async () => {
    const counted = await refusals(408);
    const impatient = await openEndpoint(database.store, 500);
    try {
      const answer = await raw(`${head()}Content-Length: 5000\r\n\r\n<Signed`, impatient.url);
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
      expect(answer).toContain('api.request-timeout');
    } finally {
      await impatient.stop();
    }
    expect(await refusals(408)).toBe(counted + 1);
  }, 20_000);

  it('answers HTTP that is none with 400', async () => {
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });

  const head = () =>
    `POST ${new URL(endpoint.url).pathname} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n`;
});

/** Sends bytes as they are, and returns the whole answer: a refusal ends with its problem details. */
async function raw(request: string, url = endpoint.url): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (data: Buffer) => {
    answer += data.toString();
    if (answer.endsWith('}')) socket.destroy();
  });
  socket.write(request);
  await once(socket, 'close');
  return answer;
}

describe('good input', () => {
  it('answers 200 with nothing, after the message is stored to the byte', async () => {
    const draft = flexRequest();
    const body = signed(draft);
    const taken = stored;
    const response = await post(endpoint.url, body);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(stored).toBe(taken + 1);
    const row = await database.store.inbox.findByMessageId(story.DSO_DOMAIN, draft.MessageID);
    expect(row).toMatchObject({ type: 'FlexRequest', version: '3.1.0', senderRole: 'DSO', repeats: 0 });
    expect(Buffer.from(row!.body).equals(body)).toBe(true);
    expect(Buffer.from(row!.payload).equals(encode(draft))).toBe(true);
  });

  it('takes application/xml, upper case, and a charset in quotes', async () => {
    for (const type of ['application/xml', 'TEXT/XML; CHARSET=UTF-8', 'text/xml; charset="utf-8"']) {
      expect((await post(endpoint.url, signed(testMessage()), { 'content-type': type })).status).toBe(200);
    }
  });

  it('stores once what is posted many times at the same time', async () => {
    const draft = testMessage();
    const body = signed(draft);
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(endpoint.url, body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const row = await database.store.inbox.findByMessageId(story.DSO_DOMAIN, draft.MessageID);
    expect(row?.repeats).toBe(19);
  });

  it('stores a MessageID used again for other content beside the first, with 200', async () => {
    const MessageID = randomUUID();
    await post(endpoint.url, signed(testMessage({ MessageID })));
    const response = await post(endpoint.url, signed(testMessage({ MessageID: MessageID.toUpperCase() })));
    expect(response.status).toBe(200);
    const first = await database.store.inbox.findByMessageId(story.DSO_DOMAIN, MessageID);
    const rows = await database.store.inbox.pending(1_000);
    const both = rows.filter(({ messageId }) => messageId === MessageID);
    expect(both.map(({ conflictsWith }) => conflictsWith)).toEqual([undefined, first!.id]);
  });

  it('takes what is only wrong in content: the answer comes as a message', async () => {
    const wrong = [
      testMessage({ SenderDomain: 'other.example.com' }),
      testMessage({ RecipientDomain: 'other.example.com' }),
      testMessage({ Version: '9.9.9' }),
      flexRequest({ Period: '2001-01-01' }),
    ];
    for (const draft of wrong) expect((await post(endpoint.url, signed(draft))).status).toBe(200);
  });
});

describe('stopping', () => {
  it('leaves no post that was answered 200 unstored, and answers what is in flight', async () => {
    const other = await openEndpoint();
    const drafts = Array.from({ length: 40 }, () => testMessage());
    const first = post(other.url, signed(drafts[0]!));
    const answers = drafts.slice(1).map((draft) => post(other.url, signed(draft)).catch(() => undefined));
    expect((await first).status).toBe(200);
    // A connection on which nothing comes holds nobody up.
    const { hostname, port } = new URL(other.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const ended = new Promise((resolve) => silent.once('close', resolve).on('error', resolve));
    silent.resume();
    await Promise.all([other.stop(), ended]);
    const statuses = (await Promise.all(answers)).map((response) => response?.status);
    for (const [i, status] of statuses.entries()) {
      expect([200, 503, undefined]).toContain(status);
      const row = await database.store.inbox.findByMessageId(story.DSO_DOMAIN, drafts[i + 1]!.MessageID);
      if (status === 200) expect(row).toBeDefined();
    }
    await expect(post(other.url, signed(testMessage()))).rejects.toThrow();
  });
});

describe('without a database', () => {
  it('answers 503 with Retry-After, and 200 again when it is back', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'flexor-api-pg-'));
    const own = await startDatabase(dataDir);
    const other = await openEndpoint(own.store);
    const draft = testMessage();
    try {
      expect((await post(other.url, signed(testMessage()))).status).toBe(200);
      await own.stop();
      const response = await post(other.url, signed(draft));
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ code: 'api.store-unavailable' });

      const again = await startDatabase(dataDir, Number(new URL(own.url).port));
      try {
        // The sender's own rule: 503 is temporary, the same bytes come again.
        await until(async () => (await post(other.url, signed(draft))).status === 200);
        expect(await again.store.inbox.findByMessageId(story.DSO_DOMAIN, draft.MessageID)).toBeDefined();
      } finally {
        await again.stop();
      }
    } finally {
      await other.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 60_000);
});
