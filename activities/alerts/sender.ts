import { instant } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { signedTell } from '../signed-post.ts';

const LOOK_EVERY_MS = 2_000;
/** Longer than one try may take: whoever has an alert in hand has it alone. */
const IN_HAND_MS = 60_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/** Tells the alerts webhook, until it is stopped. */
export interface AlertSender {
  /** Resolves when nothing more is sent. */
  stop(): Promise<void>;
}

/**
 * Tells the webhook of the configuration what stands in the store: each alert when it is raised and when it is
 * resolved, at least once each, whatever crashes. Several workers share the work. Without a webhook it does nothing.
 *
 * @param lookEveryMs how long it rests once nothing is left to tell
 */
export function startAlertSender(
  deps: Pick<Dependencies, 'config' | 'store' | 'clock' | 'log'>,
  lookEveryMs = LOOK_EVERY_MS,
): AlertSender {
  const { config, store, clock, log } = deps;
  const { webhook } = config.alerts;
  if (!webhook) return { stop: () => Promise.resolve() };
  const { url, deadline, secret } = webhook;
  const stopping = new AbortController();

  async function tellOne(): Promise<boolean> {
    const now = clock.now().getTime();
    const next = await store.alerts.takeToTell(instant(clock), after(now, IN_HAND_MS));
    if (!next) return false;
    const { alert, attempts } = next;
    const facts = { alert: alert.id, source: alert.source, key: alert.key };
    try {
      const { signal } = stopping;
      await signedTell({ url, deadline, secret: config.secret(secret), body: alert, signal });
    } catch (thrown) {
      if (stopping.signal.aborted) {
        await store.alerts.notTold(alert.id, instant(clock));
        return false;
      }
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts, 10), LONGEST_PAUSE_MS);
      await store.alerts.notTold(alert.id, after(clock.now().getTime(), pause));
      log.error({ ...facts, url, reason: reasonOf(thrown) }, 'the alerts webhook was not told');
      return true;
    }
    await store.alerts.told(alert);
    return true;
  }

  async function round(): Promise<void> {
    try {
      while (!stopping.signal.aborted && (await tellOne()));
    } catch (thrown) {
      log.error({ reason: reasonOf(thrown) }, 'alerts could not be told now');
    }
  }

  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const again = (): void => {
    running = round().then(() => {
      if (!stopping.signal.aborted) timer = setTimeout(again, lookEveryMs);
    });
  };
  again();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

const after = (now: number, milliseconds: number): string => new Date(now + milliseconds).toISOString();
