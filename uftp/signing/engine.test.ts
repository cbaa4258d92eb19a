import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import * as curve from './edwards.testkit.ts';
import { generateKeyPair, nativeEngine, PublicKey, SecretKey, tweetnaclEngine } from './index.ts';
import type { SigningEngine } from './index.ts';
import { isSoundPoint } from './strictness.ts';

const engines: SigningEngine[] = [nativeEngine!, tweetnaclEngine];
const seedOf = fc.uint8Array({ minLength: 32, maxLength: 32 });
const message = fc.uint8Array({ maxLength: 300 });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function verdicts(text: Uint8Array, signature: Uint8Array, key: PublicKey): boolean[] {
  return engines.map((engine) => engine.verify(text, signature, key));
}

/** What the bare libraries say, without Flexor's own checks. */
function bareVerdicts(text: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean[] {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  const native = verify(null, text, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
  return [native, nacl.sign.detached.verify(text, signature, key)];
}

describe('signing engines', () => {
  it('sign to the same bytes, and each verifies the other', () => {
    fc.assert(
      fc.property(seedOf, message, (seed, text) => {
        const key = SecretKey.fromSeed(seed);
        const [native, oracle] = engines.map((engine) => engine.sign(text, key));
        expect(hex(native!)).toBe(hex(oracle!));
        expect(verdicts(text, native!, key.publicKey)).toEqual([true, true]);
      }),
      { numRuns: 40 },
    );
  });

  it('refuse a signature, message or key with any bit changed', () => {
    fc.assert(
      fc.property(seedOf, message, fc.nat(), fc.boolean(), (seed, text, bit, inMessage) => {
        const key = SecretKey.fromSeed(seed);
        const signature = Uint8Array.from(nativeEngine!.sign(text, key));
        const target = inMessage && text.length > 0 ? text : signature;
        target[(bit >> 3) % target.length]! ^= 1 << (bit & 7);
        expect(verdicts(text, signature, key.publicKey)).toEqual([false, false]);
        const stranger = generateKeyPair().publicKey;
        expect(verdicts(text, signature, stranger)).toEqual([false, false]);
      }),
      { numRuns: 40 },
    );
  });

  it('refuse signatures of any other length', () => {
    const { secretKey, publicKey } = generateKeyPair();
    const text = Buffer.from('text');
    const signature = nativeEngine!.sign(text, secretKey);
    for (const length of [0, 1, 32, 63]) {
      expect(verdicts(text, signature.subarray(0, length), publicKey)).toEqual([false, false]);
    }
    expect(verdicts(text, Buffer.concat([signature, Buffer.of(0)]), publicKey)).toEqual([false, false]);
  });

  it('refuse S plus any multiple of the group order (malleability)', () => {
    fc.assert(
      fc.property(seedOf, message, fc.bigInt(1n, 15n), (seed, text, times) => {
        const key = SecretKey.fromSeed(seed);
        const signature = Uint8Array.from(nativeEngine!.sign(text, key));
        const s = curve.toInteger(signature.subarray(32)) + times * curve.L;
        fc.pre(s < 2n ** 256n);
        signature.set(curve.toBytes(s), 32);
        expect(verdicts(text, signature, key.publicKey)).toEqual([false, false]);
      }),
      { numRuns: 40 },
    );
  });

  it('are stricter than tweetnacl, which takes S plus the group order', () => {
    const { secretKey, publicKey } = generateKeyPair();
    const text = Uint8Array.from(Buffer.from('text'));
    const signature = Uint8Array.from(nativeEngine!.sign(text, secretKey));
    signature.set(curve.toBytes(curve.toInteger(signature.subarray(32)) + curve.L), 32);
    expect(bareVerdicts(text, signature, publicKey.bytes)).toEqual([false, true]);
    expect(verdicts(text, signature, publicKey)).toEqual([false, false]);
  });
});

describe('small-order and non-canonical points', () => {
  const small = curve.smallOrderPoints();
  const sloppy = small.flatMap(curve.sloppyEncodings);

  it('are all refused as public keys, in every encoding', () => {
    expect(new Set(sloppy.map(hex)).size).toBe(14);
    for (const encoding of sloppy) {
      expect(() => PublicKey.fromBytes(encoding)).toThrow(
        expect.objectContaining({ code: 'uftp.key-invalid' }),
      );
    }
  });

  it('would let one signature fit many messages if the bare libraries had the last word', () => {
    const identity = curve.encode(small[0]!);
    // S·B = R + h·A holds for every message when A is the neutral element and R = S·B.
    const forged = Uint8Array.from(Buffer.concat([curve.encode(curve.BASE), curve.toBytes(1n)]));
    const anything = Uint8Array.from(Buffer.from('pay the attacker'));
    expect(bareVerdicts(anything, forged, identity)).toContain(true);
    expect(isSoundPoint(identity)).toBe(false);
  });

  it('are refused as R even where the equation holds', () => {
    const { secretKey, publicKey } = generateKeyPair();
    const text = Uint8Array.from(Buffer.from('text'));
    const scalar = curve.scalarOf(secretKey.seed());
    // A signer that chooses the nonce 0: R is the neutral element, S = h·a.
    const r = curve.encode(small[0]!);
    const s = (curve.challenge(r, publicKey.bytes, text) * scalar) % curve.L;
    const signature = Uint8Array.from(Buffer.concat([r, curve.toBytes(s)]));
    expect(bareVerdicts(text, signature, publicKey.bytes)).toContain(true);
    expect(verdicts(text, signature, publicKey)).toEqual([false, false]);
  });

  it('mixed into a key or R never split the verdicts: the equation without cofactor decides', () => {
    const scalar = curve.scalarOf(new Uint8Array(32).fill(7));
    const text = Uint8Array.from(Buffer.from('text'));
    const nonce = 12345n;
    const soundR = curve.multiply(curve.BASE, nonce);
    const soundKey = curve.multiply(curve.BASE, scalar);
    let accepted = 0;
    for (const torsionInKey of small) {
      for (const torsionInR of small) {
        const r = curve.encode(curve.add(soundR, torsionInR));
        const a = curve.encode(curve.add(soundKey, torsionInKey));
        const s = (nonce + curve.challenge(r, a, text) * scalar) % curve.L;
        const signature = Uint8Array.from(Buffer.concat([r, curve.toBytes(s)]));
        const [native, oracle] = verdicts(text, signature, PublicKey.fromBytes(a));
        expect(native).toBe(oracle);
        if (native) accepted += 1;
      }
    }
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(64);
  });

  it('a key written with y plus the prime is refused although it is another spelling of a sound one', () => {
    const spelled = [...Array(19).keys()]
      .flatMap((y) => curve.withY(BigInt(y), false) ?? [])
      .flatMap((point) => curve.sloppyEncodings(point).slice(-1));
    expect(spelled.length).toBeGreaterThan(4);
    for (const encoding of spelled) expect(isSoundPoint(encoding)).toBe(false);
  });
});
