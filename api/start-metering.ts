import {
  type Client,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Logger } from 'pino';
import { type Clock, instant, reasonOf, systemClock } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { ConnectionDay } from '../store/index.ts';
import { periodEnd } from '../uftp/index.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../workflows/ids.ts';
import type { PeriodicStart } from './schedules.ts';

const CALL_MS = 5_000;

/**
 * Has a DSO told of a day: starts its workflow, or tells the one that runs to look again. Two calls and not one, since
 * the one that runs may end between them; then another is started.
 */
export async function startMetering(
  client: Client,
  day: { readonly dso: string; readonly period: string },
  startedAt: string,
): Promise<void> {
  const workflowId = workflowIds.metering(day.dso, day.period);
  for (const isLast of [false, true]) {
    const handle = await client.workflow.start(workflowTypes.metering, {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [{ ...day, startedAt }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    });
    try {
      return await handle.signal('tell', { kind: 'readings' });
    } catch (thrown) {
      if (isLast || !(thrown instanceof WorkflowNotFoundError)) throw thrown;
    }
  }
}

/** What is to be done when readings changed: every DSO that wants to know is told of the days that are over. */
export function meteringStarter(deps: {
  readonly config: Config;
  readonly temporal: () => Promise<Client>;
  readonly clock: Clock;
  readonly log: Logger;
}): { onReadings(days: readonly ConnectionDay[]): void; stop(): Promise<void> } {
  const { config, temporal, clock, log } = deps;
  const underWay = new Set<Promise<void>>();
  let stopped = false;

  async function startDays(periods: readonly string[], now: string): Promise<void> {
    for (const { domain: dso, market, metering } of config.dsos()) {
      if (!metering.required) continue;
      for (const period of periods.filter((each) => periodEnd(each, market.timeZone) <= now)) {
        if (stopped) return;
        const client = await temporal();
        await client.withDeadline(systemClock.now().getTime() + CALL_MS, () =>
          startMetering(client, { dso, period }, now),
        );
      }
    }
  }

  return {
    onReadings(days) {
      const periods = [...new Set(days.map(({ period }) => period))].toSorted();
      const started = startDays(periods, instant(clock))
        // The readings are stored: the next round finds what was left out.
        .catch((thrown: unknown) =>
          log.warn({ reason: reasonOf(thrown) }, 'metering could not be started at once'),
        )
        .finally(() => underWay.delete(started));
      underWay.add(started);
    },
    /** Resolves when no call is under way any more, so that the connection may be closed; a call ends within seconds. */
    async stop() {
      stopped = true;
      await Promise.all(underWay);
    },
  };
}

/** Every hour each DSO's days are looked after: deadlines that passed, answers that did not come, missing readings. */
export function meteringStarts(config: Config): PeriodicStart[] {
  return config.dsos().map(({ domain: dso, market }) => ({
    id: `metering/${dso}`,
    spec: { calendars: [{ hour: { start: 0, end: 23 }, minute: 20 }], timezone: market.timeZone },
    action: {
      workflowType: 'meteringRound',
      workflowId: workflowIds.meteringRound(dso),
      args: [{ dso }],
    },
  }));
}
