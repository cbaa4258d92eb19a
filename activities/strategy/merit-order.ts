import { meritOrder } from '../../market/merit-order.ts';
import { offerOf, type OfferStrategy } from './strategy.ts';

/** Fills what is requested from the cheapest free asset up, or says why there is no offer. */
export const meritOrderStrategy: OfferStrategy = {
  decide(request, context) {
    const { assets, day, dso, obligations } = context;
    const option = meritOrder(request.ISP, assets, day.ispMinutes, dso.market.currency, obligations);
    if (option) return offerOf(request, context, [option]);
    const all = assets.map((asset) => ({ ...asset, held: { reduceW: [], increaseW: [] } }));
    const taken = meritOrder(request.ISP, all, day.ispMinutes, dso.market.currency, obligations);
    const reason = taken
      ? 'all that could move in the requested direction is held for other offers and orders'
      : 'no asset can move in the requested direction';
    return { kind: 'noBid', reason };
  },
};
