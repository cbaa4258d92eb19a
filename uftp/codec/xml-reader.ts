import { SaxesParser } from 'saxes';
import { UftpError } from '../errors.ts';

/** What one document may cost. The defaults leave room for 100,000 connections in one portfolio message. */
export interface XmlLimits {
  /** Bytes of the whole document. */
  readonly bytes: number;
  /** Levels of nesting; the deepest message of the protocol has five. */
  readonly depth: number;
  /** Attributes on one element. */
  readonly attributes: number;
  /** Characters of one attribute value. */
  readonly attributeLength: number;
  /** Elements in the document. */
  readonly elements: number;
}

export const DEFAULT_LIMITS: XmlLimits = {
  bytes: 32 * 1024 * 1024,
  depth: 8,
  attributes: 40,
  attributeLength: 32 * 1024 * 1024,
  elements: 500_000,
};

/** An element as it stood in the document. Attribute records have no prototype. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one XML document, strictly: UTF-8, well-formed, no DOCTYPE, no entities beyond the five, elements
 * and white space only (UFTP messages carry all data in attributes).
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
  return readText(text, limits);
}

function readText(text: string, limits: XmlLimits): XmlElement {
  const parser = new SaxesParser({ position: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let attributes = 0;

  parser.on('error', (error) => {
    throw malformed(firstLine(error.message));
  });
  parser.on('doctype', () => {
    throw malformed('a DOCTYPE is not allowed');
  });
  parser.on('processinginstruction', () => {
    throw malformed('a processing instruction is not allowed');
  });
  parser.on('xmldecl', (declaration) => {
    if (declaration.encoding && !/^utf-?8$/i.test(declaration.encoding))
      throw malformed('only UTF-8 is allowed');
  });
  parser.on('cdata', () => {
    throw malformed('text content is not allowed');
  });
  parser.on('text', (content) => {
    if (/[^ \t\r\n]/.test(content)) throw malformed('text content is not allowed');
  });
  parser.on('opentagstart', () => {
    attributes = 0;
    if (++elements > limits.elements) throw overLimit(`there are more than ${limits.elements} elements`);
    if (open.length >= limits.depth) throw overLimit(`elements are nested deeper than ${limits.depth}`);
  });
  parser.on('attribute', ({ value }) => {
    if (++attributes > limits.attributes)
      throw overLimit(`an element has more than ${limits.attributes} attributes`);
    if (value.length > limits.attributeLength) throw overLimit('an attribute value is too long');
  });
  parser.on('opentag', (tag) => {
    const element: XmlElement = {
      name: tag.name,
      attributes: tag.attributes as Record<string, string>,
      children: [],
    };
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });

  parser.write(text).close();
  if (!root) throw malformed('there is no element');
  return root;
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 200);

function malformed(why: string): UftpError {
  return new UftpError(
    'uftp.xml-malformed',
    `The XML is not well-formed or not allowed: ${why}.`,
    'Send one UTF-8 XML document with attributes only, without DOCTYPE.',
    { details: { why } },
  );
}

function overLimit(why: string): UftpError {
  return new UftpError('uftp.xml-limit', `The XML is too large: ${why}.`, 'Split the message.', {
    details: { why },
  });
}
