import type { Message } from '../messages/index.ts';
import {
  CONTEXT,
  example as e,
  type Examples,
  IDS,
  KNOWN,
  referring,
  sound,
  STORED,
} from './examples.testkit.ts';
import type { Market } from './rule.ts';

const wrapper = { SenderDomain: 'dso.example.com', SenderRole: 'DSO' } as const;
const digest = 'a1';
const order = (changes: Partial<Message<'FlexOrder'>> = {}) => sound('FlexOrder', changes);
const orderedISP = (Power: number, Start = 48, Duration = 4) => [{ Power, Start, Duration }];
const option = sound('FlexOffer').OfferOption[0]!;
const twoOptions = [option, { ...option, OptionReference: 'B', Price: '50.00' }];
const offered = (changes: Partial<Message<'FlexOffer'>>) =>
  referring(IDS.offer, { message: sound('FlexOffer', { MessageID: IDS.offer, ...changes }) });
const settlementItem = sound('FlexSettlement').FlexOrderSettlement[0]!;
const update = (Power: number) => sound('FlexReservationUpdate', { ISP: orderedISP(Power) });
const procured = {
  OrderReference: 'O-1',
  Period: '2027-02-10',
  CongestionPoint: settlementItem.CongestionPoint,
};

const roundingTo = (rounding: NonNullable<Market['rounding']>) => ({
  market: { ...CONTEXT.market!, rounding },
});

