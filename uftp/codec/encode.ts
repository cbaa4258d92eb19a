import type { RelaxationName } from '../definition/element.ts';
import { Unreadable } from '../definition/scalar.ts';
import { definitionOf, isMessageType, type MessageDraft } from '../messages/index.ts';
import { messageUnknown, schemaInvalid, schemaVersion } from './decode.ts';
import { type AttributePlan, type ElementPlan, planOf } from './plan.ts';
import { STRICT } from './relaxations.ts';
import { type Json, Problems, shortName } from './schema.ts';
import { escapeAttribute, isXmlText } from './xml-text.ts';
import { type XmlNode, xmlNode, writeXml } from './xml-writer.ts';

export interface EncodeOptions {
  /** Deviations from the official schema that the recipient's profile asks for; none unless said so. */
  readonly relaxations?: ReadonlySet<RelaxationName>;
}

/**
 * Encodes a message as the UTF-8 bytes to be signed: attributes and groups in the order of the definition,
 * no namespaces, no XML declaration. What is sent is strict: the result follows the official schema of the
 * message's Version to the letter, and a key that the message does not have is an error, not a silence.
 *
 * @throws UftpError `uftp.schema-invalid`, `uftp.message-unknown`
 */
export function encode(draft: MessageDraft, options: EncodeOptions = {}): Uint8Array {
  const { type, ...content } = draft as MessageDraft & Json;
  if (!isMessageType(String(type))) throw messageUnknown(String(type));
  const plan = planOf(definitionOf(type), {
    version: schemaVersion(draft.Version),
    relaxations: options.relaxations ?? STRICT,
  });
  const problems = new Problems();
  const node = toNode(content, plan, { name: type, path: type }, problems);
  if (problems.list.length > 0) throw schemaInvalid(type, problems.list);
  return writeXml(node);
}

/** The element as the builder takes it, every deviation from the schema reported. */
export function toNode(
  value: Json,
  plan: ElementPlan,
  { name, path }: { name: string; path: string },
  problems: Problems,
): XmlNode {
  const attributes: Record<string, string> = {};
  for (const attribute of plan.attributes) {
    const text = attributeText(attribute, value[attribute.key]);
    if (text instanceof Unreadable) problems.report(`${path}/@${attribute.name}`, text.why);
    else if (text !== undefined) attributes[attribute.name] = text;
  }
  const children: XmlNode[] = [];
  for (const child of plan.children) {
    const at = `${path}/${child.name}`;
    const items = value[child.key] ?? [];
    if (!Array.isArray(items) || items.some((item) => typeof item !== 'object' || item === null)) {
      problems.report(at, 'is not a list of elements');
      continue;
    }
    if (items.length < child.least && !(child.mayBeMissing && items.length === 0))
      problems.report(at, 'is missing');
    if (items.length > child.most) problems.report(at, `stands there more than ${child.most} times`);
    items.forEach((item: Json, index) => {
      const place = { name: child.name, path: `${at}[${index + 1}]` };
      children.push(toNode(item, child.element, place, problems));
    });
  }
  for (const key of Object.keys(value)) {
    if (!plan.keys.has(key) && value[key] !== undefined)
      problems.report(`${path}/@${shortName(key)}`, 'is not part of this element');
  }
  return xmlNode(name, attributes, children);
}

const MISSING = new Unreadable('is missing');
const FOREIGN = new Unreadable('is not part of this version');
const UNSPEAKABLE = new Unreadable('has a character that XML cannot carry');
const WRONG_TYPE = {
  string: new Unreadable('is not a string'),
  integer: new Unreadable('is not a number'),
  boolean: new Unreadable('is not a boolean'),
};

/** The attribute's escaped text, or why the value cannot be sent. What is sent can always be read back. */
function attributeText(attribute: AttributePlan, value: unknown): string | Unreadable | undefined {
  const { scalar, presence } = attribute;
  if (value === undefined) return presence === 'required' ? MISSING : undefined;
  if (presence === 'absent') return FOREIGN;
  if (typeof value !== (scalar.json === 'integer' ? 'number' : scalar.json)) return WRONG_TYPE[scalar.json];
  const text = scalar.write(value as never);
  if (text instanceof Unreadable) return text;
  const read: unknown = scalar.read(text);
  if (read instanceof Unreadable) return read;
  if (scalar.json !== 'string') return text;
  return isXmlText(text) ? escapeAttribute(text) : UNSPEAKABLE;
}
