import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { FlexRequestEffect, FlexRequestEvent } from '../market/flex-request/index.ts';
import {
  bookOrder,
  decideAtOnce,
  decideOffer,
  dispatchOrder,
  measureDelivery,
  send,
  sendAgain,
  updatePrognosis,
} from './activities.ts';

/** An effect that takes its time, and is carried out beside the loop. */
export type Lengthy = Exclude<FlexRequestEffect, { kind: 'book' | 'measure' | 'answer' }>;

/**
 * Carries out what is short, by local activities: one after the other and never beside each other, because a
 * replay need not end two of them in the order in which they ended.
 * @returns what comes of it; undefined where it is not short
 */
export async function carryOutAtOnce(effect: FlexRequestEffect): Promise<FlexRequestEvent | undefined> {
  switch (effect.kind) {
    case 'book': {
      // An order binds from here on: nothing else happens before it is written down.
      const { kind: _, ...input } = effect;
      return { type: 'booked', orderMessageId: effect.order.messageId, booked: await bookOrder(input) };
    }
    case 'decide': {
      // Most are decided on the spot; what takes its time becomes an activity of its own.
      const { kind: _, ...input } = effect;
      const decision = await decideAtOnce(input).catch(notShort);
      return decision ? { type: 'decided', step: effect.step, decision } : undefined;
    }
    case 'measure': {
      const { frame, order } = effect;
      const delivery = await measureDelivery({ frame, order });
      return { type: 'measured', orderMessageId: order.messageId, delivery };
    }
    default:
      return undefined;
  }
}

function notShort(failure: unknown): undefined {
  if (failure instanceof ActivityFailure && !isCancellation(failure)) return undefined;
  throw failure;
}

/** Carries out what takes its time; what comes of it comes in as an event. */
export async function carryOut(effect: Lengthy): Promise<FlexRequestEvent | undefined> {
  switch (effect.kind) {
    case 'send': {
      const { kind: _, ...input } = effect;
      return { type: 'sent', step: effect.step, delivery: await send(input) };
    }
    case 'sendAgain': {
      const { kind: _, ...input } = effect;
      return { type: 'sent', step: effect.step, delivery: await sendAgain(input) };
    }
    case 'decide': {
      const { kind: _, ...input } = effect;
      return { type: 'decided', step: effect.step, decision: await decideOffer(input) };
    }
    case 'prognose': {
      const { kind: _, ...input } = effect;
      await updatePrognosis(input);
      return undefined;
    }
    case 'dispatch': {
      const { frame, order, step } = effect;
      const outcome = await dispatchOrder({ frame, order, step });
      return { type: 'dispatched', orderMessageId: order.messageId, outcome };
    }
  }
}
