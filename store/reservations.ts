import type { Db } from './client.ts';
import type { StoredISP } from './orders.ts';
import { json, messageKey, plain } from './plain.ts';

/** What a DSO keeps reserved under a contract on one day. */
export interface Reservation {
  readonly dso: string;
  readonly contractId: string;
  readonly period: string;
  readonly congestionPoint: string;
  /** The FlexReservationUpdate that says so. */
  readonly messageId: string;
  /** Its TimeStamp (ISO, UTC). */
  readonly stampedAt: string;
  readonly isps: readonly StoredISP[];
}

/** The reservations that stand. FlexReservationUpdate has no Revision: of two, the one stamped later stands. */
export function reservationsOf(db: Db) {
  return {
    /** Keeps an update, unless one that was stamped at the same time or later is kept already. */
    async save(reservation: Reservation): Promise<void> {
      const { dso, contractId, period, stampedAt } = reservation;
      const messageId = messageKey(reservation.messageId);
      const data = { ...reservation, messageId, isps: json(reservation.isps) };
      const { count } = await db.reservation.createMany({ data: [data], skipDuplicates: true });
      if (count === 1) return;
      await db.reservation.updateMany({
        where: { dso, contractId, period, stampedAt: { lt: stampedAt } },
        data,
      });
    },

    async find(dso: string, contractId: string, period: string): Promise<Reservation | undefined> {
      const key = { dso, contractId, period };
      const row = await db.reservation.findUnique({
        where: { dso_contractId_period: key },
        omit: { id: true },
      });
      return row ? (plain(row) as unknown as Reservation) : undefined;
    },
  };
}
