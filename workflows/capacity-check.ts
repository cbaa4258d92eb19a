import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/contract.ts';

const { checkCapacity } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** After an outage was reported, and again and again in case that nobody could say so: offers on lost power are revoked. */
export async function capacityCheck(): Promise<{ readonly outages: number; readonly lost: number }> {
  return checkCapacity();
}
