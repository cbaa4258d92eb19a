import { UftpError } from '../../uftp/index.ts';
import type { Grid } from '../readings/moments.ts';
import { bodyInvalid } from './body.ts';
import { type Market, sameISPs } from './markets.ts';

/**
 * What is handed in is kept by ISP number: only numbers that mean what a market means by them are taken. What is not
 * said is taken from the market, where all have the same.
 *
 * @throws Refusal 422 where no market fits
 */
export function gridOf(
  markets: readonly Market[],
  said: { period?: string; timeZone?: string | undefined; ispDuration?: string | undefined },
): Grid {
  const first = markets[0];
  const { period, timeZone = first?.timeZone, ispDuration = first?.ispDuration } = said;
  const fits = (market: Market): boolean => {
    if (timeZone === undefined || ispDuration === undefined) return false;
    try {
      // Without a day, zones have to agree on every one of them: by name.
      return period === undefined
        ? market.timeZone === timeZone && sameISPs(market, '2000-01-01', timeZone, ispDuration)
        : sameISPs(market, period, timeZone, ispDuration);
    } catch (thrown) {
      if (thrown instanceof UftpError) return false;
      throw thrown;
    }
  };
  const fitting = markets.filter(fits);
  const unsaid = said.timeZone === undefined || said.ispDuration === undefined;
  if (fitting.length > 0 && (!unsaid || fitting.length === markets.length)) return fitting[0]!;
  const names = [...new Set(markets.map((each) => `${each.timeZone} with ${each.ispDuration}`))].join(', ');
  const message = unsaid
    ? `is not said, nor ispDuration, and markets differ (${names})`
    : `does not fit, with ispDuration, any market that is configured (${names})`;
  throw bodyInvalid([{ path: 'timeZone', message }]);
}
