import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { StoredOutage } from '../store/index.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../workflows/ids.ts';
import type { PeriodicStart } from './schedules.ts';

/** Has an outage looked at now; the same version of it is looked at once. */
export async function startCapacityCheck(client: Client, { id, version }: StoredOutage): Promise<void> {
  await client.workflow.start(workflowTypes.capacityCheck, {
    workflowId: workflowIds.capacityCheck(id, version),
    taskQueue: TASK_QUEUE,
    args: [],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
  });
}

/** An outage that was recorded while Temporal was away is looked at here. */
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
