import { randomUUID } from 'node:crypto';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { Temporal } from 'temporal-polyfill';
import { instant } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Delivery } from '../market/flex-request/index.ts';
import type { NewOutbound, OutboxRow } from '../store/index.ts';
import {
  definitionOf,
  encode,
  encodeBase64,
  type EncodeOptions,
  isVersion,
  type MessageDraft,
  type MessageType,
  type Role,
  type UftpClient,
  UftpError,
  retryPolicy,
  seal,
  type Version,
  VERSIONS,
  writeSignedMessage,
} from '../uftp/index.ts';
import type { SendAgainInput, SendInput } from './contract.ts';
import type { Dependencies } from './dependencies.ts';

/** What became of one try to deliver. */
type Tried = Pick<Awaited<ReturnType<UftpClient['post']>>, 'outcome' | 'status' | 'reason' | 'retryAfterMs'>;

/** Fixes messages in the outbox and delivers what is fixed there. The only place that signs. */
export class Outgoing {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /**
   * Fixes a message under its step of the running workflow, then delivers it. A message that the schema does not
   * allow will never be one: it counts as refused, so that its conversation says so instead of trying for ever.
   */
  async send(input: SendInput): Promise<Delivery> {
    try {
      return await this.deliver(await this.prepare(input), input.validUntil);
    } catch (thrown) {
      if (!(thrown instanceof UftpError)) throw thrown;
      const { workflowId } = Context.current().info.workflowExecution!;
      const facts = { workflowId, step: input.step, code: thrown.code, reason: thrown.message };
      this.#deps.log.error(facts, 'a message could not be written');
      return { messageId: randomUUID(), outcome: 'refused', reason: thrown.message };
    }
  }

  /**
   * The outbox row of a step: MessageID, TimeStamp and signed bytes are made once and never again, so that
   * every later try, by whatever worker, sends the same bytes.
   */
  async prepare(input: SendInput, options: EncodeOptions = {}): Promise<OutboxRow> {
    const { store } = this.#deps;
    const { workflowId } = Context.current().info.workflowExecution!;
    const row = await store.outbox.prepare({ workflowId, step: input.step }, async () =>
      this.compose(input, options),
    );
    // From the row, not the input: what was fixed is what is said.
    if (row.answersInboxId && row.result) {
      await store.inbox.recordVerdict(row.answersInboxId, row.result, row.reason);
    }
    return row;
  }

  /** A message with a MessageID and TimeStamp of its own, signed: to be fixed in the outbox before anything is done with it. */
  compose(input: SendInput, options: EncodeOptions = {}): NewOutbound {
    const { Result, RejectionReason } = input.draft as { Result?: string; RejectionReason?: string };
    const createdAt = instant(this.#deps.clock);
    const messageId = randomUUID();
    const payload = encode(this.#complete(input, messageId, createdAt), options);
    return {
      recipientDomain: input.to.domain,
      recipientRole: input.to.role,
      messageId,
      conversationId: input.conversationId,
      type: input.draft.type,
      version: supported(input.version),
      createdAt,
      payload,
      body: this.#sign(payload),
      ...(input.answers !== undefined && { answersInboxId: input.answers }),
      ...(Result !== undefined && { result: Result }),
      ...(RejectionReason !== undefined && { reason: RejectionReason }),
    };
  }

  /**
   * Delivers a fixed message. Returns when it is delivered, permanently refused, or too late to deliver;
   * fails with a retryable failure while another try may help.
   */
  async deliver(row: OutboxRow, validUntil?: string): Promise<Delivery> {
    if (row.status === 'delivered') return this.#delivered(row, row.deliveredAt ?? row.createdAt, validUntil);
    if (row.status === 'refused' || row.status === 'expired') return ended(row);
    return this.#post(row, validUntil);
  }

  /** Delivers what the running workflow sent under a step once more. */
  async sendAgain({ step, askedAt, validUntil }: SendAgainInput): Promise<Delivery> {
    const { workflowId } = Context.current().info.workflowExecution!;
    const row = await this.#deps.store.outbox.findByKey({ workflowId, step });
    if (row) return this.deliverAgain(row, askedAt, validUntil);
    throw ApplicationFailure.nonRetryable(`Nothing was sent under ${step}.`, 'activities.outbox-row-missing');
  }

  /** Delivers a fixed message once more, whatever became of it before; the window counts from `askedAt` (UTC). */
  async deliverAgain(row: OutboxRow, askedAt: string, validUntil?: string): Promise<Delivery> {
    return this.#post(row, validUntil, askedAt);
  }

  async #post(row: OutboxRow, validUntil: string | undefined, from = row.createdAt): Promise<Delivery> {
    const { store, clock, log } = this.#deps;
    const { messageId, type, recipientDomain } = row;
    if (instant(clock) >= this.#giveUpAt(row, validUntil, from)) {
      await store.outbox.recordDelivery(row.id, {
        at: instant(clock),
        outcome: 'expired',
        reason: 'The delivery window is over.',
      });
      log.warn({ messageId, type, recipientDomain }, 'gave up delivering a message');
      return { messageId, outcome: 'expired', reason: 'not delivered before its deadline' };
    }
    const tried = await this.#try(row);
    const { outcome, status, reason, retryAfterMs } = tried;
    await store.outbox.recordDelivery(row.id, {
      at: instant(clock),
      outcome,
      ...(status !== undefined && { status }),
      reason,
    });
    const facts = { messageId, type, recipientDomain, status, reason };
    if (outcome === 'delivered') {
      log.info(facts, 'delivered a message');
      return this.#delivered(row, instant(clock), validUntil);
    }
    if (outcome === 'permanent') {
      log.error(facts, 'a message was refused for good');
      return { messageId, outcome: 'refused', reason };
    }
    log.warn(facts, 'a message could not be delivered yet');
    throw ApplicationFailure.create({
      type: 'uftp.delivery-temporary',
      message: reason,
      category: ApplicationFailureCategory.BENIGN,
      ...(retryAfterMs !== undefined && { nextRetryDelay: Math.min(retryAfterMs, retryPolicy.windowMs) }),
    });
  }

  /** An address that cannot be found is no reason to give up within the window: the operator may correct it. */
  async #try(row: OutboxRow): Promise<Tried> {
    const { client, directory, log } = this.#deps;
    const { recipientDomain, messageId } = row;
    const endpoint = await directory
      .endpoint(recipientDomain, row.recipientRole as Role)
      .catch((thrown: unknown) => {
        log.error({ messageId, recipientDomain, reason: reasonOf(thrown) }, 'no address to deliver to');
        return { notFound: reasonOf(thrown) };
      });
    if ('notFound' in endpoint) return { outcome: 'temporary', reason: endpoint.notFound };
    const { cancellationSignal } = Context.current();
    return client.post(endpoint, row.body, { attempt: row.attempts + 1, signal: cancellationSignal });
  }

