import { Context } from '@temporalio/activity';
import { Temporal } from 'temporal-polyfill';
import { instant } from '../base/clock.ts';
import { reasonOf, structuralRejections } from '../market/settlement/index.ts';
import type { InboxRow, Settlement, SettlementItem } from '../store/index.ts';
import type { Message } from '../uftp/index.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Outgoing } from './outgoing.ts';
import { readInbox } from './read-inbox.ts';
import { contractReasonOf, contractRemark, settlementResponse } from './settlement-answer.ts';
import {
  answerArrived,
  askForReview,
  raiseLeftOut,
  raiseUndelivered,
  remind,
  reviewIsOver,
} from './settlement-alerts.ts';
import { judgeContracts, type JudgedContract } from './settlement-contracts.ts';
import { leftOutContractDays, leftOutOrders } from './settlement-left-out.ts';
import {
  itemKeys,
  judgeItems,
  type JudgedItem,
  LISTED_TWICE,
  ordersOf,
  SETTLED_BEFORE,
} from './settlement-orders.ts';

type SettlementActivities = Pick<
  Activities,
  'recomputeSettlement' | 'remindOfReview' | 'answerSettlement' | 'announceSettlement'
>;
type FlexSettlement = Message<'FlexSettlement'>;

/** Activities around a FlexSettlement: its amounts are recomputed, not believed. */
export function settlementActivities(deps: Dependencies, outgoing: Outgoing): SettlementActivities {
  const { config, store, clock, tell, log } = deps;

  return {
    async recomputeSettlement({ inboxId, rejections: found }) {
      const { row, message } = await readInbox(store, inboxId, 'FlexSettlement');
      const dso = row.senderDomain;
      const { matched, unlisted } = await ordersOf(deps, dso, message);
      const agreedCurrency = config.participant(dso, 'DSO')?.market.currency ?? message.Currency;
      const rejections =
        found.length > 0
          ? [...found]
          : structuralRejections({ currency: message.Currency, agreedCurrency, unlisted });
      const keys = itemKeys(message);
      const rejected = rejections.length > 0;
      const contracts = rejected ? [] : await judgeContracts(deps, dso, message);
      const leftOutDays = rejected ? [] : await leftOutContractDays(deps, dso, message);
      const judged: JudgedItem[] = rejected
        ? message.FlexOrderSettlement.map((stated, index) => ({
            ...{ key: keys[index]!, stated },
            ...(matched[index] && { order: matched[index] }),
            reason: rejections.join(';'),
          }))
        : withContracts(await judgeItems(deps, dso, message, matched), contracts);
      const items = judged.map((item) => itemOf(row, message, item, rejected));
      await store.settlementItems.save(items);
      for (const { contractId, period, reason } of contracts)
        if (reason !== undefined)
          log.warn({ dso, contractId, period, reason }, 'a contract settlement differs from ours');
      const disputed = items.filter(({ disposition }) => disposition === 'Disputed').length;
      const contractReason = items.length === 0 ? contractReasonOf(contracts) : undefined;
      const kept = await store.settlements.keep(
        settlementOf(row, message, {
          ...{ rejections, disputed, orders: items.length, contractReason },
          leftOut: leftOutOrders(rejections, unlisted),
        }),
        [...contracts, ...leftOutDays].map((item) => ({ ...item, dso, messageId: row.messageId })),
      );
      await raiseLeftOut(deps, kept, leftOutDays);
      const waits = kept.status === 'open' && kept.reviewUntil !== undefined;
      if (waits) await askForReview(deps, kept, contractReason);
      return {
        rejections,
        orders: items.length,
        disputed,
        ...(waits && {
          reviewUntil: kept.reviewUntil,
          remindAt: remindAt(kept.computedAt, kept.reviewUntil),
        }),
      };
    },

    async remindOfReview({ inboxId }) {
      const settlement = await store.settlements.find(inboxId);
      if (settlement?.status === 'open') await remind(deps, settlement);
    },

    async answerSettlement({ inboxId, rejections, review }) {
      const { row, message } = await readInbox(store, inboxId, 'FlexSettlement');
      const rejected = rejections.length > 0;
      const decided = await store.settlements.decide(inboxId, {
        at: instant(clock),
        earlier: SETTLED_BEFORE,
        // What is rejected as a whole is not accepted in part.
        ...(review && { by: review.by, decisions: rejected ? [] : review.decisions }),
      });
      if (decided) await reviewIsOver(deps, decided.workflowId);
      const items = await store.settlementItems.forMessage(row.senderDomain, row.messageId);
      const reasons = new Map(items.map(({ orderReference, reason }) => [orderReference, reason]));
      const keys = itemKeys(message);
      const contracts = await store.settlements.contractItems(row.senderDomain, row.messageId);
      const delivery = await outgoing.send({
        step: 'FlexSettlementResponse',
        to: { domain: row.senderDomain, role: 'DSO' },
        version: row.version,
        conversationId: row.conversationId,
        answers: inboxId,
        draft: settlementResponse(message, {
          rejections,
          reasonFor: (index) => reasons.get(keys[index]!) ?? undefined,
          contractReason: contractReasonOf(contracts as JudgedContract[]),
        }),
      });
      const arrived = delivery.outcome === 'delivered';
      await store.settlements.ended(inboxId, arrived ? 'answered' : 'undelivered', instant(clock));
      if (arrived) await answerArrived(deps, row.senderDomain, message);
      else await raiseUndelivered(deps, row.senderDomain, message, delivery.reason);
      return delivery;
    },

    async announceSettlement({ inboxId }) {
      const { row } = await readInbox(store, inboxId, 'FlexSettlement');
      for (const item of await store.settlementItems.forMessage(row.senderDomain, row.messageId)) {
        if (!item.workflowId) continue;
        // Items kept by an earlier release name their order alone.
        const orderReference = item.matchedOrder ?? item.orderReference;
        const settled = item.disposition === 'Accepted';
        const order = { dso: item.dso, orderReference };
        const outcome = settled ? 'settled' : 'disputed';
        if (!(await store.orders.setOutcome(order, outcome, row.messageId))) continue;
        const told = await tell(item.workflowId, {
          type: 'settled',
          orderReference,
          messageId: row.messageId,
          outcome: settled ? 'Settled' : 'Disputed',
          ...(item.reason != null && { reason: item.reason }),
        });
        if (!told) log.warn({ workflowId: item.workflowId }, 'a settled conversation was over already');
      }
    },
  };

  function itemOf(
    row: InboxRow,
    message: FlexSettlement,
    { key, stated, order, computed, reason }: JudgedItem,
    rejected: boolean,
  ): SettlementItem {
    // What is owed already was told before, and is not told again.
    const isOfOrder = order !== undefined && !isOwedBefore(reason);
    const verdict = reason === undefined ? 'Accepted' : 'Disputed';
    return {
      messageId: row.messageId,
      dso: row.senderDomain,
      orderReference: key,
      ...(isOfOrder && { workflowId: order.workflowId, matchedOrder: order.orderReference }),
      period: stated.Period,
      currency: message.Currency,
      stated,
      ...(computed && { computed }),
      disposition: rejected ? 'Rejected' : verdict,
      ...(reason !== undefined && { reason }),
      decidedAt: instant(clock),
    };
  }

  function settlementOf(
    row: InboxRow,
    message: FlexSettlement,
    found: Pick<Settlement, 'disputed' | 'orders' | 'leftOut'> & {
      readonly rejections: readonly string[];
      readonly contractReason: string | undefined;
    },
  ): Settlement {
    const { rejections, disputed, orders, leftOut, contractReason } = found;
    const rejected = rejections.length > 0;
    const terms = config.participant(row.senderDomain, 'DSO')?.settlement;
    // A rejection only tells the DSO to send a sound one, and soon: it waits where everything does.
    const isDisputed = disputed > 0 || contractReason !== undefined;
    const isReviewed = terms?.review === 'always' || (terms?.review === 'disputes' && isDisputed);
    return {
      id: row.id,
      dso: row.senderDomain,
      messageId: row.messageId,
      workflowId: Context.current().info.workflowExecution!.workflowId,
      periodStart: message.PeriodStart,
      periodEnd: message.PeriodEnd,
      currency: message.Currency,
      status: 'open',
      result: rejected ? 'Rejected' : 'Accepted',
      ...(rejected && { reason: rejections.join(';') }),
      orders,
      disputed,
      leftOut,
      computedAt: instant(clock),
      ...(isReviewed && {
        reviewUntil: new Date(
          Date.parse(instant(clock)) + Temporal.Duration.from(terms.reviewWithin).total('milliseconds'),
        ).toISOString(),
      }),
    };
  }
}

