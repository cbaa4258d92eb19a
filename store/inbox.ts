import { inTransaction, type Db } from './client.ts';
import { StoreError } from './errors.ts';
import { bytes, messageKey, plain, sha256 } from './plain.ts';

/** A message whose signature holds, about to be acknowledged. */
export interface NewInbound {
  readonly senderDomain: string;
  readonly senderRole: string;
  readonly recipientDomain: string;
  readonly messageId: string;
  readonly conversationId: string;
  readonly type: string;
  /** Version of the specification that the message states. */
  readonly version: string;
  /** When it was received (ISO, UTC). */
  readonly receivedAt: string;
  /** The HTTP body as it came. */
  readonly body: Uint8Array;
  /** The verified payload: two messages are the same message when these bytes are. */
  readonly payload: Uint8Array;
}

/** A received message without its bytes; `messageId` is in lower case. */
export interface InboxHead extends Omit<NewInbound, 'body' | 'payload'> {
  readonly id: string;
  /** sha256 of the payload, hexadecimal. */
  readonly payloadSha256: string;
  /** The row that used the same MessageID first, with other content. */
  readonly conflictsWith?: string;
  /** How often the same bytes came again, and how many of those were served the stored answer. */
  readonly repeats: number;
  readonly repeatsAnswered: number;
  readonly workflowId?: string;
  readonly handedOverAt?: string;
  readonly attempts: number;
  readonly lastError?: string;
  /** Our verdict on the message, once given. */
  readonly result?: string;
  readonly reason?: string;
}

export interface PendingInbound extends InboxHead {
  readonly payload: Uint8Array;
}

export interface InboxRow extends PendingInbound {
  readonly body: Uint8Array;
}

/**
 * `new`: never seen. `repeated`: the same bytes under the same MessageID were taken before.
 * `conflicting`: the MessageID was used before with other content; kept, and to be rejected (Duplicate Identifier).
 */
export interface Acceptance {
  readonly outcome: 'new' | 'repeated' | 'conflicting';
  /** The row of this very content: for a repeat, the one that was there. */
  readonly id: string;
}

export interface UnansweredRepeat {
  readonly id: string;
  readonly senderDomain: string;
  /** Repeats so far: what `repeatAnswered` takes once this one was served. */
  readonly repeats: number;
  /** The stored answer. Missing while the message has none, or if it never gets one. */
  readonly answerOutboxId?: string;
}

/** What to leave out of a look at pending messages. */
export interface Except {
  readonly ids?: readonly string[];
  readonly conversations?: readonly Pick<InboxHead, 'senderDomain' | 'conversationId'>[];
}

const oldestFirst = [{ receivedAt: 'asc' as const }, { id: 'asc' as const }];

