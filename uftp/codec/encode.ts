import { XMLBuilder } from 'fast-xml-parser';
import { type ElementDefinition, keyOf } from '../definition/element.ts';
import { definitionOf, type MessageDraft } from '../messages/index.ts';
import { schemaInvalid, schemaVersion } from './decode.ts';
import { STRICT } from './relaxations.ts';
import { readElement } from './schema.ts';
import type { XmlElement } from './xml-reader.ts';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  processEntities: false,
});

/**
 * Encodes a message as the UTF-8 bytes to be signed: attributes and groups in the order of the definition,
 * no namespaces, no XML declaration. What is sent is strict: the result follows the official schema of the
 * message's Version to the letter.
 *
 * @throws UftpError `uftp.schema-invalid`
 */
export function encode(draft: MessageDraft): Uint8Array {
  const definition = definitionOf(draft.type);
  const xml = toXml(draft.type, definition, draft as unknown as Json);
  const context = { version: schemaVersion(draft.Version), relaxations: STRICT };
  const { problems } = readElement(xml, definition, context);
  if (problems.length > 0) throw schemaInvalid(draft.type, problems);
  return new TextEncoder().encode(writeXml(xml));
}

type Json = Readonly<Record<string, unknown>>;

/** The element tree of a message, before it becomes text. */
function toXml(name: string, definition: ElementDefinition, value: Json): XmlElement {
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [attributeName, attribute] of Object.entries(definition.attributes)) {
    const given = value[keyOf(attributeName)];
    if (given !== undefined) attributes[attributeName] = attribute.scalar.write(given as never);
  }
  const children = Object.entries(definition.children).flatMap(([childName, child]) =>
    ((value[keyOf(childName)] ?? []) as Json[]).map((item) => toXml(childName, child.element, item)),
  );
  return { name, attributes, children };
}

/** Writes an element tree as text. */
export function writeXml(xml: XmlElement): string {
  return builder.build({ [xml.name]: plain(xml) }) as string;
}

function plain(xml: XmlElement): Record<string, unknown> {
  const node: Record<string, unknown> = {};
  for (const name in xml.attributes) node[`@${name}`] = escapeAttribute(xml.attributes[name]!);
  for (const child of xml.children) ((node[child.name] ??= []) as unknown[]).push(plain(child));
  return node;
}

/** Line ends and tabs are written as references, or a reader would normalise them to spaces. */
function escapeAttribute(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => REFERENCES[character]!);
}

const REFERENCES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
