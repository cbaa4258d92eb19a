import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { reasonOf, systemClock } from '../base/index.ts';
import { startSync } from './operator/portfolio.ts';

const CALL_MS = 5_000;
const AGAIN_MS = 5_000;

/**
 * Synchronises the portfolio with every CRO when the API starts: the configuration may have changed while it
 * was away. Tries for as long as Temporal is not there, and never holds the API up.
 */
export function firstSync(
  cros: readonly string[],
  temporal: () => Promise<Client>,
  log: Logger,
): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const attempt = async (left: readonly string[]): Promise<void> => {
    const failed: string[] = [];
    for (const cro of left) {
      try {
        const client = await temporal();
        await client.withDeadline(systemClock.now().getTime() + CALL_MS, () => startSync(client, cro));
        log.info({ cro }, 'portfolio sync started');
      } catch (thrown) {
        failed.push(cro);
        log.warn({ cro, reason: reasonOf(thrown) }, 'portfolio sync could not be started yet');
      }
    }
    if (failed.length > 0 && !stopped) timer = setTimeout(() => void attempt(failed), AGAIN_MS);
  };
  void attempt(cros);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
