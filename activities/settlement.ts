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

      const items = [];
      for (const [index, stated] of message.FlexOrderSettlement.entries()) {
        const order = stated.OrderReference
          ? await store.orders.findByReference(dso, stated.OrderReference)
          : undefined;
        const computed = order ? await recompute(dso, order) : undefined;
        const reason = computed
          ? disputeReason(stated as StatedSettlement, computed, toleranceOf(dso))
          : 'we accepted no order under this reference';
        items.push({
          messageId: row.messageId,
          dso,
          orderReference: itemKey(stated.OrderReference, index),
          ...(order && { workflowId: order.workflowId }),
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
            rejected
              ? RejectionReason
              : (reasons.get(itemKey(message.FlexOrderSettlement[index]!.OrderReference, index)) ??
                undefined),
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
    const items: SettlementItem[] = [];
    for (const [index, stated] of message.FlexOrderSettlement.entries()) {
      const { OrderReference, Period: period } = stated;
      const order = OrderReference
        ? await store.orders.findByReference(row.senderDomain, OrderReference)
        : undefined;
      items.push({
        messageId: row.messageId,
        dso: row.senderDomain,
        orderReference: itemKey(OrderReference, index),
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

  async function recompute(dso: string, order: StoredOrder): Promise<OrderSettlement> {
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
    return settled[together.findIndex(({ orderReference }) => orderReference === order.orderReference)]!;
  }

  function toleranceOf(dso: string) {
    return config.participant(dso, 'DSO')?.settlement ?? { powerToleranceW: 0, amountTolerance: '0' };
  }
}

/** OrderReference is optional in a settlement item: one without it, or too long for a key, is named by its place. */
function itemKey(orderReference: string | undefined, index: number): string {
  return orderReference !== undefined && orderReference.length <= 255 ? orderReference : `#${index + 1}`;
}
