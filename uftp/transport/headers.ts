import { UftpError } from '../errors.ts';
import { statusTable } from './statuses.ts';

/** What is wrong with a request before its body is read: the status to answer with, and the error to count and log. */
export interface HeaderProblem {
  readonly status: number;
  readonly error: UftpError;
}

const XML_TYPES = ['text/xml', 'application/xml'];

/**
 * Judges an incoming POST by its headers, in the specification's order: length, then type. Content-Length is
 * mandatory, so chunked bodies are refused; the type is `text/xml` (or `application/xml`, which peers send too)
 * with no charset or UTF-8, in any letter case.
 *
 * @param limit the largest body taken, in bytes
 */
export function checkHeaders(
  headers: { contentType: string | undefined; contentLength: string | undefined },
  limit: number,
): HeaderProblem | undefined {
  const { contentLength } = headers;
  if (contentLength === undefined || !/^\d{1,15}$/.test(contentLength.trim())) {
    return problem(
      'lengthMissing',
      'The request has no valid Content-Length.',
      'Send the length; do not send chunks.',
    );
  }
  if (Number(contentLength) > limit) {
    return problem(
      'tooLarge',
      `The body of ${contentLength} bytes is over the limit of ${limit}.`,
      'Send a smaller message.',
    );
  }
  if (!isXmlInUtf8(headers.contentType)) {
    return problem(
      'contentType',
      'The body is not declared as XML in UTF-8.',
      'Send Content-Type: text/xml; charset=utf-8.',
    );
  }
  return undefined;
}

function isXmlInUtf8(contentType: string | undefined): boolean {
  const [type, ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  return (
    XML_TYPES.includes(type!) &&
    parameters
      .filter((parameter) => parameter.startsWith('charset'))
      .every((parameter) => /^charset\s*=\s*("utf-8"|utf-8)$/.test(parameter))
  );
}

function problem(
  row: 'lengthMissing' | 'tooLarge' | 'contentType',
  message: string,
  remedy: string,
): HeaderProblem {
  const { status, code } = statusTable[row];
  return { status, error: new UftpError(code, message, remedy) };
}
