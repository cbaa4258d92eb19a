import type { Config } from '../config/index.ts';
import { workflowIds } from '../workflows/ids.ts';
import type { PeriodicStart } from './schedules.ts';

/** UFTP, AGRPortfolioQuery: both lists of the answer may change from day to day, so each CRO is asked daily. */
export function portfolioStarts({ cros, portfolio }: Pick<Config, 'cros' | 'portfolio'>): PeriodicStart[] {
  const [hour, minute] = portfolio.queryAt.split(':').map(Number);
  return cros().map(({ domain, timeZone }) => ({
    id: workflowIds.portfolioDaily(domain),
    spec: { cronExpressions: [`${minute} ${hour} * * *`], timezone: timeZone },
    action: {
      workflowType: 'portfolioDaily',
      workflowId: workflowIds.portfolioDaily(domain),
      args: [{ cro: domain }],
    },
  }));
}
