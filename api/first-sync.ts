import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { reasonOf } from '../base/index.ts';
import { askForSync } from './sync-portfolio.ts';

const AGAIN_MS = 5_000;

/**
 * Brings the configuration's connections into the store when the API starts, then synchronises with every CRO: the
 * configuration may have changed while it was away. Tries for as long as the store or Temporal is not there, and
 * never holds the API up.
 */
export function firstSync(
  cros: readonly string[],
  seed: () => Promise<void>,
  temporal: () => Promise<Client>,
  log: Logger,
): { stop(): Promise<void> } {
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
    ...cros.map((cro) => ({
      name: `sync with ${cro}`,
      run: async () => askForSync(await temporal(), cro),
    })),
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
