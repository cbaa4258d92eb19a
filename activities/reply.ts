import { ApplicationFailure } from '@temporalio/activity';
import { answeredMessageId, definitionOf, type Message, referenceTo, type Role } from '../uftp/index.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Outgoing } from './outgoing.ts';
import { readInbox } from './read-inbox.ts';
import { settlementResponse } from './settlement-answer.ts';
import { redeliverSettlement } from './settlement-redelivery.ts';

type ReplyActivities = Pick<Activities, 'reply' | 'redeliver'>;

/** Answers that belong to no conversation, and stored answers sent again. */
export function replyActivities(
  deps: Dependencies,
  outgoing: Outgoing,
  announce: Activities['announceSettlement'],
): ReplyActivities {
  const { store, log } = deps;
  return {
    async reply({ inboxId, rejections }) {
      const { row, message } = await readInbox(store, inboxId);
      const draft = replyTo(message, rejections);
      if (!draft) {
        const reason = rejections.join(';') || 'this message has no answer that the schema allows';
        await store.inbox.recordVerdict(inboxId, 'Ignored', reason);
        log.warn({ messageId: row.messageId, type: row.type, reason }, 'left a message without an answer');
        return undefined;
      }
      return outgoing.send({
        step: draft.type,
        to: { domain: row.senderDomain, role: row.senderRole as Role },
        version: row.version,
        conversationId: row.conversationId,
        answers: inboxId,
        draft,
      });
    },

    async redeliver({ outboxId, askedAt }) {
      const row = await store.outbox.find(outboxId);
      if (!row) {
        throw ApplicationFailure.nonRetryable(
          `There is no message in the outbox under ${outboxId}.`,
          'activities.outbox-row-missing',
        );
      }
      const { answersInboxId } = row;
      return row.type === 'FlexSettlementResponse' && answersInboxId !== undefined
        ? redeliverSettlement(deps, outgoing, announce, { ...row, answersInboxId }, askedAt)
        : outgoing.deliverAgain(row, askedAt);
    },
  };
}

/**
 * The response that rejects a message, or answers a TestMessage; undefined for a message that is itself an
 * answer, or whose response cannot be built without facts that only its real recipient has.
 */
export function replyTo(
  message: Message,
  rejections: readonly string[],
): ({ readonly type: string } & Record<string, unknown>) | undefined {
  const definition = definitionOf(message.type);
  if (definition.answeredBy === undefined || answeredMessageId(message) !== undefined) return undefined;
  if (message.type === 'TestMessage')
    return rejections.length === 0 ? { type: definition.answeredBy } : undefined;
  if (message.type === 'AGRPortfolioQuery') return undefined;
  const RejectionReason = rejections.join(';') || 'Invalid Message';
  if (message.type === 'FlexSettlement')
    return settlementResponse(message, { rejections: [RejectionReason], reasonFor: () => undefined });
  return {
    type: definition.answeredBy,
    ...referenceTo(message),
    Result: 'Rejected',
    RejectionReason,
    ...(message.type === 'DSOPortfolioQuery' && { TimeZone: message.TimeZone, Period: message.Period }),
  };
}
