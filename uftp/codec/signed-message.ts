import { element, required } from '../definition/element.ts';
import { scalar } from '../definition/scalar.ts';
import type { Role } from '../definition/version.ts';
import { schemaInvalid } from './decode.ts';
import { toNode } from './encode.ts';
import { planOf } from './plan.ts';
import { STRICT } from './relaxations.ts';
import { Problems, readElement, shortName } from './schema.ts';
import { DEFAULT_LIMITS, type XmlLimits } from './xml-limits.ts';
import { readXml } from './xml-reader.ts';
import { writeXml } from './xml-writer.ts';

/** The wrapper's definition: the same in every version. */
export const SIGNED_MESSAGE = element({
  SenderDomain: required(scalar.domain, 'Internet domain of the sender.'),
  SenderRole: required(scalar.role, 'Role in which the sender acts.'),
  Body: required(scalar.base64, 'Base64 of signature and payload (crypto_sign, combined mode).'),
});

const plan = planOf(SIGNED_MESSAGE, { version: '3.1.0', relaxations: STRICT });

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
  // One element whose Body is nearly the whole document: the limits of payloads do not fit it.
  const xml = readXml(bytes, { ...limits, depth: 1, elements: 1, attributeLength: limits.bytes });
  if (xml.name !== 'SignedMessage') {
    throw schemaInvalid('SignedMessage', [{ at: shortName(xml.name), problem: 'is not a SignedMessage' }]);
  }
  const { value, problems } = readElement(xml, plan);
  if (problems.length > 0) throw schemaInvalid('SignedMessage', problems);
  return value as unknown as SignedMessage;
}

/**
 * Writes the wrapper as the bytes that go over HTTP.
 * @throws UftpError `uftp.schema-invalid`
 */
export function writeSignedMessage({ SenderDomain, SenderRole, Body }: SignedMessage): Uint8Array {
  const problems = new Problems();
  const place = { name: 'SignedMessage', path: 'SignedMessage' };
  const node = toNode({ SenderDomain, SenderRole, Body }, plan, place, problems);
  if (problems.list.length > 0) throw schemaInvalid('SignedMessage', problems.list);
  return writeXml(node);
}
