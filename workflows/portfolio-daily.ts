import {
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { tell } from './entity.ts';
import { workflowIds, workflowTypes } from './ids.ts';
import type { SyncAsk } from './portfolio-sync.ts';

/**
 * Asks for a synchronisation with a CRO: starts it, or tells the one under way. What a Temporal Schedule starts gets
 * an id of its own each time, and of synchronisations there is to be one at a time.
 */
export async function portfolioDaily({ cro, ask = {} }: { cro: string; ask?: SyncAsk }): Promise<void> {
  const workflowId = workflowIds.portfolioSync(cro);
  for (;;) {
    try {
      await startChild(workflowTypes.portfolioSync, {
        workflowId,
        args: [{ cro, ask }],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
      return;
    } catch (thrown) {
      if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
    }
    try {
      await getExternalWorkflowHandle(workflowId).signal(tell, ask);
      return;
    } catch {
      // It ended between the two calls: now it can be started.
    }
  }
}
