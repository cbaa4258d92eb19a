import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import type { Logger } from 'pino';
import { reasonOf, systemClock } from '../base/index.ts';
import { TASK_QUEUE, type workflowTypes } from '../workflows/ids.ts';

/** Work that begins by itself, again and again. */
export interface PeriodicStart {
  /** The schedule's id, such as `metering/dso.example.com`: one for each thing that is looked after. */
  readonly id: string;
  /** When, e.g. `{ cronExpressions: ['15 6 * * *'], timezone: 'Europe/Amsterdam' }`. */
  readonly spec: ScheduleSpec;
  readonly action: {
    readonly workflowType: keyof typeof workflowTypes;
    /** Temporal adds the time to it: every start has an id of its own. */
    readonly workflowId: string;
    /** Plain JSON. */
    readonly args: readonly unknown[];
  };
}

const CALL_MS = 5_000;
const AGAIN_MS = 5_000;
/** Starts that were missed for so long, because Temporal was away, are made up for once; older ones are not. */
const CATCHUP_WINDOW = '1 day';

/**
 * Makes a Temporal Schedule what it is to be: made where there is none, changed where it says something else. A
 * start that is due while the one before it still runs is left out.
 */
export async function ensureSchedule(client: Client, { id, spec, action }: PeriodicStart): Promise<void> {
  const { workflowType, workflowId, args } = action;
  const wanted = {
    spec,
    action: {
      type: 'startWorkflow' as const,
      workflowType,
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [...args],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_WINDOW },
  };
  try {
    await client.schedule.create({ scheduleId: id, ...wanted });
  } catch (thrown) {
    if (!(thrown instanceof ScheduleAlreadyRunning)) throw thrown;
    // What an operator did to it (paused it, with a note) stays.
    await client.schedule.getHandle(id).update(({ state }) => ({ ...wanted, state }));
  }
}

/** Ensures schedules for as long as Temporal is not there, and never holds anybody up. */
export function ensureSchedules(
  schedules: readonly PeriodicStart[],
  temporal: () => Promise<Client>,
  log: Logger,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const attempt = async (left: readonly PeriodicStart[]): Promise<void> => {
    const failed: PeriodicStart[] = [];
    for (const schedule of left) {
      if (stopped) return;
      const { id } = schedule;
      try {
        const client = await temporal();
        await client.withDeadline(systemClock.now().getTime() + CALL_MS, () =>
          ensureSchedule(client, schedule),
        );
        log.info({ schedule: id }, 'schedule stands');
      } catch (thrown) {
        failed.push(schedule);
        log.warn({ schedule: id, reason: reasonOf(thrown) }, 'schedule could not be made yet');
      }
    }
    if (failed.length > 0 && !stopped) timer = setTimeout(() => (underWay = attempt(failed)), AGAIN_MS);
  };
  let underWay = attempt(schedules);
  return {
    /** Resolves when no call is under way any more, so that the connection may be closed; a call ends within seconds. */
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
