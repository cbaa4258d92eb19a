/**
 * The characters of attribute values: XML 1.0, sections 2.2 (Characters), 2.11 (End-of-Line Handling),
 * 3.3.3 (Attribute-Value Normalization) and 4.1 (Character and Entity References).
 */

const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/u;

/** True if XML 1.0 can carry every character of the text. */
export function isXmlText(text: string): boolean {
  return !UNSPEAKABLE.test(text);
}

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

const SPECIAL = /[&\t\n\r]/;
const REFERENCE_OR_SPACE = /&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));|&|\r\n|[\t\n\r]/g;

/** The value behind the raw text of an attribute, or undefined where a reference is none of XML's own. */
export function attributeValue(raw: string): string | undefined {
  if (!SPECIAL.test(raw)) return raw;
  let sound = true;
  const value = raw.replace(REFERENCE_OR_SPACE, (found, hex?: string, decimal?: string, name?: string) => {
    if (!found.startsWith('&')) return ' ';
    const replacement =
      name !== undefined
        ? ENTITIES.get(name)
        : character(Number.parseInt(hex ?? decimal ?? '', hex ? 16 : 10));
    sound &&= replacement !== undefined;
    return replacement ?? '';
  });
  return sound ? value : undefined;
}

function character(codePoint: number): string | undefined {
  if (!(codePoint <= 0x10ffff)) return undefined;
  const text = String.fromCodePoint(codePoint);
  return isXmlText(text) ? text : undefined;
}

/** A value as it stands between double quotes. Line ends and tabs would be read as spaces: references. */
export function escapeAttribute(value: string): string {
  return NEEDS_ESCAPE.test(value) ? value.replace(ESCAPED, (found) => ESCAPES.get(found)!) : value;
}

const NEEDS_ESCAPE = /[&<>"\t\n\r]/;
const ESCAPED = /[&<>"\t\n\r]/g;
const ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
]);
