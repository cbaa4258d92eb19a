import { SaxesParser } from 'saxes';
import type { XmlElement } from './xml-element.ts';
import { DEFAULT_LIMITS, malformed, overLimit, type XmlLimits } from './xml-limits.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads one XML document, strictly: XML 1.0, UTF-8, well-formed, and of XML only what UFTP messages are made
 * of: elements, attributes, white space, comments. A DOCTYPE, a processing instruction, an entity beyond the
 * five, a CDATA section and text are refused. The cost grows with the length of the document, whatever is in it.
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
  return new XmlReader(limits).read(text);
}

interface Attributed extends XmlElement {
  attributeCount: number;
  readonly attributes: Record<string, string>;
  children: XmlElement[];
}

const NOT_SPACE = /[^ \t\r\n]/;

/** Records without a prototype that still have a shape: Object.create(null) would make each a hash table. */
const Attributes = function () {} as unknown as new () => Record<string, string>;
Attributes.prototype = Object.create(null);

/**
 * saxes, restricted to messages; what is wrong is thrown where it is found.
 *
 * A class of its own keeps its objects fast: they get room for the handlers, which `on` stores under computed
 * names. Set by `on` on a plain SaxesParser, the eighth handler turns the object into a hash table, and reading
 * costs five times as much.
 */
export class XmlReader extends SaxesParser {
  private readonly limits: XmlLimits;
  private readonly open: Attributed[] = [];
  private root: XmlElement | undefined;
  private elements = 0;

  constructor(limits: XmlLimits) {
    super();
    this.limits = limits;
    this.on('xmldecl', ({ version, encoding }) => {
      if (version !== '1.0' || (encoding !== undefined && !/^utf-8$/i.test(encoding)))
        this.fail('only XML 1.0 in UTF-8 is allowed');
    });
    this.on('doctype', () => this.fail('a DOCTYPE is not allowed'));
    this.on('processinginstruction', () => this.fail('a processing instruction is not allowed'));
    this.on('cdata', () => this.fail('a CDATA section is not allowed'));
    this.on('text', (text) => {
      if (NOT_SPACE.test(text)) this.fail('text content is not allowed');
    });
    this.on('opentagstart', ({ name }) => this.enter(name));
    this.on('attribute', ({ name, value }) => this.take(name, value));
    this.on('closetag', () => this.open.pop());
  }

  /** @throws UftpError */
  read(document: string): XmlElement {
    this.write(document).close();
    return this.root!;
  }

  /** Called by saxes for every error. Its sentences name what stands in the document after a colon. */
  override fail(why: string): never {
    throw malformed(`line ${this.line}, column ${this.column}: ${why.replace(/(:.*)?\.?$/s, '')}`, {
      offset: this.position,
    });
  }

  private enter(name: string): void {
    const { limits, open } = this;
    if (++this.elements > limits.elements) throw overLimit(`there are more than ${limits.elements} elements`);
    if (open.length >= limits.depth) throw overLimit(`elements are nested deeper than ${limits.depth}`);
    const element: Attributed = { name, attributes: new Attributes(), attributeCount: 0, children: [] };
    if (open.length > 0) open.at(-1)!.children.push(element);
    else this.root = element;
    open.push(element);
  }

  private take(name: string, value: string): void {
    const { limits } = this;
    const element = this.open.at(-1)!;
    if (value.length > limits.attributeLength)
      throw overLimit(`an attribute has more than ${limits.attributeLength} characters`);
    if (++element.attributeCount > limits.attributes)
      throw overLimit(`an element has more than ${limits.attributes} attributes`);
    element.attributes[name] = value;
  }
}
