import { Context } from '@temporalio/activity';
import { instant } from '../base/clock.ts';
import { settledHold } from '../market/capacity.ts';
import { toStored } from './isps.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import { decideOffer } from './strategy/decide-offer.ts';

type TradingActivities = Pick<Activities, 'decideOffer' | 'bookOrder' | 'recordConversation'>;

/** Activities of one FlexRequest's conversation, besides sending. */
export function tradingActivities(deps: Dependencies): TradingActivities {
  const { store, clock } = deps;
  return {
    decideOffer: (input) => decideOffer(deps, input),

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
      const conversation = {
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
      };
      // What becomes of held power follows from the state alone: whatever crashed, recording it puts things right.
      await store.conversations.record(conversation, (hold) => settledHold(state, hold));
    },
  };
}
