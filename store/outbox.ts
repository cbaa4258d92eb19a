import { inTransaction, type Db } from './client.ts';
import { StoreError } from './errors.ts';
import { bytes, messageKey, plain, sha256 } from './plain.ts';

/** Which step of which workflow sends a message: a retry of that step finds the message it made before. */
export interface OutboxKey {
  readonly workflowId: string;
  readonly step: string;
}

/** A message as it will be sent: MessageID, TimeStamp and signed bytes are fixed. */
export interface NewOutbound {
  readonly recipientDomain: string;
  readonly recipientRole: string;
  readonly messageId: string;
  readonly conversationId: string;
  readonly type: string;
  readonly version: string;
  /** TimeStamp of the message (ISO, UTC). */
  readonly createdAt: string;
  /** The HTTP body, signed. */
  readonly body: Uint8Array;
  readonly payload: Uint8Array;
  /** The received message that this answers. */
  readonly answersInboxId?: string;
  /** Result and RejectionReason that it carries, where it is a response. */
  readonly result?: string;
  readonly reason?: string;
}

/** A sent message without its bytes; `messageId` is in lower case. */
export interface OutboxHead extends Omit<NewOutbound, 'body' | 'payload'>, OutboxKey {
  readonly id: string;
  /** sha256 of the payload, hexadecimal. */
  readonly payloadSha256: string;
  /** `pending`, `delivered`, `refused` (for good) or `expired`. */
  readonly status: string;
  /** Tries to deliver it so far. */
  readonly attempts: number;
  readonly deliveredAt?: string;
  readonly lastError?: string;
  /** What the recipient answered, once it did. */
  readonly peerResult?: string;
  readonly peerReason?: string;
}

export interface OutboxRow extends OutboxHead {
  readonly body: Uint8Array;
  readonly payload: Uint8Array;
}

/** One try to deliver a message. */
export interface Delivery {
  /** ISO, UTC. */
  readonly at: string;
  readonly outcome: 'delivered' | 'temporary' | 'permanent' | 'expired';
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  readonly reason?: string;
}

const statusAfter = {
  temporary: 'pending',
  permanent: 'refused',
  expired: 'expired',
  delivered: 'delivered',
};

/** The row of a message that a step sends. */
export function outboundRow({ workflowId, step }: OutboxKey, made: NewOutbound) {
  return {
    ...made,
    ...{ workflowId, step },
    messageId: messageKey(made.messageId),
    body: bytes(made.body),
    payload: bytes(made.payload),
    payloadSha256: sha256(made.payload),
  };
}

/** What is to be sent, and was. */
export function outboxOf(db: Db) {
  const findByKey = async (key: OutboxKey): Promise<OutboxRow | undefined> => {
    const { workflowId, step } = key;
    const row = await db.outbox.findUnique({ where: { workflowId_step: { workflowId, step } } });
    return row ? plain(row) : undefined;
  };

  return {
    /**
     * The message of a step: the stored one, or else the one that `make` makes. However often and from however
     * many processes this is called, all get the same row; `make` is only called while there is none.
     *
     * @throws StoreError `store.conflict` if another step already used the MessageID. What `make` throws passes.
     */
    async prepare(key: OutboxKey, make: () => Promise<NewOutbound>): Promise<OutboxRow> {
      const existing = await findByKey(key);
      if (existing !== undefined) return existing;
      const data = outboundRow(key, await make());
      const [created] = await db.outbox.createManyAndReturn({ data: [data], skipDuplicates: true });
      if (created !== undefined) return plain(created);
      const winner = await findByKey(key);
      if (winner !== undefined) return winner;
      throw new StoreError(
        'store.conflict',
        `The MessageID ${data.messageId} was already used for another message.`,
        'Make a new MessageID for every message.',
        { details: { ...key, messageId: data.messageId } },
      );
    },

    /** What a workflow sent under a step, once it is fixed. */
    findByKey,

    async find(id: string): Promise<OutboxRow | undefined> {
      const row = await db.outbox.findUnique({ where: { id } });
      return row ? plain(row) : undefined;
    },

    async findByMessageId(messageId: string): Promise<OutboxRow | undefined> {
      const row = await db.outbox.findUnique({ where: { messageId: messageKey(messageId) } });
      return row ? plain(row) : undefined;
    },

    /** The answer to a received message: the first, if there are several. */
    async answerTo(inboxId: string): Promise<OutboxRow | undefined> {
      const where = { answersInboxId: inboxId };
      const row = await db.outbox.findFirst({ where, orderBy: { createdAt: 'asc' } });
      return row ? plain(row) : undefined;
    },

    /** Adds a try to deliver a message, and what follows for it: once delivered, it stays delivered. */
    async recordDelivery(id: string, delivery: Delivery): Promise<void> {
      const { at, outcome, reason } = delivery;
      const delivered = outcome === 'delivered';
      const outcomes = delivered
        ? { status: statusAfter.delivered, deliveredAt: at, lastError: null }
        : { status: statusAfter[outcome], lastError: reason ?? outcome };
      await inTransaction(() =>
        db.$transaction([
          db.outbox.update({ where: { id }, data: { attempts: { increment: 1 } }, select: { id: true } }),
          db.outbox.updateMany({ where: { id, status: { not: statusAfter.delivered } }, data: outcomes }),
          db.delivery.create({ data: { outboxId: id, ...delivery } }),
        ]),
      );
    },

    /** Records what the recipient answered to a message of ours. */
    async recordPeerVerdict(id: string, result: string, reason?: string): Promise<void> {
      const data = { peerResult: result, peerReason: reason ?? null };
      await db.outbox.update({ where: { id }, data, select: { id: true } });
    },
  };
}
