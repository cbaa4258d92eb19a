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
export function mayStillTrade({ requestStatus, deciding, offers, orders }: FlexRequestState): boolean {
  return (
    requestStatus === 'Answering' ||
    requestStatus === 'Open' ||
    deciding.length > 0 ||
    offers.some(isStanding) ||
    orders.some(({ status }) => status === 'Booking')
  );
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
  // What is settled early waits with the rest for what may still be ordered.
  if (trading || binding.some(({ status }) => status === 'Delivered')) return 'Delivered';
  return binding.some(({ status }) => status === 'Disputed') ? 'Disputed' : 'Settled';
}

/** Whether nothing more can happen: the phase is final and every message is on its way or given up. */
export function isOver(state: FlexRequestState): boolean {
  return FINAL.has(state.phase) && state.sending.length === 0;
}
