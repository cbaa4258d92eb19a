import {
  type Client,
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
} from '@temporalio/client';
import { systemClock } from '../../base/index.ts';
import { COMMAND } from '../../workflows/ids.ts';
import { ApiError, Refusal } from '../errors.ts';

/** How long a caller is kept waiting for what came of it. */
export const WAIT_MS = 10_000;
/** gRPC DEADLINE_EXCEEDED. */
const TOO_LATE = 4;

/** What came of a command, as the workflow tells it. */
export interface CommandOutcome {
  readonly done: boolean;
  readonly text: string;
}

/** What became of a call: its outcome, that it is taken and not finished yet, or that the workflow is over. */
export type Called = CommandOutcome | 'taken' | 'over';

/** Throws a 503 where Temporal does not answer; errors that tell something are the caller's. */
export async function within<T>(
  temporal: () => Promise<Client>,
  milliseconds: number,
  call: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    const client = await temporal();
    // A deadline of the network: it is the machine's time that counts, whatever the market's clock says.
    return await client.withDeadline(systemClock.now().getTime() + milliseconds, () => call(client));
  } catch (cause) {
    if (cause instanceof Refusal || cause instanceof WorkflowNotFoundError) throw cause;
    throw new Refusal(
      503,
      new ApiError(
        'api.temporal-unavailable',
        'Temporal does not answer, or no worker runs that could take this.',
        'Try again later, with the same Idempotency-Key.',
        { cause },
      ),
      { 'retry-after': '5' },
    );
  }
}

/**
 * Gives a command to a conversation, and waits for what comes of it. The same key again is the same command: it is
 * carried out once, and tells what came of it the first time.
 *
 * @throws Refusal 409 with the workflow's words where it does not take the command, 503 where nobody does
 */
export async function command(
  temporal: () => Promise<Client>,
  workflowId: string,
  given: { readonly id: string } & Readonly<Record<string, unknown>>,
  waitMs = WAIT_MS,
): Promise<Called> {
  const until = systemClock.now().getTime() + waitMs;
  try {
    const update = await within(temporal, waitMs, (client) =>
      client.workflow
        .getHandle(workflowId)
        .startUpdate<CommandOutcome, [unknown]>(COMMAND, {
          updateId: given.id,
          args: [given],
          waitForStage: WorkflowUpdateStage.ACCEPTED,
        })
        .catch(refused),
    );
    const left = Math.max(1, until - systemClock.now().getTime());
    return await outcomeOf(temporal, left, () => update.result());
  } catch (thrown) {
    if (!(thrown instanceof WorkflowNotFoundError)) throw thrown;
    return known(temporal, workflowId, given.id, waitMs);
  }
}

/** The conversation may be over because of this very command, on a call whose answer was lost. */
async function known(
  temporal: () => Promise<Client>,
  workflowId: string,
  updateId: string,
  waitMs: number,
): Promise<Called> {
  try {
    return await outcomeOf(temporal, waitMs, (client) =>
      client.workflow.getHandle(workflowId).getUpdateHandle<CommandOutcome>(updateId).result(),
    );
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return 'over';
    throw thrown;
  }
}

async function outcomeOf(
  temporal: () => Promise<Client>,
  milliseconds: number,
  result: (client: Client) => Promise<CommandOutcome>,
): Promise<CommandOutcome | 'taken'> {
  return within(temporal, milliseconds, async (client) => {
    try {
      return await result(client);
    } catch (thrown) {
      if (isLate(thrown)) return 'taken';
      return refused(thrown);
    }
  });
}

function isLate(thrown: unknown): boolean {
  return (
    thrown instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    (isGrpcServiceError(thrown) && thrown.code === TOO_LATE)
  );
}

function refused(thrown: unknown): never {
  if (!(thrown instanceof WorkflowUpdateFailedError)) throw thrown;
  throw commandRefused(thrown.cause?.message ?? thrown.message);
}

/** A 409 with the words of whoever refuses. */
export function commandRefused(words: string): Refusal {
  return new Refusal(
    409,
    new ApiError(
      'api.command-refused',
      words,
      'Look at the conversation as it stands now, and decide again.',
    ),
  );
}
