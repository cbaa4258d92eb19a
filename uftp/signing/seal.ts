import { UftpError } from '../errors.ts';
import { defaultEngine } from './engine.ts';
import type { SigningEngine } from './engine.ts';
import type { PublicKey, SecretKey } from './keys.ts';

const SIGNATURE_LENGTH = 64;

/** `crypto_sign`, combined mode: the signature followed by the payload's exact bytes. */
export function seal(payload: Uint8Array, key: SecretKey, engine: SigningEngine = defaultEngine): Uint8Array {
  const sealed = new Uint8Array(SIGNATURE_LENGTH + payload.length);
  sealed.set(engine.sign(payload, key), 0);
  sealed.set(payload, SIGNATURE_LENGTH);
  return sealed;
}

/**
 * `crypto_sign_open`: the payload behind a valid signature, a view of exactly the bytes that were verified, and the
 * key that fits. Every key is tried: while a participant rotates its key, the old and the new one are published.
 *
 * @throws UftpError `uftp.signature-invalid`
 */
export function open(
  sealed: Uint8Array,
  publicKeys: readonly PublicKey[],
  engine: SigningEngine = defaultEngine,
): { payload: Uint8Array; key: PublicKey } {
  const signature = sealed.subarray(0, SIGNATURE_LENGTH);
  const payload = sealed.subarray(SIGNATURE_LENGTH);
  const key = publicKeys.find((candidate) => engine.verify(payload, signature, candidate));
  if (!key) {
    throw new UftpError(
      'uftp.signature-invalid',
      sealed.length < SIGNATURE_LENGTH
        ? 'The sealed message is shorter than a signature.'
        : 'The signature does not fit the message under any known key of its sender.',
      "Check the sender's published public keys, and that the body was not changed on the way.",
      { details: { keysTried: publicKeys.length, sealedBytes: sealed.length } },
    );
  }
  return { payload, key };
}

/**
 * A participant's own keys while it rotates them: it signs with `current` and publishes both, so that receivers
 * that cached the old record and receivers that read the new one can all verify.
 */
export class SigningKeys {
  readonly current: SecretKey;
  readonly other: SecretKey | undefined;

  /** `other` is the next key before the change of keys and the previous one after it. */
  constructor(current: SecretKey, other?: SecretKey) {
    this.current = current;
    this.other = other;
  }

  /** Every public key that receivers should accept, the signing one first. */
  get publicKeys(): PublicKey[] {
    return [this.current, this.other].flatMap((key) => key?.publicKey ?? []);
  }

  /** The content of the DNS TXT record `_<role>._usef.<domain>`: up to two keys, separated by a space. */
  toTxtRecord(): string {
    return this.publicKeys.map((key) => key.toCs1()).join(' ');
  }

  seal(payload: Uint8Array, engine?: SigningEngine): Uint8Array {
    return seal(payload, this.current, engine);
  }
}
