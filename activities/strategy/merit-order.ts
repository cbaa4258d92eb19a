import { meritOrder } from '../../market/merit-order.ts';
import { noBid, offerOf, type OfferStrategy, type StrategyContext } from './strategy.ts';

/** Fills what is requested from the cheapest free asset up, or says why there is no offer. */
export const meritOrderStrategy: OfferStrategy = {
  decide(_request, context) {
    const { assets, bands = [], day, dso, obligations, covered, why, refusal = 'no reason given' } = context;
    const several = context.mutexOffersSupported ? context.settings.options : 1;
    // UFTP FlexOffer, "No MutEx offer support": the only refusal that another offer can mend.
    const tooMany = several > 1 && /mut\W?ex/i.test(refusal);
    if (why === 'refused' && !tooMany) return noBid(`${dso.domain} refused the offer: ${refusal}`);
    const offered = { bands, day, currency: dso.market.currency, obligations, covered };
    const options = meritOrder({ ...offered, assets }, tooMany ? 1 : several);
    if (options.length > 0) return offerOf(context, options);
    if (context.offered.length > 0) return noBid('the offers that stand hold all that is asked for');
    const taken = meritOrder({ ...offered, assets: freed(context) });
    return noBid(
      taken.length > 0
        ? 'all that could move in the requested direction is held for other offers and orders'
        : 'no asset can move in the requested direction',
    );
  },
};

const freed = ({ assets }: StrategyContext) =>
  assets.map((asset) => ({ ...asset, held: { reduceW: [], increaseW: [], runs: [] } }));
