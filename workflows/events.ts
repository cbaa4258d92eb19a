import type { FlexRequestEvent } from '../market/flex-request/index.ts';
import type { Inbound } from './inbound.ts';

/** What a received message means to the state machine. */
export function eventOf(inbound: Inbound): FlexRequestEvent | undefined {
  const { inboxId, messageId, conversationId, version, rejections, receivedAt, refersTo, rounding } = inbound;
  const origin = { inboxId, messageId, conversationId, version, dso: inbound.sender.domain };
  switch (inbound.type) {
    case 'FlexRequest': {
      const { content } = inbound as Inbound<'FlexRequest'>;
      return { type: 'requested', request: { ...origin, ...content }, rejections };
    }
    case 'FlexOfferResponse': {
      const { FlexOfferMessageID: reference, ...content } = (inbound as Inbound<'FlexOfferResponse'>).content;
      return { type: 'offerAnswered', answer: { messageId, reference, refersTo, ...content } };
    }
    case 'FlexOfferRevocationResponse': {
      const { FlexOfferRevocationMessageID: reference, ...content } = (
        inbound as Inbound<'FlexOfferRevocationResponse'>
      ).content;
      return { type: 'revocationAnswered', answer: { messageId, reference, refersTo, ...content } };
    }
    case 'FlexOrder': {
      const { content } = inbound as Inbound<'FlexOrder'>;
      return {
        type: 'ordered',
        order: { ...origin, receivedAt, offerStep: refersTo, rounding, ...content },
        rejections,
      };
    }
    default:
      return undefined;
  }
}
