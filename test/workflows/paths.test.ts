import { access, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scrubbed } from '../histories/scrub.ts';
import { runsOf } from './history.ts';
import { JUDGED_ELSEWHERE } from './paths/elsewhere.ts';
import { historiesOf, PATHS } from './paths/index.ts';
import type { Path } from './paths/talk.ts';
import { startWorkflows, type Workflows } from './workflows.ts';

/** `FLEXOR_RECORD=1` writes the histories and the table anew; see CONTRIBUTING.md, "A change of a workflow". */
const recording = process.env['FLEXOR_RECORD'] === '1';
const fileOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

let on: Workflows;
beforeAll(async () => {
  on = await startWorkflows();
}, 120_000);
afterAll(() => on.stop());

// Most of their time is waiting: for a server, and for time to be skipped.
test.concurrent.each(PATHS)('$name: $about', async (path) => {
  const { handle } = await path.play(on);
  expect((await handle.describe()).status.name).toBe('COMPLETED');
  const runs = await runsOf(on.client, handle.workflowId);
  const names = historiesOf(path);
  expect(runs).toHaveLength(names.length);
  if (!recording) return;
  for (const [index, name] of names.entries()) {
    const { runId } = runs[index]!;
    const history = await on.client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
    const text = JSON.stringify(scrubbed(JSON.parse(historyToJSON(history))), null, 1);
    expect(text).not.toContain(hostname());
    await writeFile(fileOf(`../histories/paths/${name}.json`), `${text}\n`);
  }
});

const escaped = (text: string): string => text.replaceAll('|', '\\|');
const linksTo = (path: Path): string =>
  historiesOf(path)
    .map((name, index, { length }) => {
      const which = index < length - 1 ? 'its first run' : 'history';
      return `[${which}](../test/histories/paths/${name}.json)`;
    })
    .join(', ');
const rows = PATHS.map(
  (path) =>
    `| ${escaped(path.about)} | [\`${path.name}\`](../test/workflows/paths/${path.file}.ts) | ${linksTo(path)} |`,
);
const elsewhere = JUDGED_ELSEWHERE.map(
  ({ about, test: { file, title }, history }) =>
    `| ${escaped(about)} | [${escaped(title)}](../${file}) | ${history ? `[history](../test/histories/${history}.json)` : ''} |`,
);
const TABLE = `# The paths of a conversation

Every way that a conversation can go, from the request to its money. Each is played on a real Temporal server with
skipped time (\`test/workflows/paths.test.ts\`), and its history is kept: CI replays it, so that a changed workflow
cannot break one that runs. Written by \`FLEXOR_RECORD=1 npx vitest run --project parts test/workflows/paths.test.ts\`.

| path | test | recorded |
| --- | --- | --- |
${rows.join('\n')}

## Judged outside a conversation

What the relay or an activity decides leaves no path of its own in a workflow: its tests stand in the rooms that decide.

| what happens | test | recorded |
| --- | --- | --- |
${elsewhere.join('\n')}
`;

test.each(JUDGED_ELSEWHERE)('outside a conversation: $about', async ({ test: { file, title }, history }) => {
  expect((await readFile(fileOf(`../../${file}`), 'utf8')).replaceAll("\\'", "'")).toContain(title);
  if (history) await access(fileOf(`../histories/${history}.json`));
});

test('the table of paths in docs/ is up to date', async () => {
  const file = fileOf('../../docs/conversation-paths.md');
  const { format, resolveConfig } = await import('prettier');
  const table = await format(TABLE, { ...(await resolveConfig(file)), parser: 'markdown' });
  if (recording) await writeFile(file, table);
  expect(await readFile(file, 'utf8')).toBe(table);
});
