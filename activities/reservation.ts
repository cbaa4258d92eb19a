import { reservationRejections } from '../market/reservation.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import { fromContract, fromStored, toStored } from './isps.ts';
import { readInbox } from './read-inbox.ts';

type ReservationActivities = Pick<Activities, 'applyReservation' | 'announceReservation'>;

/** Activities around what a DSO keeps reserved under a contract. */
export function reservationActivities({ config, store, tell }: Dependencies): ReservationActivities {
  return {
    async applyReservation({ inboxId }) {
      const { row, message } = await readInbox(store, inboxId, 'FlexReservationUpdate');
      const contract = config.contract(message.ContractID);
      if (!contract || contract.dso !== row.senderDomain) return ['Unknown reference ContractID'];
      const rejections = reservationRejections(fromContract(contract.reserved), message.ISP);
      if (rejections.length > 0) return rejections;
      await store.reservations.save({
        dso: row.senderDomain,
        contractId: message.ContractID,
        period: message.Period,
        congestionPoint: message.CongestionPoint,
        messageId: message.MessageID,
        // No message was written after it was received: a wrong clock must not outrank all that follows.
        stampedAt: message.TimeStamp < row.receivedAt ? message.TimeStamp : row.receivedAt,
        isps: toStored(message.ISP),
      });
      return [];
    },

    async announceReservation({ dso, contractId, period }) {
      const held = await store.reservations.find(dso, contractId, period);
      if (!held) return;
      const concerned = await store.conversations.underContract(dso, contractId, period);
      for (const workflowId of concerned)
        await tell(workflowId, { type: 'reserved', ISP: fromStored(held.isps) });
    },
  };
}
