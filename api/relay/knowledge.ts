import type { Config, ContractBook } from '../../config/index.ts';
import type { PendingInbound, Store } from '../../store/index.ts';
import { addDays, decode, type Knowledge, periodOf } from '../../uftp/index.ts';
import { contractKnowledge, pointKnowledge } from './contracts.ts';

type KnowledgeStore = Pick<Store, 'inbox' | 'outbox' | 'orders' | 'portfolio' | 'settlements'>;

/** Before every day that Flexor can have an order for. */
const FIRST_DAY = '2000-01-01';

/**
 * What the rules may ask while they judge one stored message. A message is judged again on every try to hand it
 * over: what it brought about itself on an earlier try must not speak against it.
 *
 * Whether an offer was ordered or revoked is not told: only the offer's workflow knows it for certain.
 */
export function knowledgeAbout(
  row: PendingInbound,
  config: Config,
  store: KnowledgeStore,
  contracts: ContractBook,
): Partial<Knowledge> {
  return {
    participants: {
      isKnown: async (domain, role) => config.participant(domain, role) !== undefined,
      isBarred: async (domain, role) => config.participant(domain, role)?.barred ?? false,
      isServedHere: async (domain) => domain === config.identity.domain,
    },
    submissions: {
      earlierDigest: async () =>
        row.conflictsWith === undefined
          ? undefined
          : (await store.inbox.find(row.conflictsWith))?.payloadSha256,
    },
    references: references(store),
    congestionPoints: pointKnowledge(() => decode(row.payload), contracts, store.portfolio),
    contracts: contractKnowledge(contracts),
    orders: orders(row, config, store),
    revisions: {
      async highest({ congestionPoint, period }) {
        const earlier = await store.inbox.earlierInConversation(row);
        const revisions = earlier
          .map(({ payload }) => decode(payload))
          .filter((message) => message.type === 'FlexRequest')
          .filter(({ CongestionPoint, Period }) => CongestionPoint === congestionPoint && Period === period)
          .map(({ Revision }) => Revision);
        return revisions.length > 0 ? Math.max(...revisions) : undefined;
      },
    },
  };
}

function references(store: KnowledgeStore): Knowledge['references'] {
  return {
    async find(messageId, counterparty) {
      const sent = await store.outbox.findByMessageId(messageId);
      if (sent?.recipientDomain === counterparty) return { message: decode(sent.payload) };
      const received = await store.inbox.findByMessageId(counterparty, messageId);
      return received && { message: decode(received.payload) };
    },
  };
}

function orders(row: PendingInbound, config: Config, store: KnowledgeStore): Knowledge['orders'] {
  return {
    async referenceIsUsed(dso, orderReference) {
      const order = await store.orders.findByReference(dso, orderReference);
      return order !== undefined && order.orderMessageId.toLowerCase() !== row.messageId;
    },
    async procured(dso, first, last) {
      const open = await store.settlements.unsettled(dso, first, last);
      return open.map(({ orderReference, period, congestionPoint, price }) => ({
        OrderReference: orderReference,
        Period: period,
        CongestionPoint: congestionPoint,
        Price: price,
      }));
    },
    async earliestUnsettled(dso) {
      const timeZone = config.participant(dso, 'DSO')?.market.timeZone;
      if (timeZone === undefined) return undefined;
      const today = periodOf(row.receivedAt, timeZone);
      // A DSO may send its next settlement while an operator still reviews the last.
      const open = await store.settlements.unsettled(dso, FIRST_DAY, addDays(today, -1));
      return open[0]?.period;
    },
    async isSettled(dso, first, last) {
      const accepted = await store.orders.inPeriod(dso, first, last);
      return accepted.length > 0 && accepted.every(({ outcome }) => outcome === 'settled');
    },
  };
}
