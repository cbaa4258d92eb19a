import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { Logger } from 'pino';
import { reasonOf, systemClock } from '../base/index.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../workflows/ids.ts';
import type { PeriodicStart } from './schedules.ts';

const CALL_MS = 5_000;

/**
 * Has everything that changed looked at, under a workflow id that stands for the change. Where Temporal is away, the
 * next periodic look finds it.
 */
export type CapacityLook = (workflowId: string) => Promise<void>;

export function capacityLook(deps: {
  readonly temporal: () => Promise<Client>;
  readonly log: Logger;
}): CapacityLook {
  return async (workflowId) => {
    try {
      const client = await deps.temporal();
      await client.withDeadline(systemClock.now().getTime() + CALL_MS, () =>
        client.workflow.start(workflowTypes.capacityCheck, {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [],
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        }),
      );
    } catch (thrown) {
      deps.log.warn(
        { workflowId, reason: reasonOf(thrown) },
        'lost power waits for Temporal to be looked at',
      );
    }
  };
}

/** What changed while Temporal was away is looked at here. */
export function capacityStarts(): PeriodicStart[] {
  const id = workflowIds.capacityRound();
  return [
    {
      id,
      spec: { intervals: [{ every: '15 minutes' }] },
      action: { workflowType: 'capacityCheck', workflowId: id, args: [] },
    },
  ];
}
