import type { Db } from './client.ts';
import { json, messageKey, plain } from './plain.ts';

/** One order in a FlexSettlement: what the DSO states, what we computed, and what we said to it. */
export interface SettlementItem {
  /** The FlexSettlement. */
  readonly messageId: string;
  readonly dso: string;
  readonly orderReference: string;
  /** The workflow of the conversation that the order belongs to, where there is one. */
  readonly workflowId?: string;
  readonly period: string;
  readonly currency: string;
  /** What the message says, as plain JSON. */
  readonly stated: unknown;
  /** What we computed, as plain JSON; missing where it could not be computed. */
  readonly computed?: unknown;
  /** `Accepted`, `Disputed`, or `Rejected` with the whole message. */
  readonly disposition: string;
  readonly reason?: string;
  /** ISO, UTC. */
  readonly decidedAt: string;
  /** OrderReference of the accepted order that the item is about; missing where it is about none. */
  readonly matchedOrder?: string;
  /** What was computed, and the operator who decided otherwise. */
  readonly computedReason?: string;
  readonly decidedBy?: string;
}

export function settlementItemsOf(db: Db) {
  async function where(
    condition: { dso: string; messageId: string } | { workflowId: string },
  ): Promise<SettlementItem[]> {
    const rows = await db.settlementItem.findMany({
      where: condition,
      orderBy: [{ decidedAt: 'asc' }, { period: 'asc' }, { orderReference: 'asc' }],
      omit: { id: true },
    });
    return rows.map((row) => plain(row) as SettlementItem);
  }

  return {
    /** Keeps decisions, whole or not at all. A decision that was made stands: the same item is kept once. */
    async save(items: readonly SettlementItem[]): Promise<void> {
      const data = items.map(({ stated, computed, ...item }) => ({
        ...item,
        messageId: messageKey(item.messageId),
        stated: json(stated),
        ...(computed === undefined || computed === null ? {} : { computed: json(computed) }),
      }));
      await db.settlementItem.createMany({ data, skipDuplicates: true });
    },

    /** The items of one FlexSettlement: of that DSO's, since another one may use the same MessageID. */
    async forMessage(dso: string, messageId: string): Promise<SettlementItem[]> {
      return where({ dso, messageId: messageKey(messageId) });
    },

    /** Every item about orders of a DSO delivered on the days `from` to `to`, both included, by when it was decided. */
    async inPeriod(dso: string, from: string, to: string): Promise<SettlementItem[]> {
      const rows = await db.settlementItem.findMany({
        where: { dso, period: { gte: from, lte: to } },
        orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }],
        omit: { id: true },
      });
      return rows.map((row) => plain(row) as SettlementItem);
    },

    async forWorkflow(workflowId: string): Promise<SettlementItem[]> {
      return where({ workflowId });
    },
  };
}
