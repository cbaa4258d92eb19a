import { Context } from '@temporalio/activity';
import { instant } from '../base/clock.ts';
import { settledHold } from '../market/capacity.ts';
import { bookDirectOrder, bookOrder } from './booking.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import { strategySettings } from './strategy/choose.ts';
import { decideOffer } from './strategy/decide-offer.ts';

type TradingActivities = Pick<
  Activities,
  'decideOffer' | 'decideAtOnce' | 'bookOrder' | 'recordConversation'
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

    bookOrder: (input) => (input.direct ? bookDirectOrder(deps, input) : bookOrder(deps, input)),

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
