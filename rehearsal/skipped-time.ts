import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Client, ConnectionOptions } from '@temporalio/client';
import protoModule from '@temporalio/proto';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';

/**
 * Temporal's skipped time (server 1.32 and later, `frontend.WorkflowTimeSkippingEnabled`), for rehearsals.
 * A moving API: everything that knows it is in this file.
 */
const { temporal } = protoModule as unknown as { temporal: typeof import('@temporalio/proto').temporal };
const { InterceptingCall } = createRequire(import.meta.url)(
  '@grpc/grpc-js',
) as typeof import('@grpc/grpc-js');
const { StartWorkflowExecutionRequest, ExecuteMultiOperationRequest } = temporal.api.workflowservice.v1;

type Interceptors = NonNullable<ConnectionOptions['interceptors']>;
type TimeSkippingConfig = ReturnType<typeof temporal.api.common.v1.TimeSkippingConfig.create>;

/** The config that carries one workflow forward by so many milliseconds, firing its timers on the way. */
function forward(id: string, milliseconds: number): TimeSkippingConfig {
  const seconds = Math.floor(milliseconds / 1000);
  const nanos = Math.round(milliseconds % 1000) * 1_000_000;
  return {
    enabled: true,
    fastForwardConfig: { id, duration: { seconds, nanos } },
  } as unknown as TimeSkippingConfig;
}

/**
 * Lets every workflow that is started begin at the market clock's instant instead of the server's: it skips
 * the difference before anything in it that waits for that instant goes on.
 */
export function startAtMarketTime(clock: Clock): Interceptors {
  return [
    (options, nextCall) =>
      new InterceptingCall(nextCall(options), {
        sendMessage(message: Buffer, next: (message: unknown) => void) {
          const ahead = clock.now().getTime() - systemClock.now().getTime();
          const path = (options as { method_definition: { path: string } }).method_definition.path;
          next(ahead < 1000 ? message : withSkippedTime(path, message, ahead));
        },
      }),
  ];
}

function withSkippedTime(path: string, message: Buffer, ahead: number): Buffer {
  const config = forward('start', ahead);
  if (path.endsWith('/StartWorkflowExecution')) {
    const request = StartWorkflowExecutionRequest.decode(message);
    request.timeSkippingConfig = config;
    return Buffer.from(StartWorkflowExecutionRequest.encode(request).finish());
  }
  if (path.endsWith('/ExecuteMultiOperation')) {
    const request = ExecuteMultiOperationRequest.decode(message);
    for (const { startWorkflow } of request.operations) {
      if (startWorkflow) startWorkflow.timeSkippingConfig = config;
    }
    return Buffer.from(ExecuteMultiOperationRequest.encode(request).finish());
  }
  return message;
}

/** Carries every running workflow of the namespace forward, each firing its timers on the way. */
export async function skipTime(client: Client, milliseconds: number): Promise<void> {
  const moved: Promise<void>[] = [];
  for await (const { workflowId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    moved.push(skipTimeOf(client, workflowId, milliseconds));
  }
  await Promise.all(moved);
}

/** Carries one workflow forward. Does nothing for one that is over meanwhile. */
export async function skipTimeOf(client: Client, workflowId: string, milliseconds: number): Promise<void> {
  const { workflowService, options } = client;
  const { namespace } = options;
  const fastForwardId = randomUUID();
  const workflowExecution = { workflowId };
  try {
    await workflowService.updateWorkflowExecutionOptions({
      namespace,
      workflowExecution,
      workflowExecutionOptions: { timeSkippingConfig: forward(fastForwardId, milliseconds) },
      updateMask: { paths: ['time_skipping_config'] },
    });
    await workflowService.pollWorkflowExecutionTimeSkipping({ namespace, workflowExecution, fastForwardId });
  } catch (failure) {
    // A workflow may end on a timer it meets on the way.
    if (!/not found|already completed|not running|completed/i.test(String(failure))) throw failure;
  }
}
