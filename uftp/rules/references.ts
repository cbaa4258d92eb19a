import { answeredMessageId, definitionOf, type Message, type MessageType } from '../messages/index.ts';
import { ANSWERS, isAtOrAfter } from './facts.ts';
import type { Knowledge, Referenced } from './knowledge.ts';
import { knowing } from './rule.ts';
import { TEXTS } from './texts.ts';

const BUILDING = ['FlexOffer', 'FlexOrder', 'FlexOfferRevocation'] as const;
type Building = Message<(typeof BUILDING)[number]>;
type Asking = { readonly knowledge: Pick<Knowledge, 'references'> };

const cites = 'UFTP, rejection reasons: "Unknown reference"';
const unknown = (reference: string) => ({
  '3.x': `Unknown reference ${reference}`,
  next: `Unknown ${reference} reference`,
});

/** What a message refers to: it must be known, of the right day, and still in force. */
export const REFERENCE_RULES = [
  knowing({
    name: 'flex-request-unknown',
    messages: ['FlexOffer'],
    when: 'no FlexRequest with its FlexRequestMessageID was exchanged with that party',
    text: unknown('FlexRequestMessageID'),
    cites,
    knows: ['references'],
    breaks: async (offer, context) =>
      lacks('FlexRequest', [offer.FlexRequestMessageID], offer.SenderDomain, context),
  }),
  knowing({
    name: 'flex-offer-unknown',
    messages: ['FlexOrder', 'FlexOfferRevocation'],
    when: 'no FlexOffer with its FlexOfferMessageID was exchanged with that party',
    text: { ...unknown('FlexOfferMessageID'), '3.x': TEXTS.offerUnknown },
    cites,
    knows: ['references'],
    breaks: async (message, context) =>
      lacks('FlexOffer', [message.FlexOfferMessageID], message.SenderDomain, context),
  }),
  knowing({
    name: 'd-prognosis-unknown',
    messages: ['FlexOffer', 'FlexOrder', 'FlexSettlement'],
    when: 'no D-Prognosis with its D-PrognosisMessageID was exchanged with that party',
    text: unknown('D-PrognosisMessageID'),
    cites,
    knows: ['references'],
    breaks: async (message, context) => {
      const items = message.type === 'FlexSettlement' ? message.FlexOrderSettlement : [message];
      const ids = items.map(({ DPrognosisMessageID }) => DPrognosisMessageID);
      return lacks('D-Prognosis', ids, message.SenderDomain, context);
    },
  }),
  knowing({
    name: 'flex-order-unknown',
    messages: ['D-PrognosisResponse'],
    when: 'a FlexOrderStatus names a FlexOrder that was not exchanged with that party',
    text: unknown('FlexOrderMessageID'),
    cites,
    knows: ['references'],
    breaks: async (message, context) => {
      const ids = message.FlexOrderStatus.map(({ FlexOrderMessageID }) => FlexOrderMessageID);
      return lacks('FlexOrder', ids, message.SenderDomain, context);
    },
  }),
  knowing({
    name: 'answered-message-unknown',
    messages: ANSWERS,
    when: 'the message it answers was not sent to that party',
    text: unknown('{reference}'),
    cites,
    knows: ['references'],
    breaks: async (response, context) => {
      const expected = definitionOf(response.type).answers!.message as MessageType;
      return lacks(expected, [answeredMessageId(response)], response.SenderDomain, context);
    },
  }),
  knowing({
    name: 'answer-in-other-conversation',
    messages: ANSWERS,
    when: 'its ConversationID is not that of the message it answers',
    text: 'ConversationID mismatch',
    cites: 'UFTP, "ConversationID": a reply carries that of the message it answers',
    knows: ['references'],
    breaks: async (response, context) => {
      const answered = await answeredBy(response, context);
      return (
        answered !== undefined &&
        answered.message.ConversationID.toLowerCase() !== response.ConversationID.toLowerCase()
      );
    },
  }),
  knowing({
    name: 'answered-before',
    messages: ANSWERS,
    when: 'the message it answers had an answer before',
    text: 'Already answered',
    cites: 'own rule: a message has one answer, so a second one changes nothing',
    knows: ['references'],
    breaks: async (response, context) => (await answeredBy(response, context))?.answer !== undefined,
  }),
  knowing({
    name: 'reference-period-mismatch',
    messages: ['FlexOffer', 'FlexOrder', 'AGRPortfolioQueryResponse', 'DSOPortfolioQueryResponse'],
    when: 'the message it refers to has another Period',
    text: TEXTS.periodMismatch,
    cites: 'UFTP, rejection reasons: "Reference Period mismatch"',
    knows: ['references'],
    breaks: async (message, context) => {
      const referenced =
        message.type === 'FlexOffer' || message.type === 'FlexOrder'
          ? await basisOf(message, context)
          : await answeredBy(message, context);
      const other = referenced && 'Period' in referenced.message ? referenced.message.Period : undefined;
      return other !== undefined && other !== message.Period && `${message.Period}, referring to ${other}`;
    },
  }),
  knowing({
    name: 'reference-expired',
    messages: BUILDING,
    when: 'the request or offer it builds on is no longer valid at receipt',
    text: TEXTS.referenceExpired,
    cites: 'UFTP, rejection reasons: "Reference message expired"; "ExpirationDateTime": valid until then',
    knows: ['references'],
    breaks: async (message, context) => {
      const basis = (await basisOf(message, context))?.message;
      return (
        basis !== undefined &&
        'ExpirationDateTime' in basis &&
        isAtOrAfter(context.now, basis.ExpirationDateTime) &&
        `valid until ${basis.ExpirationDateTime}, received ${context.now}`
      );
    },
  }),
  knowing({
    name: 'reference-revoked',
    messages: ['FlexOrder', 'FlexOfferRevocation'],
    when: 'the offer was revoked; a revocation on its way already counts',
    text: TEXTS.referenceRevoked,
    cites:
      'UFTP, rejection reasons: "Reference message revoked"; where order and revocation cross, the latter wins',
    knows: ['references'],
    breaks: async (message, context) => (await basisOf(message, context))?.revoked === true,
  }),
];

/** The first of `ids` under which no message of that type is known, or false. */
async function lacks(
  type: MessageType,
  ids: readonly (string | undefined)[],
  counterparty: string,
  { knowledge }: Asking,
): Promise<string | false> {
  for (const id of new Set(ids)) {
    if (id === undefined) continue;
    const found = await knowledge.references.find(id, counterparty);
    if (found?.message.type !== type) return id;
  }
  return false;
}

/** The request that an offer answers; the offer that is ordered or revoked. */
async function basisOf(message: Building, { knowledge }: Asking): Promise<Referenced | undefined> {
  const [id, type] =
    message.type === 'FlexOffer'
      ? ([message.FlexRequestMessageID, 'FlexRequest'] as const)
      : ([message.FlexOfferMessageID, 'FlexOffer'] as const);
  const found = id === undefined ? undefined : await knowledge.references.find(id, message.SenderDomain);
  return found?.message.type === type ? found : undefined;
}

async function answeredBy(
  response: Message<(typeof ANSWERS)[number]>,
  { knowledge }: Asking,
): Promise<Referenced | undefined> {
  const id = answeredMessageId(response);
  const found = id === undefined ? undefined : await knowledge.references.find(id, response.SenderDomain);
  return found?.message.type === definitionOf(response.type).answers!.message ? found : undefined;
}
