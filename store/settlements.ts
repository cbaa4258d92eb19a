import { inTransaction, type Db } from './client.ts';
import type { StoredOrder } from './orders.ts';
import { chunksOf, json, messageKey, plain } from './plain.ts';
import { claimOrders, freeOrders, settlementClaimsOf } from './settlement-claims.ts';

/** A FlexSettlement and what is said to it. */
export interface Settlement {
  /** The inbox row. */
  readonly id: string;
  readonly dso: string;
  /** In lower case. */
  readonly messageId: string;
  readonly workflowId: string;
  /** First and last local day settled, both included. */
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly currency: string;
  /** `open`: computed, and an operator may decide until `reviewUntil`; `decided`; `answered`; `undelivered`. */
  readonly status: 'open' | 'decided' | 'answered' | 'undelivered';
  readonly result: 'Accepted' | 'Rejected';
  /** Why it is rejected as a whole. */
  readonly reason?: string;
  readonly orders: number;
  readonly disputed: number;
  /** Instants ISO, UTC. */
  readonly computedAt: string;
  readonly reviewUntil?: string;
  readonly reviewedBy?: string;
  readonly decidedAt?: string;
  readonly endedAt?: string;
  /** OrderReferences of accepted orders of the period that the DSO left out: why it is rejected. */
  readonly leftOut: readonly string[];
}

/** One day of a contract in a FlexSettlement. */
export interface ContractItem {
  readonly messageId: string;
  readonly dso: string;
  readonly contractId: string;
  /** Local day `YYYY-MM-DD`. */
  readonly period: string;
  /** ISPs as the message states them, plain JSON; none where the DSO left the day out. */
  readonly stated: unknown;
  /** ISPs as we have them, plain JSON. */
  readonly computed?: unknown;
  /** Where the two differ; absent where they agree. */
  readonly reason?: string;
}

/** What an operator decided about one item: disputed for a reason, or accepted. */
export interface ItemDecision {
  /** The key of the item: its OrderReference, or `#n` where it has none. */
  readonly orderReference: string;
  readonly disposition: 'Accepted' | 'Disputed';
  readonly reason?: string;
}

