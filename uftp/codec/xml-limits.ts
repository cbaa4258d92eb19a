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
  attributeLength: 64 * 1024,
  elements: 500_000,
};

export function malformed(why: string, details: Record<string, unknown> = {}): UftpError {
  return new UftpError(
    'uftp.xml-malformed',
    `The XML is not well-formed or not allowed: ${why}.`,
    'Send one UTF-8 XML document with attributes only, without DOCTYPE.',
    { details: { why, ...details } },
  );
}

export function overLimit(why: string): UftpError {
  return new UftpError('uftp.xml-limit', `The XML is too large: ${why}.`, 'Split the message.', {
    details: { why },
  });
}
