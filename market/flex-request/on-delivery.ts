import type { FlexRequestEvent } from './events.ts';
import { fallsShort } from './on-shortfall.ts';
import { alert, resolve, stay, type Step, withOrder } from './step.ts';
import type { FlexRequestState, OrderState } from './state.ts';

type Told<T extends FlexRequestEvent['type']> = Extract<FlexRequestEvent, { type: T }>;

/** The assets confirmed the plan of an order, or it is known early that they will not follow it. */
export function onDispatched(state: FlexRequestState, event: Told<'dispatched'>, now: string): Step {
  const { orderMessageId, outcome } = event;
  const found = byMessage(state, orderMessageId);
  if (found?.dispatch !== 'Dispatching') return stay(state);
  if (outcome.outcome === 'confirmed') {
    return stay(withOrder(state, orderMessageId, { dispatch: 'Confirmed' }));
  }
  const failed = withOrder(state, orderMessageId, { dispatch: 'Failed' });
  const what =
    outcome.outcome === 'refused' ? 'the assets refused the plan' : 'the assets could not be reached';
  return fallsShort(failed, orderMessageId, `${what}: ${outcome.reason}`, now);
}

/** Our own readings, before anybody else's: what fell short will be settled with a penalty. */
export function onMeasured(state: FlexRequestState, event: Told<'measured'>, now: string): Step {
  const { orderMessageId, delivery } = event;
  const found = byMessage(state, orderMessageId);
  if (found?.measured !== 'Measuring') return stay(state);
  const measured = withOrder(state, orderMessageId, { measured: delivery });
  const { shortISPs } = delivery;
  if (shortISPs.length === 0) return stay(measured);
  const [worst] = [...shortISPs].sort((a, b) => shortage(b) - shortage(a));
  const text =
    `Order ${found.order.OrderReference} fell short in ${shortISPs.length} ISPs, most in ISP ${worst!.isp}: ` +
    `${worst!.deliveredW} W of ${worst!.orderedW} W.`;
  const key = `delivered/${found.order.OrderReference}`;
  return stay(alert(measured, now, { key, severity: 'warning', text }));
}

const shortage = ({ orderedW, deliveredW }: { orderedW: number; deliveredW: number }): number =>
  Math.abs(orderedW) - Math.abs(deliveredW);

/** The DSO says whether the D-Prognosis in force holds the order (UFTP D-PrognosisResponse, FlexOrderStatus). */
export function onPrognosed(state: FlexRequestState, event: Told<'prognosed'>, now: string): Step {
  const { orderMessageId, validated, reason } = event;
  const found = byMessage(state, orderMessageId);
  if (!found) return stay(state);
  const key = `prognosis/${found.order.OrderReference}`;
  const known = withOrder(state, found.order.messageId, { inPrognosis: validated });
  if (validated) return stay(resolve(known, key));
  const text =
    `${state.frame?.dso} does not find order ${found.order.OrderReference} in our D-Prognosis` +
    `${reason ? `: ${reason}` : ''}.`;
  return stay(alert(known, now, { key, severity: 'critical', text }));
}

/** What our answer to the settlement of an order said. */
export function onSettled(state: FlexRequestState, event: Told<'settled'>): Step {
  const { orderReference, messageId, outcome, reason } = event;
  const found = byReference(state, orderReference);
  if (!found || !['Accepted', 'Delivered', 'Disputed'].includes(found.status)) return stay(state);
  const settled = withOrder(state, found.order.messageId, {
    status: outcome,
    settlement: { messageId, ...(reason !== undefined && { reason }) },
  });
  const told = resolve(settled, `overdue/${orderReference}`);
  if (reason !== undefined) return stay({ ...told, reason });
  const disputed = told.orders.find(({ status }) => status === 'Disputed');
  const { reason: _, ...rest } = told;
  return stay(disputed || found.status !== 'Disputed' ? told : rest);
}

function byReference({ orders }: FlexRequestState, orderReference: string): OrderState | undefined {
  return orders.find(({ order }) => order.OrderReference === orderReference);
}

function byMessage({ orders }: FlexRequestState, messageId: string): OrderState | undefined {
  return orders.find(({ order }) => order.messageId.toLowerCase() === messageId.toLowerCase());
}
