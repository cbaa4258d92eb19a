import type { Config, Strategy } from '../../config/index.ts';
import type { RequestFacts } from '../../market/flex-request/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { meritOrderStrategy } from './merit-order.ts';
import type { OfferStrategy } from './strategy.ts';

/** The settings of the strategy for a request. */
export function strategySettings(config: Config, _request: RequestFacts): Strategy {
  return config.strategy;
}

/** The strategy that the settings name. */
export function strategyFor(_deps: Dependencies, _settings: Strategy): OfferStrategy {
  return meritOrderStrategy;
}
