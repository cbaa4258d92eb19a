import type { Message } from '../messages/index.ts';
import { example as e, type Examples, POINT, sound } from './examples.testkit.ts';

const requestISP = (changes: Partial<Message<'FlexRequest'>['ISP'][number]>) => ({
  Disposition: 'Requested' as const,
  MinPower: -6000,
  MaxPower: -4000,
  Start: 48,
  Duration: 4,
  ...changes,
});
const request = (...groups: Parameters<typeof requestISP>[0][]) =>
  sound('FlexRequest', { ISP: groups.map(requestISP) });
const option = (changes: Partial<Message<'FlexOffer'>['OfferOption'][number]> = {}) => ({
  ...sound('FlexOffer').OfferOption[0]!,
  ...changes,
});
const item = (changes: Partial<Message<'FlexSettlement'>['FlexOrderSettlement'][number]>) => ({
  ...sound('FlexSettlement').FlexOrderSettlement[0]!,
  ...changes,
});
const profile = (changes: Partial<Message<'Metering'>['Profile'][number]> = {}) => ({
  ...sound('Metering').Profile[0]!,
  ...changes,
});
const status = (Disposition: 'Accepted' | 'Disputed', DisputeReason?: string) =>
  sound('FlexSettlementResponse', { FlexOrderSettlementStatus: [{ Disposition, DisputeReason }] });

/** The wrapper of a message as its sender makes it. */
const wrapper = { SenderDomain: 'dso.example.com', SenderRole: 'DSO' } as const;
/** The two days of 2027 on which clocks change in Amsterdam, a day ahead of each. */
const spring = { Period: '2027-03-28' };
const autumn = { Period: '2027-10-31' };
const beforeAutumn = { now: '2027-10-30T10:00:00.000Z' };

