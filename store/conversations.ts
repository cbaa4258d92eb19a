import { type ConversationAlert, syncAlerts } from './alerts.ts';
import { type Hold, settleHolds } from './capacity.ts';
import { inTransaction, type Db } from './client.ts';
import type { Delivery } from './outbox.ts';
import { json, plain } from './plain.ts';

/** A conversation about one FlexRequest, as its workflow saw it after a transition. */
export interface Conversation {
  readonly workflowId: string;
  readonly dso: string;
  readonly congestionPoint: string;
  /** Local day `YYYY-MM-DD` in `timeZone`. */
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  readonly conversationId: string;
  readonly contractId?: string;
  readonly state: string;
  /** Rises with every transition of the workflow. */
  readonly transition: number;
  /** The workflow's state in full, as plain JSON. */
  readonly snapshot: unknown;
  /** ISO, UTC. */
  readonly updatedAt: string;
}

/** A message of a conversation, as a timeline shows it. */
export interface TimelineEntry {
  /** `in`: when it was received. `out`: its TimeStamp. ISO, UTC. */
  readonly at: string;
  readonly direction: 'in' | 'out';
  /** The inbox or outbox row. */
  readonly id: string;
  /** Domain of the other side. */
  readonly peer: string;
  readonly type: string;
  readonly messageId: string;
  /** Of a response of ours: what it says. Of anything else: the receiver's verdict on it, once there is one. */
  readonly result?: string;
  readonly reason?: string;
  /** How often the same message came again (`in`). */
  readonly repeats?: number;
  /** `pending`, `delivered`, `refused` or `expired` (`out`). */
  readonly status?: string;
  /** Tries to deliver it (`out`), in the order they were made. */
  readonly deliveries: readonly Delivery[];
}

const withoutBytes = { body: true, payload: true } as const;

/** The read model of conversations, for people and for the operator's API. */
export function conversationsOf(db: Db) {
  return {
    /**
     * Records a conversation, unless a later transition of it is recorded already, and in the same transaction
     * settles the power held for its offers: `settle` returns a hold as it is to be, or the same for no change.
     * The alerts given are then those of this conversation.
     */
    async record(
      conversation: Conversation,
      settle?: (hold: Hold) => Hold,
      alerts?: readonly ConversationAlert[],
    ): Promise<void> {
      const { workflowId, transition, contractId = null } = conversation;
      const data = { ...conversation, snapshot: json(conversation.snapshot) };
      await inTransaction(() =>
        db.$transaction(async (tx) => {
          const created = await tx.conversation.createMany({ data: [data], skipDuplicates: true });
          const where = { workflowId, transition: { lt: transition } };
          const { count } =
            created.count === 1
              ? created
              : await tx.conversation.updateMany({ where, data: { ...data, contractId } });
          if (count === 0) return;
          if (settle) await settleHolds(tx, workflowId, settle);
          if (alerts) await syncAlerts(tx, workflowId, alerts, conversation.updatedAt);
        }),
      );
    },

    async find(workflowId: string): Promise<Conversation | undefined> {
      const row = await db.conversation.findUnique({ where: { workflowId } });
      return row ? (plain(row) as Conversation) : undefined;
    },

    /** Where an offer stood, by the step under which it was sent, when its conversation was last recorded. */
    async offerStatus(workflowId: string, step: string): Promise<string | undefined> {
      const row = await db.conversation.findUnique({ where: { workflowId }, select: { snapshot: true } });
      const { offers = [] } = (row?.snapshot ?? {}) as { offers?: { step: string; status: string }[] };
      return offers.find((offer) => offer.step === step)?.status;
    },

    /** The conversations that moved last, newest first; of one DSO where it is named. */
    async list(query: { limit: number; dso?: string }): Promise<Conversation[]> {
      const { limit, dso } = query;
      const orderBy = [{ updatedAt: 'desc' as const }, { workflowId: 'asc' as const }];
      const rows = await db.conversation.findMany({
        where: dso === undefined ? {} : { dso },
        orderBy,
        take: limit,
      });
      return rows.map((row) => plain(row) as Conversation);
    },

    /** The conversations that a DSO opened under one ConversationID about a congestion point on one day. */
    async about(query: {
      dso: string;
      conversationId: string;
      congestionPoint: string;
      period: string;
    }): Promise<Conversation[]> {
      const rows = await db.conversation.findMany({ where: query, orderBy: { workflowId: 'asc' } });
      return rows.map((row) => plain(row) as Conversation);
    },

    /** The workflows of all conversations under a contract at a congestion point on one day, whichever DSO began them. */
    async underContract(where: {
      contractId: string;
      congestionPoint: string;
      period: string;
    }): Promise<string[]> {
      const { contractId, congestionPoint, period } = where;
      const rows = await db.conversation.findMany({
        where: { contractId, congestionPoint, period },
        select: { workflowId: true },
        orderBy: { workflowId: 'asc' },
      });
      return rows.map(({ workflowId }) => workflowId);
    },

    /**
     * All messages of these workflows, in the order of their time, with what they answer and what answers them.
     * A conversation about a FlexRequest also has messages in the workflows of its reservation and settlement.
     */
    async timeline(workflowIds: string[]): Promise<TimelineEntry[]> {
      const workflowId = { in: workflowIds };
      const own = { where: { workflowId }, select: { id: true } };
      const answered = await db.outbox.findMany({ where: { workflowId }, select: { answersInboxId: true } });
      const received = (await db.inbox.findMany(own)).map(({ id }) => id);
      const inboxIds = [...received, ...answered.flatMap(({ answersInboxId }) => answersInboxId ?? [])];
      const inbox = await db.inbox.findMany({ where: { id: { in: inboxIds } }, omit: withoutBytes });
      const outbox = await db.outbox.findMany({
        where: { OR: [{ workflowId }, { answersInboxId: { in: received } }] },
        omit: withoutBytes,
        include: { deliveries: { omit: { id: true, outboxId: true }, orderBy: { id: 'asc' } } },
      });
      const entries = [
        ...inbox.map((row): TimelineEntry => {
          const { id, receivedAt, senderDomain, type, messageId, result, reason, repeats } = plain(row);
          const deliveries: Delivery[] = [];
          return {
            at: receivedAt,
            direction: 'in',
            id,
            peer: senderDomain,
            type,
            messageId,
            result,
            reason,
            repeats,
            deliveries,
          };
        }),
        ...outbox.map(({ deliveries: tries, ...row }): TimelineEntry => {
          const { id, createdAt, recipientDomain, type, messageId, status, ...verdict } = plain(row);
          const result = verdict.result ?? verdict.peerResult;
          const reason = verdict.result === undefined ? verdict.peerReason : verdict.reason;
          const deliveries = tries.map((row) => plain(row) as Delivery);
          return {
            at: createdAt,
            direction: 'out',
            id,
            peer: recipientDomain,
            type,
            messageId,
            result,
            reason,
            status,
            deliveries,
          };
        }),
      ];
      // A message and its answer may bear one instant: what is received comes first.
      return entries.toSorted(
        (a, b) => compare(a.at, b.at) || compare(a.direction, b.direction) || compare(a.id, b.id),
      );
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
