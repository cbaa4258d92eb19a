import { decode, definitionOf, type Message, type Role } from '../../uftp/index.ts';
import type { InboxRow } from '../../store/index.ts';
import type { Inbound } from '../../workflows/inbound.ts';

/** A stored message on its way to a workflow: its row, and the message read again from the row's bytes. */
export interface StoredMessage {
  readonly row: InboxRow;
  readonly message: Message;
}

/**
 * Reads a stored payload. It met its sender's schema before it was stored, so everything the codec can tolerate
 * is tolerated now: the sender's settings may have changed since.
 */
export function readStored(row: InboxRow): StoredMessage {
  return { row, message: decode(row.payload) };
}

/** Responses are never answered; everything else is. */
export function isResponse({ type }: Message): boolean {
  return definitionOf(type).kind === 'response';
}

/** The message as a workflow sees it: plain JSON, without its XML. */
export function toInbound({ row, message }: StoredMessage, rejections: readonly string[]): Inbound {
  const {
    type,
    Version: version,
    SenderDomain: _sender,
    RecipientDomain: _recipient,
    TimeStamp: timeStamp,
    MessageID: messageId,
    ConversationID: conversationId,
    ...content
  } = message;
  return {
    inboxId: row.id,
    type,
    // The wrapper's sender: the one whose signature was verified, and to whom the answer goes.
    sender: { domain: row.senderDomain, role: row.senderRole as Role },
    messageId,
    conversationId,
    version,
    timeStamp,
    receivedAt: row.receivedAt,
    rejections,
    content,
  };
}
