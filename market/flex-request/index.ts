export type { FlexRequestEffect, FlexRequestEvent, SendEffect } from './events.ts';
export * from './facts.ts';
export { expireRequest, HAND_OVER_GRACE_MS, nextDeadline } from './on-clock.ts';
export { refusalOf } from './on-command.ts';
export { isOver, mayStillTrade } from './phase.ts';
export { reduce } from './reducer.ts';
export * from './state.ts';
export type { Step } from './step.ts';
