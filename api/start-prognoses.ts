import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { reasonOf, systemClock } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../workflows/ids.ts';
import { ApiError, Refusal } from './errors.ts';
import type { PeriodicStart } from './schedules.ts';

const CALL_MS = 5_000;

/**
 * Has the prognoses of days looked at again, because their forecasts changed. Where Temporal is away, whoever sent
 * the forecasts is told so: they are stored, and sending them again is harmless.
 */
export function prognosisStarter(deps: {
  readonly temporal: () => Promise<Client>;
  readonly log: Logger;
}): (periods: readonly string[]) => Promise<void> {
  return async (periods) => {
    try {
      const client = await deps.temporal();
      for (const period of periods) {
        await client.withDeadline(systemClock.now().getTime() + CALL_MS, () =>
          client.workflow.start(workflowTypes.prognosisRound, {
            workflowId: workflowIds.prognosisRound(`upload/${period}/${randomUUID()}`),
            taskQueue: TASK_QUEUE,
            args: [{ period }],
          }),
        );
      }
    } catch (cause) {
      deps.log.warn({ reason: reasonOf(cause) }, 'prognoses could not be looked at');
      const message = 'The forecasts are stored, but prognoses could not be made of them now.';
      const error = new ApiError('api.temporal-unavailable', message, 'Send them again in a while.', {
        cause,
      });
      throw new Refusal(503, error, { 'retry-after': '5' });
    }
  };
}

/** Every day, at the time agreed in the configuration, the prognoses of each DSO for tomorrow. */
export function prognosisStarts(config: Config): PeriodicStart[] {
  return config.dsos().flatMap(({ domain: dso, baseline, market }) => {
    if (baseline.kind !== 'd-prognosis') return [];
    const [hour, minute] = baseline.at.split(':').map(Number);
    return {
      id: `d-prognosis/${dso}`,
      spec: { calendars: [{ hour: hour!, minute: minute! }], timezone: market.timeZone },
      action: {
        workflowType: 'prognosisRound' as const,
        workflowId: workflowIds.prognosisRound(`daily/${dso}`),
        args: [{ dso }],
      },
    };
  });
}
