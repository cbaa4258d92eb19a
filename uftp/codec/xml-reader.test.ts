import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { UftpError } from '../errors.ts';
import { DEFAULT_LIMITS, type XmlLimits } from './xml-limits.ts';
import { readXml, XmlReader } from './xml-reader.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** The code of the refusal, or `read`. Anything but a UftpError is a failure of the test. */
function verdict(document: string | Uint8Array, limits?: Partial<XmlLimits>): string {
  try {
    readXml(typeof document === 'string' ? bytes(document) : document, { ...DEFAULT_LIMITS, ...limits });
    return 'read';
  } catch (thrown) {
    if (!(thrown instanceof UftpError)) throw thrown;
    return thrown.code;
  }
}

const MALFORMED = 'uftp.xml-malformed';
const LIMIT = 'uftp.xml-limit';

describe('readXml takes', () => {
  it.each([
    ['an element', '<a/>'],
    ['white space everywhere it may stand', ' \r\n<a\tb = "c"\n d=\'e\' ><b ></b\n>\t</a >\n'],
    ['a declaration', '<?xml version="1.0" encoding="UTF-8" standalone=\'yes\'?>\n<a/>'],
    ['comments', '<!-- a --><a><!-- <b> - &x; --></a><!---->'],
    ['a byte order mark of UTF-8', '\ufeff<a/>'],
    ['white space between elements, written as references', '<a>&#32;<b/>&#10;</a>'],
    ['names beyond ASCII, which the schema then refuses', '<\u00e9/>'],
    ['names with every ASCII name character', '<_a-1.b:c D-Prognosis.x="1"/>'],
    ['another quote and > in a value', `<a b="'>" c='">'/>`],
    ['a namespace, which the schema then refuses', '<a xmlns="urn:x" xmlns:b="urn:y"/>'],
  ])('%s', (_, document) => {
    expect(verdict(document)).toBe('read');
  });

  it('references and white space in values, as XML normalises them', () => {
    const { attributes } = readXml(
      bytes('<a b="&lt;&gt;&amp;&quot;&apos;&#65;&#x1F50b;&#0000010;" c="x\r\ny\tz\n"/>'),
    );
    expect({ ...attributes }).toEqual({ b: '<>&"\'A\u{1f50b}\n', c: 'x y z ' });
  });

  it('names that objects inherit, as mere names', () => {
    const { attributes, children } = readXml(
      bytes(
        '<a __proto__="1" constructor="2" toString="3" hasOwnProperty="4"><__proto__/><constructor/></a>',
      ),
    );
    expect(Object.entries(attributes)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
      ['hasOwnProperty', '4'],
    ]);
    expect(attributes['valueOf']).toBeUndefined();
    expect(children.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });
});

