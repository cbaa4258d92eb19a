import { addDays, periodOf, periodStart } from '../uftp/index.ts';
import { type Rehearsal, until } from './rehearsal.ts';
import { CRO_DOMAIN, market } from './steps.ts';

/** A story trades tomorrow: three days on, what an earlier one traded is delivered and over. */
const DAYS_BETWEEN_ACTS = 3;

/**
 * Readies a market that has played a story for another one: participants are healed, the clock stands on a day of
 * its own, and what was sent and received before is out of sight. Only Flexor keeps its memory, as it does in life.
 */
export async function nextAct(on: Rehearsal): Promise<Rehearsal> {
  await Promise.all([on.dso.faults({}), on.cro.faults({})]);
  const today = periodOf(on.stage.clock.now().toISOString(), market.timeZone);
  const next = addDays(today, DAYS_BETWEEN_ACTS);
  await on.moveTo(periodStart(next, market.timeZone));
  // Who had been there would have asked about this day on the one before.
  await on.operator.syncPortfolio(CRO_DOMAIN, next);
  await until(() => on.operator.portfolioView(CRO_DOMAIN, next), `the view of the CRO for ${next}`);
  const [dso, cro] = await Promise.all([on.dso.fromHere(), on.cro.fromHere()]);
  return { ...on, dso, cro };
}