/** Examples of the rules on the message alone. */
export const ALONE_EXAMPLES = {
  'sender-mismatch': {
    accepts: [e(sound('FlexRequest'), { wrapper }), e(sound('FlexRequest'))],
    rejects: [
      e(sound('FlexRequest', { SenderDomain: 'other.example.com' }), { wrapper }),
      e(sound('TestMessage', { SenderDomain: 'other.example.com' }), { wrapper }),
    ],
  },
  'message-not-for-role': {
    accepts: [
      e(sound('FlexRequest'), { wrapper, recipientRole: 'AGR' }),
      e(sound('TestMessage'), { wrapper, recipientRole: 'CRO' }),
    ],
    rejects: [
      e(sound('FlexRequest'), { wrapper: { ...wrapper, SenderRole: 'CRO' } }),
      e(sound('FlexOffer'), { wrapper }),
      e(sound('FlexRequest'), { recipientRole: 'DSO' }),
    ],
  },
  'version-unsupported': {
    accepts: [
      e(sound('FlexRequest', { Version: '3.0.0' })),
      e(sound('FlexRequest'), { versions: ['3.1.0'] }),
    ],
    rejects: [
      e(sound('FlexRequest', { Version: '9.9.9' })),
      e(sound('FlexRequest', { Version: '3.0.0' }), { versions: ['3.1.0'] }),
    ],
  },
  'isp-duration-rejected': {
    accepts: [
      e(sound('FlexRequest', { ISPDuration: 'PT900S' })),
      e(sound('FlexRequest', { ISPDuration: 'PT15M' }), { market: undefined }),
    ],
    rejects: [
      e(sound('FlexRequest', { ISPDuration: 'PT30M' })),
      e(sound('Metering', { ISPDuration: 'PT1H' })),
      e(sound('FlexRequest', { ISPDuration: 'P1M' }), { market: undefined }),
    ],
  },
  'time-zone-rejected': {
    accepts: [
      e(sound('FlexRequest', { TimeZone: 'Europe/Berlin' })),
      e(sound('FlexRequest', { TimeZone: 'Africa/Lagos' })),
    ],
    rejects: [
      e(sound('FlexRequest', { TimeZone: 'Europe/London' })),
      // The same offset in winter, another one on the day the clocks change.
      e(sound('FlexRequest', { TimeZone: 'Africa/Lagos', ...spring })),
      e(sound('FlexRequest', { TimeZone: 'Europe/Atlantis' })),
      e(sound('AGRPortfolioUpdate', { TimeZone: 'America/New_York' })),
    ],
  },
  'period-past': {
    accepts: [
      e(sound('FlexReservationUpdate', { Period: '2027-03-09' }), {
        now: '2027-03-09T11:00:00.000Z',
      }),
      // Still the ninth in Amsterdam.
      e(sound('FlexReservationUpdate', { Period: '2027-03-09' }), { now: '2027-03-09T11:59:59.999Z' }),
    ],
    rejects: [
      e(sound('FlexReservationUpdate', { Period: '2027-03-09' }), { now: '2027-03-09T23:00:00.000Z' }),
      e(sound('FlexRequest', { Period: '2001-01-01' })),
    ],
  },
  'period-not-begun': {
    accepts: [e(sound('Metering')), e(sound('Metering', { Period: '2027-03-09' }))],
    rejects: [e(sound('Metering', { Period: '2027-03-10' }))],
  },
  'expired-on-receipt': {
    accepts: [e(sound('FlexRequest', { ExpirationDateTime: '2027-03-09T11:00:00.001Z' }))],
    rejects: [
      e(sound('FlexRequest', { ExpirationDateTime: '2027-03-09T11:00:00.000Z' })),
      e(sound('FlexOffer', { ExpirationDateTime: '2026-01-01T00:00:00.000Z' })),
    ],
  },
  'expires-after-isps': {
    // ISP 51 of the day ends at 12:45 in Amsterdam.
    accepts: [e(sound('FlexRequest', { ExpirationDateTime: '2027-03-10T11:45:00.000Z' }))],
    rejects: [
      e(sound('FlexRequest', { ExpirationDateTime: '2027-03-10T11:45:00.001Z' })),
      e(sound('FlexOffer', { ExpirationDateTime: '2027-04-01T00:00:00.000Z' })),
    ],
  },
  'isps-out-of-bounds': {
    accepts: [
      e(request({ Start: 92, Duration: 1 })),
      e(sound('FlexRequest', { ...spring, ISP: [requestISP({ Start: 92, Duration: 1 })] })),
      e(
        sound('FlexRequest', {
          ...autumn,
          ExpirationDateTime: '2027-10-30T12:00:00.000Z',
          ISP: [requestISP({ Start: 97, Duration: 4 })],
        }),
        beforeAutumn,
      ),
    ],
    rejects: [
      e(request({ Start: 97, Duration: 1 })),
      e(request({ Start: 96, Duration: 2 })),
      e(sound('FlexRequest', { ...spring, ISP: [requestISP({ Start: 93, Duration: 1 })] })),
      e(request({ Start: 1, Duration: 1e15 })),
      e(sound('FlexRequest', { ISP: [] })),
      e(sound('D-Prognosis', { ISP: [{ Power: 1, Start: 0, Duration: 97 }] })),
      e(sound('D-Prognosis', { ISP: [{ Power: 1, Start: 1, Duration: 0 }] })),
      e(sound('Metering', { Profile: [profile({ ISP: [{ Start: -1, Value: '1' }] })] })),
      e(sound('FlexOffer', { OfferOption: [option({ ISP: [{ Power: 1, Start: 101, Duration: 1 }] })] })),
      e(
        sound('FlexSettlement', {
          FlexOrderSettlement: [item({ ISP: [{ ...item({}).ISP[0]!, Start: 97 }] })],
        }),
      ),
    ],
  },
  'isp-conflict': {
    accepts: [
      e(request({ Start: 1, Duration: 4 }, { Start: 5, Duration: 44 })),
      // Options exclude each other, so they may name the same ISPs.
      e(sound('FlexOffer', { OfferOption: [option(), option({ OptionReference: 'B' })] })),
    ],
    rejects: [
      e(request({ Start: 1, Duration: 4 }, { Start: 4, Duration: 1 })),
      e(request({ Start: 10, Duration: 1 }, { Start: 1, Duration: 1e15 })),
      e(
        sound('Metering', {
          Profile: [
            profile({
              ISP: [
                { Start: 1, Value: '1' },
                { Start: 1, Value: '2' },
              ],
            }),
          ],
        }),
      ),
    ],
  },
  'lacking-isps': {
    accepts: [
      e(
        sound('D-Prognosis', {
          ISP: [
            { Power: 1, Start: 49, Duration: 48 },
            { Power: 2, Start: 1, Duration: 48 },
          ],
        }),
      ),
      e(sound('D-Prognosis', { ...spring, ISP: [{ Power: 1, Start: 1, Duration: 92 }] })),
    ],
    rejects: [
      e(sound('D-Prognosis', { ISP: [{ Power: 1, Start: 1, Duration: 95 }] })),
      e(sound('D-Prognosis', { ...autumn, ISP: [{ Power: 1, Start: 1, Duration: 96 }] })),
    ],
  },
  'lacking-requested-disposition': {
    accepts: [e(request({}))],
    rejects: [e(request({ Disposition: 'Available' })), e(request({ Disposition: undefined }))],
  },
  'requested-power-discrepancy': {
    accepts: [
      e(request({ MinPower: -1, MaxPower: 0 })),
      e(request({}, { Disposition: 'Available', MinPower: -1, MaxPower: 1, Start: 1, Duration: 1 })),
    ],
    rejects: [e(request({ MinPower: -1, MaxPower: 1 }))],
  },
  'power-discrepancy': {
    accepts: [e(request({ MinPower: 5, MaxPower: 5 }))],
    rejects: [
      e(request({ MinPower: 6, MaxPower: 5 })),
      e(request({}, { Disposition: 'Available', MinPower: 2, MaxPower: 1, Start: 1, Duration: 1 })),
    ],
  },
  'offer-unsolicited-mark': {
    accepts: [
      e(sound('FlexOffer')),
      e(sound('FlexOffer', { Unsolicited: true, FlexRequestMessageID: undefined })),
      e(sound('FlexOffer', { Version: '3.0.0', FlexRequestMessageID: undefined })),
    ],
    rejects: [
      e(sound('FlexOffer', { Unsolicited: true })),
      e(sound('FlexOffer', { FlexRequestMessageID: undefined })),
    ],
  },
  'order-unsolicited-mark': {
    accepts: [
      e(sound('FlexOrder')),
      e(sound('FlexOrder', { Unsolicited: true, FlexOfferMessageID: undefined })),
    ],
    rejects: [
      e(sound('FlexOrder', { Unsolicited: true })),
      e(sound('FlexOrder', { FlexOfferMessageID: undefined })),
      e(sound('FlexOrder', { FlexOfferMessageID: undefined, Unsolicited: false })),
    ],
  },
  'option-reference-repeated': {
    accepts: [e(sound('FlexOffer', { OfferOption: [option(), option({ OptionReference: 'B' })] }))],
    rejects: [e(sound('FlexOffer', { OfferOption: [option(), option()] }))],
  },
  'baseline-ambiguous': {
    accepts: [
      e(sound('FlexOrder')),
      e(sound('FlexOffer', { DPrognosisMessageID: undefined, BaselineReference: 'B' })),
    ],
    rejects: [
      e(sound('FlexOrder', { BaselineReference: 'B' })),
      e(sound('FlexOffer', { BaselineReference: 'B' })),
    ],
  },
  'activation-factor-out-of-bounds': {
    accepts: [e(sound('FlexOffer', { OfferOption: [option({ MinActivationFactor: '0.01' })] }))],
    rejects: [
      e(sound('FlexOffer', { OfferOption: [option({ MinActivationFactor: '0.00' })] })),
      e(sound('FlexOrder', { ActivationFactor: '1.01' })),
    ],
  },
  'settlement-starts-in-future': {
    accepts: [e(sound('FlexSettlement'))],
    rejects: [
      e(sound('FlexSettlement', { PeriodStart: '2027-03-09', PeriodEnd: '2027-03-31' })),
      e(sound('FlexSettlement', { PeriodStart: '2028-01-01', PeriodEnd: '2028-01-31' })),
    ],
  },
  'settlement-ends-wrongly': {
    accepts: [e(sound('FlexSettlement', { PeriodEnd: '2027-03-08' }))],
    rejects: [
      e(sound('FlexSettlement', { PeriodEnd: '2027-01-31' })),
      e(sound('FlexSettlement', { PeriodEnd: '2027-03-09' })),
    ],
  },
  'settlement-item-out-of-period': {
    accepts: [
      e(sound('FlexSettlement', { FlexOrderSettlement: [item({}), item({ Period: '2027-03-01' })] })),
      e(sound('FlexSettlement', { FlexOrderSettlement: [item({}), item({ Period: '2027-02-01' })] })),
    ],
    rejects: [
      e(sound('FlexSettlement', { FlexOrderSettlement: [item({ Period: '2027-01-31' })] })),
      e(sound('FlexSettlement', { FlexOrderSettlement: [item({ Period: '2027-03-02' })] })),
      e(
        sound('FlexSettlement', {
          ContractSettlement: [{ ContractID: 'C-1', Period: [{ Period: '2027-01-31', ISP: [] }] }],
        }),
      ),
    ],
  },
  'dispute-without-reason': {
    accepts: [e(status('Accepted')), e(status('Disputed', 'own meters show no deficiency'))],
    rejects: [e(status('Disputed')), e(status('Disputed', ' '))],
  },
  'unit-mismatch': {
    accepts: [e(sound('Metering', { Profile: [profile({ ProfileType: 'ImportEnergy', Unit: 'kWh' })] }))],
    rejects: [
      e(sound('Metering', { Profile: [profile({ Unit: 'kWh' })] })),
      e(sound('Metering', { Profile: [profile({ ProfileType: 'ExportMeterReading', Unit: 'kW' })] })),
    ],
  },
  'profile-repeated': {
    accepts: [
      e(sound('Metering', { Profile: [profile(), profile({ ProfileType: 'ImportEnergy', Unit: 'kWh' })] })),
    ],
    rejects: [e(sound('Metering', { Profile: [profile(), profile()] }))],
  },
  'represented-period-wrong': {
    accepts: [
      e(sound('AGRPortfolioUpdate')),
      e(
        sound('AGRPortfolioUpdate', {
          Connection: [{ EntityAddress: POINT, StartPeriod: '2027-01-01', EndPeriod: '2027-01-01' }],
        }),
      ),
    ],
    rejects: [
      e(
        sound('AGRPortfolioUpdate', {
          Connection: [{ EntityAddress: POINT, StartPeriod: '2027-01-02', EndPeriod: '2027-01-01' }],
        }),
      ),
      e({
        ...sound('AGRPortfolioUpdate'),
        type: 'DSOPortfolioUpdate',
        CongestionPoint: [
          {
            EntityAddress: POINT,
            StartPeriod: '2027-01-01',
            EndPeriod: '2027-12-31',
            MutexOffersSupported: true,
            DayAheadRedispatchBy: 'AGR',
            Connection: [{ EntityAddress: POINT, StartPeriod: '2027-01-01' }],
          },
        ],
      }),
    ],
  },
} as const satisfies Record<string, Examples>;
