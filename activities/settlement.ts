import { instant } from '../base/clock.ts';
import {
  disputeReason,
  type OrderSettlement,
  settleOrders,
  type StatedSettlement,
} from '../market/settlement.ts';
import type { InboxRow, SettlementItem, StoredOrder } from '../store/index.ts';
import { ispCount, ispMinutes, type Message } from '../uftp/index.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Outgoing } from './outgoing.ts';
import { fromStored } from './isps.ts';
import { readInbox } from './read-inbox.ts';
import { settlementStatuses } from './settlement-answer.ts';

type SettlementActivities = Pick<
  Activities,
  'recomputeSettlement' | 'answerSettlement' | 'announceSettlement'
>;
type Settlement = Message<'FlexSettlement'>;

/** Activities around a FlexSettlement: its amounts are recomputed, not believed. */
export function settlementActivities(deps: Dependencies, outgoing: Outgoing): SettlementActivities {
  const { config, store, clock, tell, log } = deps;

  return {
    async recomputeSettlement({ inboxId, rejections: found }) {
      const { row, message } = await readInbox(store, inboxId, 'FlexSettlement');
      const dso = row.senderDomain;
      const rejections = [...found];
      if (rejections.length === 0 && (await lacksOrders(dso, message)))
        rejections.push('Missing Settlement Items');
      if (rejections.length > 0) {
        await keepRejected(row, message, rejections.join(';'));
        return { rejections, orders: message.FlexOrderSettlement.length, disputed: 0 };
      }

      const recompute = recomputer(dso);
      const keys = itemKeys(message);
      const items = [];
      for (const [index, stated] of message.FlexOrderSettlement.entries()) {
        const order = stated.OrderReference
          ? await store.orders.findByReference(dso, stated.OrderReference)
          : undefined;
        const computed = order ? await recompute(order) : undefined;
        const reason =
          doubled(order, keys[index]!) ??
          (computed
            ? disputeReason(stated as StatedSettlement, computed, toleranceOf(dso))
            : 'we accepted no order under this reference');
        items.push({
          messageId: row.messageId,
          dso,
          orderReference: keys[index]!,
          // What is owed already was told before, and is not told again.
          ...(order && doubled(order, keys[index]!) === undefined && { workflowId: order.workflowId }),
          period: stated.Period,
          currency: message.Currency,
          stated,
          ...(computed && { computed }),
          disposition: reason === undefined ? 'Accepted' : 'Disputed',
          ...(reason !== undefined && { reason }),
          decidedAt: instant(clock),
        });
      }
      await store.settlementItems.save(items);
      const disputed = items.filter(({ disposition }) => disposition === 'Disputed').length;
      return { rejections, orders: items.length, disputed };
    },

    async answerSettlement({ inboxId, rejections }) {
      const { row, message } = await readInbox(store, inboxId, 'FlexSettlement');
      const items = await store.settlementItems.forMessage(row.senderDomain, row.messageId);
      const reasons = new Map(items.map(({ orderReference, reason }) => [orderReference, reason]));
      const keys = itemKeys(message);
      const rejected = rejections.length > 0;
      const RejectionReason = rejections.join(';');
      return outgoing.send({
        step: 'FlexSettlementResponse',
        to: { domain: row.senderDomain, role: 'DSO' },
        version: row.version,
        conversationId: row.conversationId,
        answers: inboxId,
        draft: {
          type: 'FlexSettlementResponse',
          FlexSettlementMessageID: message.MessageID,
          Result: rejected ? 'Rejected' : 'Accepted',
          ...(rejected && { RejectionReason }),
          FlexOrderSettlementStatus: settlementStatuses(message, (index) =>
            rejected ? RejectionReason : (reasons.get(keys[index]!) ?? undefined),
          ),
        },
      });
    },

    async announceSettlement({ inboxId }) {
      const { row } = await readInbox(store, inboxId, 'FlexSettlement');
      for (const item of await store.settlementItems.forMessage(row.senderDomain, row.messageId)) {
        if (!item.workflowId) continue;
        const settled = item.disposition === 'Accepted';
        await store.orders.setOutcome(item.dso, item.orderReference, settled ? 'settled' : 'disputed');
        const told = await tell(item.workflowId, {
          type: 'settled',
          messageId: row.messageId,
          outcome: settled ? 'Settled' : 'Disputed',
          ...(item.reason != null && { reason: item.reason }),
        });
        if (!told) log.warn({ workflowId: item.workflowId }, 'a settled conversation was over already');
      }
    },
  };

  /** A settlement that was rejected as a whole stays visible in the conversations whose orders it named. */
  async function keepRejected(row: InboxRow, message: Settlement, reason: string): Promise<void> {
    const keys = itemKeys(message);
    const items: SettlementItem[] = [];
    for (const [index, stated] of message.FlexOrderSettlement.entries()) {
      const { OrderReference, Period: period } = stated;
      const order = OrderReference
        ? await store.orders.findByReference(row.senderDomain, OrderReference)
        : undefined;
      items.push({
        messageId: row.messageId,
        dso: row.senderDomain,
        orderReference: keys[index]!,
        ...(order && { workflowId: order.workflowId }),
        period,
        currency: message.Currency,
        stated,
        disposition: 'Rejected',
        reason,
        decidedAt: instant(clock),
      });
    }
    await store.settlementItems.save(items);
  }

  /** UFTP FlexSettlement, "Missing Settlement Items": every order of the period that is not settled yet is listed. */
  async function lacksOrders(dso: string, message: Settlement): Promise<boolean> {
    const listed = new Set(message.FlexOrderSettlement.map(({ OrderReference }) => OrderReference));
    const orders = await store.orders.inPeriod(dso, message.PeriodStart, message.PeriodEnd);
    return orders.some(({ orderReference, outcome }) => outcome === undefined && !listed.has(orderReference));
  }

  /**
   * Recomputes one order after the other. All orders of a congestion point and day are settled together, and only
   * once: a settlement may list thousands.
   */
  function recomputer(dso: string): (order: StoredOrder) => Promise<OrderSettlement> {
    const days = new Map<string, Promise<ReadonlyMap<string, OrderSettlement>>>();
    return async (order) => {
      const { congestionPoint, period, timeZone, ispDuration, baselineReference, contractId } = order;
      const key = [congestionPoint, period, timeZone, ispDuration, baselineReference, contractId].join('\n');
      const day = days.get(key) ?? settleDay(dso, order);
      days.set(key, day);
      return (await day).get(order.orderReference)!;
    };
  }

  async function settleDay(dso: string, order: StoredOrder): Promise<ReadonlyMap<string, OrderSettlement>> {
    const { congestionPoint, period, timeZone, ispDuration, baselineReference, contractId } = order;
    const sameDay = await store.orders.inPeriod(dso, period, period);
    const together = sameDay.filter((other) => other.congestionPoint === congestionPoint);
    const count = ispCount(period, timeZone, ispDuration);
    const baseline = baselineReference
      ? await store.baselines.find(congestionPoint, period, baselineReference)
      : undefined;
    const connections = await store.portfolio.connectionsOn(congestionPoint, period);
    const settled = settleOrders(
      together.map(({ orderReference, price, currency, isps }) => ({
        orderReference,
        price,
        currency,
        ISP: fromStored(isps),
      })),
      {
        baseline: baseline?.power ?? [],
        actual: await store.meterReadings.sumOver(connections, period, count),
        ispMinutes: ispMinutes(ispDuration),
        penaltyPerMWh: (contractId ? config.contract(contractId)?.penaltyPerMWh : undefined) ?? '0',
      },
    );
    return new Map(together.map(({ orderReference }, index) => [orderReference, settled[index]!]));
  }

  function toleranceOf(dso: string) {
    return config.participant(dso, 'DSO')?.settlement ?? { powerToleranceW: 0, amountTolerance: '0' };
  }
}

/** Money for one order is owed once: neither a second item for it nor a second settlement of it is accepted. */
function doubled(order: StoredOrder | undefined, key: string): string | undefined {
  if (order && order.orderReference !== key) return 'this order is listed twice';
  return order?.outcome === 'settled' ? 'this order was settled before' : undefined;
}

/**
 * What the items of a settlement are kept under: their OrderReference, or their place where they have none (it is
 * optional), repeat one, or have one too long for a key.
 */
function itemKeys(message: Settlement): string[] {
  const used = new Set<string>();
  return message.FlexOrderSettlement.map(({ OrderReference }, index) => {
    if (OrderReference === undefined || OrderReference.length > 255 || used.has(OrderReference))
      return `#${index + 1}`;
    used.add(OrderReference);
    return OrderReference;
  });
}
