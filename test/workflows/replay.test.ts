import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeterminismViolationError } from '@temporalio/workflow';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { expect, test } from 'vitest';
import { bundledWorkflows } from '../../cli/roles/workflow-bundle.ts';
import * as workflows from '../../workflows/index.ts';
import { PROCESSES } from '../histories/processes.ts';
import { plainText } from '../histories/scrub.ts';
import { CARELESS_CHANGES } from './careless-changes.ts';
import { historiesOf, PATHS } from './paths/index.ts';

const folder = fileURLToPath(new URL('../histories/', import.meta.url));
const logger = new DefaultLogger('ERROR');
const histories = ['paths', 'processes'].flatMap((kind) =>
  readdirSync(path.join(folder, kind)).map((file) => {
    const name = `${kind}/${file}`;
    const history = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Recorded;
    return { name, workflowId: name.replace(/\.json$/, ''), type: typeOf(history), history };
  }),
);

interface Recorded {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } };
  }[];
}

function typeOf({ events }: Recorded): string {
  return events[0]!.workflowExecutionStartedEventAttributes!.workflowType.name;
}

const recorded = (kind: string) => histories.filter(({ workflowId }) => workflowId.startsWith(`${kind}/`));

let committed: Promise<WorkflowBundle & { code: string }> | undefined;
/** The workflows as they are. */
function bundle() {
  return (committed ??= bundledWorkflows(logger));
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
  expect(
    recorded('paths')
      .map(({ workflowId }) => workflowId)
      .sort(),
  ).toEqual(PATHS.flatMap((path) => historiesOf(path).map((name) => `paths/${name}`)).sort());
});

test('every other history is one of the list, of the workflow that the list says', () => {
  expect(
    recorded('processes')
      .map(({ workflowId, type }) => [workflowId, type])
      .sort(),
  ).toEqual(PROCESSES.map(({ name, type }) => [`processes/${name}`, type]).sort());
});

test('every workflow that is registered is recorded', () => {
  const types = new Set(histories.map(({ type }) => type));
  expect(Object.keys(workflows).filter((type) => !types.has(type))).toEqual([]);
});

test('the recorded histories still replay', async () => {
  const failures = await replay(await bundle());
  expect([...failures.keys()].sort()).toEqual(histories.map(({ workflowId }) => workflowId).sort());
  expect([...failures].filter(([, failure]) => failure !== undefined)).toEqual([]);
});

test('of every workflow that is recorded a careless change is tried', () => {
  const types = new Set(histories.map(({ type }) => type));
  expect(CARELESS_CHANGES.flatMap((change) => change.types).sort()).toEqual([...types].sort());
});

test('a careless change of any workflow is found out', async () => {
  const { code, ...rest } = await bundle();
  const changed = CARELESS_CHANGES.reduce((text, { types, what, from, to }) => {
    expect(text.match(new RegExp(from, 'g')) ?? [], `${types.join()}: ${what}`).toHaveLength(1);
    return text.replace(from, to);
  }, code);
  const failures = await replay({ ...rest, code: changed });
  for (const { types, what } of CARELESS_CHANGES) {
    for (const type of types) {
      const found = histories
        .filter((each) => each.type === type)
        .map(({ workflowId }) => failures.get(workflowId));
      expect(
        found.some((failure) => failure instanceof DeterminismViolationError),
        `${type}: ${what}`,
      ).toBe(true);
    }
  }
});

test.each(histories)('$name tells nothing of the machine that recorded it', ({ history }) => {
  expect(plainText(history)).not.toMatch(/\d+@|\/(tmp|home|root|Users|work)\/|cs1\.|-----BEGIN/);
});
