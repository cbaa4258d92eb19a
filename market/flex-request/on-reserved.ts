import { obligatedPower } from '../obligation.ts';
import { powerByISP } from '../power.ts';
import type { OfferContent } from './facts.ts';
import { type FlexRequestState, isStanding } from './state.ts';

/**
 * Whether the offers that stand hold less than the contract now obliges to offer (UFTP, bilateral contracts). Then
 * one more has to be made; where they hold more than they must, they were promised and stay.
 */
export function lacksObligated({ request, requestStatus, reserved, offers }: FlexRequestState): boolean {
  if (!request || requestStatus !== 'Open' || !reserved) return false;
  const certain = offers
    .filter((offer) => isStanding(offer) || offer.status === 'Ordered')
    .map(({ content }) => leastOf(content));
  return [...obligatedPower(reserved, request.ISP)].some(([isp, obligated]) => {
    const offered = certain.reduce((sum, powers) => sum + (powers.get(isp) ?? 0), 0);
    return Math.sign(obligated) * offered < Math.abs(obligated);
  });
}

/** What an offer holds whichever of its options is ordered, in W by ISP. */
function leastOf({ OfferOption }: OfferContent): ReadonlyMap<number, number> {
  const [first = new Map<number, number>(), ...others] = OfferOption.map(({ ISP }) => powerByISP(ISP));
  return new Map(
    [...first].map(([isp, power]) => [
      isp,
      others.reduce((least, powers) => {
        const other = powers.get(isp) ?? 0;
        return Math.abs(other) < Math.abs(least) ? other : least;
      }, power),
    ]),
  );
}
