import { DEFAULT_LIMITS, malformed, overLimit, type XmlLimits } from './xml-limits.ts';
import { attributeValue, isXmlText } from './xml-text.ts';

/** An element as it stood in the document. Attribute records have no prototype. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly attributeCount: number;
  readonly children: readonly XmlElement[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one XML document, strictly: XML 1.0, UTF-8, well-formed, and of XML only what UFTP messages are made
 * of: elements with ASCII names, attributes, white space, comments. A DOCTYPE, a processing instruction, an
 * entity beyond the five, a CDATA section and text are refused. Every character is looked at a bounded number
 * of times, whatever the document.
 *
 * @throws UftpError `uftp.xml-malformed` or `uftp.xml-limit`, never anything else.
 */
export function readXml(bytes: Uint8Array, limits: XmlLimits = DEFAULT_LIMITS): XmlElement {
  if (bytes.byteLength > limits.bytes) throw overLimit(`the document has more than ${limits.bytes} bytes`);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw malformed('the document is not valid UTF-8');
  }
  if (!isXmlText(text)) throw malformed('it has a character that XML does not allow');
  return new XmlReader(text, limits).read();
}

const DECLARATION =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[Uu][Tt][Ff]-8"|'[Uu][Tt][Ff]-8'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;
const WHITE_SPACE = /[ \t\r\n]*/y;
const OPEN = /<([A-Za-z_:][-.:\w]*)/y;
const ATTRIBUTE = /[ \t\r\n]+([A-Za-z_:][-.:\w]*)[ \t\r\n]*=[ \t\r\n]*(["'])/y;
const END_OF_OPEN = /[ \t\r\n]*(\/?)>/y;
const END_OF_CLOSE = /[ \t\r\n]*>/y;

/** Records without a prototype that still have a shape: Object.create(null) would make each a hash table. */
const Attributes = function () {} as unknown as new () => Record<string, string>;
Attributes.prototype = Object.create(null);

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
}

const NO_CHILDREN: readonly XmlElement[] = [];

class XmlReader {
  private readonly text: string;
  private readonly limits: XmlLimits;
  private at = 0;
  private elements = 0;
  private root: XmlElement | undefined;
  private readonly open: OpenElement[] = [];

  constructor(text: string, limits: XmlLimits) {
    this.text = text;
    this.limits = limits;
  }

  read(): XmlElement {
    if (/^<\?xml[ \t\r\n]/.test(this.text) && !this.take(DECLARATION))
      throw this.refusal('only XML 1.0 in UTF-8 is allowed');
    for (this.take(WHITE_SPACE); this.at < this.text.length; this.take(WHITE_SPACE)) this.readMarkup();
    if (this.open.length > 0) throw this.refusal('it ends before the last element is closed');
    if (!this.root) throw this.refusal('there is no element');
    return this.root;
  }

  private readMarkup(): void {
    const { text, at } = this;
    if (text[at] !== '<') throw this.refusal('text content is not allowed');
    switch (text[at + 1]) {
      case '/':
        return this.readClose();
      case '!':
        return this.readComment();
      case '?':
        throw this.refusal('a processing instruction is not allowed');
      default:
        return this.readOpen();
    }
  }

  private readOpen(): void {
    const found = this.take(OPEN);
    if (!found) throw this.refusal('there is no name of an element');
    const parent = this.open.at(-1);
    if (!parent && this.root) throw this.refusal('there is more than one root element');
    if (++this.elements > this.limits.elements)
      throw overLimit(`there are more than ${this.limits.elements} elements`);
    if (this.open.length >= this.limits.depth)
      throw overLimit(`elements are nested deeper than ${this.limits.depth}`);

    const attributes = new Attributes();
    const attributeCount = this.readAttributes(attributes);
    const end = this.take(END_OF_OPEN);
    if (!end) throw this.refusal('an attribute or the end of a tag is wrong');

    const isEmpty = end[1] === '/';
    const children = isEmpty ? (NO_CHILDREN as XmlElement[]) : [];
    const element = { name: found[1]!, attributes, attributeCount, children };
    if (parent) parent.children.push(element);
    else this.root = element;
    if (!isEmpty) this.open.push(element);
  }

  private readAttributes(attributes: Record<string, string>): number {
    const { text, limits } = this;
    let count = 0;
    for (let found = this.take(ATTRIBUTE); found; found = this.take(ATTRIBUTE)) {
      const end = text.indexOf(found[2]!, this.at);
      if (end < 0) throw this.refusal('an attribute value has no end');
      if (end - this.at > limits.attributeLength)
        throw overLimit(`an attribute has more than ${limits.attributeLength} characters`);
      if (++count > limits.attributes)
        throw overLimit(`an element has more than ${limits.attributes} attributes`);

      const raw = text.slice(this.at, end);
      if (raw.includes('<')) throw this.refusal('an attribute value has a < in it');
      const value = attributeValue(raw);
      if (value === undefined) throw this.refusal("a reference is not one of XML's own");
      const name = found[1]!;
      if (attributes[name] !== undefined) throw this.refusal('an attribute stands there twice');
      attributes[name] = value;
      this.at = end + 1;
    }
    return count;
  }

  private readClose(): void {
    const element = this.open.pop();
    if (!element || !this.text.startsWith(element.name, this.at + 2))
      throw this.refusal('a closing tag has no opening tag');
    this.at += 2 + element.name.length;
    if (!this.take(END_OF_CLOSE)) throw this.refusal('a closing tag has no opening tag');
  }

  private readComment(): void {
    if (!this.text.startsWith('<!--', this.at))
      throw this.refusal('a DOCTYPE, a CDATA section or another declaration is not allowed');
    const end = this.text.indexOf('--', this.at + 4);
    if (end < 0 || this.text[end + 2] !== '>') throw this.refusal('a comment has no end, or -- in it');
    this.at = end + 3;
  }

  /** Matches here, and moves behind the match. */
  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private refusal(why: string): Error {
    const before = this.text.slice(0, this.at);
    const line = before.split('\n').length;
    return malformed(`line ${line}, column ${this.at - before.lastIndexOf('\n')}: ${why}`, {
      offset: this.at,
    });
  }
}