  #complete(input: SendInput, messageId: string, createdAt: string): MessageDraft {
    return {
      ...input.draft,
      Version: supported(input.version),
      SenderDomain: this.#deps.config.identity.domain,
      RecipientDomain: input.to.domain,
      TimeStamp: createdAt,
      MessageID: messageId,
      ConversationID: input.conversationId,
    } as unknown as MessageDraft;
  }

  #sign(payload: Uint8Array): Uint8Array {
    const { config, signingKeys } = this.#deps;
    return writeSignedMessage({
      SenderDomain: config.identity.domain,
      SenderRole: config.identity.role,
      Body: encodeBase64(seal(payload, signingKeys.current)),
    });
  }

  /**
   * Delivered at an instant (UTC), from which the time for its answer counts. Half of what is left of its validity at
   * most: there has to be time to send it once more, and for a person after that.
   */
  #delivered(row: OutboxRow, at: string, validUntil: string | undefined): Delivery {
    const { messageId, type, recipientDomain, recipientRole } = row;
    const participant = this.#deps.config.participant(recipientDomain, recipientRole);
    const answered = definitionOf(type as MessageType).answeredBy !== undefined;
    if (!participant || !answered) return { messageId, outcome: 'delivered' };
    const agreed = Temporal.Duration.from(participant.delivery.replyWithin).total('milliseconds');
    const left = validUntil === undefined ? Infinity : Date.parse(validUntil) - Date.parse(at);
    const within = Math.max(0, Math.min(agreed, left / 2));
    return {
      messageId,
      outcome: 'delivered',
      replyBy: new Date(Date.parse(at) + within).toISOString(),
    };
  }

  /** UFTP transport: at least an hour of tries, and none for a message that has expired. */
  #giveUpAt(row: OutboxRow, validUntil: string | undefined, from: string): string {
    const participant = this.#deps.config.participant(row.recipientDomain, row.recipientRole);
    const window = participant
      ? Temporal.Duration.from(participant.delivery.window).total('milliseconds')
      : retryPolicy.windowMs;
    const windowEnd = new Date(Date.parse(from) + window).toISOString();
    return validUntil !== undefined && validUntil < windowEnd ? validUntil : windowEnd;
  }
}

/** Who wrote in a version we do not speak is answered in the newest one that we do. */
const supported = (version: string): Version => (isVersion(version) ? version : VERSIONS.at(-1)!);

function ended(row: OutboxRow): Delivery {
  const { messageId, status, lastError } = row;
  return {
    messageId,
    outcome: status === 'refused' ? 'refused' : 'expired',
    ...(lastError != null && { reason: lastError }),
  };
}