/** Examples of the rules that need knowledge. Where none is replaced, everything referred to is known and in force. */
export const KNOWING_EXAMPLES = {
  'sender-unknown': {
    accepts: [e(sound('FlexRequest'), { wrapper })],
    rejects: [e(sound('FlexRequest'), { wrapper }, { participants: { isKnown: async () => false } })],
  },
  'sender-barred': {
    accepts: [e(sound('FlexRequest'), { wrapper })],
    rejects: [e(sound('FlexRequest'), { wrapper }, { participants: { isBarred: async () => true } })],
  },
  'recipient-unknown': {
    accepts: [e(sound('TestMessage'))],
    rejects: [e(sound('TestMessage'), {}, { participants: { isServedHere: async () => false } })],
  },
  'duplicate-identifier': {
    accepts: [e(sound('FlexRequest'), { digest })],
    rejects: [e(sound('FlexRequest'), { digest }, { submissions: { earlierDigest: async () => 'b2' } })],
  },
  'already-submitted': {
    accepts: [e(sound('FlexRequest'), { digest })],
    rejects: [e(sound('FlexRequest'), { digest }, { submissions: { earlierDigest: async () => digest } })],
  },
  'request-revision-lower': {
    accepts: [
      e(sound('FlexRequest', { Revision: 4 })),
      // A higher revision in another conversation belongs to another request.
      e(
        sound('FlexRequest', { Revision: 1 }),
        {},
        {
          revisions: {
            highest: async ({ conversationId }) => (conversationId === IDS.conversation ? undefined : 9),
          },
        },
      ),
    ],
    rejects: [e(sound('FlexRequest', { Revision: 3 }))],
  },
  'prognosis-revision-lower': {
    accepts: [e(sound('D-Prognosis', { Revision: 4 }))],
    rejects: [
      e(sound('D-Prognosis', { Revision: 3 })),
      e(
        sound('D-Prognosis', { Revision: 5 }),
        {},
        {
          revisions: {
            highest: async ({ conversationId }) => (conversationId === undefined ? 6 : undefined),
          },
        },
      ),
    ],
  },
  'request-mismatch': {
    accepts: [
      e(sound('FlexOffer', { OfferOption: [{ ...option, ISP: orderedISP(-1, 40, 9) }] })),
      e(sound('FlexOffer', { FlexRequestMessageID: undefined, Unsolicited: true })),
    ],
    rejects: [
      e(sound('FlexOffer', { OfferOption: [{ ...option, ISP: orderedISP(-1, 52, 1) }] })),
      e(
        sound('FlexOffer', {
          OfferOption: [{ ...option, ISP: orderedISP(-1, 50, 1), OptionReference: 'A' }],
        }),
        {},
        {
          ...referring(IDS.request, {
            message: sound('FlexRequest', {
              ISP: [{ Disposition: 'Available', MinPower: -1, MaxPower: 0, Start: 1, Duration: 96 }],
            }),
          }),
        },
      ),
    ],
  },
  'no-mutex-offer-support': {
    accepts: [
      e(sound('FlexOffer', { OfferOption: twoOptions })),
      e(sound('FlexOffer'), {}, { congestionPoints: { at: async () => ({ MutexOffersSupported: false }) } }),
    ],
    rejects: [
      e(
        sound('FlexOffer', { OfferOption: twoOptions }),
        {},
        { congestionPoints: { at: async () => ({ MutexOffersSupported: false }) } },
      ),
    ],
  },
  'no-baseline': {
    accepts: [e(sound('FlexOffer'))],
    rejects: [e(sound('FlexOffer'), {}, { baselines: { exists: async () => false } })],
  },
  'power-implausible': {
    accepts: [e(sound('FlexOffer')), e(sound('D-Prognosis'))],
    rejects: [e(sound('D-Prognosis'), {}, { baselines: { isPlausible: async () => false } })],
  },
  'flexibility-procured': {
    accepts: [e(sound('FlexOfferRevocation'))],
    rejects: [e(sound('FlexOfferRevocation'), {}, referring(IDS.offer, { ordered: true }))],
  },
  'flex-request-unknown': {
    accepts: [e(sound('FlexOffer'))],
    rejects: [
      e(sound('FlexOffer', { FlexRequestMessageID: IDS.unknown })),
      // Known, but not a FlexRequest.
      e(sound('FlexOffer', { FlexRequestMessageID: IDS.offer })),
    ],
  },
  'flex-offer-unknown': {
    accepts: [e(order()), e(sound('FlexOfferRevocation'))],
    rejects: [
      e(order({ FlexOfferMessageID: IDS.unknown })),
      e(sound('FlexOfferRevocation', { FlexOfferMessageID: IDS.unknown })),
    ],
  },
  'd-prognosis-unknown': {
    accepts: [
      e(order()),
      e(
        sound('FlexSettlement', {
          FlexOrderSettlement: [{ ...settlementItem, DPrognosisMessageID: IDS.prognosis }],
        }),
      ),
    ],
    rejects: [
      e(sound('FlexOffer', { DPrognosisMessageID: IDS.unknown })),
      e(
        sound('FlexSettlement', {
          FlexOrderSettlement: [settlementItem, { ...settlementItem, DPrognosisMessageID: IDS.unknown }],
        }),
      ),
    ],
  },
  'flex-order-unknown': {
    accepts: [e(sound('D-PrognosisResponse'))],
    rejects: [
      e(
        sound('D-PrognosisResponse', {
          FlexOrderStatus: [{ FlexOrderMessageID: IDS.unknown, IsValidated: false }],
        }),
      ),
    ],
  },
  'answered-message-unknown': {
    accepts: [e(sound('FlexOfferResponse')), e(sound('AGRPortfolioQueryResponse'))],
    rejects: [
      e(sound('FlexOfferResponse', { FlexOfferMessageID: IDS.unknown })),
      e(sound('FlexOfferResponse', { FlexOfferMessageID: IDS.request })),
    ],
  },
  'answer-in-other-conversation': {
    accepts: [e(sound('FlexOfferResponse', { ConversationID: IDS.conversation.toUpperCase() }))],
    rejects: [e(sound('FlexOfferResponse', { ConversationID: IDS.unknown }))],
  },
  'answered-before': {
    accepts: [e(sound('FlexOfferResponse'))],
    rejects: [e(sound('FlexOfferResponse'), {}, referring(IDS.offer, { answer: 'Accepted' }))],
  },
  'reference-period-mismatch': {
    accepts: [e(sound('FlexOffer')), e(order()), e(sound('AGRPortfolioQueryResponse'))],
    rejects: [
      e(sound('FlexOffer', { Period: '2027-03-11' })),
      e(order({ Period: '2027-03-11' })),
      e(sound('AGRPortfolioQueryResponse', { Period: '2027-03-11' })),
    ],
  },
  'reference-expired': {
    accepts: [
      e(order(), { now: '2027-03-09T19:59:59.999Z' }),
      e(sound('FlexOffer'), { now: '2027-03-09T15:59:59.999Z' }),
    ],
    rejects: [
      e(order(), { now: '2027-03-09T20:00:00.000Z' }),
      e(sound('FlexOffer'), { now: '2027-03-09T16:00:00.000Z' }),
      e(sound('FlexOfferRevocation'), { now: '2027-03-10T00:00:00.000Z' }),
    ],
  },
  'reference-revoked': {
    accepts: [e(order())],
    rejects: [
      e(order(), {}, referring(IDS.offer, { revoked: true })),
      e(sound('FlexOfferRevocation'), {}, referring(IDS.offer, { revoked: true })),
    ],
  },
  'congestion-point-invalid': {
    accepts: [e(sound('FlexRequest')), e(sound('FlexSettlement'))],
    rejects: [
      e(sound('FlexRequest'), {}, { congestionPoints: { at: async () => undefined } }),
      e(
        sound('FlexSettlement', {
          FlexOrderSettlement: [settlementItem, { ...settlementItem, Period: '2027-02-11' }],
        }),
        {},
        {
          congestionPoints: {
            at: async (_dso, _point, day) =>
              day === '2027-02-11' ? undefined : { MutexOffersSupported: true },
          },
        },
      ),
    ],
  },
  'contract-unknown': {
    accepts: [e(sound('FlexRequest', { ContractID: 'C-1' })), e(sound('FlexRequest'))],
    rejects: [
      e(sound('FlexRequest', { ContractID: 'C-1' }), {}, { contracts: { isKnown: async () => false } }),
      e(
        sound('FlexSettlement', { ContractSettlement: [{ ContractID: 'C-2', Period: [] }] }),
        {},
        { contracts: { isKnown: async (id) => id !== 'C-2' } },
      ),
    ],
  },
  'reservation-deadline-passed': {
    accepts: [e(update(-2000), { now: '2027-03-09T11:59:59.999Z' })],
    rejects: [e(update(-2000), { now: '2027-03-09T12:00:00.000Z' })],
  },
  'reservation-raised': {
    accepts: [e(update(-3000)), e(update(0))],
    rejects: [
      e(update(-3001)),
      e(update(1)),
      e(update(-1), {}, { contracts: { reservation: async () => undefined } }),
    ],
  },
  'offer-ordered-before': {
    accepts: [e(order())],
    rejects: [e(order(), {}, referring(IDS.offer, { ordered: true }))],
  },
  'option-unknown': {
    accepts: [
      e(order({ OptionReference: undefined })),
      e(order({ OptionReference: 'B', Price: '50.00' }), {}, offered({ OfferOption: twoOptions })),
    ],
    rejects: [
      e(order({ OptionReference: 'C' })),
      e(order({ OptionReference: undefined }), {}, offered({ OfferOption: twoOptions })),
    ],
  },
  'activation-factor-below-minimum': {
    accepts: [e(order({ ActivationFactor: '0.5', Price: '21.00', ISP: orderedISP(-2000) }))],
    rejects: [e(order({ ActivationFactor: '0.49', Price: '20.58', ISP: orderedISP(-1960) }))],
  },
  'isp-mismatch': {
    accepts: [e(order()), e(order({ ISP: [...orderedISP(-4000, 50, 2), ...orderedISP(-4000, 48, 2)] }))],
    rejects: [
      e(order({ ISP: orderedISP(-4000, 48, 3) })),
      e(order({ ISP: orderedISP(-4000, 48, 5) })),
      e(order({ ISP: orderedISP(-4000, 60, 4) })),
    ],
  },
  'power-mismatch': {
    accepts: [
      e(order({ ActivationFactor: '0.75', Price: '31.50', ISP: orderedISP(-3000) })),
      // Rounding is left open, so a scaled power may be one watt off.
      e(order({ ActivationFactor: '0.75', Price: '31.50', ISP: orderedISP(-3001) })),
      e(
        order({ ActivationFactor: '0.75', Price: '31.50', ISP: orderedISP(-3010) }),
        roundingTo({ powerW: 10 }),
      ),
    ],
    rejects: [
      e(order({ ISP: orderedISP(-3999) })),
      e(order({ ISP: orderedISP(4000) })),
      e(order({ ActivationFactor: '0.75', Price: '31.50', ISP: orderedISP(-3002) })),
    ],
  },
  'price-mismatch': {
    accepts: [
      e(order({ Price: '42' })),
      e(order({ ActivationFactor: '0.75', Price: '31.51', ISP: orderedISP(-3000) })),
      e(
        order({ ActivationFactor: '0.75', Price: '32', ISP: orderedISP(-3000) }),
        roundingTo({ amount: '0.5' }),
      ),
    ],
    rejects: [
      e(order({ Price: '42.01' })),
      e(order({ Currency: 'SEK' })),
      e(order({ ActivationFactor: '0.75', Price: '31.52', ISP: orderedISP(-3000) })),
    ],
  },
  'baseline-mismatch': {
    accepts: [
      e(order()),
      e(order({ DPrognosisMessageID: undefined })),
      e(
        order({ DPrognosisMessageID: IDS.prognosis.toUpperCase() }),
        {},
        {
          references: { find: async (id, domain) => KNOWN.references.find(id.toLowerCase(), domain) },
        },
      ),
    ],
    rejects: [
      e(
        order({ DPrognosisMessageID: IDS.unknown }),
        {},
        {
          references: { find: async (id) => ({ message: STORED[id] ?? sound('D-Prognosis') }) },
        },
      ),
      e(order({ DPrognosisMessageID: undefined, BaselineReference: 'B' })),
    ],
  },
  'order-reference-repeated': {
    accepts: [e(order())],
    rejects: [e(order(), {}, { orders: { referenceIsUsed: async () => true } })],
  },
  'settlement-starts-late': {
    accepts: [
      e(sound('FlexSettlement')),
      e(sound('FlexSettlement'), {}, { orders: { earliestUnsettled: async () => undefined } }),
      e(sound('FlexSettlement'), {}, { orders: { earliestUnsettled: async () => '2027-02-01' } }),
    ],
    rejects: [e(sound('FlexSettlement'), {}, { orders: { earliestUnsettled: async () => '2027-01-31' } })],
  },
  'settled-before': {
    accepts: [e(sound('FlexSettlement'))],
    rejects: [e(sound('FlexSettlement'), {}, { orders: { isSettled: async () => true } })],
  },
  'settlement-items-missing': {
    accepts: [
      e(sound('FlexSettlement')),
      // An item without OrderReference stands for the order of its point, day and price.
      e(
        sound('FlexSettlement', {
          FlexOrderSettlement: [{ ...settlementItem, OrderReference: undefined, Price: '42' }],
        }),
      ),
    ],
    rejects: [
      e(sound('FlexSettlement', { FlexOrderSettlement: [{ ...settlementItem, OrderReference: 'O-2' }] })),
      e(
        sound('FlexSettlement', { FlexOrderSettlement: [{ ...settlementItem, OrderReference: undefined }] }),
        {},
        {
          orders: {
            procured: async () => [
              { ...procured, Price: '42.00' },
              { ...procured, OrderReference: 'O-2', Price: '42.00' },
            ],
          },
        },
      ),
    ],
  },
  unauthorized: {
    accepts: [e(sound('AGRPortfolioUpdate'))],
    rejects: [e(sound('AGRPortfolioUpdate'), {}, { registry: { isAuthorized: async () => false } })],
  },
  'no-connections-available': {
    accepts: [e(sound('AGRPortfolioQuery'))],
    rejects: [e(sound('AGRPortfolioQuery'), {}, { registry: { hasConnections: async () => false } })],
  },
} as const satisfies Record<string, Examples>;
