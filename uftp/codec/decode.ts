import type { RelaxationName } from '../definition/element.ts';
import { isVersion, type Version } from '../definition/version.ts';
import { UftpError } from '../errors.ts';
import { definitionOf, isMessageType, type Message, MESSAGES } from '../messages/index.ts';
import { planOf } from './plan.ts';
import { ALL_RELAXATIONS } from './relaxations.ts';
import { readElement, type SchemaProblem, shortName } from './schema.ts';
import type { XmlLimits } from './xml-limits.ts';
import { readXml } from './xml-reader.ts';

export interface DecodeOptions {
  /** What is tolerated beyond the official schema; everything on the list unless said otherwise. */
  readonly relaxations?: ReadonlySet<RelaxationName>;
  readonly limits?: XmlLimits;
}

/**
 * Decodes a payload: the bytes that the signature was verified over.
 * The schema of the message's own Version applies; an unsupported Version is read by the newest schema, so
 * that it can be rejected by a response message instead of a transport error.
 *
 * @throws UftpError `uftp.xml-malformed`, `uftp.xml-limit`, `uftp.message-unknown`, `uftp.schema-invalid`
 *   (with every problem in its details).
 */
export function decode(payload: Uint8Array, options: DecodeOptions = {}): Message {
  const xml = readXml(payload, options.limits);
  if (!isMessageType(xml.name)) throw messageUnknown(xml.name);
  const plan = planOf(definitionOf(xml.name), {
    version: schemaVersion(xml.attributes['Version']),
    relaxations: options.relaxations ?? ALL_RELAXATIONS,
  });
  const { value, problems } = readElement(xml, plan);
  if (problems.length > 0) throw schemaInvalid(xml.name, problems);
  return { type: xml.name, ...value } as unknown as Message;
}

export function messageUnknown(name: string): UftpError {
  return new UftpError(
    'uftp.message-unknown',
    `There is no message called ${shortName(name)}.`,
    `Send one of: ${Object.keys(MESSAGES).join(', ')}.`,
  );
}

/** The schema that applies to a message of this Version. */
export function schemaVersion(version: string | undefined): Version {
  return version !== undefined && isVersion(version) ? version : '3.1.0';
}

export function schemaInvalid(name: string, problems: readonly SchemaProblem[]): UftpError {
  const list = problems.map(({ at, problem }) => `${at} ${problem}`).join('; ');
  return new UftpError(
    'uftp.schema-invalid',
    `The ${name} does not follow the schema: ${list}.`,
    'Correct the attributes and elements named.',
    { details: { problems } },
  );
}
