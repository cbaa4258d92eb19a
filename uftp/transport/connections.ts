import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { UftpError } from '../errors.ts';

/** TLS material for the participants that ask for it. All PEM. */
export interface TlsProfile {
  /** The authorities trusted for this participant, instead of the public ones. */
  readonly ca?: string | readonly string[];
  /** The client certificate (mutual TLS), with its chain. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

export interface Timeouts {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number;
  /** Until the outcome is known: token, redirects and answer together. An endpoint may have its own. */
  readonly totalMs: number;
}

export const defaultTimeouts: Timeouts = { connectMs: 10_000, totalMs: 30_000 };

/** The seam for tests and special networks: how a pool of connections is made. */
export type CreateDispatcher = (options: Agent.Options) => Dispatcher;

/**
 * One pool of connections for each TLS profile, made when first needed. No proxy is read from the environment, and
 * no environment variable turns the check of certificates off.
 */
export class Connections {
  readonly #profiles: Readonly<Record<string, TlsProfile>>;
  readonly #connectMs: number;
  readonly #create: CreateDispatcher;
  readonly #pools = new Map<string, Dispatcher>();

  constructor(
    profiles: Readonly<Record<string, TlsProfile>> = {},
    connectMs: number = defaultTimeouts.connectMs,
    create: CreateDispatcher = (options) => new Agent(options),
  ) {
    this.#profiles = profiles;
    this.#connectMs = connectMs;
    this.#create = create;
  }

  /**
   * The pool for a profile. `withIdentity: false` leaves the client certificate out: a redirect to another origin
   * keeps the trusted authorities but is not shown who we are.
   *
   * @throws UftpError `uftp.endpoint-invalid` for a profile nobody configured
   */
  pool(profileName?: string, withIdentity = true): Dispatcher {
    const profile = profileName === undefined ? {} : this.#profiles[profileName];
    if (!profile) {
      throw new UftpError(
        'uftp.endpoint-invalid',
        `There is no TLS profile named "${profileName}".`,
        'Configure the profile, or correct its name in the participant.',
      );
    }
    const identity = withIdentity && profile.cert !== undefined;
    const id = JSON.stringify([profileName ?? null, identity]);
    const pool = this.#pools.get(id) ?? this.#create(this.#options(profile, identity));
    this.#pools.set(id, pool);
    return pool;
  }

  #options(profile: TlsProfile, identity: boolean): Agent.Options {
    const { ca, cert, key, passphrase } = profile;
    return {
      // The caller's deadline covers the whole exchange; undici's own timers would only duplicate it.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: this.#connectMs,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }),
        ...(identity && { cert, key, passphrase }),
      },
    };
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
}
