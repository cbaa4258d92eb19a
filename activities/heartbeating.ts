import { Context } from '@temporalio/activity';

const BEAT_MS = 3_000;

/** The same activity, telling Temporal every few seconds that its worker is alive. */
export function heartbeating<Input, Output>(
  activity: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), BEAT_MS);
    try {
      return await activity(input);
    } finally {
      clearInterval(beat);
    }
  };
}