describe('readXml refuses', () => {
  it.each([
    ['nothing', ''],
    ['white space only', ' \n'],
    ['a comment only', '<!-- a -->'],
    ['text', 'text'],
    ['text in an element', '<a>text</a>'],
    ['a reference in an element', '<a>&#65;</a>'],
    ['text behind the root', '<a/>text'],
    ['two roots', '<a/><b/>'],
    ['two byte order marks', '\ufeff\ufeff<a/>'],
    ['a DOCTYPE', '<!DOCTYPE a><a/>'],
    ['a DOCTYPE with an entity', '<!DOCTYPE a [<!ENTITY b "c">]><a d="&b;"/>'],
    ['a DOCTYPE inside', '<a><!DOCTYPE a></a>'],
    ['CDATA', '<a><![CDATA[]]></a>'],
    ['a processing instruction', '<?php ?><a/>'],
    ['a processing instruction inside', '<a><?b?></a>'],
    ['a declaration that is not first', ' <?xml version="1.0"?><a/>'],
    ['two declarations', '<?xml version="1.0"?><?xml version="1.0"?><a/>'],
    ['XML 1.1', '<?xml version="1.1"?><a/>'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
    ['UTF-16 by declaration', '<?xml version="1.0" encoding="UTF-16"?><a/>'],
    ['a declaration without version', '<?xml encoding="UTF-8"?><a/>'],
    ['a declaration without an end', '<?xml version="1.0"'],
    ['an open element', '<a>'],
    ['an open child', '<a><b></a>'],
    ['crossed elements', '<a><b></a></b>'],
    ['a closing tag alone', '</a>'],
    ['a closing tag too many', '<a/></a>'],
    ['a closing tag that goes on', '<a></ab>'],
    ['a closing tag with attributes', '<a></a b="c">'],
    ['a tag without a name', '<>'],
    ['a tag with a space before its name', '< a/>'],
    ['a name that begins with a digit', '<1a/>'],
    ['an attribute without a value', '<a b/>'],
    ['an attribute without quotes', '<a b=c/>'],
    ['an attribute without an end', '<a b="c/>'],
    ['attributes without space between', '<a b="c"d="e"/>'],
    ['an attribute twice', '<a b="c" b="c"/>'],
    ['an inherited name twice', '<a __proto__="c" __proto__="d"/>'],
    ['an empty attribute twice', '<a b="" b=""/>'],
    ['a < in a value', '<a b="<"/>'],
    ['an entity of its own', '<a b="&c;"/>'],
    ['an entity that objects inherit', '<a b="&constructor;"/>'],
    ['an entity in capitals', '<a b="&AMP;"/>'],
    ['an ampersand', '<a b="&"/>'],
    ['a reference without an end', '<a b="&amp"/>'],
    ['an empty reference', '<a b="&;"/>'],
    ['a reference without a number', '<a b="&#;"/>'],
    ['a reference to NUL', '<a b="&#0;"/>'],
    ['a reference to a control character', '<a b="&#x1F;"/>'],
    ['a reference to a surrogate', '<a b="&#xD800;"/>'],
    ['a reference to no character', '<a b="&#xFFFE;"/>'],
    ['a reference beyond Unicode', '<a b="&#x110000;"/>'],
    ['a reference beyond all numbers', `<a b="&#${'9'.repeat(500)};"/>`],
    ['a hexadecimal reference with a capital X', '<a b="&#X41;"/>'],
    ['NUL', '<a b="\u0000"/>'],
    ['NUL behind the end', '<a/>\u0000'],
    ['a control character', '<a b="\u0008"/>'],
    ['a control character in a comment', '<a><!--\u0001--></a>'],
    ['no character', '<a b="\uffff"/>'],
    ['a comment with --', '<a><!-- -- --></a>'],
    ['a comment that ends with --->', '<a><!-- ---></a>'],
    ['a comment without an end', '<a/><!-- '],
    ['no break space as white space', '<a\u00a0/>'],
  ])('%s', (_, document) => {
    expect(verdict(document)).toBe(MALFORMED);
  });

  it.each([
    ['a lone byte', [0x3c, 0x61, 0x2f, 0x3e, 0xff]],
    ['an overlong form', [0x3c, 0x61, 0x20, 0x62, 0x3d, 0x22, 0xc0, 0x80, 0x22, 0x2f, 0x3e]],
    ['a surrogate', [0x3c, 0x61, 0x20, 0x62, 0x3d, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x2f, 0x3e]],
    ['a cut character', [0x3c, 0x61, 0x2f, 0x3e, 0xe2, 0x82]],
    ['UTF-16 with its mark', [0xff, 0xfe, 0x3c, 0x00, 0x61, 0x00, 0x2f, 0x00, 0x3e, 0x00]],
    ['UTF-16 without it', [0x3c, 0x00, 0x61, 0x00, 0x2f, 0x00, 0x3e, 0x00]],
  ])('bytes that are not UTF-8: %s', (_, document) => {
    expect(verdict(Uint8Array.from(document))).toBe(MALFORMED);
  });

  it.each([
    ['bytes', { bytes: 20 }, '<a b="0123456"    />', '<a b="01234567"    />'],
    ['depth', { depth: 2 }, '<a><b/></a>', '<a><b><c/></b></a>'],
    ['attributes', { attributes: 2 }, '<a b="" c=""/>', '<a b="" c="" d=""/>'],
    ['attribute length', { attributeLength: 3 }, '<a b="123"/>', '<a b="1234"/>'],
    ['elements', { elements: 3 }, '<a><b/><b/></a>', '<a><b/><b/><b/></a>'],
  ])('more than the limit of %s', (_, limits, within, beyond) => {
    expect([verdict(within, limits), verdict(beyond, limits)]).toEqual(['read', LIMIT]);
  });

  it('says where, without quoting the document', () => {
    expect(() => readXml(bytes('<a>\n  <b c="secret" c="secret"/></a>'))).toThrow(
      /^The XML is not well-formed or not allowed: line 2, column 28: duplicate attribute\.$/,
    );
    expect(() => readXml(bytes('<secret><a>'))).toThrow(/column 11: unclosed tag\.$/);
    expect(() => readXml(bytes('<a b="&secret;"/>'))).toThrow(/column 14: undefined entity\.$/);
  });
});

describe('a large document costs its length, not the square of it', () => {
  const many = 1_000_000;
  const wide: XmlLimits = { bytes: 1e9, depth: 1e9, attributes: 1e9, attributeLength: 1e9, elements: 1e9 };
  const numbered = (count: number, write: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => write(n)).join('');

  it.each([
    ['a long value', `<a b="${'x'.repeat(20 * many)}"/>`, 'read'],
    ['a value without an end', `<a b="${'x'.repeat(20 * many)}`, MALFORMED],
    ['many values without an end', `<a ${'b=" c='.repeat(many)}`, MALFORMED],
    ['a long name', `<${'a'.repeat(20 * many)}/>`, 'read'],
    ['a long name of an attribute', `<a ${'b'.repeat(20 * many)}`, MALFORMED],
    ['many references', `<a b="${'&amp;'.repeat(4 * many)}"/>`, 'read'],
    ['many ampersands', `<a b="${'&#'.repeat(4 * many)}"/>`, MALFORMED],
    ['a long reference', `<a b="&#${'1'.repeat(20 * many)};"/>`, MALFORMED],
    ['many line ends', `<a b="${'\r\n'.repeat(4 * many)}"/>`, 'read'],
    ['much white space', `<a>${' '.repeat(20 * many)}</a>`, 'read'],
    ['much white space in a tag', `<a${' '.repeat(20 * many)}`, MALFORMED],
    ['much white space before a sign', `<a b${' '.repeat(20 * many)}`, MALFORMED],
    ['a long comment', `<a><!--${'- '.repeat(10 * many)}--></a>`, 'read'],
    ['many comments', `<a>${'<!---->'.repeat(many)}</a>`, 'read'],
    ['many open comments', `<a>${'<!-- '.repeat(4 * many)}`, MALFORMED],
    ['many elements', `<a>${'<b/>'.repeat(many)}</a>`, 'read'],
    ['many attributes', `<a${numbered(200_000, (n) => ` b${n}=""`)}/>`, 'read'],
    ['many levels', '<a>'.repeat(many) + '</a>'.repeat(many), 'read'],
    ['many open levels', '<a>'.repeat(many), MALFORMED],
    ['many kinds of records', `<a>${numbered(200_000, (n) => `<b c${n}="" d${n}=""/>`)}</a>`, 'read'],
    ['long text', `<a>${'x'.repeat(20 * many)}</a>`, MALFORMED],
    ['many lines before the error', `${'\n'.repeat(20 * many)}x`, MALFORMED],
  ])(
    '%s',
    (_, document, expected) => {
      expect(verdict(document, wide)).toBe(expected);
    },
    30_000,
  );
});

it('a reader keeps its fields at fixed places, which makes it fast', () => {
  setFlagsFromString('--allow-natives-syntax');
  const hasFastProperties = new Function('object', 'return %HasFastProperties(object)') as (
    o: object,
  ) => boolean;
  for (let n = 0; n < 100; n += 1) {
    const reader = new XmlReader(DEFAULT_LIMITS);
    reader.read('<?xml version="1.0"?><a b="c"><!-- --><d/></a>');
    expect(hasFastProperties(reader)).toBe(true);
  }
});
