import type { FlexRequestEffect, FlexRequestEvent } from '../market/flex-request/index.ts';
import {
  decideAtOnce,
  decideOffer,
  dispatchOrder,
  measureDelivery,
  send,
  sendAgain,
  updatePrognosis,
} from './activities.ts';

/** Carries out what the reducer said; what comes of it comes in as an event. */
export async function carryOut(
  effect: Exclude<FlexRequestEffect, { kind: 'book' | 'answer' }>,
): Promise<FlexRequestEvent | undefined> {
  switch (effect.kind) {
    case 'send': {
      const { kind: _, ...input } = effect;
      return { type: 'sent', step: effect.step, delivery: await send(input) };
    }
    case 'sendAgain': {
      const { step, askedAt } = effect;
      return { type: 'sent', step, delivery: await sendAgain({ step, askedAt }) };
    }
    case 'decide': {
      const { kind: _, ...input } = effect;
      // Most are decided on the spot, and cost one event; what takes its time is an activity of its own.
      const decision = (await decideAtOnce(input)) ?? (await decideOffer(input));
      return { type: 'decided', step: effect.step, decision };
    }
    case 'prognose': {
      const { frame, order } = effect;
      await updatePrognosis({ frame, order });
      return undefined;
    }
    case 'dispatch': {
      const { frame, order, step } = effect;
      const outcome = await dispatchOrder({ frame, order, step });
      return { type: 'dispatched', orderMessageId: order.messageId, outcome };
    }
    case 'measure': {
      const { frame, order } = effect;
      const delivery = await measureDelivery({ frame, order });
      return { type: 'measured', orderMessageId: order.messageId, delivery };
    }
  }
}
