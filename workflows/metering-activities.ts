import { proxyActivities } from '@temporalio/workflow';
import type { MeteringActivities } from '../activities/contract.ts';

/**
 * Hundreds of messages in one go: each is fixed in the outbox before it is sent, so that a repeated activity goes on
 * where the one before it ended. It knows itself when a message can no longer be delivered.
 */
export const { sendDueMeterings, chaseMeterings } = proxyActivities<MeteringActivities>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** Work on the database: repeated until it is back. */
export const { takeMeteringAnswers, meteringDays } = proxyActivities<MeteringActivities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});
