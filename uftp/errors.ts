import { FlexorError } from '../base/errors.ts';

/** Everything that can go wrong in the protocol room. Codes are never renamed once released. */
export type UftpErrorCode =
  // signing
  | 'uftp.signature-invalid'
  | 'uftp.key-invalid'
  | 'uftp.key-unknown'
  | 'uftp.base64-invalid'
  // reading and writing messages
  | 'uftp.xml-malformed'
  | 'uftp.xml-limit'
  | 'uftp.schema-invalid'
  | 'uftp.message-unknown'
  | 'uftp.version-unsupported'
  | 'uftp.timezone-unknown'
  // HTTP, receiving
  | 'uftp.content-type'
  | 'uftp.content-length-missing'
  | 'uftp.too-large'
  // HTTP, sending
  | 'uftp.endpoint-invalid'
  | 'uftp.delivery-temporary'
  | 'uftp.delivery-permanent'
  | 'uftp.token-temporary'
  | 'uftp.token-permanent'
  // discovery
  | 'uftp.discovery-temporary'
  | 'uftp.discovery-permanent';

/** Every error of the protocol room: a stable code, a sentence, a remedy. */
export class UftpError extends FlexorError<UftpErrorCode> {}
