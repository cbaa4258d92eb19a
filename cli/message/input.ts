import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { FlexorError, reasonOf } from '../../base/errors.ts';
import { readSignedMessage, type SignedMessage } from '../../uftp/codec/index.ts';
import { decodeBase64Strict } from '../../uftp/signing/index.ts';

/** The bytes of a file; of standard input where there is no name, or `-`. */
export async function readInput(file: string | undefined): Promise<Uint8Array> {
  return file === undefined || file === '-' ? buffer(process.stdin) : readFile(file);
}

/** @throws FlexorError `cli.file-unreadable` */
export function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new FlexorError(
      'cli.file-unreadable',
      `${file} cannot be read: ${reasonOf(cause)}`,
      'Name a file that exists, or leave the name out to read standard input.',
      { cause },
    );
  }
}

const SIGNATURE_BYTES = 64;

/** The root element, behind a byte order mark, an XML declaration and comments. */
const IS_WRAPPER = /^(?:\uFEFF|\s|<\?[^>]*>|<!--[^]*?-->)*<SignedMessage(?:[\s/>]|$)/;

/** Whether the bytes are a SignedMessage, sound or not, rather than a payload. */
export function isWrapper(bytes: Uint8Array): boolean {
  return IS_WRAPPER.test(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
}

/** A SignedMessage and what its Body holds: signature and payload. */
export function readWrapper(bytes: Uint8Array): { wrapper: SignedMessage; sealed: Uint8Array } {
  const wrapper = readSignedMessage(bytes);
  return { wrapper, sealed: decodeBase64Strict(wrapper.Body, { allowWhiteSpace: true }) };
}

/** The payload of a SignedMessage, its signature not verified; anything else is a payload as it is. */
export function unwrap(bytes: Uint8Array): { wrapper: SignedMessage | undefined; payload: Uint8Array } {
  if (!isWrapper(bytes)) return { wrapper: undefined, payload: bytes };
  const { wrapper, sealed } = readWrapper(bytes);
  return { wrapper, payload: sealed.subarray(SIGNATURE_BYTES) };
}
