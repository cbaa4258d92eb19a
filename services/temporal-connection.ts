import { setTimeout as pause } from 'node:timers/promises';
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

/** A connection to Temporal, made when it is first used, and again after the server was away. */
export interface TemporalConnection {
  readonly connection: Connection;
  /** What is still asked fails; nothing is asked again. */
  close(): Promise<void>;
}

/** Milliseconds between two tries of a call at most, and so how long `close` may take. */
const LONGEST_DELAY_MS = 1_000;

/** Milliseconds until a server that came back is found again at most; gRPC alone takes up to two minutes. */
const LONGEST_ABSENCE_MS = 2_000;

/**
 * Opens one. The client tries a call again that found no server, by a timer which outlives the connection: a channel
 * that was closed meanwhile throws in it, where nobody can catch it, and the process ends. So `close` lets the tries
 * that wait have their turn first.
 */
export function openTemporalConnection(options: ConnectionOptions): TemporalConnection {
  const usual = defaultGrpcRetryOptions();
  let closing = false;
  let lastTryAt = 0;
  const retries = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !closing && usual.retryableDecider(attempt, status),
    delayFunction(attempt, status) {
      const delay = Math.min(usual.delayFunction(attempt, status), LONGEST_DELAY_MS);
      lastTryAt = Math.max(lastTryAt, performance.now() + delay);
      return delay;
    },
  });
  const connection = Connection.lazy({
    ...options,
    channelArgs: { 'grpc.max_reconnect_backoff_ms': LONGEST_ABSENCE_MS, ...options.channelArgs },
    interceptors: [...(options.interceptors ?? []), retries],
  });
  return {
    connection,
    async close() {
      closing = true;
      const waits = lastTryAt - performance.now();
      // Timers keep their order, but count whole milliseconds.
      if (waits > 0) await pause(waits + 10);
      await connection.close();
    },
  };
}
