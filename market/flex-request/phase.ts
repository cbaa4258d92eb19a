import { binds, type FlexRequestState, isStanding, type Phase } from './state.ts';

const FINAL: ReadonlySet<Phase> = new Set([
  'Rejected',
  'Superseded',
  'Lapsed',
  'Settled',
  'Disputed',
  'Failed',
]);

/** Whether an offer or an order may still come of the conversation. */
export function mayStillTrade(state: FlexRequestState): boolean {
  const { requestStatus } = state;
  return requestStatus === 'Answering' || requestStatus === 'Open' || isTrading(state);
}

/** Whether an offer or an order is under way, or out. */
function isTrading({ deciding, offers, orders }: FlexRequestState): boolean {
  return deciding.length > 0 || offers.some(isStanding) || orders.some(({ status }) => status === 'Booking');
}

/** Where the conversation stands: it follows from the request, the offers and the orders. */
export function phaseOf(state: FlexRequestState): Phase {
  const { frame, requestStatus, orders } = state;
  if (!frame) return 'Waiting';
  if (requestStatus === 'Rejected' || requestStatus === 'Failed') return requestStatus;
  const binding = orders.filter(binds);
  const trading = mayStillTrade(state);
  if (binding.length === 0) {
    if (trading) return 'Open';
    return requestStatus === 'Superseded' ? 'Superseded' : 'Lapsed';
  }
  if (binding.some(({ status }) => status === 'Accepted')) return 'Ordered';
  // What is settled early waits for what may still be ordered, though not for a request that is only still open.
  if (isTrading(state) || binding.some(({ status }) => status === 'Delivered')) return 'Delivered';
  return binding.some(({ status }) => status === 'Disputed') ? 'Disputed' : 'Settled';
}

/** Whether a phase is the last one. */
export const isFinal = (phase: Phase): boolean => FINAL.has(phase);

/** Whether nothing more can happen: the phase is final and every message is on its way or given up. */
export function isOver(state: FlexRequestState): boolean {
  return isFinal(state.phase) && state.sending.length === 0;
}
