import { allHandlersFinished, condition, setCurrentDetails } from '@temporalio/workflow';
import {
  type FlexRequestEffect,
  type FlexRequestEvent,
  type FlexRequestState,
  initialState,
  isOver,
  nextDeadline,
  nextOfferStep,
  reduce,
} from '../market/flex-request/index.ts';
import { bookOrder, decideOffer, recordConversation, send } from './activities.ts';
import { Mailbox, notBefore, now, type Start } from './entity.ts';
import type { Inbound } from './inbound.ts';

/** One FlexRequest, from the request to the outcome of its settlement. The decisions are all in `market`. */
export async function flexRequest(start: Start): Promise<FlexRequestState['phase']> {
  const mailbox = new Mailbox<FlexRequestEvent>();
  let state: FlexRequestState = initialState;
  mailbox.acceptMessages(['FlexRequest', 'FlexOfferResponse', 'FlexOrder'], (inbound) =>
    state.seen.includes(inbound.messageId.toLowerCase()) ? undefined : eventOf(inbound),
  );
  mailbox.acceptTold((told) => told as FlexRequestEvent);
  await notBefore(start.startedAt);

  while (!isOver(state) || !mailbox.isEmpty) {
    const event = (await mailbox.next(nextDeadline(state))) ?? { type: 'clock' };
    const step = reduce(state, event, now());
    state = step.state;
    const order = step.effects.find((effect) => effect.kind === 'book');
    if (order) mailbox.put(await book(state, order.order));
    for (const effect of step.effects) if (effect.kind !== 'book') mailbox.run(carryOut(state, effect));
    await recordConversation(state);
    setCurrentDetails(describe(state));
  }
  await condition(allHandlersFinished);
  return state.phase;
}

async function book(
  state: FlexRequestState,
  order: Extract<FlexRequestEffect, { kind: 'book' }>['order'],
): Promise<FlexRequestEvent> {
  const booked = await bookOrder({ dso: state.request!.dso, order });
  return { type: 'booked', orderMessageId: order.messageId, booked };
}

async function carryOut(
  state: FlexRequestState,
  effect: Exclude<FlexRequestEffect, { kind: 'book' }>,
): Promise<FlexRequestEvent> {
  if (effect.kind === 'decide') {
    const { request, reserved } = effect;
    return {
      type: 'decided',
      decision: await decideOffer({ step: nextOfferStep(state), request, reserved }),
    };
  }
  const { kind: _, ...input } = effect;
  return { type: 'sent', step: effect.step, delivery: await send(input) };
}

/** What a received message means to the state machine. */
function eventOf(inbound: Inbound): FlexRequestEvent | undefined {
  const { inboxId, messageId, conversationId, version, rejections, receivedAt } = inbound;
  const origin = { inboxId, messageId, conversationId, version };
  switch (inbound.type) {
    case 'FlexRequest': {
      const { content } = inbound as Inbound<'FlexRequest'>;
      return {
        type: 'requested',
        request: { ...origin, dso: inbound.sender.domain, ...content },
        rejections,
      };
    }
    case 'FlexOfferResponse': {
      const { content } = inbound as Inbound<'FlexOfferResponse'>;
      return { type: 'offerAnswered', answer: { messageId, offerStep: inbound.refersTo, ...content } };
    }
    case 'FlexOrder': {
      const { content } = inbound as Inbound<'FlexOrder'>;
      const order = { ...origin, receivedAt, offerStep: inbound.refersTo, ...content };
      return { type: 'ordered', order, rejections };
    }
    default:
      return undefined;
  }
}

/** One line for Temporal's own UI. */
function describe({ phase, request, offers, order, reason }: FlexRequestState): string {
  const parts = [
    `**${phase}**${reason ? `: ${reason}` : ''}`,
    request && `${request.dso} asks for ${request.Period} at ${request.CongestionPoint}`,
    ...offers.map((offer) => `${offer.step}: ${offer.status}`),
    order && `order ${order.order.OrderReference} for ${order.order.Price} ${order.order.Currency}`,
  ];
  return parts.filter(Boolean).join('\n\n');
}
