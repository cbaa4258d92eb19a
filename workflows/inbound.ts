import type { Message, MessageType, Role } from '../uftp/index.ts';

/** Attributes of a message that its envelope already says. */
type Metadata = 'type' | 'Version' | 'SenderDomain' | 'RecipientDomain' | 'TimeStamp' | 'MessageID' | 'ConversationID';
type WithoutMetadata<M> = M extends unknown ? Omit<M, Metadata> : never;

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
  /** When it was acknowledged (UTC): deadlines are judged by this, however late a worker is. */
  readonly receivedAt: string;
  /** Reasons to reject it that were found on the way in; none means it is valid as far as messages alone tell. */
  readonly rejections: readonly string[];
  readonly content: WithoutMetadata<Message<T>>;
}
