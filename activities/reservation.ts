import { releaseDeadline, scheduledPower } from '../config/index.ts';
import { reservationRejections } from '../market/reservation.ts';
import type { Activities } from './contract.ts';
import { termsFor } from './contracts.ts';
import type { Dependencies } from './dependencies.ts';
import { fromStored, toStored } from './isps.ts';
import { readInbox } from './read-inbox.ts';

type ReservationActivities = Pick<Activities, 'applyReservation' | 'announceReservation'>;

/** Activities around what a DSO keeps reserved under a contract. */
export function reservationActivities(deps: Dependencies): ReservationActivities {
  const { store, tell } = deps;
  return {
    async applyReservation({ inboxId, judgedAt }) {
      const { row, message } = await readInbox(store, inboxId, 'FlexReservationUpdate');
      const { ContractID: contractId, CongestionPoint: congestionPoint, Period: period } = message;
      const at = { contractId, congestionPoint, period };
      const terms = await termsFor(deps, row.senderDomain, at);
      if (!terms) return ['Unknown reference ContractID'];
      const { receivedAt } = row;
      // No message was written after it was received: a wrong clock must not outrank all that follows.
      const stampedAt = message.TimeStamp < receivedAt ? message.TimeStamp : receivedAt;
      const update = {
        ...{ ...at, dso: row.senderDomain, messageId: message.MessageID, stampedAt, receivedAt },
        isps: toStored(message.ISP),
      };
      return store.reservations.take(update, (inForce) =>
        reservationRejections({
          contracted: scheduledPower(terms, period),
          deadline: releaseDeadline(terms, period),
          inForce: inForce && { stampedAt: inForce.stampedAt, ISP: fromStored(inForce.isps) },
          update: { stampedAt, receivedAt: judgedAt, ISP: message.ISP },
        }),
      );
    },

    async announceReservation({ contractId, congestionPoint, period }) {
      const at = { contractId, congestionPoint, period };
      const inForce = await store.reservations.inForce(at);
      if (!inForce) return;
      for (const workflowId of await store.conversations.underContract(at))
        await tell(workflowId, { type: 'reserved', ISP: fromStored(inForce.isps) });
    },
  };
}
