import { alone, knowing } from './rule.ts';

const revisionText = 'Subordinate sequence number';

/** What a FlexRequest asks, and which of several requests or prognoses is the latest. */
export const REQUEST_RULES = [
  alone({
    name: 'lacking-requested-disposition',
    messages: ['FlexRequest'],
    when: 'no ISP has the Disposition Requested; an absent one reads as Available',
    text: 'Lacking Requested Disposition',
    cites: 'UFTP FlexRequest, rejection reasons: "Lacking Requested Disposition"',
    breaks: ({ ISP }) => !ISP.some(({ Disposition }) => Disposition === 'Requested'),
  }),
  alone({
    name: 'requested-power-discrepancy',
    messages: ['FlexRequest'],
    when: 'a Requested ISP has a MinPower below and a MaxPower above zero: no direction',
    text: 'Requested Power discrepancy',
    cites: 'UFTP FlexRequest, rejection reasons: "Requested Power discrepancy"',
    breaks: ({ ISP }) => {
      const found = ISP.find(
        ({ Disposition, MinPower, MaxPower }) => Disposition === 'Requested' && MinPower < 0 && MaxPower > 0,
      );
      return found !== undefined && `ISP ${found.Start}: ${found.MinPower} to ${found.MaxPower} W`;
    },
  }),
  alone({
    name: 'power-discrepancy',
    messages: ['FlexRequest'],
    when: 'an ISP has a MinPower above its MaxPower',
    text: 'Power discrepancy',
    cites: 'UFTP FlexRequest, rejection reasons: "Power discrepancy"',
    breaks: ({ ISP }) => {
      const found = ISP.find(({ MinPower, MaxPower }) => MinPower > MaxPower);
      return found !== undefined && `ISP ${found.Start}: ${found.MinPower} to ${found.MaxPower} W`;
    },
  }),
  knowing({
    name: 'request-revision-lower',
    messages: ['FlexRequest'],
    when: 'a higher Revision for the same DSO, congestion point, Period and ConversationID was accepted before',
    text: revisionText,
    cites: 'UFTP FlexRequest, prose; other conversations are other requests, whose revisions do not compare',
    knows: ['revisions'],
    breaks: async (message, { knowledge }) => {
      const highest = await knowledge.revisions.highest({
        type: message.type,
        senderDomain: message.SenderDomain,
        congestionPoint: message.CongestionPoint,
        period: message.Period,
        conversationId: message.ConversationID,
      });
      return highest !== undefined && message.Revision < highest && `${message.Revision} after ${highest}`;
    },
  }),
  knowing({
    name: 'prognosis-revision-lower',
    messages: ['D-Prognosis'],
    when: 'a higher Revision for the same aggregator, congestion point and Period was accepted before',
    text: revisionText,
    cites: 'UFTP D-Prognosis, rejection reasons: "Subordinate sequence number"',
    knows: ['revisions'],
    breaks: async (message, { knowledge }) => {
      const highest = await knowledge.revisions.highest({
        type: message.type,
        senderDomain: message.SenderDomain,
        congestionPoint: message.CongestionPoint,
        period: message.Period,
      });
      return highest !== undefined && message.Revision < highest && `${message.Revision} after ${highest}`;
    },
  }),
];
