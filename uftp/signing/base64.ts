import { UftpError } from '../errors.ts';

const XML_WHITE_SPACE = /[ \t\r\n]+/g;

/** Standard Base64 (RFC 4648, section 4), padded, on one line. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * The bytes of one padded standard Base64 text. Other alphabets, missing padding, stray bits behind the last
 * byte and everything else that would let two texts mean the same bytes are refused.
 *
 * `allowWhiteSpace` drops XML white space first: xs:base64Binary admits it inside the text.
 *
 * @throws UftpError `uftp.base64-invalid`
 */
export function decodeBase64Strict(text: string, options: { allowWhiteSpace?: boolean } = {}): Uint8Array {
  const packed = options.allowWhiteSpace ? text.replace(XML_WHITE_SPACE, '') : text;
  const bytes = Buffer.from(packed, 'base64');
  // Node's decoder forgives everything; only a canonical text survives the way back.
  if (bytes.toString('base64') !== packed) {
    throw new UftpError(
      'uftp.base64-invalid',
      'The text is not padded standard Base64.',
      'Encode the bytes once, with the standard alphabet and padding (RFC 4648, section 4).',
    );
  }
  return bytes;
}
