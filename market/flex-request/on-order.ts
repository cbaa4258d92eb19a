import { TEXTS } from '../../uftp/rules/texts.ts';
import { type BookedOrder, frameOf, type OrderFacts } from './facts.ts';
import { checkOrder } from './order-check.ts';
import { revoke } from './on-revocation.ts';
import {
  act,
  alert,
  andThen,
  resolve,
  response,
  send,
  stay,
  type Step,
  withOffer,
  withOrder,
} from './step.ts';
import { type FlexRequestState, isPrognosed, type OfferState, type OfferStatus } from './state.ts';

/** An order is booked first and accepted afterwards; a wrong one is answered with every reason. */
export function onOrdered(state: FlexRequestState, order: OrderFacts, rejections: readonly string[]): Step {
  if (isDirect(order)) return onDirectOrder(state, order, rejections);
  const { frame } = state;
  if (!frame) return stay(state);
  const verdict = checkOrder(state, order);
  const reasons = [...new Set([...rejections, ...verdict.rejections])];
  const { offer } = verdict;
  if (reasons.length > 0 || !offer) {
    const crossing = offer?.status === 'Revoking';
    const noted = crossing
      ? withOffer(state, offer.step, (each) => ({
          ...each,
          reason: `Its order ${order.OrderReference} was refused because of the revocation.`,
        }))
      : state;
    return rejectOrder(noted, order, reasons);
  }
  const { step, content } = offer;
  const { BaselineReference, DPrognosisMessageID } = content;
  const placed = { ...order, BaselineReference, DPrognosisMessageID };
  // Who orders an offer has it, whatever we know of its delivery (UFTP FlexOrder).
  const told = resolve(resolve(state, `reply/${step}`), `delivery/${step}`);
  const booking = withOffer(told, step, ({ awaited: _, ...each }) => ({
    ...each,
    messageId: each.messageId ?? order.FlexOfferMessageID,
    status: 'Ordering',
  }));
  return act(
    { ...booking, orders: [...state.orders, { step, direct: false, order: placed, status: 'Booking' }] },
    { kind: 'book', frame, order: placed, step, direct: false },
  );
}

/** UFTP 3.1 FlexOrder: without FlexOfferMessageID it rests on an agreement made before, not on an offer. */
export const isDirect = (order: OrderFacts): boolean =>
  order.FlexOfferMessageID === undefined && order.offerStep === undefined;

/** A direct order begins a conversation of its own; whether the contract allows it is judged where it is booked. */
function onDirectOrder(state: FlexRequestState, order: OrderFacts, rejections: readonly string[]): Step {
  if (state.frame) return rejectOrder(state, order, [TEXTS.offerUnknown]);
  const frame = frameOf(order);
  const begun = { ...state, frame };
  if (rejections.length > 0) return rejectDirect(begun, order, rejections);
  const step = `FlexOrder/${order.messageId.toLowerCase()}`;
  return act(
    { ...begun, orders: [{ step, direct: true, order, status: 'Booking' }] },
    { kind: 'book', frame, order, step, direct: true },
  );
}

/** The order stands in the books, so it is accepted; or there is a reason against it, so it is not. */
export function onBooked(
  state: FlexRequestState,
  orderMessageId: string,
  booked: BookedOrder,
  now: string,
): Step {
  const { frame } = state;
  const current = state.orders.find(
    ({ order, status }) => status === 'Booking' && order.messageId === orderMessageId,
  );
  if (!current || !frame) return stay(state);
  const { step, direct } = current;
  const order = { ...current.order, ...booked.baseline };
  const offer = state.offers.find((each) => each.step === step);
  if (booked.rejections.length > 0) {
    const orders = state.orders.filter((each) => each !== current);
    if (direct) return rejectDirect({ ...state, orders }, order, booked.rejections);
    const open = { ...withStatus(state, step, 'Open'), orders };
    return andThen(rejectOrder(open, order, booked.rejections), (next) =>
      offer?.revocation === undefined ? stay(next) : revoke(next, step, offer.revocation, now),
    );
  }
  const { plan } = booked;
  const accepted = withOrder(state, orderMessageId, { status: 'Accepted', order, ...(plan && { plan }) });
  const ordered = offer
    ? beforeRevocation(withStatus(accepted, step, 'Ordered'), offer, order, now)
    : accepted;
  const told = send(ordered, answer(order, { Result: 'Accepted' }));
  if (!isPrognosed({ order, direct })) return told;
  return andThen(told, (next) => act(next, { kind: 'prognose', frame, order }));
}

/** The order was faster than a revocation that had to wait: it binds, and a person has to know. */
function beforeRevocation(state: FlexRequestState, offer: OfferState, order: OrderFacts, now: string) {
  if (offer.revocation === undefined) return state;
  const text =
    `${offer.step} was to be revoked (${offer.revocation}), but order ${order.OrderReference} came first and ` +
    `binds. No message cancels an order, so tell ${order.dso} at once if it cannot be delivered.`;
  return alert(state, now, { key: `revocation/${offer.step}`, severity: 'critical', text });
}

/** Without an offer there is nothing to correct: the conversation ends with the refusal. */
function rejectDirect(state: FlexRequestState, order: OrderFacts, reasons: readonly string[]): Step {
  return rejectOrder({ ...state, requestStatus: 'Rejected', reason: reasons.join(';') }, order, reasons);
}

function rejectOrder(state: FlexRequestState, order: OrderFacts, reasons: readonly string[]): Step {
  return send(state, answer(order, { Result: 'Rejected', RejectionReason: reasons.join(';') }));
}

function answer(order: OrderFacts, verdict: { Result: 'Accepted' | 'Rejected'; RejectionReason?: string }) {
  return response(order, orderResponseStep(order), {
    type: 'FlexOrderResponse',
    FlexOrderMessageID: order.messageId,
    ...verdict,
  });
}

/** The step under which an order is answered. */
export const orderResponseStep = (order: OrderFacts): string =>
  `FlexOrderResponse/${order.messageId.toLowerCase()}`;

const withStatus = (state: FlexRequestState, step: string, status: OfferStatus): FlexRequestState =>
  withOffer(state, step, (offer) => ({ ...offer, status }));
