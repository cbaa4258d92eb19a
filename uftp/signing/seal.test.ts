import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBase64Strict,
  encodeBase64,
  generateKeyPair,
  nativeEngine,
  open,
  PublicKey,
  seal,
  SecretKey,
  SigningKeys,
  tweetnaclEngine,
} from './index.ts';

const refused = expect.objectContaining({ code: 'uftp.signature-invalid' });

// Made with libsodium: seed 00 01 … 1f.
const golden = {
  secretKey: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==',
  publicKey: 'A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=',
  message:
    '<TestMessage Version="3.1.0" SenderDomain="agr.example.com" RecipientDomain="dso.example.com" ' +
    'TimeStamp="2026-01-01T00:00:00Z" MessageID="11111111-1111-4111-8111-111111111111" ' +
    'ConversationID="22222222-2222-4222-8222-222222222222"/>',
  signature: '2JMJnKCGBm+060bJi15BM9sq+RLZo1X+0lLtxFLdGv1ayuEj4tQ4ik1+H9vB6kXw+z4MSwkhMTgumQBki4BQAg==',
};

describe.each([nativeEngine!, tweetnaclEngine])('sealing with the $name engine', (engine) => {
  it('reproduces what libsodium signs', () => {
    const key = SecretKey.parse(golden.secretKey);
    const message = Buffer.from(golden.message);
    const sealed = seal(message, key, engine);
    expect(key.publicKey.toString()).toBe(golden.publicKey);
    expect(encodeBase64(sealed)).toBe(
      encodeBase64(Buffer.concat([decodeBase64Strict(golden.signature), message])),
    );
    expect(sealed).toHaveLength(295);
    const opened = open(sealed, [PublicKey.parse(golden.publicKey)], engine);
    expect(Buffer.from(opened.payload).toString()).toBe(golden.message);
  });

  it('opens what was sealed and nothing that was touched', () => {
    const { secretKey, publicKey } = generateKeyPair();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (payload, bit) => {
        const sealed = seal(payload, secretKey, engine);
        expect(Buffer.compare(open(sealed, [publicKey], engine).payload, payload)).toBe(0);
        sealed[(bit >> 3) % sealed.length]! ^= 1 << (bit & 7);
        expect(() => open(sealed, [publicKey], engine)).toThrow(refused);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses truncated blobs at every length', () => {
    const { secretKey, publicKey } = generateKeyPair();
    const sealed = seal(Buffer.from('ab'), secretKey, engine);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(sealed.subarray(0, length), [publicKey], engine)).toThrow(refused);
    }
  });
});

describe('key rotation', () => {
  it('signs with the current key and is verified by those who know both, old record or new', () => {
    const [old, next] = [generateKeyPair().secretKey, generateKeyPair().secretKey];
    const payload = Buffer.from('<TestMessage/>');
    const before = new SigningKeys(old, next);
    const after = new SigningKeys(next, old);
    const published = before.toTxtRecord().split(' ').map(PublicKey.parse);
    expect(published).toHaveLength(2);
    expect(open(before.seal(payload), published).key.equals(old.publicKey)).toBe(true);
    expect(open(after.seal(payload), published).key.equals(next.publicKey)).toBe(true);
    expect(() => open(after.seal(payload), [old.publicKey])).toThrow(refused);
  });

  it('finds no key in an empty list', () => {
    expect(() => open(seal(Buffer.from('x'), generateKeyPair().secretKey), [])).toThrow(refused);
  });
});
