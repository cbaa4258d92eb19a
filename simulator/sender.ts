import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { type Clock, instant, systemClock } from '../base/clock.ts';
import { createUftpClient, type Delivery, type Endpoint, nextTry, type RetryPolicy } from '../uftp/index.ts';
import type { Faults } from './faults.ts';

/** Short waits: a rehearsal does not last an hour. Real time, since the market's clock may leap. */
export const rehearsalRetries: RetryPolicy = {
  initialDelayMs: 100,
  factor: 2,
  maximumDelayMs: 2_000,
  windowMs: 60_000,
};

/** Posts the messages of one participant, again and again until they are taken, and spoils them on demand. */
export class Sender {
  readonly #faults: Faults;
  readonly #policy: RetryPolicy;
  readonly #clock: Clock = systemClock;
  readonly #stopping = new AbortController();
  readonly #client;

  constructor(faults: Faults, policy: RetryPolicy = rehearsalRetries) {
    this.#faults = faults;
    this.#policy = policy;
    this.#client = createUftpClient({
      createDispatcher: (options) => new Agent(options).compose(spoiling(faults)),
    });
  }

  /**
   * Posts until the message is taken, refused for good, or the retry window is over; the same bytes each time.
   * Rejects only when the sender is stopped meanwhile.
   */
  async deliver(endpoint: Endpoint, wire: Uint8Array): Promise<Delivery & { attempts: number }> {
    const firstTriedAt = instant(this.#clock);
    const { signal } = this.#stopping;
    const repeat = this.#faults.take('repeat');
    for (let attempt = 1; ; attempt += 1) {
      const post = () => this.#client.post(endpoint, wire, { attempt, signal });
      const twin = repeat?.together ? post() : undefined;
      const delivery = await post();
      await twin;
      if (repeat && !twin && delivery.outcome === 'delivered') await post();
      if (delivery.outcome !== 'temporary') return { ...delivery, attempts: attempt };
      const now = instant(this.#clock);
      const { retryAfterMs } = delivery;
      const next = nextTry(
        { attempt, firstTriedAt, now, ...(retryAfterMs !== undefined && { retryAfterMs }) },
        this.#policy,
      );
      if ('giveUp' in next) return { ...delivery, attempts: attempt };
      await wait(Date.parse(next.retryAt) - Date.parse(now), undefined, { signal });
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#client.close();
  }
}

/** Changes requests below the client, which itself sends no bad ones. */
function spoiling(faults: Faults): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const contentType = faults.take('contentType');
    const chunked = faults.take('chunked');
    if (!contentType && !chunked) return dispatch(options, handler);
    const headers = { ...(options.headers as Record<string, string>) };
    if (contentType) headers['content-type'] = contentType.value;
    if (chunked) delete headers['content-length'];
    const body = chunked ? Readable.from([options.body as Uint8Array]) : options.body;
    return dispatch({ ...options, headers, body: body ?? null }, handler);
  };
}
