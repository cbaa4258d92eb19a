import { type PowerISP, powerByISP } from '../power.ts';
import type { OperatorCommand, OrderFacts } from './facts.ts';
import { revoke } from './on-revocation.ts';
import { binds, type FlexRequestState, isPrognosed, type OrderState } from './state.ts';
import { act, alert, resolve, stay, type Step, withOffer } from './step.ts';

type Shortfall = Extract<OperatorCommand, { kind: 'shortfall' }>;

/**
 * An asset fails: what is not ordered yet is revoked, what is ordered will fall short.
 * @param lost W by ISP on top of what was ordered; undefined: nothing of it comes
 */
export function onCapacityLost(
  state: FlexRequestState,
  { step, reason, lost }: { step: string; reason: string; lost?: readonly PowerISP[] },
  now: string,
): Step {
  const ordered = state.orders.find((each) => each.step === step);
  if (ordered && (ordered.direct || binds(ordered)))
    return fallsShort(state, ordered.order.messageId, reason, now, lost);
  // What becomes of an order that is being booked shows when it is.
  if (ordered) return stay(withOffer(state, step, (offer) => ({ ...offer, revocation: reason })));
  const deciding = state.deciding.map((each) =>
    each.step === step ? { ...each, overruled: reason, stale: true } : each,
  );
  return revoke({ ...state, deciding }, step, reason, now);
}

/**
 * No message cancels an order: a person has to call, and the D-Prognosis has to tell the truth (UFTP FlexOrder).
 * @param lost W by ISP on top of what was ordered, in place of what was said before; undefined: nothing of it comes
 */
export function fallsShort(
  state: FlexRequestState,
  orderMessageId: string,
  reason: string,
  now: string,
  lost?: readonly PowerISP[],
): Step {
  const found = state.orders.find(({ order }) => order.messageId === orderMessageId);
  if (!found || (found.status !== 'Accepted' && found.status !== 'Booking')) return stay(state);
  const { order } = found;
  const text =
    `Order ${order.OrderReference} for ${order.Period} will not be delivered in full: ${reason}. ` +
    `No message cancels an order, so tell ${order.dso} at once.`;
  const alerted = alert(state, now, { key: keyOf(order), severity: 'critical', text });
  // Assets without a plan deliver nothing, however much of them is left.
  return prognose(alerted, found, found.dispatch === 'Failed' || !lost ? undone(order) : lost);
}

/** Why a shortfall cannot be noted, for the operator who reports it; undefined: it can. */
export function shortfallRefusal(state: FlexRequestState, command: Shortfall): string | undefined {
  const found = accepted(state, command);
  if (!found) return `There is no order ${command.orderReference} here that is still to be delivered.`;
  if (found.dispatch === 'Failed')
    return `It is known already that nothing of ${command.orderReference} comes.`;
  const ordered = powerByISP(found.order.ISP);
  const other = [...powerByISP(command.ISP ?? []).keys()].find((isp) => !ordered.has(isp));
  return other === undefined ? undefined : `Order ${command.orderReference} has no ISP ${other}.`;
}

/** Somebody who watches the assets says what an order will still bring: less than was ordered, or all of it after all. */
export function onShortfall(state: FlexRequestState, command: Shortfall, now: string): Step {
  const placed = accepted(state, command)!;
  const { order } = placed;
  const { reason, by, ISP } = command;
  if (ISP === undefined) return fallsShort(state, order.messageId, `${reason} (${by})`, now);
  const lost = difference(order, ISP);
  return lost.length > 0
    ? fallsShort(state, order.messageId, `${reason} (${by})`, now, lost)
    : prognose(resolve(state, keyOf(order)), placed, []);
}

function accepted({ orders }: FlexRequestState, { orderReference }: Shortfall): OrderState | undefined {
  return orders.find(({ order, status }) => status === 'Accepted' && order.OrderReference === orderReference);
}

/** Where the baseline is a D-Prognosis, it says what is expected, with the order and without what is lost of it. */
function prognose(state: FlexRequestState, placed: OrderState, lost: readonly PowerISP[]): Step {
  const { frame } = state;
  return frame && isPrognosed(placed)
    ? act(state, { kind: 'prognose', frame, order: placed.order, lost })
    : stay(state);
}

const undone = ({ ISP }: OrderFacts): PowerISP[] => ISP.map((group) => ({ ...group, Power: -group.Power }));

/** What is expected of an order's ISPs less what was ordered; an ISP that is not named comes as ordered. */
function difference({ ISP }: OrderFacts, expected: readonly PowerISP[]): PowerISP[] {
  const ordered = powerByISP(ISP);
  return [...powerByISP(expected)]
    .map(([isp, power]) => ({ Start: isp, Duration: 1, Power: power - ordered.get(isp)! }))
    .filter(({ Power }) => Power !== 0);
}

const keyOf = ({ OrderReference }: OrderFacts): string => `shortfall/${OrderReference}`;
