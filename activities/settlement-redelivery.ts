import { instant } from '../base/clock.ts';
import type { Delivery } from '../market/flex-request/index.ts';
import type { OutboxRow } from '../store/index.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Outgoing } from './outgoing.ts';
import { readInbox } from './read-inbox.ts';
import { answerArrived, raiseWithheld } from './settlement-alerts.ts';

/**
 * Sends the stored answer to a FlexSettlement again. Where its delivery was given up, its orders have been free since:
 * they are claimed first, and where another settlement claimed one meanwhile, the answer stays here. The DSO would
 * hold two acceptances of one order.
 */
export async function redeliverSettlement(
  deps: Dependencies,
  outgoing: Outgoing,
  announce: Activities['announceSettlement'],
  row: OutboxRow & { readonly answersInboxId: string },
  askedAt: string,
): Promise<Delivery> {
  const { store, clock } = deps;
  const { answersInboxId: inboxId, messageId } = row;
  const { status, result } = (await store.settlements.find(inboxId)) ?? {};
  // One that is decided and not being delivered was claimed anew here, by a worker that died.
  const givenUp = status === 'undelivered' || (status === 'decided' && row.status !== 'pending');
  if (!givenUp) return outgoing.deliverAgain(row, askedAt);
  const { row: asked, message } = await readInbox(store, inboxId, 'FlexSettlement');
  if (!(await store.settlements.reclaim(inboxId))) {
    await raiseWithheld(deps, asked.senderDomain, message);
    return { messageId, outcome: 'refused', reason: 'another settlement settled its orders meanwhile' };
  }
  const delivery = await outgoing.deliverAgain(row, askedAt);
  const arrived = delivery.outcome === 'delivered' || row.status === 'delivered';
  await store.settlements.ended(inboxId, arrived ? 'answered' : 'undelivered', instant(clock));
  if (!arrived) return delivery;
  await answerArrived(deps, asked.senderDomain, message);
  if (result === 'Accepted') await announce({ inboxId });
  return delivery;
}