/** When the last quarter of the time for a review begins. */
function remindAt(computedAt: string, reviewUntil: string): string {
  const [from, until] = [Date.parse(computedAt), Date.parse(reviewUntil)];
  return new Date(until - (until - from) / 4).toISOString();
}

const isOwedBefore = (reason: string | undefined): boolean =>
  reason === LISTED_TWICE || reason === SETTLED_BEFORE;

/**
 * Items, with what is wrong about their contracts. No schema lets a response dispute a ContractSettlement: it is said
 * at an order of that contract and day, at one that is disputed anyway if there is one. Where no order of it was
 * settled, it stands in our records alone, unless the settlement is of no order at all.
 */
function withContracts(items: readonly JudgedItem[], contracts: readonly JudgedContract[]): JudgedItem[] {
  const found = [...items];
  for (const contract of contracts) {
    const remark = contractRemark(contract);
    if (remark === undefined) continue;
    const { contractId, period } = contract;
    const fits = ({ order, reason: own }: JudgedItem) =>
      order?.contractId === contractId && order.period === period && !isOwedBefore(own);
    const disputed = found.findIndex((item) => fits(item) && item.reason !== undefined);
    const index = disputed >= 0 ? disputed : found.findIndex(fits);
    if (index < 0) continue;
    const item = found[index]!;
    const own = item.reason === undefined ? [] : [{ text: item.reason }];
    found[index] = { ...item, reason: reasonOf([...own, remark])! };
  }
  return found;
}
