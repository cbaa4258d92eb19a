import type { Strategy } from '../../config/index.ts';
import type { RequestFacts } from '../../market/flex-request/index.ts';
import { meritOrderStrategy } from './merit-order.ts';
import { type Decided, noBid, type StrategyContext } from './strategy.ts';

/**
 * Decides in place of whoever was to, and did not. Where a contract obliges to offer, no bid is no way out (UFTP,
 * bilateral contracts): then the merit order decides all the same.
 *
 * @param why what is said where nothing is offered
 */
export function fallBack(
  fallback: Extract<Strategy, { fallback: unknown }>['fallback'],
  why: string,
  request: RequestFacts,
  context: StrategyContext,
): Decided {
  if (fallback === 'no-bid' && context.obligations.size === 0) return noBid(why);
  return meritOrderStrategy.decide(request, context);
}
