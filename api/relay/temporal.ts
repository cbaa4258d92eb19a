import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { systemClock } from '../../base/index.ts';
import { RECEIVE, TASK_QUEUE, workflowIds, workflowTypes } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';
import { SEARCH } from '../../workflows/search-attributes.ts';
import type { OwnWorkflow } from './route.ts';

/** What became of a message given to Temporal: a workflow has it durably, or the workflow it was for is over. */
export type Given = 'taken' | 'over';

const CALL_MS = 5_000;
const PROBE_MS = 2_000;

/**
 * The calls by which messages enter workflows. All are idempotent: ids derive from the message, and Temporal knows
 * an update by its MessageID. Each ends within seconds; one that cannot be answered now throws, to be repeated.
 */
export function createGate(temporal: () => Promise<Client>, callMs = CALL_MS) {
  async function within<T>(ms: number, call: (client: Client) => Promise<T>): Promise<T> {
    const client = await temporal();
    // A deadline of the network: it is the machine's time that counts, whatever the market's clock says.
    return client.withDeadline(systemClock.now().getTime() + ms, () => call(client));
  }

  async function given(workflowId: string, updateId: string, give: (client: Client) => Promise<void>) {
    try {
      await within(callMs, give);
      return 'taken';
    } catch (thrown) {
      if (!isOver(thrown)) throw thrown;
      // The workflow may have closed because of this very message, on a try whose answer was lost.
      if (await within(callMs, (client) => hasUpdate(client, workflowId, updateId))) return 'taken';
      // Or only a run of it closed, and the next one will take the message.
      if (await within(callMs, (client) => isRunning(client, workflowId))) throw thrown;
      return 'over';
    }
  }

  return {
    /** Gives the message to the workflow that it brings into being, and starts that where it does not run. */
    giveToOwn(workflowType: OwnWorkflow, workflowId: string, inbound: Inbound): Promise<Given> {
      const updateId = updateIdOf(inbound);
      return given(workflowId, updateId, async (client) => {
        const startWorkflowOperation = new WithStartWorkflowOperation(workflowTypes[workflowType], {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [{ startedAt: inbound.receivedAt }],
          typedSearchAttributes: searchAttributesOf(inbound),
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        });
        const handle = await client.workflow.startUpdateWithStart(RECEIVE, {
          updateId,
          args: [inbound],
          waitForStage: WorkflowUpdateStage.ACCEPTED,
          startWorkflowOperation,
        });
        await refused(handle);
      });
    },

    /** Gives the message to a workflow that was started before. */
    giveTo(workflowId: string, inbound: Inbound): Promise<Given> {
      const updateId = updateIdOf(inbound);
      return given(workflowId, updateId, async (client) => {
        const handle = await client.workflow.getHandle(workflowId).startUpdate(RECEIVE, {
          updateId,
          args: [inbound],
          waitForStage: WorkflowUpdateStage.ACCEPTED,
        });
        await refused(handle);
      });
    },

    /**
     * Gives an answer to the workflow of the day that it is about, and starts that again where it is over: a DSO's
     * late answer counts like one in time.
     */
    giveToDay(day: { dso: string; period: string }, inbound: Inbound): Promise<Given> {
      const updateId = updateIdOf(inbound);
      const workflowId = workflowIds.metering(day.dso, day.period);
      return given(workflowId, updateId, async (client) => {
        const startWorkflowOperation = new WithStartWorkflowOperation(workflowTypes.metering, {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [{ ...day, startedAt: inbound.receivedAt }],
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        });
        const handle = await client.workflow.startUpdateWithStart(RECEIVE, {
          updateId,
          args: [inbound],
          waitForStage: WorkflowUpdateStage.ACCEPTED,
          startWorkflowOperation,
        });
        await refused(handle);
      });
    },

    /** Starts a workflow once: that it runs, or ran, already is success. */
    async startOnce(workflowType: keyof typeof workflowTypes, workflowId: string, argument: unknown) {
      await within(callMs, async (client) => {
        try {
          await client.workflow.start(workflowTypes[workflowType], {
            workflowId,
            taskQueue: TASK_QUEUE,
            args: [argument],
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
            workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          });
        } catch (thrown) {
          if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
        }
      });
    },

    /** Whether Temporal answers now. */
    async reachable(): Promise<boolean> {
      try {
        await within(PROBE_MS, (client) => client.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
  };
}

export type Gate = ReturnType<typeof createGate>;

/** By what a conversation is found in Temporal's own UI from its beginning. */
function searchAttributesOf({ sender, content }: Inbound): TypedSearchAttributes {
  const period = 'Period' in content ? content.Period : undefined;
  return new TypedSearchAttributes([
    { key: SEARCH.dso, value: sender.domain },
    { key: SEARCH.phase, value: 'Open' },
    ...(period === undefined ? [] : [{ key: SEARCH.period, value: period }]),
  ]);
}

/** MessageIDs are compared without regard to case. */
const updateIdOf = (inbound: Inbound): string => inbound.messageId.toLowerCase();

function isOver(thrown: unknown): boolean {
  return thrown instanceof WorkflowNotFoundError || thrown instanceof WorkflowExecutionAlreadyStartedError;
}

async function hasUpdate(client: Client, workflowId: string, updateId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).getUpdateHandle(updateId).result();
    return true;
  } catch (thrown) {
    if (thrown instanceof WorkflowUpdateFailedError) return true;
    if (thrown instanceof WorkflowNotFoundError) return false;
    throw thrown;
  }
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return false;
    throw thrown;
  }
}

/**
 * Throws if the workflow refused the update: Temporal reports that as an outcome, and keeps nothing of a refused
 * update. An outcome that is still to come is not waited for.
 */
async function refused(handle: { result(): Promise<unknown> }): Promise<void> {
  const result = handle.result();
  const unheeded = result.catch(() => undefined);
  await Promise.race([result, new Promise((resolve) => setImmediate(resolve))]);
  void unheeded;
}
