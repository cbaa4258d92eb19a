import { createHmac } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { FlexorError } from '../base/errors.ts';

/** The header that carries `sha256=` and the HMAC-SHA256 of the body under the shared secret, hexadecimal. */
export const SIGNATURE_HEADER = 'Flexor-Signature';

/** No answer that Flexor asks for is larger (bytes). */
const LARGEST_ANSWER = 1024 * 1024;

/** One question to a system of the user's own. */
export interface SignedPost {
  readonly url: string;
  /** Shared with that system; signs the body. */
  readonly secret: string;
  /** How long the answer may take (ISO 8601 duration). */
  readonly deadline: string;
  /** Written as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives up earlier than the deadline. */
  readonly signal?: AbortSignal;
}

/**
 * Posts JSON under a signature, and reads the JSON that is answered.
 *
 * @returns the JSON of the answer; undefined where its body is empty
 * @throws FlexorError `activities.webhook-answer-invalid` unless it is JSON with a status of success, or the
 * network's own error
 */
export async function signedPost(post: SignedPost): Promise<unknown> {
  const text = await exchange(post);
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw unusable('it is not JSON');
  }
}

/**
 * Posts JSON under a signature to somebody who only has to take it.
 *
 * @throws FlexorError `activities.webhook-answer-invalid` where the status is not one of success, or the network's
 * own error
 */
export async function signedTell(post: SignedPost): Promise<void> {
  await exchange(post);
}

async function exchange(post: SignedPost): Promise<string> {
  const { url, secret, deadline, headers, signal } = post;
  const body = JSON.stringify(post.body);
  const late = AbortSignal.timeout(Temporal.Duration.from(deadline).total('milliseconds'));
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      [SIGNATURE_HEADER]: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
    // Elsewhere, nobody vouches for the answer.
    redirect: 'manual',
    signal: signal ? AbortSignal.any([signal, late]) : late,
  });
  const text = await textOf(response);
  if (!response.ok) throw unusable(`status ${response.status}`);
  return text;
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw unusable(`it is larger than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const unusable = (why: string) =>
  new FlexorError(
    'activities.webhook-answer-invalid',
    `The answer cannot be used: ${why}.`,
    'Compare what the webhook answers with docs/configuration.md.',
  );
