import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/contract.ts';

/** A whole portfolio is megabytes to build, sign and post. Otherwise as every delivery. */
const delivery = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '60 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** An answer may hold hundreds of thousands of connections. */
const bulk = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

const shortWrite = proxyLocalActivities<Activities>({
  startToCloseTimeout: '10 seconds',
  localRetryThreshold: '1 minute',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

export const { sendPortfolioUpdate, sendPortfolioQuery, sendAgain } = delivery;
export const { keepPortfolioView, keepViewOfNobody, comparePortfolioView } = bulk;
export const { portfolioStanding, recordSync } = shortWrite;
