import { capacityActivities } from './capacity-check.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import { dispatchActivities } from './dispatch/index.ts';
import { heartbeating } from './heartbeating.ts';
import { meteringActivities } from './metering.ts';
import { Outgoing } from './outgoing.ts';
import { portfolioActivities } from './portfolio.ts';
import { followedByPrognoses, toldPrognoses } from './portfolio-prognoses.ts';
import { portfolioViewActivities } from './portfolio-view.ts';
import { prognosisActivities } from './prognosis.ts';
import { replyActivities } from './reply.ts';
import { reservationActivities } from './reservation.ts';
import { settlementActivities } from './settlement.ts';
import { tradingActivities } from './trading.ts';

export { startAlertSender } from './alerts/sender.ts';
export type { Activities } from './contract.ts';
export { toldWhenFailing } from './failing.ts';
export type { Dependencies, Log } from './dependencies.ts';

/** All activities of the worker, on the dependencies given. */
export function createActivities(deps: Dependencies): Activities {
  const outgoing = new Outgoing(deps);
  const portfolio = portfolioActivities(deps, outgoing);
  const settlement = settlementActivities(deps, outgoing);
  const prognosis = prognosisActivities(deps, outgoing);
  const metering = meteringActivities(deps, outgoing);
  const replies = replyActivities(deps, outgoing, settlement.announceSettlement);
  const trading = tradingActivities(deps);
  return {
    ...trading,
    ...capacityActivities(deps),
    ...dispatchActivities(deps),
    ...reservationActivities(deps),
    ...settlement,
    ...prognosis,
    ...portfolio,
    ...metering,
    ...portfolioViewActivities(deps, followedByPrognoses(prognosis, toldPrognoses(deps.log))),
    // What delivers heartbeats: a dead worker's try is taken over in seconds.
    send: heartbeating(async (input) => {
      if (input.conversation) await trading.recordConversation(input.conversation);
      return outgoing.send(input);
    }),
    sendAgain: heartbeating((input) => outgoing.sendAgain(input)),
    answerSettlement: heartbeating(settlement.answerSettlement),
    sendPortfolioUpdate: heartbeating(portfolio.sendPortfolioUpdate),
    sendPortfolioQuery: heartbeating(portfolio.sendPortfolioQuery),
    sendPrognosis: heartbeating(prognosis.sendPrognosis),
    sendDueMeterings: heartbeating(metering.sendDueMeterings),
    chaseMeterings: heartbeating(metering.chaseMeterings),
    reply: heartbeating(replies.reply),
    redeliver: heartbeating(replies.redeliver),
  };
}
