import { inTransaction, type Db } from './client.ts';
import type { StoredISP } from './orders.ts';
import { json, messageKey, plain } from './plain.ts';

/** What is reserved where: under a contract, at a congestion point, on a local day. */
export interface ReservedAt {
  readonly contractId: string;
  readonly congestionPoint: string;
  /** Local day `YYYY-MM-DD`. */
  readonly period: string;
}

/** A FlexReservationUpdate, with what was made of it. */
export interface ReservationUpdate extends ReservedAt {
  /** Who sent it: not always the DSO of the contract. */
  readonly dso: string;
  readonly messageId: string;
  /** Its TimeStamp, or its receipt where that was earlier (ISO, UTC). */
  readonly stampedAt: string;
  readonly receivedAt: string;
  readonly isps: readonly StoredISP[];
  /** Why it was refused; absent where it was accepted. */
  readonly reason?: string;
}

/** The update that is in force. */
export type InForce = Omit<ReservationUpdate, 'reason'>;

/** Every update of what DSOs keep reserved. They have no Revision: of the accepted ones the one stamped last is in force. */
export function reservationsOf(db: Db) {
  return {
    /**
     * Judges an update against the one in force and keeps it with the verdict, while no other update of the same
     * contract and day is judged. The same message again gets the verdict that it got before.
     *
     * @param judge reasons to refuse it, by what is in force; none accepts it
     * @returns the reasons
     */
    async take(
      update: Omit<ReservationUpdate, 'reason'>,
      judge: (inForce: InForce | undefined) => readonly string[],
    ): Promise<readonly string[]> {
      const { contractId, congestionPoint, period, dso } = update;
      const messageId = messageKey(update.messageId);
      const transaction = () =>
        db.$transaction(async (tx) => {
          const lock = `flexor.reservation/${contractId}/${congestionPoint}/${period}`;
          await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`;
          const before = await tx.reservationUpdate.findUnique({
            where: { dso_messageId: { dso, messageId } },
            select: { reason: true },
          });
          if (before) return before.reason === null ? [] : before.reason.split(';');
          const reasons = judge(await inForce(tx as unknown as Db, { contractId, congestionPoint, period }));
          await tx.reservationUpdate.create({
            data: {
              ...{ ...update, messageId, isps: json(update.isps) },
              ...(reasons.length > 0 && { reason: reasons.join(';') }),
            },
            select: { id: true },
          });
          return reasons;
        });
      return inTransaction(transaction);
    },

    /** The last accepted update, by its stamp; undefined where what the contract says stands. */
    inForce: (where: ReservedAt): Promise<InForce | undefined> => inForce(db, where),

    /** Every update under a contract for a day, accepted or not, in the order of their receipt. */
    async history(contractId: string, period: string): Promise<ReservationUpdate[]> {
      const rows = await db.reservationUpdate.findMany({
        where: { contractId, period },
        orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
        omit: { id: true },
      });
      return rows.map((row) => plain(row) as unknown as ReservationUpdate);
    },

    /** What is in force under a contract on a day, at every congestion point that an update named. */
    async allInForce(contractId: string, period: string): Promise<InForce[]> {
      const rows = await db.reservationUpdate.findMany({
        where: { contractId, period, reason: null },
        orderBy: [{ congestionPoint: 'asc' }, ...newestFirst],
        distinct: ['congestionPoint'],
        omit: { id: true, reason: true },
      });
      return rows.map((row) => plain(row) as unknown as InForce);
    },
  };
}

/** Of two with one stamp the one that came first stands. */
const newestFirst = [{ stampedAt: 'desc' as const }, { receivedAt: 'asc' as const }, { id: 'asc' as const }];

async function inForce(db: Db, where: ReservedAt): Promise<InForce | undefined> {
  const { contractId, congestionPoint, period } = where;
  const row = await db.reservationUpdate.findFirst({
    where: { contractId, congestionPoint, period, reason: null },
    orderBy: newestFirst,
    omit: { id: true, reason: true },
  });
  return row ? (plain(row) as unknown as InForce) : undefined;
}
