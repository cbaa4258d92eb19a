import { request } from 'undici';
import type { Dispatcher } from 'undici';

/** One answer of a server. */
export interface Answer {
  readonly status: number;
  /** The beginning of the body, as far as it was read. */
  readonly body: string;
  header(name: string): string | undefined;
}

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
  /** Bytes of the answer's body that are read; the rest is dropped with the connection. */
  readonly bodyLimit: number;
}

/** One HTTP exchange, no redirects followed. Rejects when no status arrived; a body that breaks off is cut short. */
export async function exchange({ url, bodyLimit, ...options }: Exchange): Promise<Answer> {
  const response = await request(url, options);
  const headers = response.headers;
  return {
    status: response.statusCode,
    body: await beginning(response.body, bodyLimit),
    header: (name) => [headers[name]].flat()[0],
  };
}

async function beginning(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Leaving the loop destroys the body, and with it the connection of a server that does not stop.
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= limit) break;
    }
  } catch {
    // The status has already said what the sender needs to know.
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}

/** Why no answer came, in words: the system's code where there is one, never a body or a header. */
export function describeFailure(error: unknown, timedOut: boolean): string {
  if (timedOut) return 'no answer within the time allowed';
  const code = innermostCode(error);
  return code === undefined ? 'the connection failed' : (FAILURES[code] ?? `the connection failed (${code})`);
}

const FAILURES: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed before an answer came',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within the time allowed',
  ENOTFOUND: 'the host name does not resolve',
  EAI_AGAIN: 'the host name does not resolve at the moment',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate comes from an authority that is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate comes from an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate comes from an authority that is not trusted',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
};

function innermostCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  const code = (error as NodeJS.ErrnoException).code;
  return innermostCode(inner) ?? (typeof code === 'string' ? code : undefined);
}
