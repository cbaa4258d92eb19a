import { type Clock, instant } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Store } from '../store/index.ts';
import { periodOf } from '../uftp/index.ts';

/** The day that it is for the portfolio: in the zone of the first CRO, or of the first DSO where there is none. */
export function portfolioDay(config: Pick<Config, 'cros' | 'dsos'>, clock: Clock): string {
  const timeZone = config.cros()[0]?.timeZone ?? config.dsos()[0]?.market.timeZone ?? 'UTC';
  return periodOf(instant(clock), timeZone);
}

/**
 * Brings the connections of the configuration into the store. Those that were on its list and are no longer leave
 * with today as their last day; those that an import named are left to imports. Doing it again changes nothing.
 */
export async function seedPortfolio(
  config: Pick<Config, 'cros' | 'dsos' | 'portfolio'>,
  store: Pick<Store, 'connections'>,
  clock: Clock,
): Promise<void> {
  await store.connections.compare({
    origin: 'configuration',
    leavesOn: portfolioDay(config, clock),
    connections: config.portfolio.connections.map(({ id, from, to, meteringEAN, assets }) => ({
      connection: id,
      startPeriod: from,
      ...(to !== undefined && { endPeriod: to }),
      ...(meteringEAN !== undefined && { meteringEAN }),
      assets,
    })),
    apply: true,
    by: 'configuration',
    at: instant(clock),
  });
}
