import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { UftpError } from '../errors.ts';
import type { Connections } from './connections.ts';
import { parseEndpointUrl } from './endpoint.ts';
import { describeFailure, exchange } from './exchange.ts';
import type { Answer } from './exchange.ts';

/** OAuth 2.0 client credentials (RFC 6749, section 4.4), one profile for each participant or broker that asks. */
export interface OAuthProfile {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  readonly audience?: string;
  /** How the client proves itself: form fields (what UFTP peers do) or HTTP Basic. */
  readonly authentication?: 'form' | 'basic';
  readonly allowHttp?: boolean;
  /** Name of the TLS profile for the token server. */
  readonly tls?: string;
}

interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly refreshAt: number;
}

const REFRESH_EARLY_MS = 60_000;
/** Where the server does not say how long a token lives. */
const ASSUMED_LIFE_S = 300;
const BODY_LIMIT = 64 * 1024;
/** Refusals (RFC 6749, section 5.2) that only a change of configuration ends. */
const LASTING_STATUSES = [400, 401, 403];

/** Holds one profile's token: fetched once for all who wait, kept, and renewed before it ends. */
export class TokenSource {
  readonly #profile: OAuthProfile;
  readonly #connections: Connections;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  #token: Token | undefined;
  #pending: Promise<Token> | undefined;

  constructor(
    profile: OAuthProfile,
    connections: Connections,
    timeoutMs: number,
    clock: Clock = systemClock,
  ) {
    this.#profile = profile;
    this.#connections = connections;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /**
   * A token that is good for a while yet. `refused` names a token the receiver did not take: it is not used again.
   *
   * @throws UftpError `uftp.token-temporary` (try later) or `uftp.token-permanent` (the credentials are wrong)
   */
  async token(refused?: string): Promise<string> {
    const held = this.#token;
    if (held && held.value !== refused && this.#clock.now().getTime() < held.refreshAt) return held.value;
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    this.#token = await this.#pending;
    return this.#token.value;
  }

  async #fetch(): Promise<Token> {
    const { tokenUrl, allowHttp, tls } = this.#profile;
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const { headers, form } = this.#credentials();
    let answer: Answer;
    const url = parseEndpointUrl(tokenUrl, allowHttp);
    const dispatcher = this.#connections.pool(tls);
    const askedAt = this.#clock.now().getTime();
    try {
      answer = await exchange({
        method: 'POST',
        url,
        headers: {
          ...headers,
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: Buffer.from(form.toString()),
        dispatcher,
        signal,
        bodyLimit: BODY_LIMIT,
      });
    } catch (cause) {
      throw temporary(`The token server gave no token: ${describeFailure(cause, signal.aborted)}.`);
    }
    return readToken(answer, askedAt);
  }

  #credentials(): { headers: Record<string, string>; form: URLSearchParams } {
    const { clientId, clientSecret, scope, audience, authentication } = this.#profile;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scope !== undefined) form.set('scope', scope);
    if (audience !== undefined) form.set('audience', audience);
    if (authentication === 'basic') {
      // RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
      const pair = [clientId, clientSecret].map((part) =>
        new URLSearchParams([['', part]]).toString().slice(1),
      );
      return {
        headers: { authorization: `Basic ${Buffer.from(pair.join(':')).toString('base64')}` },
        form,
      };
    }
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret);
    return { headers: {}, form };
  }
}

function readToken(answer: Answer, askedAt: number): Token {
  if (answer.status !== 200) {
    const said = errorCode(answer.body);
    const sentence = `The token server answered ${answer.status}${said ? ` (${said})` : ''}.`;
    throw LASTING_STATUSES.includes(answer.status) ? permanent(sentence) : temporary(sentence);
  }
  const fields = parseObject(answer.body);
  const value = fields['access_token'];
  // A token goes into a header: printable ASCII without spaces (RFC 6750, section 2.1) or nothing.
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(value)) {
    throw temporary('The token server answered 200 without a usable token.');
  }
  const type = fields['token_type'] ?? 'Bearer';
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw permanent('The token server gives tokens of a type other than Bearer.');
  }
  const stated = Number(fields['expires_in'] ?? ASSUMED_LIFE_S);
  const lifeMs = (stated > 0 && stated < 1e9 ? stated : ASSUMED_LIFE_S) * 1000;
  return { value, refreshAt: askedAt + lifeMs - Math.min(REFRESH_EARLY_MS, lifeMs / 2) };
}

function parseObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function errorCode(body: string): string | undefined {
  const code = parseObject(body)['error'];
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : undefined;
}

function temporary(message: string): UftpError {
  return new UftpError(
    'uftp.token-temporary',
    message,
    'It is tried again by itself; see to the token server.',
  );
}

function permanent(message: string): UftpError {
  return new UftpError(
    'uftp.token-permanent',
    message,
    'Check client id, secret, scope and address of the profile.',
  );
}
