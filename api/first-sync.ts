import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { type Clock, instant, reasonOf } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Store } from '../store/index.ts';
import { periodOf } from '../uftp/index.ts';
import { askForSync } from './sync-portfolio.ts';

const AGAIN_MS = 5_000;

interface Dependencies {
  readonly config: Pick<Config, 'cros'>;
  readonly store: Pick<Store, 'connections' | 'portfolio'>;
  readonly seed: () => Promise<void>;
  readonly temporal: () => Promise<Client>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Brings the configuration's connections into the store when the API starts, then synchronises with every CRO: the
 * configuration may have changed while it was away. Tries for as long as the store or Temporal is not there, and
 * never holds the API up.
 */
export function firstSync(deps: Dependencies): { stop(): Promise<void> } {
  const { config, seed, temporal, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const attempt = async (steps: readonly Step[]): Promise<void> => {
    for (const [index, step] of steps.entries()) {
      if (stopped) return;
      try {
        await step.run();
        log.info({ step: step.name }, 'portfolio: done');
      } catch (thrown) {
        log.warn({ step: step.name, reason: reasonOf(thrown) }, 'portfolio: could not be done yet');
        if (!stopped) timer = setTimeout(() => (underWay = attempt(steps.slice(index))), AGAIN_MS);
        return;
      }
    }
  };
  let underWay = attempt([
    { name: 'connections of the configuration', run: seed },
    ...config.cros().flatMap((cro): Step[] => [
      { name: `sync with ${cro.domain}`, run: async () => askForSync(await temporal(), cro.domain) },
      { name: `today of ${cro.domain}`, run: () => askForToday(deps, cro) },
    ]),
  ]);
  return {
    /** Resolves when no step is under way any more, so that store and connection may be closed. */
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * A CRO is asked each day about the next one, so that nobody has asked about the day on which Flexor begins, or comes
 * back. After tomorrow, whose prognoses begin with the congestion points that its view is the first to show.
 */
async function askForToday(
  { store, temporal, clock }: Dependencies,
  { domain, timeZone }: ReturnType<Config['cros']>[number],
): Promise<void> {
  const period = periodOf(instant(clock), timeZone);
  if (await store.portfolio.hasView(domain, period)) return;
  // Of a day on which nobody is represented a CRO only says that it knows nobody.
  if (await store.connections.anyOn(period)) await askForSync(await temporal(), domain, { period });
}
