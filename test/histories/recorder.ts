import { writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { ProcessName } from './processes.ts';
import { plainText, scrubbed } from './scrub.ts';

/** `FLEXOR_RECORD=1` writes histories anew; see CONTRIBUTING.md, "A change of a workflow". By hand, never in CI. */
export const recording = process.env['FLEXOR_RECORD'] === '1';

/** Keeps the history of a run for the replay test, where histories are recorded. */
export async function recordProcess(name: ProcessName, handle: Pick<WorkflowHandle, 'fetchHistory'>) {
  if (!recording) return;
  const history = scrubbed(JSON.parse(historyToJSON(await handle.fetchHistory())));
  const told = plainText(history);
  for (const word of [`@${hostname()}`, homedir(), tmpdir(), process.cwd()]) {
    const at = told.indexOf(word);
    if (at >= 0) throw new Error(`${name} tells of this machine, after: ${told.slice(at - 120, at)}`);
  }
  const file = new URL(`processes/${name}.json`, import.meta.url);
  await writeFile(fileURLToPath(file), `${JSON.stringify(history, null, 1)}\n`);
}
