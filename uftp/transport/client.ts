import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { UftpError } from '../errors.ts';
import { Connections, defaultTimeouts } from './connections.ts';
import type { CreateDispatcher, Timeouts, TlsProfile } from './connections.ts';
import { parseEndpointUrl, parseRedirect } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { describeFailure, exchange } from './exchange.ts';
import type { Answer } from './exchange.ts';
import { TokenSource } from './oauth.ts';
import type { OAuthProfile } from './oauth.ts';
import { parseRetryAfter } from './retry.ts';
import { classifyStatus } from './statuses.ts';
import type { DeliveryOutcome } from './statuses.ts';

/** What became of one try to deliver a message. Plain JSON. */
export interface Delivery {
  readonly outcome: DeliveryOutcome;
  /** The last HTTP status; absent where no answer came. */
  readonly status?: number;
  /** One sentence for people. Holds no body, key or token. */
  readonly reason: string;
  /** The receiver's own wish, from Retry-After. */
  readonly retryAfterMs?: number;
  /** Redirects followed. */
  readonly hops: number;
}

export interface UftpClientOptions {
  /** TLS profiles by the name that endpoints use. */
  readonly tls?: Readonly<Record<string, TlsProfile>>;
  /** OAuth profiles by the name that endpoints use. */
  readonly oauth?: Readonly<Record<string, OAuthProfile>>;
  readonly timeouts?: Partial<Timeouts>;
  readonly clock?: Clock;
  readonly createDispatcher?: CreateDispatcher;
}

export interface UftpClient {
  /**
   * POSTs a SignedMessage and says what the answer means. An endpoint that cannot be used at all is a permanent
   * outcome; the promise rejects only with the reason of an aborted `signal`.
   *
   * A retry must bring the same bytes. `attempt` counts from 1: from the second on, a 400 that complains about a
   * duplicate says that an earlier try arrived, and counts as delivered.
   */
  post(
    endpoint: Endpoint,
    body: Uint8Array,
    options?: { attempt?: number; signal?: AbortSignal },
  ): Promise<Delivery>;
  /** Ends all connections. */
  close(): Promise<void>;
}

const MAXIMUM_HOPS = 2;
const BODY_LIMIT = 8 * 1024;

/** Sends messages to participants: one client for a process. */
export function createUftpClient(options: UftpClientOptions = {}): UftpClient {
  const clock = options.clock ?? systemClock;
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const connections = new Connections(options.tls, timeouts.connectMs, options.createDispatcher);
  const tokens = new Map(
    Object.entries(options.oauth ?? {}).map(([name, profile]) => [
      name,
      new TokenSource(profile, connections, timeouts.totalMs, clock),
    ]),
  );

  async function post(
    endpoint: Endpoint,
    body: Uint8Array,
    { attempt = 1, signal }: { attempt?: number; signal?: AbortSignal } = {},
  ): Promise<Delivery> {
    signal?.throwIfAborted();
    const deadline = AbortSignal.timeout(endpoint.timeoutMs ?? timeouts.totalMs);
    const stop = signal ? AbortSignal.any([signal, deadline]) : deadline;
    const trail = { hops: 0 };
    try {
      const source = tokenSource(endpoint.oauth);
      let token = source && (await unlessStopped(source.token(), stop));
      let answer = await follow(endpoint, body, token, stop, trail);
      if (answer.status === 401 && source) {
        // The 401 may be about the token, or about the signature: one fresh token tells which.
        token = await unlessStopped(source.token(token), stop);
        trail.hops = 0;
        answer = await follow(endpoint, body, token, stop, trail);
      }
      return judge(answer, attempt, trail.hops, clock.now());
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      return failed(error, deadline.aborted, trail.hops);
    }
  }

  function tokenSource(name: string | undefined): TokenSource | undefined {
    if (name === undefined) return undefined;
    const source = tokens.get(name);
    if (source) return source;
    throw new UftpError(
      'uftp.endpoint-invalid',
      `There is no OAuth profile named "${name}".`,
      'Configure the profile, or correct its name in the participant.',
    );
  }

  /** Follows 307 and 308, which keep method and body; credentials stay with the origin they were made for. */
  async function follow(
    endpoint: Endpoint,
    body: Uint8Array,
    token: string | undefined,
    signal: AbortSignal,
    trail: { hops: number },
  ): Promise<Answer> {
    const home = parseEndpointUrl(endpoint.url, endpoint.allowHttp);
    for (let url = home; ; trail.hops += 1) {
      const atHome = url.origin === home.origin;
      // A body of known size goes out with its Content-Length, which UFTP demands; only streams are chunked.
      const answer = await exchange({
        method: 'POST',
        url,
        headers: {
          'content-type': 'text/xml; charset=utf-8',
          ...(atHome && token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body,
        dispatcher: connections.pool(endpoint.tls, atHome),
        signal,
        bodyLimit: BODY_LIMIT,
      });
      const location = answer.header('location');
      const redirect = (answer.status === 307 || answer.status === 308) && location !== undefined;
      if (!redirect || trail.hops === MAXIMUM_HOPS) return answer;
      url = redirectTarget(location, url, endpoint.allowHttp);
    }
  }

  return { post, close: () => connections.close() };
}

/** A receiver's bad redirect is its passing fault, unlike a bad address in our own configuration. */
class RedirectRefused extends Error {}

function redirectTarget(location: string, from: URL, allowHttp: boolean | undefined): URL {
  try {
    return parseRedirect(location, from, allowHttp);
  } catch (error) {
    throw error instanceof UftpError ? new RedirectRefused(error.message) : error;
  }
}

function judge(answer: Answer, attempt: number, hops: number, now: Date): Delivery {
  const { status } = answer;
  const retryAfterMs = parseRetryAfter(answer.header('retry-after'), now);
  if (status === 400 && attempt > 1 && /duplicate/i.test(answer.body)) {
    const reason = 'HTTP 400: the receiver has the message from an earlier try.';
    return { outcome: 'delivered', status, reason, hops };
  }
  const { outcome, reason } =
    status >= 300 && status < 400 ? judgeRedirect(status, hops) : classifyStatus(status);
  return {
    outcome,
    status,
    reason: `HTTP ${status}: ${reason}.`,
    hops,
    ...(outcome === 'temporary' && retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function judgeRedirect(status: number, hops: number): { outcome: 'temporary'; reason: string } {
  if (status !== 307 && status !== 308) {
    return { outcome: 'temporary', reason: 'only redirects that keep the POST (307, 308) are followed' };
  }
  return {
    outcome: 'temporary',
    reason: hops === MAXIMUM_HOPS ? `more than ${MAXIMUM_HOPS} redirects` : 'a redirect without a Location',
  };
}

function failed(error: unknown, timedOut: boolean, hops: number): Delivery {
  if (error instanceof UftpError) {
    const outcome = error.code === 'uftp.token-temporary' ? 'temporary' : 'permanent';
    return { outcome, reason: error.message, hops };
  }
  const sentence =
    error instanceof RedirectRefused ? error.message : `${capital(describeFailure(error, timedOut))}.`;
  return { outcome: 'temporary', reason: sentence, hops };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Stops waiting with the signal; what is shared with others goes on. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop!);
  }
}
