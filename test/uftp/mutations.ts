import type { XmlElement } from '../../uftp/codec/xml-element.ts';
import { escapeAttribute } from '../../uftp/codec/xml-text.ts';

/** A document changed in one place. */
export interface Mutation {
  /** e.g. `FlexRequest/ISP/@Start = "0"` */
  readonly what: string;
  readonly document: Uint8Array;
  /** The attribute concerned and its new value, where it is about one. */
  readonly attribute?: { readonly name: string; readonly value: string };
}

interface Tree {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Tree[];
  readonly text?: string;
}

function textOf({ name, attributes, children, text }: Tree): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`);
  return `<${name}${written.join('')}>${text ?? ''}${children.map(textOf).join('')}</${name}>`;
}

const numbers = [
  '0',
  '-0',
  '1',
  '-1',
  '+1',
  '007',
  '1.5',
  '1.',
  '.5',
  '.',
  '1e3',
  '0x10',
  '1,5',
  'NaN',
  'INF',
]
  .concat([
    '9007199254740991',
    '9007199254740992',
    '-9007199254740992',
    '9223372036854775808',
    '9'.repeat(50),
  ])
  .concat(['1.0000', '1.00001', '1.000000', '0.01', '0.009', '0.010', '1.00', '1.01', `0.${'0'.repeat(70)}`]);
const days = [
  '2026-02-28',
  '2026-02-29',
  '2024-02-29',
  '2026-1-2',
  '2026-01-02Z',
  '2026-01-02+14:00',
  '2026-01-02+14:01',
].concat([
  '12026-01-02',
  '0000-01-01',
  '-2026-01-02',
  '20260102',
  '2026-01-02T00:00:00',
  '2026-13-01',
  '2026-00-10',
]);
const times = [
  'T00:00:00',
  'T00:00:00Z',
  'T00:00:00.1Z',
  'T00:00:00.Z',
  'T00:00:00.1234567890123Z',
  'T24:00:00Z',
  'T24:00:01Z',
]
  .concat([
    'T23:59:60Z',
    'T23:60:00Z',
    'T1:00:00Z',
    'T00:00Z',
    'T00:00:00+02:00',
    'T00:00:00-14:00',
    'T00:00:00+15:00',
    ' 00:00:00Z',
  ])
  .map((time) => `2026-01-02${time}`)
  .concat(['12026-01-02T00:00:00Z', '0000-01-01T00:00:00Z', '-0001-01-01T00:00:00Z']);
const durations = [
  'PT15M',
  'PT1H',
  'P1D',
  '-PT15M',
  'P',
  'PT',
  'P1YT',
  'PT1.5M',
  'PT1.5S',
  'PT.5S',
  'P1Y2M3DT4H5M6.7S',
  'pt15m',
  'P1W',
].concat([`PT${'1'.repeat(50)}M`, 'PT15M ', 'P-1D', 'P1M1Y']);
const words = [
  '',
  ' ',
  'x',
  'true',
  'TRUE',
  'false',
  'Accepted',
  'accepted',
  'AGR',
  'agr',
  'Power',
  'kW',
  'KW',
  'EUR',
  'eur',
  'EURO',
]
  .concat([
    'Europe/Amsterdam',
    'Europe/Am',
    'Europe/',
    'UTC',
    'Asia/Tokyo',
    'America/Port-au-Prince',
    'Europe/Amsterdam ',
  ])
  .concat([
    'example.com',
    'Example.com',
    'localhost',
    'xn--bcher-kva.example',
    'a-.com',
    'a..com',
    '.com',
    'a.c',
    'a_b.com',
    'com.',
  ])
  .concat([`${'a'.repeat(260)}.com`, `${'a.'.repeat(200)}com`])
  .concat([
    'ean.123456789012',
    'ean.12345678901',
    `ean.${'1'.repeat(35)}`,
    'EAN.123456789012',
    'ea1.2009-01.com.example:a',
  ])
  .concat([
    'ea1.2009-1.com.example:a',
    'ea1.2009-01.:a',
    `ea1.2009-01.x:${'a'.repeat(245)}`,
    `ea1.2009-01.x:${'\u{1f50b}'.repeat(200)}`,
  ])
  .concat(['ea1.2009-01.x:a\nb', 'ea1.2009-01.x:\t:b'])
  .concat([
    `E${'1'.repeat(16)}`,
    `e${'1'.repeat(16)}`,
    `E${'1'.repeat(17)}`,
    `E${'1'.repeat(18)}`,
    `E${'1'.repeat(20)}`,
  ])
  .concat(['3.1.0', '3.0.0', '3.1', '3.1.0.0', '9.9.9', '03.1.0', '\u0663.1.0', 'v3.1.0'])
  .concat([
    '11111111-1111-1111-1111-111111111111',
    '11111111111111111111111111111111',
    '{11111111-1111-1111-1111-111111111111}',
  ])
  .concat(['QUJD', 'QUJ', 'QQ==', 'QR==', 'QUI=', 'QUJ=', 'Q Q =\n=', 'QUJD=', '=', 'QU-_', 'QUJDQQ==QUJD']);
const PROBES = [...new Set([...numbers, ...days, ...times, ...durations, ...words])];

/** What is tried in place of an attribute's value. */
function* garbled(value: string): Generator<string> {
  yield* PROBES;
  yield* [
    `${value}x`,
    `x${value}`,
    ` ${value}`,
    `${value}\n`,
    `\t${value} `,
    value.toLowerCase(),
    value.toUpperCase(),
  ];
  yield* [value.slice(1), value.slice(0, -1), `${value}${value}`, `${value}\u00a0`, `${value}é`];
}

/** Attributes that no element has, that all have elsewhere, or that one version has. */
const STRANGE = [
  'Extra',
  'xmlns',
  'xml:lang',
  'Power',
  'Unsolicited',
  'ServiceType',
  'Result',
  'ReferenceMessageID',
  'constructor',
  'toString',
  '__proto__',
];

/** Every change of one thing in a document: each attribute and each group of the first element of its kind. */
export function* mutations(document: XmlElement): Generator<Mutation> {
  for (const change of changes(document, document.name)) {
    const { what, tree, attribute } = change;
    yield { what, document: Buffer.from(textOf(tree)), ...(attribute && { attribute }) };
  }
  yield { what: 'another root', document: Buffer.from(textOf({ ...document, name: 'FlexMessage' })) };
}

interface Change {
  readonly what: string;
  readonly tree: Tree;
  readonly attribute?: { readonly name: string; readonly value: string };
}

function* changes(tree: Tree, path: string): Generator<Change> {
  const { attributes, children } = tree;
  for (const [name, value] of Object.entries(attributes)) {
    const { [name]: _dropped, ...others } = attributes;
    yield { what: `${path}/@${name} dropped`, tree: { ...tree, attributes: others } };
    for (const other of garbled(value)) {
      const changed = { ...attributes, [name]: other };
      yield {
        what: `${path}/@${name} = ${JSON.stringify(other.slice(0, 60))}`,
        tree: { ...tree, attributes: changed },
        attribute: { name, value: other },
      };
    }
  }
  for (const name of STRANGE.filter((strange) => attributes[strange] === undefined)) {
    const added: Record<string, string> = { ...attributes };
    Object.defineProperty(added, name, { value: 'true', enumerable: true });
    yield { what: `${path}/@${name} added`, tree: { ...tree, attributes: added } };
  }
  yield { what: `${path} with text`, tree: { ...tree, text: 'text' } };
  yield { what: `${path} with white space`, tree: { ...tree, text: ' \n\t' } };
  yield { what: `${path} with a comment`, tree: { ...tree, text: '<!-- comment -->' } };
  const stranger = { name: 'Stranger', attributes: {}, children: [] };
  yield { what: `${path} with a stranger behind`, tree: { ...tree, children: [...children, stranger] } };
  yield { what: `${path} with a stranger before`, tree: { ...tree, children: [stranger, ...children] } };
  yield { what: `${path} without children`, tree: { ...tree, children: [] } };
  yield { what: `${path} with children twice`, tree: { ...tree, children: [...children, ...children] } };
  yield { what: `${path} with children reversed`, tree: { ...tree, children: [...children].reverse() } };
  for (const name of new Set(children.map((child) => child.name))) {
    const at = children.findIndex((child) => child.name === name);
    yield {
      what: `${path} without ${name}`,
      tree: { ...tree, children: children.filter((child) => child.name !== name) },
    };
    yield {
      what: `${path} with ${name} twice`,
      tree: { ...tree, children: [...children.slice(0, at), children[at]!, ...children.slice(at)] },
    };
    for (const change of changes(children[at]!, `${path}/${name}`)) {
      yield { ...change, tree: { ...tree, children: children.with(at, change.tree as XmlElement) } };
    }
  }
}
