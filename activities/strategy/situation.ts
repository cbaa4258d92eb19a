import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { instant } from '../../base/clock.ts';
import { assetOn, dayOf } from '../../market/asset.ts';
import { coveredBy, stillObligated } from '../../market/coverage.ts';
import type { DecideInput, Obligation, OfferDecision } from '../../market/flex-request/index.ts';
import { isIntraday } from '../../market/gates.ts';
import { obligatedPower } from '../../market/obligation.ts';
import { bandsFrom, obligationsFrom } from '../../market/proposal.ts';
import { agreedBaseline } from '../baseline/agreed.ts';
import { activePoint } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { assetsBehind } from '../portfolio-assets.ts';
import { strategySettings } from './choose.ts';
import { firstISPOn } from './obligation.ts';
import type { Situation } from './strategy.ts';

type NoBid = Extract<OfferDecision, { kind: 'noBid' }>;
const noBid = (reason: string): NoBid => ({ kind: 'noBid', reason });

/** What is known about what is to be decided, or why nothing can be offered. */
export async function situationOf(
  deps: Dependencies,
  input: DecideInput,
  obligation?: Obligation,
): Promise<Situation | NoBid> {
  const { config, store, clock } = deps;
  const { frame, request, offered } = input;
  const { Period } = frame;
  const dso = config.participant(frame.dso, 'DSO');
  if (!dso) return noBid(`${frame.dso} is no longer in the configuration`);
  const point = await activePoint(deps, frame);
  if (!point && (await mayStillBeTold(deps, input))) throw portfolioUnknown();
  const assets = await assetsBehind(store, point?.connections ?? [], Period);
  if (!point || assets.length === 0) return noBid('no asset stands behind this congestion point');

  const now = instant(clock);
  const intraday = isIntraday(frame, dso.market.gateClosure, now);
  // UFTP, AGRPortfolioQueryResponse: without IntradayRedispatchBy there is no intraday trading.
  const redispatchBy = intraday ? point.intradayRedispatchBy : point.dayAheadRedispatchBy;
  if (redispatchBy === undefined) return noBid('no intraday trading on this congestion point');
  const firstISP = firstISPOn(frame, dso, now);
  const bands = request && bandsFrom(request.ISP, firstISP);
  if (bands && !bands.some(({ Disposition }) => Disposition === 'Requested'))
    return noBid('the gates of all requested ISPs are closed');
  const baseline = await agreedBaseline(deps, dso, frame);
  if (!baseline) return noBid('no baseline is in force yet');

  const obligated = obligatedPower(obligation?.reserved ?? [], request?.ISP ?? []);
  return {
    ...{ frame, dso, settings: strategySettings(config, frame), day: dayOf(frame), baseline },
    assets: assets.map((asset) => assetOn(asset, frame)),
    ...{ intraday, redispatchBy: redispatchBy === 'DSO' ? 'DSO' : 'AGR', firstISP },
    ...(bands && { bands }),
    obligations: stillObligated(obligationsFrom(obligated, firstISP), offered),
    covered: coveredBy(offered),
    mutexOffersSupported: point.mutexOffersSupported,
  };
}

/** Before the first answer of a CRO nobody knows what stands behind a congestion point: that is no reason not to bid. */
async function mayStillBeTold(
  { config, store, clock }: Dependencies,
  { frame, request }: DecideInput,
): Promise<boolean> {
  if (!request || config.cros().length === 0 || instant(clock) >= request.ExpirationDateTime) return false;
  return !(await store.portfolio.isKnown(frame.Period));
}

/** Tried again until a CRO has answered or the request has expired. */
function portfolioUnknown(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'activities.portfolio-unknown',
    message: 'No CRO has told yet where the portfolio is.',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: '5 seconds',
  });
}
