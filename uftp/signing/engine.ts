import {
  createPrivateKey,
  createPublicKey,
  sign as signNatively,
  verify as verifyNatively,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import nacl from 'tweetnacl';
import type { PublicKey, SecretKey } from './keys.ts';
import { isSoundSignature } from './strictness.ts';

/**
 * Detached Ed25519 (RFC 8032), the signature inside `crypto_sign`. All engines sign to the same 64 bytes and give
 * the same verdicts: malleable, non-canonical and small-order signatures are refused by every one of them.
 */
export interface SigningEngine {
  readonly name: string;
  /** @returns 64 bytes */
  sign(message: Uint8Array, secretKey: SecretKey): Uint8Array;
  verify(message: Uint8Array, signature: Uint8Array, publicKey: PublicKey): boolean;
}

function strict(engine: SigningEngine): SigningEngine {
  return {
    name: engine.name,
    sign: engine.sign,
    verify: (message, signature, publicKey) =>
      isSoundSignature(signature) && engine.verify(message, signature, publicKey),
  };
}

// DER wrappings of a raw Ed25519 seed (PKCS #8) and public key (SPKI), RFC 8410.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const privateKeyObject = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });

const publicKeyObject = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });

function cached<K extends object>(make: (key: K) => KeyObject): (key: K) => KeyObject {
  const known = new WeakMap<K, KeyObject>();
  return (key) => {
    const object = known.get(key) ?? make(key);
    known.set(key, object);
    return object;
  };
}

function createNativeEngine(): SigningEngine {
  const secretOf = cached<SecretKey>((key) => privateKeyObject(key.seed()));
  const publicOf = cached<PublicKey>((key) => publicKeyObject(key.bytes));
  return strict({
    name: 'native',
    sign: (message, secretKey) => signNatively(null, message, secretOf(secretKey)),
    verify: (message, signature, publicKey) => verifyNatively(null, message, publicOf(publicKey), signature),
  });
}

function hasNativeEd25519(): boolean {
  try {
    return signNatively(null, new Uint8Array(), privateKeyObject(new Uint8Array(32))).length === 64;
  } catch {
    return false;
  }
}

/** `node:crypto`; undefined in a runtime without Ed25519. */
export const nativeEngine: SigningEngine | undefined = hasNativeEd25519() ? createNativeEngine() : undefined;

/** Pure JavaScript: slower by two orders of magnitude, runs everywhere. */
export const tweetnaclEngine: SigningEngine = strict({
  name: 'tweetnacl',
  sign: (message, secretKey) =>
    nacl.sign.detached(plain(message), Buffer.concat([secretKey.seed(), secretKey.publicKey.bytes])),
  verify: (message, signature, publicKey) =>
    nacl.sign.detached.verify(plain(message), plain(signature), publicKey.bytes),
});

/** tweetnacl looks at the constructor in some realms; a Buffer is handed over as the plain array it is. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The engine everything uses unless told otherwise. */
export const defaultEngine: SigningEngine = nativeEngine ?? tweetnaclEngine;
