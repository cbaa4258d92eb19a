import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { instant } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';

/** Tries in vain before a person is told: some minutes of them. */
export const MANY_TRIES = 10;

type Activity = (input: never) => Promise<unknown>;

/**
 * The same activities, which tell people when they fail for good, or again and again. They are tried until what is wrong is mended,
 * for a failure that ended its workflow would lose what was agreed in it; but a conversation may stand still meanwhile.
 */
export function toldWhenFailing(
  { store, clock, log }: Pick<Dependencies, 'store' | 'clock' | 'log'>,
  activities: Activities,
): Record<string, Activity> {
  const source = 'worker';

  function telling(name: string, activity: Activity): Activity {
    return async (input) => {
      const { attempt, workflowExecution } = Context.current().info;
      const workflow = workflowExecution?.workflowId;
      const key = `failing/${name}/${workflow}`;
      const say = (saying: Promise<void>) =>
        saying.catch((failure: unknown) =>
          log.error({ key, reason: reasonOf(failure) }, 'nobody could be told'),
        );
      try {
        const result = await activity(input);
        if (attempt > MANY_TRIES) await say(store.alerts.resolve(source, key, instant(clock)));
        return result;
      } catch (thrown) {
        const final = isFinal(thrown);
        if (final || (attempt >= MANY_TRIES && !isExpected(thrown))) {
          const what = final ? 'failed for good' : `has failed ${attempt} times and is tried again`;
          const text = `${name} of ${workflow} ${what}: ${reasonOf(thrown)}`;
          const raisedAt = instant(clock);
          await say(store.alerts.raise({ source, key, severity: 'critical', text, raisedAt }));
        }
        throw thrown;
      }
    };
  }

  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [name, telling(name, activity as Activity)]),
  );
}

/** What no try can mend, such as a row that is not there: Temporal does not try it again, and its workflow fails. */
function isFinal(thrown: unknown): boolean {
  return thrown instanceof ApplicationFailure && thrown.nonRetryable === true;
}

/** A peer or a system of the operator's that does not answer yet: who waits for it says so in time. */
function isExpected(thrown: unknown): boolean {
  return thrown instanceof ApplicationFailure && thrown.category === ApplicationFailureCategory.BENIGN;
}
