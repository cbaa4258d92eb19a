import type { Message, MessageType } from '../messages/index.ts';
import type { Knowledge, Referenced } from './knowledge.ts';
import type { RuleContext } from './rule.ts';

const AGR = 'agr.example.com';
const DSO = 'dso.example.com';
const CRO = 'cro.example.com';
export const POINT = 'ean.871685900012636543';
export const IDS = {
  message: '11111111-1111-4111-8111-111111111111',
  conversation: '22222222-2222-4222-8222-222222222222',
  request: '33333333-3333-4333-8333-333333333333',
  offer: '44444444-4444-4444-8444-444444444444',
  prognosis: '55555555-5555-4555-8555-555555555555',
  order: '66666666-6666-4666-8666-666666666666',
  query: '77777777-7777-4777-8777-777777777777',
  settlement: '88888888-8888-4888-8888-888888888888',
  unknown: '99999999-9999-4999-8999-999999999999',
} as const;

/** The day before delivery, at noon in Amsterdam. */
export const NOW = '2027-03-09T11:00:00.000Z';
export const MARKET = { ISPDuration: 'PT15M', TimeZone: 'Europe/Amsterdam' } as const;
export const CONTEXT: RuleContext = { now: NOW, market: MARKET };

const from = (SenderDomain: string, RecipientDomain: string) => ({
  Version: '3.1.0',
  SenderDomain,
  RecipientDomain,
  TimeStamp: '2027-03-09T10:59:00.000Z',
  MessageID: IDS.message as string,
  ConversationID: IDS.conversation as string,
});
const flex = { ...MARKET, Period: '2027-03-10', CongestionPoint: POINT };
const answer = { Result: 'Accepted' as const };
const settled = {
  OrderReference: 'O-1',
  Period: '2027-02-10',
  CongestionPoint: POINT,
  Price: '42.00',
  Penalty: '0.00',
  NetSettlement: '42.00',
  ISP: [
    {
      Start: 48,
      Duration: 4,
      BaselinePower: 5000,
      OrderedFlexPower: -4000,
      ActualPower: 1000,
      DeliveredFlexPower: -4000,
      PowerDeficiency: 0,
    },
  ],
};

/** One message of each type that every rule accepts. */
export const SOUND: { readonly [T in MessageType]?: Message<T> } = {
  TestMessage: { type: 'TestMessage', ...from(DSO, AGR) },
  AGRPortfolioUpdate: {
    type: 'AGRPortfolioUpdate',
    ...from(AGR, CRO),
    TimeZone: MARKET.TimeZone,
    Connection: [{ EntityAddress: POINT, StartPeriod: '2027-01-01', EndPeriod: '2027-12-31' }],
  },
  AGRPortfolioQuery: {
    type: 'AGRPortfolioQuery',
    ...from(AGR, CRO),
    TimeZone: MARKET.TimeZone,
    Period: '2027-03-10',
  },
  AGRPortfolioQueryResponse: {
    type: 'AGRPortfolioQueryResponse',
    ...from(CRO, AGR),
    ...answer,
    AGRPortfolioQueryMessageID: IDS.query,
    TimeZone: MARKET.TimeZone,
    Period: '2027-03-10',
    DSOView: [],
  },
  'D-Prognosis': {
    type: 'D-Prognosis',
    ...from(AGR, DSO),
    ...flex,
    Revision: 5,
    ISP: [{ Power: 5000, Start: 1, Duration: 96 }],
  },
  'D-PrognosisResponse': {
    type: 'D-PrognosisResponse',
    ...from(DSO, AGR),
    ...answer,
    DPrognosisMessageID: IDS.prognosis,
    FlexOrderStatus: [{ FlexOrderMessageID: IDS.order, IsValidated: true }],
  },
  FlexReservationUpdate: {
    type: 'FlexReservationUpdate',
    ...from(DSO, AGR),
    ...flex,
    ContractID: 'C-1',
    Reference: 'R-1',
    ISP: [{ Power: -2000, Start: 48, Duration: 4 }],
  },
  FlexRequest: {
    type: 'FlexRequest',
    ...from(DSO, AGR),
    ...flex,
    Revision: 5,
    ExpirationDateTime: '2027-03-09T16:00:00.000Z',
    ISP: [
      { Disposition: 'Available', MinPower: -6000, MaxPower: 2000, Start: 1, Duration: 47 },
      { Disposition: 'Requested', MinPower: -6000, MaxPower: -4000, Start: 48, Duration: 4 },
    ],
  },
  FlexOffer: {
    type: 'FlexOffer',
    ...from(AGR, DSO),
    ...flex,
    ExpirationDateTime: '2027-03-09T20:00:00.000Z',
    FlexRequestMessageID: IDS.request,
    DPrognosisMessageID: IDS.prognosis,
    Currency: 'EUR',
    OfferOption: [
      {
        OptionReference: 'A',
        Price: '42.00',
        MinActivationFactor: '0.50',
        ISP: [{ Power: -4000, Start: 48, Duration: 4 }],
      },
    ],
  },
  FlexOfferResponse: {
    type: 'FlexOfferResponse',
    ...from(DSO, AGR),
    ...answer,
    FlexOfferMessageID: IDS.offer,
  },
  FlexOfferRevocation: { type: 'FlexOfferRevocation', ...from(AGR, DSO), FlexOfferMessageID: IDS.offer },
  FlexOrder: {
    type: 'FlexOrder',
    ...from(DSO, AGR),
    ...flex,
    FlexOfferMessageID: IDS.offer,
    DPrognosisMessageID: IDS.prognosis,
    Price: '42.00',
    Currency: 'EUR',
    OrderReference: 'O-1',
    OptionReference: 'A',
    ActivationFactor: '1.00',
    ISP: [{ Power: -4000, Start: 48, Duration: 4 }],
  },
  FlexSettlement: {
    type: 'FlexSettlement',
    ...from(DSO, AGR),
    Result: 'Accepted',
    PeriodStart: '2027-02-01',
    PeriodEnd: '2027-02-28',
    Currency: 'EUR',
    FlexOrderSettlement: [settled],
    ContractSettlement: [],
  },
  FlexSettlementResponse: {
    type: 'FlexSettlementResponse',
    ...from(AGR, DSO),
    ...answer,
    FlexSettlementMessageID: IDS.settlement,
    FlexOrderSettlementStatus: [{ OrderReference: 'O-1', Disposition: 'Accepted' }],
  },
  Metering: {
    type: 'Metering',
    ...from(AGR, DSO),
    ...MARKET,
    Revision: 1,
    Period: '2027-03-08',
    EAN: 'E871685900012636543',
    Profile: [{ ProfileType: 'Power', Unit: 'kW', ISP: [{ Start: 1, Value: '4.8' }] }],
  },
};

