import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  startChild,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import type { MeteredDayKey, MeteringAnswer } from '../activities/contract.ts';
import { meansSuccess } from '../uftp/rules/wording.ts';
import { Mailbox, notBefore, now, type Start, tell } from './entity.ts';
import { workflowIds } from './ids.ts';
import type { Inbound } from './inbound.ts';
import {
  chaseMeterings,
  meteringDays,
  sendDueMeterings,
  takeMeteringAnswers,
} from './metering-activities.ts';

/** What comes in: an answer, or word that readings of the day changed. */
type Event = { readonly kind: 'answered'; readonly answer: MeteringAnswer } | { readonly kind: 'readings' };

/** Answers kept, or handed over to the next run, in one go: a day may have a hundred thousand. */
const MOST_ANSWERS = 200;
const CHASE_AGAIN_MS = 60_000;

/** What a day begins with; `left` is what came in to an earlier run and was not looked at. */
export type MeteringStart = Start & MeteredDayKey & { readonly left?: readonly Event[] };

/**
 * One DSO's day of meter readings: tells it of each connection, takes its answers, corrects, and ends when nothing is
 * to be told and every answer is there, or given up. Which messages there are stands in the store: a history holds
 * none of them, however many connections there are.
 */
export async function metering(start: MeteringStart): Promise<void> {
  const { dso, period, startedAt, left = [] } = start;
  const day = { dso, period };
  const mailbox = new Mailbox<Event>();
  mailbox.acceptMessages(['MeteringResponse'], (inbound) => answerIn(inbound as Inbound<'MeteringResponse'>));
  mailbox.acceptTold(() => ({ kind: 'readings' }));
  await notBefore(startedAt);

  for (const event of left) mailbox.put(event);
  let standing = await sendDueMeterings(day);
  let chasedAt: string | undefined;
  for (;;) {
    setCurrentDetails(standing.text);
    if (workflowInfo().continueAsNewSuggested && mailbox.waiting <= MOST_ANSWERS) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof metering>({ dso, period, startedAt, left: mailbox.drain() });
    }
    const waiting = await taken(mailbox);
    if (waiting.length > 0) standing = await takeMeteringAnswers({ ...day, answers: answersOf(waiting) });
    else if (standing.due) standing = await sendDueMeterings(day);
    else if (standing.pending === 0) break;
    else {
      const event = await mailbox.next(nextCheck(standing.checkAt, chasedAt));
      if (event) mailbox.put(event);
      else {
        chasedAt = now();
        standing = await chaseMeterings(day);
      }
    }
  }
  await condition(allHandlersFinished);
}

/** When to look for answers that do not come. Activities have a clock of their own: what it finds too early is left a while. */
function nextCheck(checkAt: string | undefined, chasedAt: string | undefined): string | undefined {
  if (checkAt === undefined || chasedAt === undefined) return checkAt;
  const again = new Date(Date.parse(chasedAt) + CHASE_AGAIN_MS).toISOString();
  return checkAt > again ? checkAt : again;
}

/** Everything that has come in, at most so many at a time. */
async function taken(mailbox: Mailbox<Event>): Promise<Event[]> {
  const events: Event[] = [];
  while (!mailbox.isEmpty && events.length < MOST_ANSWERS) events.push((await mailbox.next())!);
  return events;
}

const answersOf = (events: readonly Event[]): MeteringAnswer[] =>
  events.flatMap((event) => (event.kind === 'answered' ? [event.answer] : []));

function answerIn({ refersTo, content }: Inbound<'MeteringResponse'>): Event | undefined {
  if (refersTo === undefined) return undefined;
  const { RejectionReason: reason } = content;
  return {
    kind: 'answered',
    answer: { step: refersTo, accepted: meansSuccess(content), ...(reason !== undefined && { reason }) },
  };
}

/** Looks after all days of a DSO: begun by a schedule. Days under way are told to look again. */
export async function meteringRound({ dso }: { readonly dso: string }): Promise<number> {
  const periods = await meteringDays({ dso });
  for (const period of periods) {
    const workflowId = workflowIds.metering(dso, period);
    try {
      await startChild(metering, {
        workflowId,
        args: [{ dso, period, startedAt: now() }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      });
    } catch (failure) {
      if (!(failure instanceof WorkflowExecutionAlreadyStartedError)) throw failure;
      await toldToLook(workflowId);
    }
  }
  return periods.length;
}

/** One that ended meanwhile has looked already. */
async function toldToLook(workflowId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(tell, { kind: 'readings' });
  } catch (failure) {
    if (isCancellation(failure)) throw failure;
  }
}
