import { Context } from '@temporalio/activity';
import { Temporal } from 'temporal-polyfill';
import { instant } from '../base/clock.ts';
import type { OfferDecision, RequestFacts } from '../market/flex-request/index.ts';
import { type AssetFlexibility, meritOrder } from '../market/merit-order.ts';
import { obligatedPower } from '../market/obligation.ts';
import { firstISP, type PowerISP } from '../market/power.ts';
import { ispMinutes, ispStart } from '../uftp/index.ts';
import { fromContract, fromStored, toStored } from './isps.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';

type TradingActivities = Pick<Activities, 'decideOffer' | 'bookOrder' | 'recordConversation'>;

/** Activities of one FlexRequest's conversation, besides sending. */
export function tradingActivities(deps: Dependencies): TradingActivities {
  const { config, store, clock } = deps;
  return {
    async decideOffer({ request, reserved }) {
      const held = request.ContractID
        ? await store.reservations.find(request.dso, request.ContractID, request.Period)
        : undefined;
      const assets = await assetsOn(deps, request);
      const contract = request.ContractID ? config.contract(request.ContractID) : undefined;
      const agreed = contract ? fromContract(contract.reserved) : reserved;
      return decide(deps, request, assets, held ? fromStored(held.isps) : agreed);
    },

    async bookOrder({ dso, order }) {
      const { workflowId } = Context.current().info.workflowExecution!;
      const outcome = await store.orders.accept({
        dso,
        orderReference: order.OrderReference,
        orderMessageId: order.messageId,
        workflowId,
        congestionPoint: order.CongestionPoint,
        period: order.Period,
        timeZone: order.TimeZone,
        ispDuration: order.ISPDuration,
        price: order.Price,
        currency: order.Currency,
        isps: toStored(order.ISP),
        acceptedAt: instant(clock),
        ...(order.ContractID !== undefined && { contractId: order.ContractID }),
        ...(order.BaselineReference !== undefined && { baselineReference: order.BaselineReference }),
      });
      return outcome === 'accepted';
    },

    async recordConversation(state) {
      const { request } = state;
      if (!request) return;
      const { workflowId } = Context.current().info.workflowExecution!;
      await store.conversations.record({
        workflowId,
        dso: request.dso,
        congestionPoint: request.CongestionPoint,
        period: request.Period,
        timeZone: request.TimeZone,
        ispDuration: request.ISPDuration,
        conversationId: request.conversationId,
        ...(request.ContractID !== undefined && { contractId: request.ContractID }),
        state: state.phase,
        transition: state.transition,
        snapshot: state,
        updatedAt: instant(clock),
      });
    },
  };
}

/** What can be moved behind the own connections on a congestion point on that day. */
async function assetsOn({ config, store }: Dependencies, request: RequestFacts): Promise<AssetFlexibility[]> {
  const connections = await store.portfolio.connectionsOn(request.CongestionPoint, request.Period);
  const there = new Set(connections);
  return config.portfolio.connections
    .filter(({ id, from, to }) => there.has(id) && from <= request.Period && (!to || request.Period <= to))
    .flatMap(({ assets }) => assets);
}

/** The merit-order strategy: fill what is requested from the cheapest asset up, or say why there is no offer. */
function decide(
  { config, clock }: Dependencies,
  request: RequestFacts,
  assets: readonly AssetFlexibility[],
  reserved: readonly PowerISP[],
): OfferDecision {
  const dso = config.participant(request.dso, 'DSO');
  if (!dso) return { kind: 'noBid', reason: `${request.dso} is no longer in the configuration` };
  if (assets.length === 0) return { kind: 'noBid', reason: 'no asset stands behind this congestion point' };
  const { currency } = dso.market;
  const minutes = ispMinutes(request.ISPDuration);
  const obligations = obligatedPower(reserved, request.ISP);
  const option = meritOrder(request.ISP, assets, minutes, currency, obligations);
  if (!option) return { kind: 'noBid', reason: 'no asset can move in the requested direction' };

  const { offerValidity, minActivationFactor } = config.strategy;
  const validity = Temporal.Duration.from(offerValidity).total('milliseconds');
  const wanted = new Date(clock.now().getTime() + validity).toISOString();
  // An order that comes after delivery began could not be followed.
  const begins = ispStart(request.Period, request.TimeZone, request.ISPDuration, firstISP(option.ISP));
  if (instant(clock) >= begins) return { kind: 'noBid', reason: 'delivery would already have begun' };
  return {
    kind: 'offer',
    content: {
      ExpirationDateTime: wanted < begins ? wanted : begins,
      ...(request.ContractID !== undefined && { ContractID: request.ContractID }),
      ...(dso.baseline.kind === 'reference' && { BaselineReference: dso.baseline.reference }),
      Currency: currency,
      OfferOption: [
        {
          OptionReference: 'A',
          Price: option.price,
          MinActivationFactor: minActivationFactor,
          ISP: option.ISP,
        },
      ],
    },
  };
}
