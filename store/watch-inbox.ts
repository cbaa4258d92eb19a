import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { connectionSettings } from './connection.ts';

/** How long to wait before a lost connection is tried again, in milliseconds. */
const pause = 1_000;

/**
 * Calls `wake` whenever a message was committed to the inbox, and after every (re)connection, since something may
 * have come while nobody listened. It is a hint to look at what is pending: it says nothing about which message,
 * and a lost connection is no error, only silence.
 *
 * @returns a function that ends the watch.
 */
export function watchInbox(url: string, wake: () => void): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;

  const listen = async () => {
    const client = new Client({ ...connectionSettings(url), keepAlive: true });
    const over = new Promise<void>((resolve) => {
      client.once('end', resolve).on('error', () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await client.connect();
      client.on('notification', wake);
      await client.query('LISTEN flexor_inbox');
      wake();
      await over;
    } catch {
      // Tried again after the pause.
    } finally {
      void client.end().catch(() => {});
    }
  };

  const watch = async () => {
    while (!signal.aborted) {
      await listen();
      await setTimeout(pause, undefined, { signal }).catch(() => {});
    }
  };

  const watching = watch();
  return () => {
    stop.abort();
    return watching;
  };
}
