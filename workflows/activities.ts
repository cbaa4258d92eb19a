import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/contract.ts';

/**
 * Deliveries try for as long as the message may still be delivered: the activity itself knows when that is
 * over (the message's own expiry, or the delivery window) and then returns instead of failing. It heartbeats, so
 * that a worker that died in the middle of a try is noticed in seconds.
 */
const delivery = proxyActivities<Activities>({
  startToCloseTimeout: '60 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** Work on the database: repeated until it is back. */
const database = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Assets may take a while to be reached; the activity itself knows when delivery begins and it is too late. */
const assets = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** One short write each: a marker in the history instead of a task of their own. */
const shortWrite = proxyLocalActivities<Activities>({
  startToCloseTimeout: '10 seconds',
  localRetryThreshold: '1 minute',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

export const { send, sendAgain, answerSettlement, reply, redeliver } = delivery;
export const {
  decideOffer,
  updatePrognosis,
  applyReservation,
  announceReservation,
  recomputeSettlement,
  remindOfReview,
  announceSettlement,
} = database;
export const { dispatchOrder } = assets;
export const { bookOrder, measureDelivery, recordConversation } = shortWrite;

/** Tried once: what does not end at once is for `decideOffer`. */
const onTheSpot = proxyLocalActivities<Activities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
});
export const { decideAtOnce } = onTheSpot;
