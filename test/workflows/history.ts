import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

type History = Awaited<ReturnType<import('@temporalio/client').WorkflowHandle['fetchHistory']>>;
const { EventType } = temporal.api.enums.v1;

/** Only servers that skip time write these. */
const OF_SKIPPED_TIME = new Set([
  'WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED',
  'WORKFLOW_EXECUTION_OPTIONS_UPDATED',
]);

/** What a history costs: its events by type, and its bytes; without what a production server would not write. */
export function costOf(history: History) {
  const events = withoutCatchingUp(history.events ?? [])
    .map((event) => ({ event, type: nameOf(event.eventType) }))
    .filter(({ type }) => !OF_SKIPPED_TIME.has(type));
  const byType = new Map<string, { count: number; bytes: number }>();
  for (const { event, type } of events) {
    const { count, bytes } = byType.get(type) ?? { count: 0, bytes: 0 };
    byType.set(type, {
      count: count + 1,
      bytes: bytes + temporal.api.history.v1.HistoryEvent.encode(event).finish().length,
    });
  }
  const bytes = [...byType.values()].reduce((sum, each) => sum + each.bytes, 0);
  return { count: events.length, bytes, byType };
}

/** What comes into a workflow from outside: behind it, a task that was completed had nothing to say. */
const FROM_OUTSIDE = new Set([
  ...OF_SKIPPED_TIME,
  'TIMER_FIRED',
  'WORKFLOW_EXECUTION_SIGNALED',
  'WORKFLOW_TASK_SCHEDULED',
]);

/**
 * Without what only a skipped clock brings about: the wait for it at the very beginning (a timer, and the task when
 * it rings), and the empty task that follows each move of it. In production the clocks agree.
 */
function withoutCatchingUp<E extends { eventType?: unknown }>(events: readonly E[]): E[] {
  const names = events.map(({ eventType }) => nameOf(eventType));
  const dropped = new Set<number>();
  const isTask = (task: readonly number[]): boolean =>
    task.every((index) => names[index]?.startsWith('WORKFLOW_TASK_'));
  const skipped = names.indexOf('WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED');
  const started = names.indexOf('TIMER_STARTED');
  if (started >= 0 && started < skipped && skipped <= 8) {
    const fired = names.indexOf('TIMER_FIRED', skipped);
    const task = [fired + 1, fired + 2, fired + 3];
    for (const index of [started, fired, ...(isTask(task) ? task : [])]) dropped.add(index);
  }
  names.forEach((name, index) => {
    if (name !== 'WORKFLOW_EXECUTION_OPTIONS_UPDATED') return;
    // The move itself is written before the task or after it.
    let next = index + 1;
    while (OF_SKIPPED_TIME.has(names[next] ?? '')) next += 1;
    const task = [next, next + 1, next + 2];
    if (isTask(task) && FROM_OUTSIDE.has(names[next + 3] ?? '')) for (const each of task) dropped.add(each);
  });
  return events.filter((_, index) => !dropped.has(index));
}

const nameOf = (type: unknown): string =>
  String(EventType[type as number] ?? type).replace(/^EVENT_TYPE_/, '');

/** A workflow's runs from the first on, each of which went on in the next, with their events. */
export async function runsOf(client: Client, workflowId: string) {
  const fetched = async (runId?: string) =>
    (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events!;
  const [began] = await fetched();
  const runs = [];
  let runId: string | null | undefined = began!.workflowExecutionStartedEventAttributes!.firstExecutionRunId;
  while (runId) {
    const events = await fetched(runId);
    runs.push({ runId, events });
    runId = events.at(-1)!.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return runs;
}
