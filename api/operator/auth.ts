import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError, Refusal } from '../errors.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Judges Authorization headers against the operator's token. Digests are compared, in constant time: neither the
 * token's length nor how much of it was right shows.
 *
 * @returns a function that throws Refusal 401 unless the header is `Bearer` with the token
 */
export function bearerOnly(token: string): (authorization: string | undefined) => void {
  const expected = digest(token);
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
    const message =
      given === undefined ? 'The request carries no bearer token.' : 'The bearer token is wrong.';
    throw new Refusal(
      401,
      new ApiError('api.unauthorized', message, "Send Authorization: Bearer with the operator's token."),
      { 'www-authenticate': 'Bearer realm="flexor"' },
    );
  };
}
