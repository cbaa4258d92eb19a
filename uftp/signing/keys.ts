import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import nacl from 'tweetnacl';
import { UftpError } from '../errors.ts';
import { decodeBase64Strict, encodeBase64 } from './base64.ts';
import { isSoundPoint } from './strictness.ts';

const CS1_PREFIX = 'cs1.';

/** The Ed25519 key a participant's messages are verified with. Only sound keys exist: parsing refuses others. */
export class PublicKey {
  /** 32 bytes. Never written to. */
  readonly bytes: Uint8Array;
  /** The encryption key published beside it in the 92-character `cs1.` form. No message uses it. */
  readonly encryptionKey: Uint8Array | undefined;

  private constructor(bytes: Uint8Array, encryptionKey?: Uint8Array) {
    this.bytes = bytes;
    this.encryptionKey = encryptionKey;
  }

  /** @throws UftpError `uftp.key-invalid` unless 32 bytes that encode a point canonically, not of small order. */
  static fromBytes(bytes: Uint8Array, encryptionKey?: Uint8Array): PublicKey {
    if (!isSoundPoint(bytes)) {
      throw invalidKey('The public key is not a sound Ed25519 key of 32 bytes.');
    }
    return new PublicKey(Uint8Array.from(bytes), encryptionKey && Uint8Array.from(encryptionKey));
  }

  /**
   * Reads every form in which participants hand out keys: `cs1.` with signing and encryption key (92 characters,
   * the published form of CS1), `cs1.` with the signing key alone (48), and the bare Base64 signing key (44).
   *
   * @throws UftpError `uftp.key-invalid`
   */
  static parse(text: string): PublicKey {
    const published = text.startsWith(CS1_PREFIX);
    const bytes = decodeKey(published ? text.slice(CS1_PREFIX.length) : text, 'public');
    if (bytes.length === 32) return PublicKey.fromBytes(bytes);
    if (published && bytes.length === 64) {
      return PublicKey.fromBytes(bytes.subarray(0, 32), bytes.subarray(32));
    }
    throw invalidKey(
      `The public key holds ${bytes.length} bytes; a bare key has 32, a key behind "cs1." 32 or 64.`,
    );
  }

  equals(other: PublicKey): boolean {
    return Buffer.compare(this.bytes, other.bytes) === 0;
  }

  /** The bare Base64 signing key, 44 characters. */
  toString(): string {
    return encodeBase64(this.bytes);
  }

  toJSON(): string {
    return this.toString();
  }

  /** The string to publish: 92 characters where the encryption key is known, 48 where it is not. */
  toCs1(): string {
    const parts = this.encryptionKey ? [this.bytes, this.encryptionKey] : [this.bytes];
    return CS1_PREFIX + encodeBase64(Buffer.concat(parts));
  }

  [inspect.custom](): string {
    return `PublicKey(${this.toString()})`;
  }
}

/** The key a participant signs with. It prints as `[secret]` everywhere; only `reveal` gives it away. */
export class SecretKey {
  readonly publicKey: PublicKey;
  readonly #seed: Uint8Array;

  private constructor(seed: Uint8Array) {
    this.#seed = Uint8Array.from(seed);
    const { publicKey } = nacl.sign.keyPair.fromSeed(this.#seed);
    this.publicKey = PublicKey.fromBytes(publicKey, encryptionKeyOf(this.#seed));
  }

  /** @throws UftpError `uftp.key-invalid` unless a seed of 32 bytes. */
  static fromSeed(seed: Uint8Array): SecretKey {
    if (seed.length !== 32) throw invalidKey(`The secret key's seed has ${seed.length} bytes, not 32.`);
    return new SecretKey(seed);
  }

  /**
   * Reads Base64 of the 64 bytes seed ‖ public key (88 characters, the form libsodium and both known libraries
   * write) or of the seed alone (44). White space around it is dropped: secrets come from files.
   *
   * @throws UftpError `uftp.key-invalid`, also when the two halves do not belong together
   */
  static parse(text: string): SecretKey {
    const bytes = decodeKey(text.trim(), 'secret');
    if (bytes.length !== 32 && bytes.length !== 64) {
      throw invalidKey(
        `The secret key holds ${bytes.length} bytes; 32 (seed) or 64 (seed and public key) fit.`,
      );
    }
    const key = new SecretKey(bytes.subarray(0, 32));
    if (bytes.length === 64 && Buffer.compare(key.publicKey.bytes, bytes.subarray(32)) !== 0) {
      throw invalidKey("The secret key's second half is not the public key of its first half.");
    }
    return key;
  }

  /** The 32-byte seed, for signing engines. */
  seed(): Uint8Array {
    return Uint8Array.from(this.#seed);
  }

  /** Base64 of seed ‖ public key, 88 characters: for the file the secret is kept in, never for a log. */
  reveal(): string {
    return encodeBase64(Buffer.concat([this.#seed, this.publicKey.bytes]));
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** A fresh key from the system's random source. */
export function generateKeyPair(): { secretKey: SecretKey; publicKey: PublicKey } {
  const secretKey = SecretKey.fromSeed(nacl.randomBytes(nacl.sign.seedLength));
  return { secretKey, publicKey: secretKey.publicKey };
}

/** CS1 publishes an encryption key too; deriving it from the seed, as libsodium does, leaves one secret to keep. */
function encryptionKeyOf(seed: Uint8Array): Uint8Array {
  const scalar = createHash('sha512').update(seed).digest().subarray(0, 32);
  return nacl.scalarMult.base(Uint8Array.from(scalar));
}

function decodeKey(text: string, kind: 'public' | 'secret'): Uint8Array {
  try {
    return decodeBase64Strict(text);
  } catch (cause) {
    throw invalidKey(`The ${kind} key is not padded standard Base64.`, cause);
  }
}

function invalidKey(message: string, cause?: unknown): UftpError {
  return new UftpError(
    'uftp.key-invalid',
    message,
    'Make a key pair with `flexor keygen`, or copy the whole key.',
    {
      cause,
    },
  );
}