/** What was received. */
export function inboxOf(db: Db) {
  /** Counts one more repeat of exactly this content, wherever it stands. */
  async function repeated(senderDomain: string, messageId: string, payloadSha256: string) {
    const [row] = await db.inbox.updateManyAndReturn({
      where: { senderDomain, messageId, payloadSha256 },
      data: { repeats: { increment: 1 } },
      select: { id: true },
    });
    return row && ({ outcome: 'repeated', id: row.id } satisfies Acceptance);
  }

  return {
    /**
     * Takes a message, once. Rows are never removed and unique keys decide, so that every way through ends with
     * exactly one statement that writes, in its own transaction: of any number of simultaneous posts of one
     * message, one is `new`.
     */
    async accept(message: NewInbound): Promise<Acceptance> {
      const messageId = messageKey(message.messageId);
      const payloadSha256 = sha256(message.payload);
      const { senderDomain } = message;
      const data = {
        ...message,
        messageId,
        payloadSha256,
        body: bytes(message.body),
        payload: bytes(message.payload),
      };
      const insert = async (conflictsWith: string | null) => {
        const rows = { data: [{ ...data, conflictsWith }], skipDuplicates: true, select: { id: true } };
        return (await db.inbox.createManyAndReturn(rows))[0]?.id;
      };

      const first = await insert(null);
      if (first !== undefined) return { outcome: 'new', id: first };
      const repeat = await repeated(senderDomain, messageId, payloadSha256);
      if (repeat !== undefined) return repeat;

      const original = await db.inbox.findFirst({
        where: { senderDomain, messageId, conflictsWith: null },
        select: { id: true },
      });
      const conflicting = original && (await insert(original.id));
      if (conflicting) return { outcome: 'conflicting', id: conflicting };
      const late = await repeated(senderDomain, messageId, payloadSha256);
      if (late !== undefined) return late;
      throw new StoreError(
        'store.broken',
        'A message was neither new nor known.',
        'Check that the migrations of this version have run (flexor migrate).',
        { details: { senderDomain, messageId } },
      );
    },

    /**
     * Messages that no workflow has yet, oldest first; conflicting ones too, which are to be rejected.
     * @param except messages, and whole conversations, that are not wanted now: however many there are, they
     *   never keep others out of the answer
     */
    async pending(limit: number, except: Except = {}): Promise<PendingInbound[]> {
      const { ids = [], conversations = [] } = except;
      const senders = conversations.map(({ senderDomain }) => senderDomain);
      const conversationIds = conversations.map(({ conversationId }) => conversationId);
      // As arrays, since PostgreSQL takes 65,535 parameters in a statement.
      const wanted = await inTransaction(
        () => db.$queryRaw<{ id: string }[]>`
          SELECT id::text FROM inbox
          WHERE handed_over_at IS NULL AND id <> ALL(${[...ids]}::uuid[])
            AND NOT EXISTS (
              SELECT FROM unnest(${senders}::text[], ${conversationIds}::text[]) AS busy(sender, conversation)
              WHERE sender = sender_domain AND conversation = conversation_id)
          ORDER BY received_at, id LIMIT ${limit}`,
      );
      const rows = await db.inbox.findMany({
        where: { id: { in: wanted.map(({ id }) => id) } },
        orderBy: oldestFirst,
        omit: { body: true },
      });
      return rows.map(plain);
    },

    /**
     * Messages of the same type, sender and ConversationID that were received before this one and have not been
     * rejected, oldest first.
     */
    async earlierInConversation(
      row: Pick<InboxHead, 'id' | 'senderDomain' | 'conversationId' | 'type' | 'receivedAt'>,
    ): Promise<PendingInbound[]> {
      const { id, senderDomain, conversationId, type, receivedAt } = row;
      const rows = await db.inbox.findMany({
        where: {
          ...{ senderDomain, conversationId, type, conflictsWith: null },
          OR: [{ receivedAt: { lt: receivedAt } }, { receivedAt, id: { lt: id } }],
          AND: { OR: [{ result: null }, { result: { notIn: ['Rejected', 'Ignored'] } }] },
        },
        orderBy: oldestFirst,
        omit: { body: true },
      });
      return rows.map(plain);
    },

    /** Records which workflow has the message. The first record stands. */
    async handedOver(id: string, workflowId: string, at: string): Promise<void> {
      await db.inbox.updateMany({
        where: { id, handedOverAt: null },
        data: { workflowId, handedOverAt: at, attempts: { increment: 1 }, lastError: null },
      });
    },

    /** Records that handing over failed; the message stays pending. */
    async handOverFailed(id: string, error: string): Promise<void> {
      await db.inbox.updateMany({
        where: { id, handedOverAt: null },
        data: { attempts: { increment: 1 }, lastError: error },
      });
    },

    /** Records our verdict on a message: the Result, and why it is not Accepted. */
    async recordVerdict(id: string, result: string, reason?: string): Promise<void> {
      await db.inbox.update({
        where: { id },
        data: { result, reason: reason ?? null },
        select: { id: true },
      });
    },

    /** Messages that came again since their answer was last sent, oldest first. */
    async repeatsToAnswer(limit: number): Promise<UnansweredRepeat[]> {
      const rows = await db.inbox.findMany({
        where: { repeats: { gt: db.inbox.fields.repeatsAnswered } },
        orderBy: oldestFirst,
        take: limit,
        select: { id: true, senderDomain: true, repeats: true },
      });
      const answers = await db.outbox.findMany({
        where: { answersInboxId: { in: rows.map((row) => row.id) } },
        orderBy: { createdAt: 'asc' },
        select: { id: true, answersInboxId: true },
      });
      return rows.map((row) => {
        const answer = answers.find(({ answersInboxId }) => answersInboxId === row.id);
        return answer === undefined ? row : { ...row, answerOutboxId: answer.id };
      });
    },

    /** Records that the first `repeats` repeats were served, or need no answer. Never counts back. */
    async repeatAnswered(id: string, repeats: number): Promise<void> {
      await db.inbox.updateMany({
        where: { id, repeatsAnswered: { lt: repeats } },
        data: { repeatsAnswered: repeats },
      });
    },

    async find(id: string): Promise<InboxRow | undefined> {
      const row = await db.inbox.findUnique({ where: { id } });
      return row ? plain(row) : undefined;
    },

    /** The message that used this MessageID first. */
    async findByMessageId(senderDomain: string, messageId: string): Promise<InboxRow | undefined> {
      const where = { senderDomain, messageId: messageKey(messageId), conflictsWith: null };
      const row = await db.inbox.findFirst({ where });
      return row ? plain(row) : undefined;
    },
  };
}
