import { ApplicationFailure, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  type CommandOutcome,
  type FlexRequestEvent,
  type FlexRequestState,
  type OperatorCommand,
  refusalOf,
} from '../market/flex-request/index.ts';
import { type Mailbox, now } from './entity.ts';
import { COMMAND } from './ids.ts';

/** An operator's word; the call returns what came of it. */
export const command = defineUpdate<CommandOutcome, [OperatorCommand]>(COMMAND);

/** Lets operators in. What cannot be carried out now is refused before it leaves a trace in the history. */
export function acceptCommands(mailbox: Mailbox<FlexRequestEvent>, state: () => FlexRequestState) {
  const outcomes = new Map<string, CommandOutcome>();
  setHandler(
    command,
    async (given) => {
      mailbox.countUpdate();
      mailbox.put({ type: 'commanded', command: given });
      await condition(() => outcomes.has(given.id));
      return outcomes.get(given.id)!;
    },
    {
      validator: (given) => {
        const refusal = refusalOf(state(), given, now());
        if (refusal) throw ApplicationFailure.nonRetryable(refusal, 'workflows.command-refused');
      },
    },
  );
  return {
    answer: (id: string, outcome: CommandOutcome): void => void outcomes.set(id, outcome),
  };
}
