import type { Message } from '../messages/index.ts';
import { example as e, type Examples, IDS, sound } from './examples.testkit.ts';

const option = (changes: Partial<Message<'FlexOffer'>['OfferOption'][number]> = {}) => ({
  ...sound('FlexOffer').OfferOption[0]!,
  ...changes,
});
const item = (changes: Partial<Message<'FlexSettlement'>['FlexOrderSettlement'][number]>) => ({
  ...sound('FlexSettlement').FlexOrderSettlement[0]!,
  ...changes,
});

/** Examples of the emission profile. */
export const EMISSION_EXAMPLES = {
  'instant-not-utc': {
    accepts: [e(sound('FlexOffer', { TimeStamp: '2027-03-09T10:59:00Z' }))],
    rejects: [
      e(sound('FlexOffer', { TimeStamp: '2027-03-09T10:59:00' })),
      e(sound('FlexOffer', { ExpirationDateTime: '2027-03-09T20:00:00+01:00' })),
      e(sound('FlexOffer', { TimeStamp: '2027-03-09T10:59:00.1234567890Z' })),
    ],
  },
  'price-decimals': {
    accepts: [
      e(sound('FlexOffer', { Currency: 'ISK', OfferOption: [option({ Price: '42' })] })),
      e(sound('FlexOffer', { OfferOption: [option({ Price: '-0.50' })] })),
    ],
    rejects: [
      e(sound('FlexOffer', { OfferOption: [option({ Price: '2.3000' })] })),
      e(sound('FlexOffer', { OfferOption: [option({ Price: '2' })] })),
      e(sound('FlexOrder', { Price: '2.3' })),
      e(sound('FlexSettlement', { FlexOrderSettlement: [item({ Penalty: '0' })] })),
    ],
  },
  'option-reference-empty': {
    accepts: [e(sound('FlexOffer'))],
    rejects: [e(sound('FlexOffer', { OfferOption: [option({ OptionReference: '' })] }))],
  },
  'unsolicited-mark-not-understood': {
    accepts: [e(sound('FlexOffer', { Unsolicited: true, FlexRequestMessageID: undefined }))],
    rejects: [
      e(sound('FlexOffer', { Unsolicited: true, FlexRequestMessageID: undefined, Version: '3.0.0' })),
      e(sound('FlexOffer', { Unsolicited: false })),
    ],
  },
  'baseline-not-one': {
    accepts: [e(sound('FlexOffer', { DPrognosisMessageID: undefined, BaselineReference: '' }))],
    rejects: [
      e(sound('FlexOffer', { DPrognosisMessageID: undefined })),
      e(sound('FlexOffer', { BaselineReference: 'B' })),
    ],
  },
  'reason-without-rejection': {
    accepts: [
      e(sound('FlexOfferResponse')),
      e(sound('FlexOfferResponse', { Result: 'Rejected', RejectionReason: 'ISP conflict' })),
    ],
    rejects: [
      e(sound('FlexOfferResponse', { Result: 'Rejected' })),
      e(sound('FlexOfferResponse', { Result: 'Rejected', RejectionReason: '' })),
      e(sound('FlexOfferResponse', { RejectionReason: 'ISP conflict' })),
    ],
  },
  'day-with-offset': {
    accepts: [e(sound('FlexOffer'))],
    rejects: [e(sound('FlexOffer', { Period: '2027-03-10Z' }))],
  },
} as const satisfies Record<string, Examples>;

/** Examples of how an offer follows `sound('FlexRequest')`. */
export const ANSWERING_EXAMPLES = {
  'segmentation-changed': {
    accepts: [e(sound('FlexOffer'))],
    rejects: [
      e(
        sound('FlexOffer', {
          OfferOption: [
            option({
              ISP: [
                { Power: -1, Start: 48, Duration: 2 },
                { Power: -1, Start: 50, Duration: 2 },
              ],
            }),
          ],
        }),
      ),
    ],
  },
  'conversation-not-continued': {
    accepts: [e(sound('FlexOffer'))],
    rejects: [e(sound('FlexOffer', { ConversationID: IDS.unknown }))],
  },
} as const satisfies Record<string, Examples>;
