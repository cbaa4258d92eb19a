import { decode, definitionOf, type Message, type Role } from '../../uftp/index.ts';
import type { PendingInbound } from '../../store/index.ts';
import { contentOf, type Inbound } from '../../workflows/inbound.ts';

/** A stored message on its way to a workflow: its row, and the message read again from the row's bytes. */
export interface StoredMessage {
  readonly row: PendingInbound;
  readonly message: Message;
  /** The instant (UTC) by which its deadlines are judged. */
  readonly judgedAt: string;
}

/**
 * Reads a stored payload. It met its sender's schema before it was stored, so everything the codec can tolerate
 * is tolerated now: the sender's settings may have changed since.
 */
export function readStored(row: PendingInbound, clockToleranceMs = 0): StoredMessage {
  const message = decode(row.payload);
  return { row, message, judgedAt: judgedAt(row.receivedAt, message.TimeStamp, clockToleranceMs) };
}

/**
 * Clocks differ: what its sender stamped before a deadline is in time, as long as it came no later than the agreed
 * difference of clocks afterwards. Never later than the receipt.
 * @param receivedAt of our clock, and `stampedAt` of the sender's (UTC)
 * @returns the instant (UTC) by which the message's deadlines are judged
 */
export function judgedAt(receivedAt: string, stampedAt: string, toleranceMs: number): string {
  const received = Date.parse(receivedAt);
  const instant = Math.min(received, Math.max(Date.parse(stampedAt), received - toleranceMs));
  return new Date(instant).toISOString();
}

/** Responses are never answered; everything else is. */
export function isResponse({ type }: Message): boolean {
  return definitionOf(type).kind === 'response';
}

/**
 * The message as a workflow sees it.
 * @param about the step under which the workflow sent what this message refers to, and what is agreed about it
 */
export function toInbound(
  { row, message, judgedAt }: StoredMessage,
  rejections: readonly string[],
  about: Pick<Inbound, 'refersTo' | 'rounding'> = {},
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
    receivedAt: judgedAt,
    ...about,
    rejections,
    content: contentOf(message),
  };
}
