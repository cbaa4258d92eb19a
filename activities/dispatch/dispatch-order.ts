import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { instant } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { DispatchOutcome, Frame, OrderFacts, RedispatchBy } from '../../market/flex-request/index.ts';
import { planOf } from '../../market/plan.ts';
import type { OutboxKey, StoredDispatch } from '../../store/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { dispatchBy, dispatchSettings } from './choose.ts';
import type { HandedOver } from './dispatch.ts';
import { type DispatchPlan, planFor } from './plan.ts';

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** Whoever is on call learns of trouble while there still is time, and not of every hiccup. */
const FAILURES_BEFORE_ALERT = 3;
const SOURCE = 'dispatch';

/**
 * Hands the plan of an order to the assets. Returns when they confirmed or refused, or when the first ISP began
 * without an answer; fails with a retryable failure while another try may help. A plan that comes late is tried
 * once all the same.
 */
export async function dispatchOrder(
  deps: Dependencies,
  { frame, order, step }: { frame: Frame; order: OrderFacts; step: string },
): Promise<DispatchOutcome> {
  const { config, store, clock, log } = deps;
  const context = Context.current();
  const { workflowId } = context.info.workflowExecution!;
  const key = { workflowId, step };
  const { plan, outcome, tries, reason } = await prepared(deps, key, frame, order);
  if (outcome === 'confirmed') return { outcome };
  const failed = tries.filter((each) => each.outcome === 'failed').length;
  const facts = { ...key, orderReference: order.OrderReference };
  if (instant(clock) >= plan.begins && failed > 0) {
    const why = `nobody took the plan before delivery began: ${reason}`;
    log.error({ ...facts, reason: why }, 'an order could not be dispatched');
    await store.dispatches.record(key, { outcome: 'unreachable', reason: why });
    await store.alerts.resolve(SOURCE, nameOf(key), instant(clock));
    return { outcome: 'unreachable', reason: why };
  }

  const settings = dispatchSettings(config, frame.dso, frame.CongestionPoint);
  const tried = { sentAt: instant(clock), connector: settings.kind };
  let answer: HandedOver;
  try {
    answer = await dispatchBy(deps, settings).handOver(plan, nameOf(key), context.cancellationSignal);
  } catch (thrown) {
    const why = reasonOf(thrown);
    log.warn({ ...facts, connector: settings.kind, reason: why }, 'an order could not be dispatched yet');
    await store.dispatches.record(key, { tried: { ...tried, outcome: 'failed', reason: why } });
    if (failed + 1 >= FAILURES_BEFORE_ALERT) await alarm(deps, key, order, why);
    throw ApplicationFailure.create({
      type: 'activities.dispatch-temporary',
      message: why,
      category: ApplicationFailureCategory.BENIGN,
      nextRetryDelay: pauseAfter(failed, Date.parse(plan.begins) - clock.now().getTime()),
    });
  }
  const ended = outcomeOf(answer);
  const because = ended.outcome === 'confirmed' ? {} : { reason: ended.reason };
  await store.dispatches.record(key, {
    tried: { ...tried, outcome: answer.outcome, ...because },
    outcome: ended.outcome,
  });
  await store.alerts.resolve(SOURCE, nameOf(key), instant(clock));
  if (ended.outcome === 'confirmed') log.info({ ...facts, connector: settings.kind }, 'dispatched an order');
  else log.error({ ...facts, ...because }, 'the assets refused the plan of an order');
  return ended;
}

/** What the assets are told apart by, and what the alert about them is called. */
const nameOf = ({ workflowId, step }: OutboxKey): string => `${workflowId}/${step}`;

async function prepared(
  { store, clock, log }: Dependencies,
  key: OutboxKey,
  frame: Frame,
  order: OrderFacts,
): Promise<Omit<StoredDispatch, 'plan'> & { readonly plan: DispatchPlan }> {
  const row = await store.dispatches.prepare(key, async () => {
    const hold = await store.capacity.find(key);
    const stands = hold !== undefined && hold.status !== 'released';
    if (!stands) log.error({ ...key }, 'no power is held for an order: its plan names no asset');
    // Until the order is recorded, what is held is the offer's.
    const assets = stands ? planOf(hold.assets, order) : [];
    const { redispatchBy } = (hold?.decision ?? {}) as { redispatchBy?: RedispatchBy };
    const plan = planFor(key, frame, order, { assets, redispatchBy });
    return { orderReference: order.OrderReference, plan, preparedAt: instant(clock) };
  });
  return row as typeof row & { plan: DispatchPlan };
}

function outcomeOf(answer: HandedOver): DispatchOutcome {
  if (answer.outcome === 'confirmed') return { outcome: 'confirmed' };
  const short = answer.shortISPs?.map(({ ISP, Power }) => `ISP ${ISP}: ${Power} W`).join(', ');
  return { outcome: 'refused', reason: short ? `${answer.reason} (deliverable: ${short})` : answer.reason };
}

async function alarm(
  { store, clock }: Dependencies,
  key: OutboxKey,
  { OrderReference }: OrderFacts,
  why: string,
): Promise<void> {
  await store.alerts.raise({
    source: SOURCE,
    key: nameOf(key),
    severity: 'warning',
    text: `The plan of order ${OrderReference} could not be handed over yet, and it is tried again: ${why}`,
    raisedAt: instant(clock),
  });
}

/** Longer and longer, but never past the moment at which delivery begins. Milliseconds. */
function pauseAfter(failed: number, untilDelivery: number): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failed, 10), LONGEST_PAUSE_MS);
  return Math.max(1, untilDelivery > 0 ? Math.min(pause, untilDelivery) : pause);
}
