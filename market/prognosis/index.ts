/** The prognoses of one day at one congestion point: a reducer without I/O and without a clock. */
export { nextPrognosisDeadline } from './deadlines.ts';
export type { PrognosisDelivery, PrognosisEffect, PrognosisEvent } from './events.ts';
export { reducePrognosis } from './reducer.ts';
export {
  type FrozenISP,
  initialPrognosis,
  phaseOf,
  type PrognosedOrder,
  type PrognosisAlert,
  type PrognosisAnswer,
  type PrognosisInForce,
  type PrognosisPhase,
  type PrognosisState,
  type PrognosisTerms,
  type SentPrognosis,
} from './state.ts';
export type { PrognosisStep } from './step.ts';
