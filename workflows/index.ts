/** Everything the worker registers. The export's name is the workflow's type. */
export { capacityCheck } from './capacity-check.ts';
export { dPrognosis, prognosisRound } from './d-prognosis.ts';
export { flexRequest, unsolicitedFlex } from './flex-request.ts';
export { metering, meteringRound } from './metering.ts';
export { portfolioDaily } from './portfolio-daily.ts';
export { portfolioSync } from './portfolio-sync.ts';
export { redelivery, reply } from './reply.ts';
export { reservation } from './reservation.ts';
export { settlement } from './settlement.ts';
