import fc from 'fast-check';
import {
  XmlCData,
  XmlComment,
  type XmlDocument,
  XmlDocument as Document,
  XmlElement as Element,
  XmlText,
} from 'libxml2-wasm';
import { expect, it } from 'vitest';
import { UftpError } from '../errors.ts';
import type { XmlElement } from './xml-element.ts';
import { readXml } from './xml-reader.ts';

/** A second reader, by another hand, restricted to what messages may have: undefined where it refuses. */
function readByLibxml2(text: string): unknown {
  let document: XmlDocument;
  try {
    document = Document.fromString(text);
  } catch {
    return undefined;
  }
  try {
    const hasMore = document.find('//processing-instruction()').length > 0 || document.dtd !== null;
    return hasMore ? undefined : plainElement(document.root);
  } catch (thrown) {
    if (thrown instanceof NotInMessages) return undefined;
    throw thrown;
  } finally {
    document.dispose();
  }
}

class NotInMessages extends Error {}

function plainElement(element: Element): unknown {
  const children: unknown[] = [];
  for (let node = element.firstChild; node; node = node.next) {
    if (node instanceof Element) children.push(plainElement(node));
    else if (node instanceof XmlCData || (node instanceof XmlText && /[^ \t\r\n]/.test(node.content)))
      throw new NotInMessages();
    else if (!(node instanceof XmlText || node instanceof XmlComment)) throw new NotInMessages();
  }
  const attributes = Object.fromEntries(element.attrs.map(({ name, value }) => [name, value]));
  return { name: element.name, attributes, children };
}

function readHere(text: string): unknown {
  const plain = ({ name, attributes, children }: XmlElement): unknown => ({
    name,
    attributes: { ...attributes },
    children: children.map(plain),
  });
  try {
    return plain(readXml(Buffer.from(text, 'utf8')));
  } catch (thrown) {
    if (!(thrown instanceof UftpError)) throw thrown;
    expect(thrown.code).toBe('uftp.xml-malformed');
    return undefined;
  }
}

const pieces = fc.constantFrom(
  ...[
    '<a',
    '<b',
    '<c.d',
    '</a>',
    '</b>',
    '/>',
    '>',
    '<',
    '&',
    ';',
    '"',
    "'",
    '=',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\r',
  ],
  ...[
    ' x="1"',
    ' y="&amp;"',
    " x='&#10;'",
    ' z="\n"',
    ' x=',
    '&lt;',
    '&#x41;',
    '&#xD800;',
    '&q;',
    '<!--',
    '-->',
    '--',
    '-',
    '!',
  ],
  ...[
    '<a>',
    '<b>',
    '<a/>',
    '<b x="2"/>',
    '<?xml version="1.0"?>',
    '<?',
    '?>',
    '<![CDATA[',
    ']]>',
    'text',
    '\u00a0',
    '\u2028',
    '1',
  ],
);
const soup = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(''));
const inside = fc.array(pieces, { maxLength: 8 }).map((parts) => `<a>${parts.join('')}</a>`);
const tags = fc.array(pieces, { maxLength: 6 }).map((parts) => `<a ${parts.join('')}/>`);

it('readXml and libxml2 agree on every soup of markup', () => {
  fc.assert(
    fc.property(fc.oneof(soup, inside, tags), (text) => {
      expect(readHere(text)).toEqual(readByLibxml2(text));
    }),
    { numRuns: 20_000 },
  );
});
