import { randomUUID } from 'node:crypto';
import {
  type Client,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { systemClock } from '../base/index.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../workflows/ids.ts';

const CALL_MS = 5_000;

/** What is asked of the synchronisation with a CRO. */
export interface SyncAsk {
  /** Send the portfolio even if the CRO accepted all of it before. */
  readonly update?: boolean;
  /** The day to ask about, `YYYY-MM-DD`; absent: tomorrow. */
  readonly period?: string;
}

/** Starts the synchronisation with a CRO, or tells the one under way, which then does this afterwards. Returns at once. */
export async function askForSync(client: Client, cro: string, ask: SyncAsk = {}): Promise<void> {
  // One that starts with this hears of it twice: the id tells it so.
  const identified = { ...ask, id: randomUUID() };
  await client.withDeadline(systemClock.now().getTime() + CALL_MS, async () => {
    for (;;) {
      const handle = await client.workflow.start(workflowTypes.portfolioSync, {
        workflowId: workflowIds.portfolioSync(cro),
        taskQueue: TASK_QUEUE,
        args: [{ cro, ask: identified }],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      });
      try {
        return await handle.signal('tell', identified);
      } catch (thrown) {
        // It ended between the two calls, perhaps without having been asked.
        if (!(thrown instanceof WorkflowNotFoundError)) throw thrown;
      }
    }
  });
}
