import type { IncomingHttpHeaders } from 'node:http';
import { randomUUID } from 'node:crypto';
import { bodyInvalid } from './body.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} .@_+-]{0,99}$/u;
const KEY = /^[\w.:+/=-]{1,200}$/;

/** Who does it, as the `Operator` header says: the token is shared, and what people do is recorded with their name. */
export function operatorOf(headers: IncomingHttpHeaders): string {
  const given = headers['operator'];
  if (given === undefined) return 'operator';
  const name = textOf(String(given));
  if (NAME.test(name)) return name;
  throw bodyInvalid([
    { path: 'Operator', message: 'is not a name (letters, digits and . @ _ + -, up to 100)' },
  ]);
}

/** What makes a repeated call the same call: the `Idempotency-Key` header, or a key of its own for this one. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string {
  const key = headers['idempotency-key'];
  if (key === undefined) return randomUUID();
  if (typeof key === 'string' && KEY.test(key)) return key;
  const message = 'is not a key (letters, digits and . : + / = _ -, up to 200)';
  throw bodyInvalid([{ path: 'Idempotency-Key', message }]);
}

/** Node reads headers byte by byte, while some clients send the bytes of UTF-8. */
function textOf(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}
