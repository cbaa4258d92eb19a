import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as curve from './edwards.testkit.ts';
import { decodeBase64Strict, encodeBase64, generateKeyPair, PublicKey, SecretKey } from './index.ts';

const invalidKey = expect.objectContaining({ code: 'uftp.key-invalid' });
const seedOf = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('public keys', () => {
  it('read back from every form they are handed out in', () => {
    fc.assert(
      fc.property(seedOf, (seed) => {
        const { publicKey } = SecretKey.fromSeed(seed);
        const bare = publicKey.toString();
        const published = publicKey.toCs1();
        expect([bare.length, published.length]).toEqual([44, 92]);
        expect(PublicKey.parse(bare).equals(publicKey)).toBe(true);
        expect(PublicKey.parse(`cs1.${bare}`).toCs1()).toBe(`cs1.${bare}`);
        expect(PublicKey.parse(published).toCs1()).toBe(published);
      }),
      { numRuns: 30 },
    );
  });

  it('publish the encryption key that libsodium would convert the signing key to', () => {
    const { publicKey } = generateKeyPair();
    const bytes = Uint8Array.from(publicKey.bytes);
    const odd = bytes[31]! > 127;
    bytes[31]! &= 127;
    const u = curve.montgomeryU(curve.withY(curve.toInteger(bytes), odd)!);
    expect(encodeBase64(publicKey.encryptionKey!)).toBe(encodeBase64(u));
  });

  it('and secret keys answer every other text with one error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), fc.constantFrom('', 'cs1.'), (text, prefix) => {
        for (const parse of [PublicKey.parse, SecretKey.parse]) {
          try {
            parse(prefix + text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'uftp.key-invalid' });
          }
        }
      }),
    );
  });

  it.each([
    ['empty', ''],
    ['a prefix alone', 'cs1.'],
    ['another crypto suite', 'cs2.A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg='],
    ['two keys without the prefix', encodeBase64(new Uint8Array(64).fill(9))],
    ['a missing padding', 'A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg'],
    ['the URL alphabet', 'A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg='],
    ['white space', 'A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n'],
    ['31 bytes', encodeBase64(new Uint8Array(31).fill(9))],
    ['a small-order point', encodeBase64(new Uint8Array(32))],
  ])('refuse %s', (_name, text) => {
    expect(() => PublicKey.parse(text)).toThrow(invalidKey);
  });
});

describe('secret keys', () => {
  it('read back from 88 and 44 characters', () => {
    const { secretKey } = generateKeyPair();
    expect(secretKey.reveal()).toHaveLength(88);
    expect(SecretKey.parse(`${secretKey.reveal()}\n`).reveal()).toBe(secretKey.reveal());
    expect(SecretKey.parse(encodeBase64(secretKey.seed())).reveal()).toBe(secretKey.reveal());
  });

  it('refuse halves that do not belong together', () => {
    const mixed = Buffer.concat([generateKeyPair().secretKey.seed(), generateKeyPair().publicKey.bytes]);
    expect(() => SecretKey.parse(encodeBase64(mixed))).toThrow(invalidKey);
  });

  it('never print', () => {
    const { secretKey } = generateKeyPair();
    const printed = [
      String(secretKey),
      `${secretKey}`,
      JSON.stringify({ secretKey }),
      inspect(secretKey),
      inspect({ nested: { secretKey } }, { depth: 9, showHidden: true }),
    ].join('\n');
    const seed = secretKey.seed();
    const spellings = [
      encodeBase64(seed).slice(0, 40),
      Buffer.from(seed).toString('hex'),
      [...seed].join(', ').slice(0, 40),
    ];
    for (const spelling of spellings) expect(printed).not.toContain(spelling);
    expect(printed.match(/\[secret\]/g)).toHaveLength(5);
  });

  it('do not show the secret in the error about them', () => {
    const almost = generateKeyPair().secretKey.reveal().slice(0, -4);
    const error = (() => {
      try {
        return SecretKey.parse(almost);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toEqual(invalidKey);
    expect(inspect(error, { depth: 9 })).not.toContain(almost.slice(0, 20));
  });
});

describe('strict Base64', () => {
  it('is the inverse of encoding, and accepts nothing but canonical texts', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(Buffer.compare(decodeBase64Strict(encodeBase64(bytes)), bytes)).toBe(0);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw09+/=-_ \n') }), (text) => {
        let decoded: Uint8Array;
        try {
          decoded = decodeBase64Strict(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'uftp.base64-invalid' });
          return;
        }
        expect(encodeBase64(decoded)).toBe(text);
      }),
    );
  });

  it.each(['QQ', 'QQ=', 'QR==', 'QQ===', 'QQ==QQ==', 'Q Q==', 'QQ==\n', '_-==', 'QUJ\0'])(
    'refuses %j',
    (text) => {
      expect(() => decodeBase64Strict(text)).toThrow(
        expect.objectContaining({ code: 'uftp.base64-invalid' }),
      );
    },
  );

  it('tolerates XML white space only when asked to, and no other space', () => {
    expect(Buffer.from(decodeBase64Strict(' QU\r\nJD\t', { allowWhiteSpace: true })).toString()).toBe('ABC');
    expect(() => decodeBase64Strict('QU\u00a0JD', { allowWhiteSpace: true })).toThrow();
  });
});
