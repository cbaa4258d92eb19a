import type { Config, Strategy } from '../../config/index.ts';
import type { Frame } from '../../market/flex-request/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { manualStrategy } from './manual.ts';
import { meritOrderStrategy } from './merit-order.ts';
import type { OfferStrategy } from './strategy.ts';
import { webhookStrategy } from './webhook.ts';

/** The settings of the strategy for a request: the first that is meant for it, or else the one for all. */
export function strategySettings(
  { strategies, strategy }: Pick<Config, 'strategies' | 'strategy'>,
  { dso, CongestionPoint }: Pick<Frame, 'dso' | 'CongestionPoint'>,
): Strategy {
  const meant = strategies.find(
    ({ for: { dso: ofDSO = dso, congestionPoint = CongestionPoint } }) =>
      ofDSO === dso && congestionPoint === CongestionPoint,
  );
  return meant ?? strategy;
}

/** The strategy that the settings name. */
export function strategyFor(deps: Dependencies, settings: Strategy): OfferStrategy {
  if (settings.kind === 'webhook') return webhookStrategy(deps, settings);
  return settings.kind === 'manual' ? manualStrategy(settings) : meritOrderStrategy;
}
