import { definitionOf, type MessageDraft, type MessageType } from '../messages/index.ts';
import { keyOf } from '../definition/element.ts';

type Metadata =
  'type' | 'Version' | 'SenderDomain' | 'RecipientDomain' | 'TimeStamp' | 'MessageID' | 'ConversationID';
type Content<T extends MessageType> = Omit<MessageDraft<T>, Metadata>;

const DAY = 86_400_000;
const TimeZone = 'Europe/Amsterdam';
const CongestionPoint = 'ea1.2009-01.com.example.dso:substation-7';
const connections = ['ean.871685900012636543', 'ean.871685900012636550'] as const;
const accepted = { Result: 'Accepted' } as const;
const option = { Power: -4000, Start: 69, Duration: 4 };

/**
 * What a sample carries beside the common metadata. The conversation behind all of them: the DSO asks for
 * 4 to 6 kW less from 17:00 to 18:00 tomorrow, gets 4 kW for 42 EUR, and settles them after delivery.
 */
export function contents(type: MessageType, now: Date, newId: () => string): object {
  const content = (make[type] as (facts: Facts) => object)(factsOf(now, newId));
  const { answers } = definitionOf(type);
  return answers ? { ...accepted, [keyOf(answers.attribute)]: newId(), ...content } : content;
}

function factsOf(now: Date, newId: () => string) {
  const day = (distance: number): string =>
    new Date(now.getTime() + distance * DAY).toISOString().slice(0, 10);
  const flex = { ISPDuration: 'PT15M', TimeZone, Period: day(1), CongestionPoint };
  const expires = (hours: number) => ({
    ExpirationDateTime: new Date(now.getTime() + hours * 3_600_000).toISOString(),
  });
  return { day, flex, expires, newId };
}

type Facts = ReturnType<typeof factsOf>;
/** Of a response: what it carries beside Result and reference. */
type Rest<T extends MessageType> = T extends `${string}Response` ? Partial<Content<T>> : Content<T>;

