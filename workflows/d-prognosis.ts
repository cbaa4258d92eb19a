import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, PrognosisKey } from '../activities/contract.ts';
import {
  initialPrognosis,
  nextPrognosisDeadline,
  phaseOf,
  type PrognosisEffect,
  type PrognosisEvent,
  type PrognosisPhase,
  type PrognosisState,
  reducePrognosis,
} from '../market/prognosis/index.ts';
import { sendAgain } from './activities.ts';
import { Mailbox, notBefore, now, type Start } from './entity.ts';
import type { Inbound } from './inbound.ts';

const { sendPrognosis } = proxyActivities<Activities>({
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});
const { forecastPower, tellPrognosed, startPrognoses } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});
const { openPrognosis, keepPrognosisAnswer, recordPrognosis } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '10 seconds',
  localRetryThreshold: '1 minute',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** Temporal takes 2,000 updates and 10,000 signals in one run; a run that saw this many hands over to the next. */
const EVENTS_PER_RUN = 1_000;

/** What the prognoses of a day begin with; `resumed` is what an earlier run handed over. */
export type PrognosisStart = Start & PrognosisKey & { readonly resumed?: PrognosisState };

/** The D-Prognoses of one congestion point on one day, until that day is over. The decisions are all in `market`. */
export async function dPrognosis(start: PrognosisStart): Promise<PrognosisPhase> {
  const { dso, congestionPoint, period, startedAt, resumed } = start;
  const key = { dso, congestionPoint, period };
  const mailbox = new Mailbox<PrognosisEvent>();
  const ordersInOperate = patched('prognosis-orders-in-operate');
  let state: PrognosisState = { ...(resumed ?? initialPrognosis), ordersInOperate };
  let events = 0;
  /** What is under way beside the loop. */
  const underway = new Set<Promise<unknown>>();
  mailbox.acceptMessages(['D-PrognosisResponse'], eventOf);
  mailbox.acceptTold((told) => told as PrognosisEvent);
  await notBefore(startedAt);

  if (!resumed) {
    const terms = await openPrognosis(key);
    if (!terms) return 'Frozen';
    mailbox.put({ type: 'opened', terms });
  }
  while (!state.over || !mailbox.isEmpty) {
    const event = (await mailbox.next(nextPrognosisDeadline(state))) ?? { type: 'clock' };
    const step = reducePrognosis(state, event, now());
    state = step.state;
    events += 1;
    for (const effect of step.effects) {
      // In force for everybody before anything follows from it.
      if (effect.kind === 'keepAnswer') await keepPrognosisAnswer(withoutKind(effect));
      else {
        const work = carryOut(key, state, effect).then((came) => {
          // In one breath: what is neither under way nor in line would be lost where a run hands over in between.
          underway.delete(work);
          if (came) mailbox.put(came);
          return undefined;
        });
        underway.add(work);
        mailbox.run(work);
      }
    }
    await recordPrognosis(state);
    setCurrentDetails(describe(state));
    const long = workflowInfo().continueAsNewSuggested || events >= EVENTS_PER_RUN;
    if (long && !state.over && underway.size === 0 && mailbox.isEmpty) {
      await condition(allHandlersFinished);
      if (mailbox.isEmpty) await continueAsNew<typeof dPrognosis>({ ...start, resumed: state });
    }
  }
  await Promise.all(underway);
  await condition(allHandlersFinished);
  return phaseOf(state);
}

/** Looks after all prognoses of a day: of tomorrow, where none is named. */
export async function prognosisRound(key: Partial<PrognosisKey> = {}): Promise<number> {
  return startPrognoses(key);
}

async function carryOut(
  key: PrognosisKey,
  { terms }: PrognosisState,
  effect: Exclude<PrognosisEffect, { kind: 'keepAnswer' }>,
): Promise<PrognosisEvent | undefined> {
  switch (effect.kind) {
    case 'forecast': {
      const forecast = await forecastPower(key);
      if ('power' in forecast) return { type: 'forecast', power: forecast.power };
      return { type: 'noForecast', reason: forecast.reason };
    }
    case 'send': {
      const delivery = await sendPrognosis({ terms: terms!, ...withoutKind(effect) });
      return { type: 'sent', step: effect.step, delivery };
    }
    case 'sendAgain':
      await sendAgain({ step: effect.step, askedAt: now() });
      return undefined;
    case 'tell':
      await tellPrognosed(withoutKind(effect));
      return undefined;
  }
}

function withoutKind<E extends { readonly kind: string }>({ kind: _, ...rest }: E): Omit<E, 'kind'> {
  return rest;
}

function eventOf(inbound: Inbound): PrognosisEvent | undefined {
  if (inbound.type !== 'D-PrognosisResponse' || inbound.refersTo === undefined) return undefined;
  const { content, messageId, receivedAt, refersTo } = inbound as Inbound<'D-PrognosisResponse'>;
  const { Result, RejectionReason, FlexOrderStatus } = content;
  const answer = { messageId, receivedAt, step: refersTo!, Result, RejectionReason, FlexOrderStatus };
  return { type: 'answered', answer };
}

/** A few lines for Temporal's own UI. */
function describe(state: PrognosisState): string {
  const { terms, inForce, underway, orders, alerts } = state;
  return [
    `**${phaseOf(state)}** ${terms?.Period} at ${terms?.CongestionPoint} of ${terms?.dso}`,
    inForce && `revision ${inForce.revision} is in force`,
    underway &&
      `${underway.step} is on its way${underway.revision ? ` as revision ${underway.revision}` : ''}`,
    ...orders.map(({ orderReference, status }) => `order ${orderReference}: ${status}`),
    ...alerts.filter(({ resolved }) => !resolved).map(({ text }) => `⚠ ${text}`),
  ]
    .filter(Boolean)
    .join('\n\n');
}
