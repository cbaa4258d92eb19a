import { isOnlyReason, meansSuccess } from '../../uftp/rules/wording.ts';
import type { PrognosisEffect } from './events.ts';
import type { PrognosedOrder, PrognosisAnswer, PrognosisState, SentPrognosis } from './state.ts';
import { act, alert, type PrognosisStep, resolve, subject, without } from './step.ts';

/** A rejected revision leaves the one before in force; an accepted one is in force unless a higher one already is. */
export function onAnswer(state: PrognosisState, answer: PrognosisAnswer, now: string): PrognosisStep {
  const { underway } = state;
  if (underway?.step === answer.step) {
    // It overtook the end of our own delivery, which tells the revision.
    if (underway.messageId === undefined) return act({ ...state, underway: { ...underway, answer } });
    return settle(without(state, 'underway'), underway, answer, now);
  }
  const late = state.unanswered.find(({ step }) => step === answer.step);
  if (!late) return act(state);
  const unanswered = state.unanswered.filter(({ step }) => step !== answer.step);
  return settle({ ...state, unanswered }, late, answer, now);
}

/** `state` no longer knows of `sent`, which was delivered. */
export function settle(
  state: PrognosisState,
  sent: SentPrognosis,
  answer: PrognosisAnswer,
  now: string,
): PrognosisStep {
  const reason = answer.RejectionReason;
  const accepted = meansSuccess(answer);
  const keep: PrognosisEffect = {
    kind: 'keepAnswer',
    messageId: sent.messageId!,
    result: accepted ? 'Accepted' : 'Rejected',
    ...(reason !== undefined && { reason }),
    answeredAt: answer.receivedAt,
  };
  const told = resolve(state, 'no-reply', 'not-delivered');
  if (!accepted) return act(onRejection(told, sent, reason ?? 'no reason was given', now), keep);
  const { step, messageId, revision, power, orders } = sent as Required<SentPrognosis>;
  const newest = state.inForce === undefined || revision > state.inForce.revision;
  const settled: PrognosisState = {
    ...resolve(told, 'rejected', 'gate-near', 'gate-missed'),
    leaps: 0,
    ...(newest && { inForce: { step, messageId, revision, power, orders } }),
  };
  const checked = checkOrders(without(settled, 'floor', 'refused', 'setAside'), sent, answer, now);
  return act(checked.state, keep, ...checked.effects);
}

/** UFTP, "D-PrognosisResponse": one FlexOrderStatus for each FlexOrder of the period, validated if the prognosis holds it. */
function checkOrders(
  state: PrognosisState,
  sent: SentPrognosis,
  { FlexOrderStatus }: PrognosisAnswer,
  now: string,
): PrognosisStep {
  return state.orders.reduce<PrognosisStep>((step, order) => {
    if (order.status !== 'Unconfirmed' || !sent.orders.includes(order.orderMessageId)) return step;
    const { orderMessageId, orderReference } = order;
    const status = FlexOrderStatus.find(
      ({ FlexOrderMessageID }) => FlexOrderMessageID.toLowerCase() === orderMessageId.toLowerCase(),
    );
    if (status?.IsValidated) return verdict(step, order, { status: 'Confirmed' });
    // Once again, made anew; a DSO that still does not find it has to be spoken to.
    if (order.corrections === 0) {
      const again = withOrder(step.state, order, { corrections: 1 });
      return { state: { ...again, due: true }, effects: step.effects };
    }
    const found = status ? 'is not reflected' : 'is not mentioned';
    const reason = `order ${orderReference} ${found} in the DSO's answer to ${subject(state)}`;
    const loud = alert(step.state, now, {
      key: `order/${orderReference}`,
      severity: 'critical',
      text: reason,
    });
    return verdict({ ...step, state: loud }, order, { status: 'Refused' }, reason);
  }, act(state));
}

function verdict(
  step: PrognosisStep,
  order: PrognosedOrder,
  change: Pick<PrognosedOrder, 'status'>,
  reason?: string,
): PrognosisStep {
  const { orderMessageId, workflowId } = order;
  const validated = change.status === 'Confirmed';
  const event = {
    type: 'prognosed' as const,
    orderMessageId,
    validated,
    ...(reason !== undefined && { reason }),
  };
  return {
    state: withOrder(step.state, order, change),
    effects: [...step.effects, { kind: 'tell', workflowId, event }],
  };
}

const withOrder = (
  state: PrognosisState,
  { orderMessageId }: PrognosedOrder,
  change: Partial<PrognosedOrder>,
): PrognosisState => ({
  ...state,
  orders: state.orders.map((each) =>
    each.orderMessageId === orderMessageId ? { ...each, ...change } : each,
  ),
});

/** Acts on what can be acted on; everything else is for people. */
function onRejection(
  state: PrognosisState,
  sent: SentPrognosis,
  reason: string,
  now: string,
): PrognosisState {
  if (isOnlyReason(reason, 'Subordinate sequence number')) {
    const refused = sent.revision!;
    const wasOvertaken = sent.floor !== undefined && refused < sent.floor;
    const leaps = wasOvertaken ? state.leaps - 1 : state.leaps;
    const floor = beyond(refused, leaps, now);
    if (floor !== undefined) return { ...state, due: true, floor, refused, leaps: leaps + 1 };
  }
  if (isOnlyReason(reason, 'Lacking ISPs') && !state.spelledOut) {
    return { ...state, due: true, spelledOut: true };
  }
  const before = state.inForce ? ` Revision ${state.inForce.revision} stays in force.` : '';
  const text = `The DSO rejected ${subject(state)}: ${reason}.${before}`;
  return {
    ...alert(state, now, { key: 'rejected', severity: 'critical', text }),
    setAside: sent.power,
  };
}

/**
 * A revision that may be above the DSO's last. "Subordinate sequence number" does not say what that was: it may
 * come from a few messages we lost, or from another system that counted in seconds or in milliseconds.
 *
 * @returns undefined where all of these were tried
 */
export function beyond(revision: number, leaps: number, now: string): number | undefined {
  const milliseconds = Date.parse(now);
  const ladder = [revision + 1_000, Math.floor(milliseconds / 1_000), milliseconds];
  return ladder.slice(leaps).find((candidate) => candidate > revision);
}