const make: { [T in MessageType]: (facts: Facts) => Rest<T> } = {
  AGRPortfolioUpdate: ({ day }) => ({
    TimeZone,
    Connection: connections.map((EntityAddress) => ({ EntityAddress, StartPeriod: day(1) })),
  }),
  AGRPortfolioUpdateResponse: () => ({}),
  AGRPortfolioQuery: ({ day }) => ({ TimeZone, Period: day(1) }),
  AGRPortfolioQueryResponse: ({ day }) => ({
    TimeZone,
    Period: day(1),
    DSOView: [
      {
        DSOPortfolio: [
          {
            DSODomain: 'dso.example.com',
            CongestionPoint: [
              {
                EntityAddress: CongestionPoint,
                MutexOffersSupported: true,
                DayAheadRedispatchBy: 'AGR',
                IntradayRedispatchBy: 'DSO',
                Connection: [{ EntityAddress: connections[0] }],
              },
            ],
          },
        ],
        Connection: [{ EntityAddress: connections[1] }],
      },
    ],
  }),
  DSOPortfolioUpdate: ({ day }) => ({
    TimeZone,
    CongestionPoint: [
      {
        EntityAddress: CongestionPoint,
        StartPeriod: day(1),
        MutexOffersSupported: true,
        DayAheadRedispatchBy: 'AGR',
        Connection: connections.map((EntityAddress) => ({ EntityAddress, StartPeriod: day(1) })),
      },
    ],
  }),
  DSOPortfolioUpdateResponse: () => ({}),
  DSOPortfolioQuery: ({ day }) => ({ TimeZone, Period: day(1), EntityAddress: CongestionPoint }),
  DSOPortfolioQueryResponse: ({ day }) => ({
    TimeZone,
    Period: day(1),
    CongestionPoint: [
      {
        EntityAddress: CongestionPoint,
        Connection: [
          { EntityAddress: connections[0], AGRDomain: 'agr.example.com' },
          { EntityAddress: connections[1] },
        ],
      },
    ],
  }),
  'D-Prognosis': ({ flex }) => ({ ...flex, Revision: 1, ISP: [{ Power: 5000, Start: 1, Duration: 96 }] }),
  'D-PrognosisResponse': ({ newId }) => ({
    FlexOrderStatus: [{ FlexOrderMessageID: newId(), IsValidated: true }],
  }),
  FlexReservationUpdate: ({ flex }) => ({
    ...flex,
    ContractID: 'CONTRACT-1',
    Reference: 'RESERVATION-1',
    ISP: [{ Power: -2000, Start: 69, Duration: 4 }],
  }),
  FlexReservationUpdateResponse: () => ({}),
  FlexRequest: ({ flex, expires }) => ({
    ...flex,
    Revision: 1,
    ...expires(8),
    ISP: [
      { Disposition: 'Available', MinPower: -6000, MaxPower: 2000, Start: 1, Duration: 68 },
      { Disposition: 'Requested', MinPower: -6000, MaxPower: -4000, Start: 69, Duration: 4 },
      { Disposition: 'Available', MinPower: -6000, MaxPower: 2000, Start: 73, Duration: 24 },
    ],
  }),
  FlexRequestResponse: () => ({}),
  FlexOffer: ({ flex, expires, newId }) => ({
    ...flex,
    ...expires(12),
    FlexRequestMessageID: newId(),
    BaselineReference: 'BASELINE-1',
    Currency: 'EUR',
    OfferOption: [{ OptionReference: 'A', Price: '42.00', MinActivationFactor: '0.50', ISP: [option] }],
  }),
  FlexOfferResponse: () => ({}),
  FlexOfferRevocation: ({ newId }) => ({ FlexOfferMessageID: newId() }),
  FlexOfferRevocationResponse: () => ({}),
  FlexOrder: ({ flex, newId }) => ({
    ...flex,
    FlexOfferMessageID: newId(),
    BaselineReference: 'BASELINE-1',
    Price: '42.00',
    Currency: 'EUR',
    OrderReference: 'ORDER-1',
    OptionReference: 'A',
    ISP: [option],
  }),
  FlexOrderResponse: () => ({}),
  FlexSettlement: ({ day }) => ({
    ...accepted,
    PeriodStart: day(-7),
    PeriodEnd: day(-1),
    Currency: 'EUR',
    FlexOrderSettlement: [
      {
        OrderReference: 'ORDER-1',
        Period: day(-2),
        BaselineReference: 'BASELINE-1',
        CongestionPoint,
        Price: '42.00',
        Penalty: '2.10',
        NetSettlement: '39.90',
        ISP: [
          {
            Start: 69,
            Duration: 4,
            BaselinePower: 5000,
            OrderedFlexPower: -4000,
            ActualPower: 1200,
            DeliveredFlexPower: -3800,
            PowerDeficiency: 200,
          },
        ],
      },
    ],
    ContractSettlement: [
      {
        ContractID: 'CONTRACT-1',
        Period: [
          {
            Period: day(-2),
            ISP: [{ Start: 69, Duration: 4, ReservedPower: -4000, OfferedPower: -4000, OrderedPower: -4000 }],
          },
        ],
      },
    ],
  }),
  FlexSettlementResponse: () => ({
    FlexOrderSettlementStatus: [{ OrderReference: 'ORDER-1', Disposition: 'Accepted' }],
  }),
  Metering: ({ day }) => ({
    Revision: 1,
    ISPDuration: 'PT15M',
    TimeZone,
    Period: day(-2),
    EAN: 'E8716859000126365',
    Profile: [
      { ProfileType: 'Power', Unit: 'kW', ISP: [1, 2, 3].map((Start) => ({ Start, Value: `${Start}.25` })) },
    ],
  }),
  MeteringResponse: () => ({}),
  TestMessage: () => ({}),
  TestMessageResponse: () => ({}),
};
