import fc from 'fast-check';
import { isXmlText } from '../codec/xml-text.ts';
import { type ElementDefinition, keyOf } from '../definition/element.ts';
import { scalar } from '../definition/scalar.ts';
import type { Version } from '../definition/version.ts';
import { definitionOf, type MessageDraft, type MessageType } from './index.ts';

type Json = Record<string, unknown>;

const labels = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,4})?$/);
const domains = fc.tuple(labels, fc.constantFrom('com', 'nl', 'energy')).map((parts) => parts.join('.'));
const days = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const instants = fc
  .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
  .map((date) => date.toISOString());
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).filter(isXmlText),
  fc.stringMatching(/^[ \t\r\n&<>"';\u00e9\u{1f50b}]{0,6}$/u),
);
const digits = (least: number, most: number) => fc.stringMatching(new RegExp(`^[0-9]{${least},${most}}$`));
const decimals = (places: number) =>
  fc
    .tuple(fc.constantFrom('', '-'), digits(1, 12), digits(0, places))
    .map(([sign, whole, fraction]) => `${sign}${whole}${fraction && '.'}${fraction}`);
const integers = fc.oneof(fc.integer(), fc.maxSafeInteger());
const oneOf = ({ shape }: { shape: string }) => fc.constantFrom(...shape.split(' | '));

/** Values of every simple type, in the form in which they come back. */
const ARBITRARIES = new Map<unknown, fc.Arbitrary<unknown>>([
  [scalar.text, texts],
  [scalar.uuid, fc.uuid().chain((id) => fc.constantFrom(id, id.toUpperCase()))],
  [
    scalar.entityAddress,
    fc.oneof(
      digits(12, 34).map((number) => `ean.${number}`),
      fc
        .tuple(domains, fc.string({ minLength: 1, maxLength: 20 }))
        .map((parts) => `ea1.2009-01.${parts.join(':')}`),
    ),
  ],
  [scalar.domain, domains],
  [scalar.meteringEan, digits(16, 16).map((number) => `E${number}`)],
  [scalar.currency, fc.stringMatching(/^[A-Z]{3}$/)],
  [scalar.amount, decimals(4)],
  [scalar.factor, fc.integer({ min: 1, max: 100 }).map((percent) => (percent / 100).toFixed(2))],
  [scalar.decimal, decimals(20)],
  [scalar.timeZone, fc.constantFrom('Europe/Amsterdam', 'America/Argentina/Buenos_Aires', 'Pacific/Apia')],
  [scalar.day, days],
  [scalar.dateTime, instants],
  [scalar.boolean, fc.boolean()],
  [scalar.duration, fc.constantFrom('PT5M', 'PT15M', 'PT30M', 'PT60M')],
  [scalar.power, integers],
  [scalar.integer, integers],
  [scalar.long, integers],
  [scalar.positive, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })],
  ...[scalar.redispatchBy, scalar.result, scalar.disposition].map((each) => [each, oneOf(each)] as const),
  ...[scalar.settlementDisposition, scalar.profileType, scalar.unit].map(
    (each) => [each, oneOf(each)] as const,
  ),
]);

/** Drafts that carry every attribute the version has, optional ones too, with one to three of each child. */
export function fullDrafts<T extends MessageType>(type: T, version: Version): fc.Arbitrary<MessageDraft<T>> {
  return elements(definitionOf(type), version).map(
    (content) => ({ ...content, type, Version: version }) as unknown as MessageDraft<T>,
  );
}

function elements(definition: ElementDefinition, version: Version): fc.Arbitrary<Json> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.presence[version] === 'absent' || attribute.scalar === scalar.version) continue;
    const values = ARBITRARIES.get(attribute.scalar);
    if (!values) throw new Error(`no arbitrary for ${name}: ${attribute.scalar.xsd}`);
    fields[keyOf(name)] = values;
  }
  for (const [name, child] of Object.entries(definition.children)) {
    const most = Math.min(child.most, 3);
    fields[keyOf(name)] = fc.array(elements(child.element, version), { minLength: 1, maxLength: most });
  }
  return fc.record(fields);
}

/** Something that a message may carry or not: the path of its element, and its key there. */
export interface Slot {
  readonly path: readonly string[];
  readonly key: string;
}

/** Every optional attribute and group of a message, wherever it stands in it. */
export function optionalSlots(definition: ElementDefinition, version: Version, path: string[] = []): Slot[] {
  const attributes = Object.entries(definition.attributes)
    .filter(([, { presence }]) => presence[version] === 'optional')
    .map(([name]) => ({ path, key: keyOf(name) }));
  const children = Object.entries(definition.children).flatMap(([name, child]) => [
    ...(child.least === 0 ? [{ path, key: keyOf(name) }] : []),
    ...optionalSlots(child.element, version, [...path, keyOf(name)]),
  ]);
  return [...attributes, ...children];
}

/** The draft without what stands in the given slots. */
export function without<D>(draft: D, slots: readonly Slot[], path: string[] = []): D {
  const here = slots.filter((slot) => slot.path.join() === path.join()).map(({ key }) => key);
  const kept = Object.entries(draft as Json).map(([key, value]): [string, unknown] => {
    if (!Array.isArray(value)) return [key, here.includes(key) ? undefined : value];
    return [key, here.includes(key) ? [] : value.map((item: Json) => without(item, slots, [...path, key]))];
  });
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined)) as D;
}

/** Every subset of the slots; each is a combination of what a message leaves out. */
export function* subsets<T>(items: readonly T[]): Generator<T[]> {
  for (let mask = 0; mask < 2 ** items.length; mask += 1) {
    yield items.filter((_, index) => (mask >> index) & 1);
  }
}

/** The draft as it comes back: the schema's defaults filled in. */
export function withDefaults<D>(draft: D, definition: ElementDefinition, version: Version): D {
  const value = { ...(draft as Json) };
  for (const [name, { fallback, presence }] of Object.entries(definition.attributes)) {
    if (fallback !== undefined && presence[version] === 'optional') value[keyOf(name)] ??= fallback;
  }
  for (const [name, child] of Object.entries(definition.children)) {
    value[keyOf(name)] = (value[keyOf(name)] as Json[]).map((item) =>
      withDefaults(item, child.element, version),
    );
  }
  return value as D;
}
