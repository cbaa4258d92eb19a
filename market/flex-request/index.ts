export type {
  Delivery,
  FlexRequestEffect,
  FlexRequestEvent,
  OfferAnswer,
  OfferDecision,
  SendEffect,
} from './events.ts';
export { nextDeadline, reduce } from './reducer.ts';
export * from './state.ts';
export type { Step } from './step.ts';
