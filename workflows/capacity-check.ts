import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/contract.ts';

const { checkCapacity } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/**
 * After an outage was reported or profiles were handed in, and again and again in case that nobody could say so: offers
 * on lost power are revoked.
 */
export async function capacityCheck(): ReturnType<Activities['checkCapacity']> {
  return checkCapacity();
}
