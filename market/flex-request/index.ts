export type {
  Delivery,
  FlexRequestEffect,
  FlexRequestEvent,
  OfferAnswer,
  OfferDecision,
  SendEffect,
} from './events.ts';
export { HAND_OVER_GRACE_MS, nextDeadline } from './on-clock.ts';
export { nextOfferStep, reduce } from './reducer.ts';
export * from './state.ts';
export type { Step } from './step.ts';
