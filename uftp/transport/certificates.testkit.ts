/** X.509 certificates for tests, made on the spot: nothing expires, no private key is kept in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

interface Authority extends Issued {
  /** A certificate for these DNS names and IPv4 addresses, good for servers and clients. */
  issue(commonName: string, names: readonly string[]): Issued;
}

/** A certificate authority of its own, known to nobody until its `cert` is trusted. */
export function createAuthority(commonName = 'Test CA'): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = { subject: commonName, issuer: commonName, publicKey: keys.publicKey, signer: keys.privateKey };
  return {
    cert: certificate({ ...own, extensions: [isAuthority] }),
    key: pem(keys.privateKey),
    issue(subject, names) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const cert = certificate({ ...own, subject, publicKey, extensions: [alternativeNames(names)] });
      return { cert, key: pem(privateKey) };
    },
  };
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

// DER, as little of it as a certificate takes (ITU-T X.690).
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const time = (text: string): Buffer => der(0x18, Buffer.from(text));
const bits = (bytes: Uint8Array): Buffer => der(0x03, Buffer.of(0), bytes);

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const isAuthority = sequence(
  oid('551d13'),
  der(0x01, Buffer.of(255)),
  der(0x04, sequence(der(0x01, Buffer.of(255)))),
);

function alternativeNames(names: readonly string[]): Buffer {
  const general = names.map((name) =>
    /^[\d.]+$/.test(name)
      ? der(0x87, Buffer.from(name.split('.').map(Number)))
      : der(0x82, Buffer.from(name)),
  );
  return sequence(oid('551d11'), der(0x04, sequence(...general)));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))));
}

let serial = 1;

function certificate(of: {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signer: KeyObject;
  extensions: Buffer[];
}): string {
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(serial++ & 127)),
    ecdsaWithSha256,
    nameOf(of.issuer),
    sequence(time('20200101000000Z'), time('21200101000000Z')),
    nameOf(of.subject),
    of.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...of.extensions)),
  );
  const whole = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, of.signer)));
  const lines = whole.toString('base64').match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
