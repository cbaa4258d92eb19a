import type { Message, MessageType, Role } from '../uftp/index.ts';
import type { Rounding } from '../uftp/rules/order-match.ts';

/** Attributes of a message that stand beside its content, or that no workflow needs. */
const METADATA = [
  'type',
  'Version',
  'SenderDomain',
  'RecipientDomain',
  'TimeStamp',
  'MessageID',
  'ConversationID',
] as const;

/** Groups that may hold a month or a whole portfolio: activities read them from the inbox, histories never hold them. */
const BULK = ['FlexOrderSettlement', 'ContractSettlement', 'DSOView'] as const;

type Omitted = (typeof METADATA)[number] | (typeof BULK)[number];
type ContentOf<M> = M extends unknown ? Omit<M, Omitted> : never;

/**
 * A received message as a workflow sees it: judged, with its content and without its XML.
 * Plain JSON, since it stands in histories.
 */
export interface Inbound<T extends MessageType = MessageType> {
  readonly inboxId: string;
  readonly type: T;
  readonly sender: { readonly domain: string; readonly role: Role };
  readonly messageId: string;
  readonly conversationId: string;
  readonly version: string;
  /** TimeStamp of the message (UTC): its creation, as the sender says. */
  readonly timeStamp: string;
  /** By this (UTC) deadlines are judged, however late a worker is: its receipt, but for the agreed difference of clocks. */
  readonly receivedAt: string;
  /** The step under which we sent the message that this one refers to, where it is one of this workflow's. */
  readonly refersTo?: string | undefined;
  /** How far a partial order may be from the exact part of the offer, as agreed with its sender. */
  readonly rounding?: Rounding | undefined;
  /** Reasons to reject it that were found on the way in; none means it is valid as far as messages alone tell. */
  readonly rejections: readonly string[];
  readonly content: ContentOf<Message<T>>;
}

/** What a workflow needs of a message's content. */
export function contentOf<T extends MessageType>(message: Message<T>): Inbound<T>['content'] {
  const omitted: ReadonlySet<string> = new Set([...METADATA, ...BULK]);
  const entries = Object.entries(message).filter(([key, value]) => !omitted.has(key) && value !== undefined);
  return Object.fromEntries(entries) as Inbound<T>['content'];
}
