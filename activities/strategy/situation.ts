import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { instant } from '../../base/clock.ts';
import type { OfferDecision, RequestFacts } from '../../market/flex-request/index.ts';
import { obligatedPower } from '../../market/obligation.ts';
import type { PowerISP } from '../../market/power.ts';
import { ispCount, ispMinutes, ispStart } from '../../uftp/index.ts';
import { reservedUnder, termsFor } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { assetsBehind } from '../portfolio-assets.ts';
import { strategySettings } from './choose.ts';
import type { Situation } from './strategy.ts';

/** What is known about a request, or why nothing can be offered for it. */
export async function situationOf(
  deps: Dependencies,
  request: RequestFacts,
  reserved: readonly PowerISP[],
): Promise<Situation | Extract<OfferDecision, { kind: 'noBid' }>> {
  const { config, store } = deps;
  const { CongestionPoint, ContractID, ISPDuration, Period, TimeZone } = request;
  const dso = config.participant(request.dso, 'DSO');
  if (!dso) return { kind: 'noBid', reason: `${request.dso} is no longer in the configuration` };
  const point = await store.portfolio.activeCongestionPoint(request.dso, CongestionPoint, Period);
  if (!point && (await mayStillBeTold(deps, request))) throw portfolioUnknown();
  const assets = await assetsBehind(store, point?.connections ?? [], Period);
  if (assets.length === 0) return { kind: 'noBid', reason: 'no asset stands behind this congestion point' };

  const called = ContractID && {
    contractId: ContractID,
    congestionPoint: CongestionPoint,
    period: Period,
  };
  const terms = called ? await termsFor(deps, request.dso, called) : undefined;
  const agreed = called && terms ? await reservedUnder(deps, terms, called) : reserved;
  return {
    dso,
    settings: strategySettings(config, request),
    day: {
      startsAt: ispStart(Period, TimeZone, ISPDuration, 1),
      ispMinutes: ispMinutes(ISPDuration),
      ispCount: ispCount(Period, TimeZone, ISPDuration),
    },
    assets,
    obligations: obligatedPower(agreed, request.ISP),
    mutexOffersSupported: point?.mutexOffersSupported === true,
  };
}

/** Before the first answer of a CRO nobody knows what stands behind a congestion point: that is no reason not to bid. */
async function mayStillBeTold(
  { config, store, clock }: Dependencies,
  request: RequestFacts,
): Promise<boolean> {
  if (config.cros().length === 0 || instant(clock) >= request.ExpirationDateTime) return false;
  return !(await store.portfolio.isKnown(request.Period));
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
