import Big from 'big.js';
import { addDays } from '../calendar/index.ts';
import type { Message } from '../messages/index.ts';
import { today } from './facts.ts';
import type { ProcuredOrder } from './knowledge.ts';
import { alone, knowing } from './rule.ts';

/** What may be settled, and when. Numeric disagreement is a dispute, never a breach of a rule. */
export const SETTLEMENT_RULES = [
  alone({
    name: 'settlement-starts-in-future',
    messages: ['FlexSettlement'],
    when: 'PeriodStart is not over at receipt',
    text: 'PeriodStart rejected',
    cites: 'UFTP FlexSettlement, rejection reasons: "PeriodStart rejected"',
    breaks: (message, context) => {
      const now = today(message, context);
      return now !== undefined && message.PeriodStart >= now && `${message.PeriodStart}, received on ${now}`;
    },
  }),
  alone({
    name: 'settlement-ends-wrongly',
    messages: ['FlexSettlement'],
    when: 'PeriodEnd is before PeriodStart, or not over at receipt',
    text: 'PeriodEnd rejected',
    cites: 'UFTP FlexSettlement, rejection reasons: "PeriodEnd rejected"',
    breaks: (message, context) => {
      const { PeriodStart, PeriodEnd } = message;
      if (PeriodEnd < PeriodStart) return `${PeriodEnd} is before ${PeriodStart}`;
      const now = today(message, context);
      return now !== undefined && PeriodEnd >= now && `${PeriodEnd}, received on ${now}`;
    },
  }),
  alone({
    name: 'settlement-item-out-of-period',
    messages: ['FlexSettlement'],
    when: 'an item lies before PeriodStart, more than one day after PeriodEnd, or on a day that is not over',
    text: 'Period out of bounds',
    cites:
      'UFTP, rejection reasons: "Period out of bounds": a settlement item outside the settlement period. ' +
      'FlexSettlement speaks of orders placed during it: those of its last day may deliver on the next',
    breaks: (message, context) => {
      const now = today(message, context);
      const last = addDays(message.PeriodEnd, 1);
      const days = [
        ...message.FlexOrderSettlement,
        ...message.ContractSettlement.flatMap(({ Period }) => Period),
      ].map(({ Period }) => Period);
      const outside = days.find(
        (day) => day < message.PeriodStart || day > last || (now !== undefined && day >= now),
      );
      return outside !== undefined && `${outside} in ${message.PeriodStart} to ${message.PeriodEnd}`;
    },
  }),
  knowing({
    name: 'settlement-starts-late',
    messages: ['FlexSettlement'],
    when: 'orders of days before PeriodStart are still unsettled',
    text: 'PeriodStart rejected',
    cites: 'UFTP FlexSettlement, rejection reasons: "PeriodStart rejected": older items are not settled',
    knows: ['orders'],
    breaks: async ({ SenderDomain, PeriodStart }, { knowledge }) => {
      const earliest = await knowledge.orders.earliestUnsettled(SenderDomain);
      return earliest !== undefined && earliest < PeriodStart && `${earliest} is not settled`;
    },
  }),
  knowing({
    name: 'settled-before',
    messages: ['FlexSettlement'],
    when: 'a settlement of these days was accepted before',
    text: 'Period already settled',
    cites: 'UFTP FlexSettlement, prose: refused where a settlement for the period was accepted already',
    knows: ['orders'],
    breaks: async ({ SenderDomain, PeriodStart, PeriodEnd }, { knowledge }) =>
      knowledge.orders.isSettled(SenderDomain, PeriodStart, PeriodEnd),
  }),
  knowing({
    name: 'settlement-items-missing',
    messages: ['FlexSettlement'],
    when: 'an accepted order with delivery from PeriodStart to PeriodEnd, of no settlement yet, is not listed',
    text: 'Missing Settlement Items',
    cites: 'UFTP FlexSettlement, rejection reasons: "Missing Settlement Items"',
    presumes: ['settlement-ends-wrongly'],
    knows: ['orders'],
    breaks: async (message, { knowledge }) => {
      const { SenderDomain, PeriodStart, PeriodEnd } = message;
      const procured = await knowledge.orders.procured(SenderDomain, PeriodStart, PeriodEnd);
      const missing = unlisted(procured, message.FlexOrderSettlement);
      return missing.length > 0 && missing.map(({ OrderReference }) => OrderReference).join(', ');
    },
  }),
  alone({
    name: 'dispute-without-reason',
    messages: ['FlexSettlementResponse'],
    when: 'an order is Disputed without DisputeReason',
    text: 'Lacking DisputeReason',
    cites: 'UFTP FlexSettlementResponse, "DisputeReason": where the Disposition is Disputed',
    breaks: ({ FlexOrderSettlementStatus }) => {
      const found = FlexOrderSettlementStatus.find(
        ({ Disposition, DisputeReason }) => Disposition === 'Disputed' && !DisputeReason?.trim(),
      );
      return found !== undefined && `order ${found.OrderReference ?? 'without reference'}`;
    },
  }),
];

type Item = Message<'FlexSettlement'>['FlexOrderSettlement'][number];

/**
 * Orders without an item. The schema lets an item leave out its OrderReference, or leave it empty: such a one stands for one order of
 * its congestion point, day and price.
 */
function unlisted(orders: readonly ProcuredOrder[], items: readonly Item[]): ProcuredOrder[] {
  const references = new Set(items.map(({ OrderReference }) => OrderReference));
  const anonymous = items.filter(({ OrderReference }) => !OrderReference);
  return orders.filter((order) => {
    if (references.has(order.OrderReference)) return false;
    const match = anonymous.findIndex(
      (item) =>
        item.CongestionPoint.toLowerCase() === order.CongestionPoint.toLowerCase() &&
        item.Period === order.Period &&
        new Big(item.Price).eq(order.Price),
    );
    if (match >= 0) anonymous.splice(match, 1);
    return match < 0;
  });
}
