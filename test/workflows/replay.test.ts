import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeterminismViolationError } from '@temporalio/workflow';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { expect, test } from 'vitest';
import { plainText } from '../histories/scrub.ts';
import { PATHS } from './paths/index.ts';

const folder = fileURLToPath(new URL('../histories/', import.meta.url));
const logger = new DefaultLogger('ERROR');
const histories = [
  ...readdirSync(folder),
  ...readdirSync(path.join(folder, 'paths')).map((name) => `paths/${name}`),
]
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({
    name,
    workflowId: name.replace(/\.json$/, ''),
    history: JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as unknown,
  }));

function bundle(entry: string): Promise<WorkflowBundle> {
  return bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL(entry, import.meta.url)), logger });
}

/** Which histories can be replayed by a bundle: the failure of each, undefined for none. */
async function replay(workflowBundle: WorkflowBundle) {
  const failures = new Map<string, Error | undefined>();
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    failures.set(workflowId, error);
  }
  return failures;
}

// Replays that fail on purpose are not worth a page of warnings.
Runtime.install({
  logger,
  shutdownSignals: [],
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

test('every path of a conversation is recorded, and nothing else is', () => {
  const recorded = histories.map(({ workflowId }) => workflowId).filter((id) => id.startsWith('paths/'));
  expect(recorded.sort()).toEqual(PATHS.map(({ name }) => `paths/${name}`).sort());
});

test('every kind of workflow of the story is recorded', () => {
  const kinds = new Set(
    histories.map(({ workflowId }) => workflowId.replace(/-\d+$/, '')).filter((id) => !id.includes('/')),
  );
  expect([...kinds].sort()).toEqual(['portfolio-sync', 'reservation', 'settlement']);
});

test('the recorded histories still replay', async () => {
  const failures = await replay(await bundle('../../workflows/index.ts'));
  expect([...failures.keys()].sort()).toEqual(histories.map(({ workflowId }) => workflowId).sort());
  expect([...failures].filter(([, failure]) => failure !== undefined)).toEqual([]);
});

test('a workflow that waits where it did not wait before is found out', async () => {
  const failures = await replay(await bundle('./inserted-sleep.ts'));
  const isConversation = (id: string): boolean => id.startsWith('flex-request') || id.startsWith('paths/');
  const requests = [...failures].filter(
    ([id]) => isConversation(id) && !id.includes('unsolicited') && !id.includes('direct'),
  );
  expect(requests.length).toBeGreaterThan(0);
  for (const [, failure] of requests) expect(failure).toBeInstanceOf(DeterminismViolationError);
  for (const [id, failure] of failures) if (!isConversation(id)) expect(failure).toBeUndefined();
});

test.each(histories)('$name tells nothing of the machine that recorded it', ({ history }) => {
  expect(plainText(history)).not.toMatch(/\d+@|\/(tmp|home|root|Users|work)\/|cs1\.|-----BEGIN/);
});
