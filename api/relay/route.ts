import { answeredMessageId, definitionOf } from '../../uftp/index.ts';
import { TEXTS } from '../../uftp/rules/texts.ts';
import { workflowIds } from '../../workflows/ids.ts';
import { isResponse, type StoredMessage } from './message.ts';

/** Rejection texts of UFTP 3.x ("Message validation") for what only routing can find out. */
export const ROUTE_TEXTS = {
  duplicate: 'Duplicate Identifier',
  unknownReference: (attribute: string) => `Unknown reference ${attribute}`,
  invalidMessage: 'Invalid Message',
  expired: 'Reference message expired',
  deadline: 'Deadline expired',
} as const;

/** The workflows that a message of the peer brings into being. */
export type OwnWorkflow = 'flexRequest' | 'unsolicitedFlex' | 'reservation' | 'settlement';

/** Where a received message goes. */
export type Destination =
  /** Into the workflow of this message itself, which is started unless it runs. */
  | {
      readonly to: 'own-workflow';
      readonly workflowType: OwnWorkflow;
      readonly workflowId: string;
    }
  /** Into the workflow that sent what this message refers to. */
  | { readonly to: 'workflow'; readonly workflowId: string; readonly refersTo: SentMessage }
  /** To a workflow that does nothing but answer it; `about` is the one it came too late for. */
  | { readonly to: 'reply'; readonly rejections: readonly string[]; readonly about?: string }
  /** Nowhere: it stays recorded, with the reason; `about` is the workflow it came too late for. */
  | { readonly to: 'nobody'; readonly reason: string; readonly about?: string };

/** A way into a conversation. */
export type Inward = Extract<Destination, { to: 'own-workflow' | 'workflow' }>;
/** A way past all conversations. */
export type Outward = Exclude<Destination, Inward>;

/** What routing needs to look up. */
export interface RouteLookups {
  /** A sent message by its MessageID, in any letter case. */
  sent(messageId: string): Promise<SentMessage | undefined>;
  /** Whether this aggregator knows the contract. */
  contractKnown(contractId: string): boolean | Promise<boolean>;
}

export interface SentMessage {
  readonly id: string;
  readonly workflowId: string;
  /** What the workflow calls the message. */
  readonly step: string;
  readonly type: string;
  readonly recipientDomain: string;
}

/**
 * Decides where a stored message goes. `rejections` are the reasons against it that were found already: a request
 * is answered with them, by the workflow it belongs to where there is one; a response with any is set aside, since
 * responses are never answered.
 */
export async function route(
  stored: StoredMessage,
  rejections: readonly string[],
  lookups: RouteLookups,
): Promise<Destination> {
  const { row, message } = stored;
  if (isResponse(message)) return routeResponse(stored, rejections, lookups);
  const reply = (...texts: string[]): Destination => ({
    to: 'reply',
    rejections: [...new Set([...rejections, ...texts])],
  });
  if (row.conflictsWith !== undefined) return reply(ROUTE_TEXTS.duplicate);
  // No conversation answers anyone but the role it deals with.
  if (!isMeantForUs(stored)) return rejections.length > 0 ? reply() : reply(ROUTE_TEXTS.invalidMessage);
  switch (message.type) {
    case 'TestMessage':
      return reply();
    case 'FlexRequest':
      return own('flexRequest', workflowIds.flexRequest(row.senderDomain, message.MessageID));
    case 'FlexSettlement':
      return own('settlement', workflowIds.settlement(row.senderDomain, message.MessageID));
    case 'FlexReservationUpdate': {
      const { ContractID, Period } = message;
      // A rejected update changes nothing, and nothing it says may decide how long a workflow lives.
      if (rejections.length > 0) return reply();
      // No workflow for a contract that does not exist: its id is the sender's free text.
      if (!(await lookups.contractKnown(ContractID)))
        return reply(ROUTE_TEXTS.unknownReference('ContractID'));
      return own('reservation', workflowIds.reservation(row.senderDomain, ContractID, Period));
    }
    case 'FlexOrder': {
      // UFTP 3.1 FlexOrder: without an offer it begins a conversation of its own.
      if (message.FlexOfferMessageID === undefined) {
        return own('unsolicitedFlex', workflowIds.unsolicited(row.senderDomain, message.MessageID));
      }
      const offer = await lookups.sent(message.FlexOfferMessageID);
      if (offer && fits(offer, 'FlexOffer', row.senderDomain)) return senderOf(offer);
      const text = ROUTE_TEXTS.unknownReference('FlexOfferMessageID');
      return rejections.includes(text) ? reply() : reply(text);
    }
    default:
      return rejections.length > 0 ? reply() : reply(ROUTE_TEXTS.invalidMessage);
  }
}

/** UFTP, "Message overview": who sends what to whom. */
function isMeantForUs({ row, message }: StoredMessage): boolean {
  const { from, to } = definitionOf(message.type).route;
  return (to === 'AGR' || to === 'any') && (from === 'any' || from === row.senderRole);
}

async function routeResponse(
  { row, message }: StoredMessage,
  rejections: readonly string[],
  lookups: RouteLookups,
): Promise<Destination> {
  const nobody = (reason: string): Destination => ({ to: 'nobody', reason });
  if (row.conflictsWith !== undefined) return nobody(ROUTE_TEXTS.duplicate);
  if (rejections.length > 0) return nobody(rejections.join(';'));
  const answers = definitionOf(message.type).answers;
  const reference = answeredMessageId(message);
  if (!answers || reference === undefined) return nobody('It refers to no message.');
  const sent = await lookups.sent(reference);
  return sent && fits(sent, answers.message, row.senderDomain)
    ? senderOf(sent)
    : nobody(ROUTE_TEXTS.unknownReference(answers.attribute));
}

/**
 * Where a message goes when the workflow it was for is over.
 * @param offer how the offer that an order is about ended, where that is recorded
 */
export function routeLate(
  { message }: StoredMessage,
  rejections: readonly string[],
  workflowId: string,
  offer?: string,
): Outward {
  if (isResponse(message)) {
    return { to: 'nobody', reason: 'It came after its conversation was over.', about: workflowId };
  }
  const text =
    message.type === 'FlexReservationUpdate'
      ? ROUTE_TEXTS.deadline
      : (ENDED[offer ?? ''] ?? ROUTE_TEXTS.expired);
  return { to: 'reply', rejections: [...new Set([...rejections, text])], about: workflowId };
}

/** What an open conversation would say of an offer that ended so. */
const ENDED: Readonly<Record<string, string>> = {
  Ordered: TEXTS.orderedBefore,
  Revoked: TEXTS.referenceRevoked,
  Revoking: TEXTS.referenceRevoked,
  Refused: TEXTS.offerRefused,
};

function own(workflowType: OwnWorkflow, workflowId: string): Destination {
  return { to: 'own-workflow', workflowType, workflowId };
}

function senderOf(sent: SentMessage): Destination {
  return { to: 'workflow', workflowId: sent.workflowId, refersTo: sent };
}

/** A reference counts only if it names a message of the right type that was sent to this very peer. */
function fits(sent: SentMessage, type: string, peer: string): boolean {
  return sent.type === type && sent.recipientDomain === peer;
}
