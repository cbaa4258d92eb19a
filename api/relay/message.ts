import { decode, definitionOf, type Message, type Role } from '../../uftp/index.ts';
import type { PendingInbound } from '../../store/index.ts';
import { contentOf, type Inbound } from '../../workflows/inbound.ts';

/** A stored message on its way to a workflow: its row, and the message read again from the row's bytes. */
export interface StoredMessage {
  readonly row: PendingInbound;
  readonly message: Message;
}

/**
 * Reads a stored payload. It met its sender's schema before it was stored, so everything the codec can tolerate
 * is tolerated now: the sender's settings may have changed since.
 */
export function readStored(row: PendingInbound): StoredMessage {
  return { row, message: decode(row.payload) };
}

/** Responses are never answered; everything else is. */
export function isResponse({ type }: Message): boolean {
  return definitionOf(type).kind === 'response';
}

/**
 * The message as a workflow sees it.
 * @param refersTo the step under which the workflow sent what this message refers to
 */
export function toInbound(
  { row, message }: StoredMessage,
  rejections: readonly string[],
  refersTo?: string,
): Inbound {
  return {
    inboxId: row.id,
    type: message.type,
    // The wrapper's sender: the one whose signature was verified, and to whom the answer goes.
    sender: { domain: row.senderDomain, role: row.senderRole as Role },
    messageId: message.MessageID,
    conversationId: message.ConversationID,
    version: message.Version,
    timeStamp: message.TimeStamp,
    receivedAt: row.receivedAt,
    ...(refersTo !== undefined && { refersTo }),
    rejections,
    content: contentOf(message),
  };
}
