import { ApplicationFailure, Context } from '@temporalio/activity';
import { instant } from '../base/clock.ts';
import { settledHold } from '../market/capacity.ts';
import { TEXTS } from '../uftp/rules/texts.ts';
import { toStored } from './isps.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import { strategySettings } from './strategy/choose.ts';
import { decideOffer } from './strategy/decide-offer.ts';

type TradingActivities = Pick<
  Activities,
  'decideOffer' | 'decideAtOnce' | 'bookOrder' | 'recordConversation' | 'updatePrognosis'
>;

/** Activities of one FlexRequest's conversation, besides sending. */
export function tradingActivities(deps: Dependencies): TradingActivities {
  const { store, clock } = deps;
  return {
    decideOffer: (input) => decideOffer(deps, input),

    async decideAtOnce(input) {
      const asksElsewhere = strategySettings(deps.config, input.frame).kind === 'webhook' && !input.proposal;
      if (asksElsewhere) return null;
      // What cannot be decided yet is tried again by the activity that may take its time.
      return decideOffer(deps, input).catch(() => null);
    },

    async bookOrder({ order }) {
      const { workflowId } = Context.current().info.workflowExecution!;
      const outcome = await store.orders.accept({
        dso: order.dso,
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
      return { rejections: outcome === 'accepted' ? [] : [TEXTS.orderReferenceRepeated] };
    },

    updatePrognosis: notPlanned,

    async recordConversation(state) {
      const { frame } = state;
      if (!frame) return;
      const { workflowId } = Context.current().info.workflowExecution!;
      const conversation = {
        workflowId,
        dso: frame.dso,
        congestionPoint: frame.CongestionPoint,
        period: frame.Period,
        timeZone: frame.TimeZone,
        ispDuration: frame.ISPDuration,
        conversationId: frame.conversationId,
        ...(frame.ContractID !== undefined && { contractId: frame.ContractID }),
        state: state.phase,
        transition: state.transition,
        snapshot: state,
        updatedAt: instant(clock),
      };
      // What becomes of held power follows from the state alone: whatever crashed, recording it puts things right.
      await store.conversations.record(conversation, (hold) => settledHold(state, hold), state.alerts);
    },
  };
}

/** No plan of an order asks for these yet. */
async function notPlanned(): Promise<never> {
  throw ApplicationFailure.nonRetryable('No order plans this yet.', 'activities.not-planned');
}
