import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { PrognosisWorkflows } from '../../activities/prognosis-workflows.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../../workflows/ids.ts';

/** The workflows of prognoses, for the worker's activities. */
export function prognosisWorkflows(
  client: Client,
  tell: (workflowId: string, event: unknown) => Promise<boolean>,
): PrognosisWorkflows {
  const idOf = ({ dso, congestionPoint, period }: Parameters<PrognosisWorkflows['begin']>[0]) =>
    workflowIds.dPrognosis(dso, congestionPoint, period);
  return {
    async begin(key, startedAt) {
      try {
        await client.workflow.start(workflowTypes.dPrognosis, {
          workflowId: idOf(key),
          taskQueue: TASK_QUEUE,
          args: [{ ...key, startedAt }],
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        });
      } catch (thrown) {
        if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
      }
    },
    tell: (key, event) => tell(idOf(key), event),
  };
}
