import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * What every door for files may be asked along with one: `?source` is its name, and `?again=true` takes it though the
 * same file (by its digest) was taken before. Else a file is taken once, so that repeating an old one never undoes a
 * newer one.
 */
export const fileQuery = {
  source: z.string().min(1).max(200).optional(),
  again: z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true'),
};

/** sha256 of what a body says, however its text was spaced and its fields were ordered. */
export const digestOfBody = (parsed: object): string =>
  createHash('sha256').update(JSON.stringify(parsed)).digest('hex');

/** Bytes as they come in, and their sha256 once they all have. */
export function digesting(bytes: AsyncIterable<Uint8Array>): {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly digest: () => string;
} {
  const hash = createHash('sha256');
  async function* passing(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      hash.update(chunk);
      yield chunk;
    }
  }
  return { bytes: passing(), digest: () => hash.digest('hex') };
}