/** A sound message with some attributes or groups replaced. */
export function sound<T extends MessageType>(type: T, changes: Partial<Message<T>> = {}): Message<T> {
  return { ...(SOUND[type] as unknown as Message<T>), ...changes };
}

/** What stands under an ID in the store, in the examples. */
export const STORED: Readonly<Record<string, Message>> = {
  [IDS.request]: sound('FlexRequest', { MessageID: IDS.request }),
  [IDS.offer]: sound('FlexOffer', { MessageID: IDS.offer }),
  [IDS.prognosis]: sound('D-Prognosis', { MessageID: IDS.prognosis }),
  [IDS.query]: sound('AGRPortfolioQuery', { MessageID: IDS.query }),
  [IDS.settlement]: sound('FlexSettlement', { MessageID: IDS.settlement }),
  [IDS.order]: sound('FlexOrder', { MessageID: IDS.order }),
};

/** Knowledge in which every sound message is acceptable. Examples replace the part they are about. */
export const KNOWN: Knowledge = {
  participants: {
    isKnown: async () => true,
    isBarred: async () => false,
    isServedHere: async () => true,
  },
  submissions: { earlierDigest: async () => undefined },
  references: {
    find: async (messageId) => {
      const message = STORED[messageId];
      return message && { message };
    },
  },
  congestionPoints: { at: async () => ({ MutexOffersSupported: true }) },
  contracts: {
    isKnown: async () => true,
    reservation: async () => ({
      deadline: '2027-03-09T12:00:00.000Z',
      ISP: [{ Power: -3000, Start: 1, Duration: 96 }],
    }),
  },
  revisions: { highest: async () => 4 },
  orders: {
    referenceIsUsed: async () => false,
    procured: async () => [
      { OrderReference: 'O-1', Period: '2027-02-10', CongestionPoint: POINT, Price: '42.00' },
    ],
    earliestUnsettled: async () => '2027-02-10',
    isSettled: async () => false,
  },
  baselines: { exists: async () => true, isPlausible: async () => true },
  registry: { isAuthorized: async () => true, hasConnections: async () => true },
};

/** A message, and what differs from `CONTEXT` and `KNOWN` when it is judged. */
export interface Example {
  readonly message: Message;
  readonly context: Omit<Partial<RuleContext>, 'knowledge'>;
  readonly knowledge: { readonly [K in keyof Knowledge]?: Partial<Knowledge[K]> };
}

export interface Examples {
  readonly accepts: readonly Example[];
  readonly rejects: readonly Example[];
}

export function example(
  message: Message,
  context: Example['context'] = {},
  knowledge: Example['knowledge'] = {},
): Example {
  return { message, context, knowledge };
}

/** The context of an example, with everything known that it does not replace. */
export function contextOf({ context, knowledge }: Example): RuleContext {
  const known = Object.fromEntries(
    Object.entries(KNOWN).map(([key, part]) => [key, { ...part, ...knowledge[key as keyof Knowledge] }]),
  ) as unknown as Knowledge;
  return { ...CONTEXT, ...context, knowledge: known };
}

/** What is known about one referenced message, where it differs from `STORED`. */
export function referring(id: string, change: Partial<Referenced>): { references: Knowledge['references'] } {
  return {
    references: {
      find: async (messageId, counterparty) => {
        const found = await KNOWN.references.find(messageId, counterparty);
        return found && messageId === id ? { ...found, ...change } : found;
      },
    },
  };
}
