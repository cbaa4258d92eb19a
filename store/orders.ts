import type { Db } from './client.ts';
import { json, messageKey, plain } from './plain.ts';

/** A run of ISPs with one power. */
export interface StoredISP {
  /** ISP number, from 1. */
  readonly start: number;
  /** Number of ISPs. */
  readonly duration: number;
  /** W, + is consumption. */
  readonly power: number;
}

/** A FlexOrder that was accepted: the base of settlement. */
export interface AcceptedOrder {
  readonly dso: string;
  readonly orderReference: string;
  readonly orderMessageId: string;
  readonly workflowId: string;
  readonly contractId?: string;
  readonly baselineReference?: string;
  /** The D-Prognosis that the order names as its baseline: MessageID, in lower case. */
  readonly prognosisId?: string;
  readonly congestionPoint: string;
  /** Local day `YYYY-MM-DD` in `timeZone`. */
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  /** Decimal, at most four digits after the point. */
  readonly price: string;
  readonly currency: string;
  readonly isps: readonly StoredISP[];
  /** ISO, UTC. */
  readonly acceptedAt: string;
}

export interface StoredOrder extends AcceptedOrder {
  readonly outcome?: 'settled' | 'disputed';
  /** The FlexSettlement (MessageID, in lower case) by which it is owed. */
  readonly settledBy?: string;
}

/** Accepted orders, by the OrderReference under which the DSO settles them. */
export function ordersOf(db: Db) {
  const stored = (row: object) => {
    const { id: _, ...order } = plain(row) as StoredOrder & { id: string };
    return order;
  };

  return {
    /**
     * Keeps an order. The same order again is `accepted` again; `duplicate-reference` means that the DSO used the
     * OrderReference for another order before, so that settlement could not tell them apart.
     */
    async accept(order: AcceptedOrder): Promise<'accepted' | 'duplicate-reference'> {
      const orderMessageId = messageKey(order.orderMessageId);
      const data = { ...order, orderMessageId, isps: json(order.isps) };
      await db.order.createMany({ data: [data], skipDuplicates: true });
      const { dso, orderReference } = order;
      const where = { dso, orderReference, orderMessageId };
      const kept = await db.order.findFirst({ where, select: { id: true } });
      return kept === null ? 'duplicate-reference' : 'accepted';
    },

    async findByReference(dso: string, orderReference: string): Promise<StoredOrder | undefined> {
      const row = await db.order.findUnique({ where: { dso_orderReference: { dso, orderReference } } });
      return row ? stored(row) : undefined;
    },

    /** An order by the FlexOrder that placed it, in any letter case. */
    async findByMessage(dso: string, messageId: string): Promise<StoredOrder | undefined> {
      const orderMessageId = messageKey(messageId);
      const row = await db.order.findUnique({ where: { dso_orderMessageId: { dso, orderMessageId } } });
      return row ? stored(row) : undefined;
    },

    /** The orders of one conversation, by acceptance. */
    async ofConversation(workflowId: string): Promise<StoredOrder[]> {
      const orderBy = [{ acceptedAt: 'asc' as const }, { id: 'asc' as const }];
      return (await db.order.findMany({ where: { workflowId }, orderBy })).map(stored);
    },

    /** Every order under a contract, whichever DSO placed it, by day and then by acceptance. */
    async underContract(contractId: string): Promise<StoredOrder[]> {
      const rows = await db.order.findMany({
        where: { contractId },
        orderBy: [{ period: 'asc' }, { acceptedAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(stored);
    },

    /** Orders of a DSO for the days `from` to `to`, both included, by day and then by acceptance. */
    async inPeriod(dso: string, from: string, to: string): Promise<StoredOrder[]> {
      const rows = await db.order.findMany({
        where: { dso, period: { gte: from, lte: to } },
        orderBy: [{ period: 'asc' }, { acceptedAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(stored);
    },

    /**
     * Records how a settlement (MessageID) ended for an order; returns false, and does nothing, where another one
     * has claimed the order: what it owes is not undone by an answer that comes later.
     */
    async setOutcome(
      { dso, orderReference }: Pick<AcceptedOrder, 'dso' | 'orderReference'>,
      outcome: 'settled' | 'disputed',
      messageId: string,
    ): Promise<boolean> {
      const claims = [{ settledBy: null }, { settledBy: messageKey(messageId) }];
      const where = { dso, orderReference, OR: claims };
      return (await db.order.updateMany({ where, data: { outcome } })).count > 0;
    },
  };
}
