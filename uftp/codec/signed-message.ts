import { element, required } from '../definition/element.ts';
import { scalar } from '../definition/scalar.ts';
import type { Role } from '../definition/version.ts';
import { schemaInvalid } from './decode.ts';
import { writeXml } from './encode.ts';
import { STRICT } from './relaxations.ts';
import { readElement } from './schema.ts';
import { DEFAULT_LIMITS, readXml, type XmlLimits } from './xml-reader.ts';

const definition = element({
  SenderDomain: required(scalar.domain, 'Internet domain of the sender.'),
  SenderRole: required(scalar.role, 'Role in which the sender acts.'),
  Body: required(scalar.text, 'Base64 of signature and payload (crypto_sign, combined mode).'),
});

/** The wrapper around every payload: who sent it, and the signed bytes in Base64. */
export interface SignedMessage {
  readonly SenderDomain: string;
  readonly SenderRole: Role;
  /** Base64 of 64 bytes of signature followed by the payload. */
  readonly Body: string;
}

/**
 * Reads the wrapper of a received message. The Body is decoded by `signing`, not here.
 * @throws UftpError `uftp.xml-malformed`, `uftp.xml-limit`, `uftp.schema-invalid`
 */
export function readSignedMessage(bytes: Uint8Array, limits: XmlLimits = DEFAULT_LIMITS): SignedMessage {
  const xml = readXml(bytes, limits);
  if (xml.name !== 'SignedMessage') {
    throw schemaInvalid('SignedMessage', [{ at: xml.name.slice(0, 60), problem: 'is not a SignedMessage' }]);
  }
  const { value, problems } = readElement(xml, definition, { version: '3.1.0', relaxations: STRICT });
  if (problems.length > 0) throw schemaInvalid('SignedMessage', problems);
  return value as unknown as SignedMessage;
}

/** Writes the wrapper as the bytes that go over HTTP. */
export function writeSignedMessage(message: SignedMessage): Uint8Array {
  const { SenderDomain, SenderRole, Body } = message;
  return new TextEncoder().encode(
    writeXml({ name: 'SignedMessage', attributes: { SenderDomain, SenderRole, Body }, children: [] }),
  );
}
