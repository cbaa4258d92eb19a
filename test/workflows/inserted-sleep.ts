import { sleep } from '@temporalio/workflow';
import { flexRequest as committed } from '../../workflows/flex-request.ts';

export * from '../../workflows/index.ts';

/** What must never be released: the workflow as it is, save for one wait that no patch announces. */
export async function flexRequest(...args: Parameters<typeof committed>): ReturnType<typeof committed> {
  const result = committed(...args);
  await sleep('1 second');
  return result;
}
