import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import { Outgoing } from './outgoing.ts';
import { portfolioActivities } from './portfolio.ts';
import { replyActivities } from './reply.ts';
import { reservationActivities } from './reservation.ts';
import { settlementActivities } from './settlement.ts';
import { tradingActivities } from './trading.ts';

export type { Activities } from './contract.ts';
export type { Dependencies, Log } from './dependencies.ts';

/** All activities of the worker, on the dependencies given. */
export function createActivities(deps: Dependencies): Activities {
  const outgoing = new Outgoing(deps);
  return {
    send: (input) => outgoing.send(input),
    ...tradingActivities(deps),
    ...reservationActivities(deps),
    ...settlementActivities(deps, outgoing),
    ...portfolioActivities(deps, outgoing),
    ...replyActivities(deps, outgoing),
  };
}
