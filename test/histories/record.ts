import { readFile, writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { rehearse } from '../../rehearsal/rehearsal.ts';
import { setStage } from '../../rehearsal/stage.ts';
import { playStandardStory } from '../../rehearsal/story.ts';
import { Supervisor } from '../../services/index.ts';
import { plainText, scrubbed } from './scrub.ts';

/**
 * Records the histories of the standard story that `test/workflows/replay.test.ts` replays. Run by hand, never
 * in CI, and only when a changed workflow is released under a new patch:
 * `node --import tsx --conditions=flexor-source test/histories/record.ts`
 */
const folder = fileURLToPath(new URL('./', import.meta.url));
const RECORDED = { reservation: 'reservation', settlement: 'settlement' };

process.exitCode = await new Supervisor({ say: console.error }).run(async (supervisor) => {
  const stage = await supervisor.start('stage', async () => {
    const set = await setStage();
    return { ...set, stop: () => set.strike() };
  });
  const market = await rehearse(supervisor, stage, { say: console.error });
  await playStandardStory(market, console.error);

  const secrets = await Promise.all(
    ['agr.key', 'dso.key', 'cro.key', 'operator.token'].map((name) =>
      readFile(path.join(stage.folder, 'secrets', name), 'utf8'),
    ),
  );
  const forbidden = [...secrets, `@${hostname()}`, homedir(), tmpdir(), process.cwd()];
  for (const [type, file] of Object.entries(RECORDED)) {
    let number = 0;
    for await (const execution of market.temporal.workflow.list({ query: `WorkflowType = "${type}"` })) {
      number += 1;
      const handle = market.temporal.workflow.getHandle(execution.workflowId, execution.runId);
      const history = scrubbed(JSON.parse(historyToJSON(await handle.fetchHistory())));
      const told = plainText(history);
      for (const word of forbidden) {
        const at = told.indexOf(word.trim());
        if (at < 0) continue;
        throw new Error(`The history of ${execution.workflowId} tells of this machine, after: ${told.slice(at - 120, at)}`);
      }
      const name = path.join(folder, `${file}-${number}.json`);
      await writeFile(name, `${JSON.stringify(history, null, 1)}\n`);
      console.error(`Recorded ${execution.workflowId} in ${path.basename(name)}.`);
    }
    if (number === 0) throw new Error(`The story had no ${type}.`);
  }
  return 0;
});
