import { keyOf } from '../definition/element.ts';
import type { DraftOf, MessageDefinition, MessageOf } from '../definition/message.ts';
import * as portfolio from './portfolio.ts';
import * as prognosis from './prognosis.ts';
import * as settlement from './settlement.ts';
import * as testMessage from './test-message.ts';
import * as trading from './trading.ts';

/** Every payload message of the protocol, in both versions, under the name of its XML element. */
export const MESSAGES = {
  AGRPortfolioUpdate: portfolio.AGRPortfolioUpdate,
  AGRPortfolioUpdateResponse: portfolio.AGRPortfolioUpdateResponse,
  AGRPortfolioQuery: portfolio.AGRPortfolioQuery,
  AGRPortfolioQueryResponse: portfolio.AGRPortfolioQueryResponse,
  DSOPortfolioUpdate: portfolio.DSOPortfolioUpdate,
  DSOPortfolioUpdateResponse: portfolio.DSOPortfolioUpdateResponse,
  DSOPortfolioQuery: portfolio.DSOPortfolioQuery,
  DSOPortfolioQueryResponse: portfolio.DSOPortfolioQueryResponse,
  'D-Prognosis': prognosis.DPrognosis,
  'D-PrognosisResponse': prognosis.DPrognosisResponse,
  FlexReservationUpdate: trading.FlexReservationUpdate,
  FlexReservationUpdateResponse: trading.FlexReservationUpdateResponse,
  FlexRequest: trading.FlexRequest,
  FlexRequestResponse: trading.FlexRequestResponse,
  FlexOffer: trading.FlexOffer,
  FlexOfferResponse: trading.FlexOfferResponse,
  FlexOfferRevocation: trading.FlexOfferRevocation,
  FlexOfferRevocationResponse: trading.FlexOfferRevocationResponse,
  FlexOrder: trading.FlexOrder,
  FlexOrderResponse: trading.FlexOrderResponse,
  FlexSettlement: settlement.FlexSettlement,
  FlexSettlementResponse: settlement.FlexSettlementResponse,
  Metering: settlement.Metering,
  MeteringResponse: settlement.MeteringResponse,
  TestMessage: testMessage.TestMessage,
  TestMessageResponse: testMessage.TestMessageResponse,
} as const satisfies Record<string, MessageDefinition>;

/** The name of a message: its XML element. */
export type MessageType = keyof typeof MESSAGES;
/** A decoded message of type `T`; without `T`, any message, told apart by `type`. */
export type Message<T extends MessageType = MessageType> = { [K in T]: MessageOf<(typeof MESSAGES)[K]> }[T];
/** A message to be encoded: what has a schema default may be left out. */
export type MessageDraft<T extends MessageType = MessageType> = {
  [K in T]: DraftOf<(typeof MESSAGES)[K]>;
}[T];

export function isMessageType(name: string): name is MessageType {
  return Object.hasOwn(MESSAGES, name);
}

/** The definition behind a message type. */
export function definitionOf(type: MessageType): MessageDefinition {
  return MESSAGES[type];
}

/** The MessageID that a response refers to, or undefined for messages that answer nothing. */
export function answeredMessageId(message: Message): string | undefined {
  const answers = definitionOf(message.type).answers;
  return answers && (message as unknown as Record<string, string>)[keyOf(answers.attribute)];
}

/**
 * The part of the answer to a message that names the message, under whichever attribute the answer has for it.
 * Empty where the answer has none, and for messages that nobody answers.
 */
export function referenceTo(message: Message): Readonly<Record<string, string>> {
  const { answeredBy } = definitionOf(message.type);
  if (answeredBy === undefined || !isMessageType(answeredBy)) return {};
  const { answers } = definitionOf(answeredBy);
  return answers ? { [keyOf(answers.attribute)]: message.MessageID } : {};
}

/** What makes an answer its own message. */
export interface AnswerFacts {
  readonly MessageID: string;
  readonly TimeStamp: string;
  /** Where there is one the answer is a rejection, without one an acceptance. */
  readonly RejectionReason?: string | undefined;
}

/**
 * The answer to a message: its Version and ConversationID, its domains the other way round, and the reference to
 * it under whichever name the answer's definition has for it. Undefined for messages that nobody answers.
 *
 * @param content what this kind of answer carries beside that, e.g. the FlexOrderSettlementStatus of each order
 */
export function answerTo(
  message: Message,
  facts: AnswerFacts,
  content: object = {},
): MessageDraft | undefined {
  const { answeredBy } = definitionOf(message.type);
  if (answeredBy === undefined || !isMessageType(answeredBy)) return undefined;
  const { answers } = definitionOf(answeredBy);
  const { MessageID, TimeStamp, RejectionReason } = facts;
  const Result = RejectionReason === undefined ? 'Accepted' : 'Rejected';
  const verdict = answers && { Result, RejectionReason, ...referenceTo(message) };
  return {
    type: answeredBy,
    Version: message.Version,
    SenderDomain: message.RecipientDomain,
    RecipientDomain: message.SenderDomain,
    TimeStamp,
    MessageID,
    ConversationID: message.ConversationID,
    ...verdict,
    ...content,
  } as MessageDraft;
}
