import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { freePort } from '../../services/index.ts';
import { decode, encode, readSignedMessage, writeSignedMessage } from '../../uftp/codec/index.ts';
import type { Message, MessageDraft } from '../../uftp/messages/index.ts';
import { sampleOf } from '../../uftp/samples/index.ts';
import { decodeBase64Strict, encodeBase64, generateKeyPair, open, seal } from '../../uftp/signing/index.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/minimal-dso.ts', import.meta.url));
const [agr, dso] = [generateKeyPair(), generateKeyPair()];

const received: Message[] = [];
const waiting: ((message: Message) => void)[] = [];
const inbox = createServer(async (request, response) => {
  const { Body } = readSignedMessage(await buffer(request));
  const message = decode(open(decodeBase64Strict(Body), [dso.publicKey]).payload);
  response.writeHead(200).end();
  const taker = waiting.shift();
  if (taker) taker(message);
  else received.push(message);
});
const next = (): Promise<Message> =>
  received.length > 0 ? Promise.resolve(received.shift()!) : new Promise((resolve) => waiting.push(resolve));

inbox.listen(0, '127.0.0.1');
await once(inbox, 'listening');
const port = await freePort();
const example = spawn(process.execPath, ['--import', 'tsx', '--conditions=flexor-source', EXAMPLE], {
  env: {
    ...process.env,
    PORT: String(port),
    DSO_KEY: Buffer.from(dso.secretKey.seed()).toString('base64'),
    AGR_PUBLIC_KEY: agr.publicKey.toString(),
    AGR_ENDPOINT: `http://127.0.0.1:${(inbox.address() as AddressInfo).port}/shapeshifter/api/v3/message`,
  },
  stdio: 'inherit',
});
afterAll(() => {
  example.kill();
  inbox.close();
});

/** The status of the answer. The example takes a moment to listen: a refused connection is tried again. */
async function post(draft: MessageDraft, key = agr.secretKey): Promise<number> {
  const Body = encodeBase64(seal(encode(draft), key));
  const body = writeSignedMessage({ SenderDomain: draft.SenderDomain, SenderRole: 'AGR', Body });
  while (example.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body }).catch(() => undefined);
    if (answer) return answer.status;
    await new Promise(setImmediate);
  }
  throw new Error(`The example ended with exit status ${example.exitCode}.`);
}

it('is under 40 lines, without any longer than the code around it', () => {
  const lines = readFileSync(EXAMPLE, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThan(40);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
});

it('answers an offer and orders it, and answers a test message', async () => {
  const offer = sampleOf('FlexOffer');
  expect(await post(offer)).toBe(200);
  expect(await next()).toMatchObject({
    type: 'FlexOfferResponse',
    Result: 'Accepted',
    FlexOfferMessageID: offer.MessageID,
    ConversationID: offer.ConversationID,
  });
  expect(await next()).toMatchObject({
    type: 'FlexOrder',
    FlexOfferMessageID: offer.MessageID,
    Price: '42.00',
    OptionReference: 'A',
    ISP: offer.OfferOption[0]!.ISP,
  });
  expect(await post(sampleOf('TestMessage'))).toBe(200);
  expect(await next()).toMatchObject({ type: 'TestMessageResponse' });
}, 30_000);

it('refuses what another key signed', async () => {
  expect(await post(sampleOf('FlexOffer'), dso.secretKey)).toBe(401);
}, 30_000);