/** Settlements of the DSOs, and that each order is owed once. */
export function settlementsOf(db: Db) {
  return {
    ...settlementClaimsOf(db),

    /** Keeps a settlement that was computed. The first record of a message stands. */
    async keep(settlement: Settlement, contracts: readonly ContractItem[]): Promise<Settlement> {
      const messageId = messageKey(settlement.messageId);
      const data = { ...settlement, messageId, leftOut: [...settlement.leftOut] };
      const rows = contracts.map(({ stated, computed, ...item }) => ({
        ...{ ...item, messageId, stated: json(stated) },
        ...(computed !== undefined && { computed: json(computed) }),
      }));
      await inTransaction(() =>
        db.$transaction([
          db.settlement.createMany({ data: [data], skipDuplicates: true }),
          db.contractItem.createMany({ data: rows, skipDuplicates: true }),
        ]),
      );
      return (await this.find(settlement.id)) ?? settlement;
    },

    async find(id: string): Promise<Settlement | undefined> {
      const row = await db.settlement.findUnique({ where: { id } });
      return row ? (plain(row) as Settlement) : undefined;
    },

    /** The settlements computed last, newest first. */
    async list(query: { limit: number; dso?: string; status?: string }): Promise<Settlement[]> {
      const { limit, dso, status } = query;
      const rows = await db.settlement.findMany({
        where: { ...(dso !== undefined && { dso }), ...(status !== undefined && { status }) },
        orderBy: [{ computedAt: 'desc' }, { id: 'desc' }],
        take: limit,
      });
      return rows.map((row) => plain(row) as Settlement);
    },

    /**
     * Orders of a DSO for the days `from` to `to`, both included, by day, that no settlement was about yet. One that
     * was rejected, or whose answer never arrived, leaves its orders to the next; one that waits for review, or whose
     * answer is under way, has them in hand.
     */
    async unsettled(dso: string, from: string, to: string): Promise<StoredOrder[]> {
      const rows = await db.$queryRaw<{ id: string }[]>`
        SELECT id::text FROM flex_order
        WHERE dso = ${dso} AND period BETWEEN ${from} AND ${to} AND outcome IS NULL
          AND order_reference NOT IN (
            SELECT item.matched_order
            FROM settlement_item item JOIN settlement ON settlement.dso = item.dso
              AND settlement.message_id = item.message_id
            WHERE item.dso = ${dso} AND item.matched_order IS NOT NULL
              AND settlement.result = 'Accepted' AND settlement.status <> 'undelivered')`;
      const found = await Promise.all(
        chunksOf(rows, 10_000).map((part) =>
          db.order.findMany({ where: { id: { in: part.map(({ id }) => id) } }, omit: { id: true } }),
        ),
      );
      return found
        .flat()
        .map((row) => plain(row) as unknown as StoredOrder)
        .toSorted((a, b) => a.period.localeCompare(b.period));
    },

    /** Orders that settlements touching the days `from` to `to` left out: MessageID of the last one, by OrderReference. */
    async leftOut(dso: string, from: string, to: string): Promise<ReadonlyMap<string, string>> {
      const rows = await db.settlement.findMany({
        where: { dso, leftOut: { isEmpty: false }, periodStart: { lte: to }, periodEnd: { gte: from } },
        orderBy: [{ computedAt: 'asc' }, { id: 'asc' }],
        select: { messageId: true, leftOut: true },
      });
      return new Map(
        rows.flatMap(({ messageId, leftOut }) => leftOut.map((reference) => [reference, messageId] as const)),
      );
    },

    async contractItems(dso: string, messageId: string): Promise<ContractItem[]> {
      const rows = await db.contractItem.findMany({
        where: { dso, messageId: messageKey(messageId) },
        orderBy: [{ contractId: 'asc' }, { period: 'asc' }],
        omit: { id: true },
      });
      return rows.map((row) => plain(row) as ContractItem);
    },

    /** Contract items of a DSO for the days `from` to `to`, both included; of one day the last that came. */
    async contractItemsOf(dso: string, from: string, to: string): Promise<ContractItem[]> {
      const rows = await db.contractItem.findMany({
        where: { dso, period: { gte: from, lte: to } },
        orderBy: [{ contractId: 'asc' }, { period: 'asc' }, { id: 'desc' }],
        distinct: ['contractId', 'period'],
        omit: { id: true },
      });
      return rows.map((row) => plain(row) as ContractItem);
    },

    /**
     * Decides a settlement, once: an operator's decisions are laid over what was computed, and every order that is
     * accepted is claimed for this settlement. One that another settlement claimed before is disputed instead,
     * however late this one was reviewed: money for one order is owed once. A settlement that was decided stays as
     * it is.
     * @param earlier what to say of an order that was claimed before
     */
    async decide(
      id: string,
      given: {
        readonly at: string;
        readonly by?: string;
        readonly decisions?: readonly ItemDecision[];
        readonly earlier: string;
      },
    ): Promise<Settlement | undefined> {
      const { at, by, decisions = [], earlier } = given;
      const transaction = () =>
        db.$transaction(
          async (tx) => {
            const [held] = await tx.$queryRaw<{ dso: string; message_id: string; status: string }[]>`
              SELECT dso, message_id, status FROM settlement WHERE id = ${id}::uuid FOR UPDATE`;
            if (!held || held.status !== 'open') return;
            const { dso, message_id: messageId } = held;
            for (const { orderReference, disposition, reason } of decisions) {
              const [item] = await tx.settlementItem.findMany({ where: { dso, messageId, orderReference } });
              if (!item || (item.disposition === disposition && disposition === 'Accepted')) continue;
              await tx.settlementItem.update({
                where: { id: item.id },
                data: {
                  ...{ disposition, reason: disposition === 'Disputed' ? (reason ?? item.reason) : null },
                  ...{ computedReason: item.reason, decidedBy: by ?? null, decidedAt: at },
                },
              });
            }
            await claimOrders(tx, dso, messageId);
            await tx.$executeRaw`
              UPDATE settlement_item SET disposition = 'Disputed', reason = ${earlier}, workflow_id = NULL
              WHERE dso = ${dso} AND message_id = ${messageId} AND disposition = 'Accepted'
                AND EXISTS (
                  SELECT FROM flex_order WHERE flex_order.dso = ${dso} AND order_reference = matched_order
                    AND settled_by IS DISTINCT FROM ${messageId})`;
            const disputed = await tx.settlementItem.count({
              where: { dso, messageId, disposition: 'Disputed' },
            });
            await tx.settlement.update({
              where: { id },
              data: { status: 'decided', decidedAt: at, reviewedBy: by ?? null, disputed },
            });
          },
          { timeout: 60_000 },
        );
      await inTransaction(transaction);
      return this.find(id);
    },

    /** Records that a decided settlement was answered, or that its answer never arrived and its orders are free again. */
    async ended(id: string, status: 'answered' | 'undelivered', at: string): Promise<void> {
      await inTransaction(() =>
        db.$transaction(async (tx) => {
          const { count } = await tx.settlement.updateMany({
            where: { id, status: 'decided' },
            data: { status, endedAt: at },
          });
          if (count === 0 || status === 'answered') return;
          const { dso, messageId } = await tx.settlement.findUniqueOrThrow({ where: { id } });
          await freeOrders(tx, dso, messageId);
        }),
      );
    },

    /**
     * What happened under a contract at a congestion point on a day, as payloads: requests that were not refused,
     * and offers that arrived and were not refused.
     */
    async under(dso: string, contractId: string, period: string): Promise<ContractPapers> {
      const conversations = await db.conversation.findMany({
        where: { dso, contractId, period },
        select: { workflowId: true },
      });
      const workflowId = { in: conversations.map((each) => each.workflowId) };
      const requests = await db.inbox.findMany({
        where: { workflowId, type: 'FlexRequest', senderDomain: dso, result: 'Accepted' },
        orderBy: { receivedAt: 'asc' },
        select: { payload: true },
      });
      const offers = await db.outbox.findMany({
        where: {
          ...{ workflowId, type: 'FlexOffer', status: 'delivered' },
          OR: [{ peerResult: null }, { peerResult: { not: 'Rejected' } }],
        },
        orderBy: { createdAt: 'asc' },
        select: { payload: true },
      });
      return {
        requests: requests.map(({ payload }) => payload),
        offers: offers.map(({ payload }) => payload),
      };
    },
  };
}

/** Payloads of FlexRequests and FlexOffers. */
export interface ContractPapers {
  readonly requests: readonly Uint8Array[];
  readonly offers: readonly Uint8Array[];
}
