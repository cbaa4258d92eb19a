import { instant } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { signedTell } from '../signed-post.ts';

const LOOK_EVERY_MS = 2_000;
/** Without a webhook there is only to be noted which alerts nobody will have to be told of. */
const PASS_OVER_EVERY_MS = 60_000;
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
 * resolved, at least once each, whatever crashes. Several workers share the work. While there is no webhook, alerts that
 * are over are passed over: one that is configured later is told what still holds, and not of everything that ever was.
 *
 * @param lookEveryMs how long it rests once nothing is left to do
 */
export function startAlertSender(
  deps: Pick<Dependencies, 'config' | 'store' | 'clock' | 'log'>,
  lookEveryMs?: number,
): AlertSender {
  const { webhook } = deps.config.alerts;
  if (webhook) return repeating(teller(deps, webhook), lookEveryMs ?? LOOK_EVERY_MS);
  const { store, log } = deps;
  return repeating(async () => {
    try {
      await store.alerts.passOver();
    } catch (thrown) {
      log.error({ reason: reasonOf(thrown) }, 'alerts that are over could not be passed over now');
    }
  }, lookEveryMs ?? PASS_OVER_EVERY_MS);
}

/** One round of telling all there is to tell. */
function teller(
  { config, store, clock, log }: Pick<Dependencies, 'config' | 'store' | 'clock' | 'log'>,
  { url, deadline, secret }: NonNullable<Dependencies['config']['alerts']['webhook']>,
): (stopping: AbortSignal) => Promise<void> {
  async function tellOne(signal: AbortSignal): Promise<boolean> {
    const now = clock.now().getTime();
    const next = await store.alerts.takeToTell(instant(clock), after(now, IN_HAND_MS));
    if (!next) return false;
    const { alert, attempts } = next;
    const facts = { alert: alert.id, source: alert.source, key: alert.key };
    try {
      await signedTell({ url, deadline, secret: config.secret(secret), body: alert, signal });
    } catch (thrown) {
      if (signal.aborted) {
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

  return async (stopping) => {
    try {
      while (!stopping.aborted && (await tellOne(stopping)));
    } catch (thrown) {
      log.error({ reason: reasonOf(thrown) }, 'alerts could not be told now');
    }
  };
}

function repeating(round: (stopping: AbortSignal) => Promise<void>, everyMs: number): AlertSender {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const again = (): void => {
    running = round(stopping.signal).then(() => {
      if (!stopping.signal.aborted) timer = setTimeout(again, everyMs);
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
