import { randomUUID } from 'node:crypto';
import { type Clock, instant } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import {
  decode,
  definitionOf,
  encodeBase64,
  type Endpoint,
  generateKeyPair,
  isVersion,
  judge,
  type Market,
  type Participants,
  type Message,
  type MessageDraft,
  answeredMessageId,
  type MessageType,
  type PublicKey,
  referenceTo,
  type RetryPolicy,
  type Role,
  seal,
  type SecretKey,
  type Version,
  writeSignedMessage,
} from '../uftp/index.ts';
import { ReceivingEndpoint } from './endpoint.ts';
import { SimulatorError } from './errors.ts';
import { Faults } from './faults.ts';
import { encodeAsPeersDo } from './lenient.ts';
import { ConversationRecord, type Expectation, type MessageEntry } from './record.ts';
import { Sender } from './sender.ts';

/** Someone a participant exchanges messages with. */
export interface Partner {
  readonly domain: string;
  readonly role: Role;
  readonly endpoint: Endpoint;
  readonly publicKeys: readonly PublicKey[];
}

export interface PeerOptions {
  readonly domain: string;
  readonly role: Role;
  /** The version of conversations that this participant begins. */
  readonly version?: Version;
  readonly secretKey: SecretKey;
  readonly partners?: readonly Partner[];
  readonly clock: Clock;
  readonly host?: string;
  readonly port?: number;
  readonly retries?: RetryPolicy;
  /** Hears of what went wrong after a message was acknowledged. */
  readonly onTrouble?: (sentence: string) => void;
}

type Metadata = 'Version' | 'SenderDomain' | 'RecipientDomain' | 'TimeStamp' | 'MessageID' | 'ConversationID';
type Open<D> = D extends unknown ? Omit<D, Metadata> : never;
/** A message before it is addressed: what is left out of the common metadata is filled in. */
export type Content<T extends MessageType = MessageType> = Open<MessageDraft<T>> &
  Partial<Pick<MessageDraft, Metadata>>;

/** What a participant does with a message it took. */
export type Behaviour = (message: Message) => Promise<void> | void;

/** A participant of the protocol that keeps a record of everything: the ground DSO and CRO stand on. */
export class Peer {
  readonly domain: string;
  readonly role: Role;
  readonly version: Version;
  readonly clock: Clock;
  readonly record = new ConversationRecord();
  readonly faults = new Faults();
  /** The market whose ISPs and time zone messages must be in; without one their own are taken. */
  market: Market | undefined;
  /** What it does with messages that are sound and new. Responses reach it too. */
  behave: Behaviour = (message) => (message.type === 'TestMessage' ? this.answer(message) : undefined);
  #url: string | undefined;
  #stopped = false;
  /** Whoever has signed as a partner is known; whom it bars it has not met. */
  readonly #participants: Participants = {
    isKnown: async () => true,
    isBarred: async () => false,
    isServedHere: async (domain) => domain === this.domain,
  };
  readonly #secretKey: SecretKey;
  readonly #partners: Map<string, Partner>;
  readonly #endpoint: ReceivingEndpoint;
  readonly #sender: Sender;
  readonly #trouble: (sentence: string) => void;

  constructor(options: PeerOptions) {
    this.domain = options.domain;
    this.role = options.role;
    this.version = options.version ?? '3.1.0';
    this.clock = options.clock;
    this.#secretKey = options.secretKey;
    this.#partners = new Map(options.partners?.map((partner) => [partner.domain, partner]));
    this.#sender = new Sender(this.faults, options.retries);
    this.#trouble = options.onTrouble ?? (() => undefined);
    this.#endpoint = new ReceivingEndpoint({
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
      clock: this.clock,
      faults: this.faults,
      record: this.record,
      publicKeys: (domain, role) => {
        const partner = this.#partners.get(domain);
        return partner?.role === role ? partner.publicKeys : [];
      },
      onMessage: (entry, sender) => {
        this.#react(entry, sender).catch((error: unknown) => {
          // Deliveries under way are broken off by stopping, which is no trouble.
          if (!this.#stopped) this.#trouble(reasonOf(error));
        });
      },
    });
  }

  get publicKey(): PublicKey {
    return this.#secretKey.publicKey;
  }

  /** The address that partners post to. */
  get url(): string {
    if (this.#url !== undefined) return this.#url;
    throw new SimulatorError(
      'simulator.stopped',
      `${this.domain} does not listen yet.`,
      'Call start() first.',
    );
  }

  async start(): Promise<this> {
    this.#url = await this.#endpoint.start();
    return this;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.record.close();
    await Promise.all([this.#endpoint.stop(), this.#sender.stop()]);
  }

  /** Makes a partner known, or replaces what was known. */
  meet(partner: Partner): void {
    this.#partners.set(partner.domain, partner);
  }

  /** The only partner in a role, for participants that have one. @throws SimulatorError `simulator.partner-unknown` */
  partnerIn(role: Role): Partner {
    const partner = [...this.#partners.values()].find((candidate) => candidate.role === role);
    if (!partner) throw unknown(role);
    return partner;
  }

  /**
   * Signs a message and delivers it. A MessageID that was not given is new, as are TimeStamp and ConversationID.
   * @returns the message as sent
   * @throws SimulatorError `simulator.not-delivered`, `simulator.partner-unknown`
   */
  async send<T extends MessageType>(to: string, content: Content<T>): Promise<Message<T>> {
    const partner = this.#partners.get(to);
    if (!partner) throw unknown(to);
    const draft = {
      Version: this.version,
      SenderDomain: this.domain,
      RecipientDomain: to,
      TimeStamp: instant(this.clock),
      MessageID: randomUUID(),
      ConversationID: randomUUID(),
      ...content,
    } as unknown as MessageDraft;
    const payload = encodeAsPeersDo(draft);
    // As the receiver will read it: with the schema's defaults filled in.
    const message = decode(payload);
    const key = this.faults.take('wrongKey') ? generateKeyPair().secretKey : this.#secretKey;
    const wire = writeSignedMessage({
      SenderDomain: this.domain,
      SenderRole: this.role,
      Body: encodeBase64(seal(payload, key)),
    });
    const entry = this.record.addMessage({
      at: instant(this.clock),
      direction: 'sent',
      message,
      payload: Buffer.from(payload).toString('utf8'),
      wire: Buffer.from(wire).toString('utf8'),
    });
    await this.#deliver(partner, entry);
    return message as Message<T>;
  }

  /**
   * Answers a message: accepted, or rejected for the reasons given.
   * @param more attributes and groups that the response has beyond its Result
   * @param to who is answered, where the message is wrong about its sender
   */
  async answer(
    message: Message,
    reasons: readonly string[] = [],
    more: Record<string, unknown> = {},
    to: string = message.SenderDomain,
  ): Promise<void> {
    const type = definitionOf(message.type).answeredBy as MessageType | undefined;
    if (type === undefined || this.faults.take('silence')) return;
    const planned = this.faults.take('reject');
    const rejections = planned ? [planned.reason] : reasons;
    const { answers, attributes } = definitionOf(type);
    const given = message as unknown as Record<string, unknown>;
    await this.send(to, {
      type,
      Version: isVersion(message.Version) ? message.Version : this.version,
      ConversationID: message.ConversationID,
      // A TestMessageResponse of 3.x carries neither a reference nor a Result.
      ...(answers && {
        ...referenceTo(message),
        Result: rejections.length > 0 ? 'Rejected' : 'Accepted',
        ...(rejections.length > 0 && { RejectionReason: rejections.join(';') }),
      }),
      // Answers to portfolio queries name the day that was asked about.
      ...('Period' in attributes && { TimeZone: given['TimeZone'], Period: given['Period'] }),
      ...more,
    } as unknown as Content);
  }

  /** Waits for a received message. Throws as `ConversationRecord.expect` does. */
  async expect<T extends MessageType>(
    type: T,
    matches?: (message: Message<T>) => boolean,
    options: Pick<Expectation<T>, 'since' | 'timeoutMs'> = {},
  ): Promise<Message<T>> {
    const entry = await this.record.expect({ type, ...(matches && { matches }), ...options });
    return entry.message as Message<T>;
  }

  async #deliver(partner: Partner, entry: MessageEntry): Promise<void> {
    const delivery = await this.#sender.deliver(partner.endpoint, Buffer.from(entry.wire, 'utf8'));
    entry.delivery = delivery;
    if (delivery.outcome === 'delivered') return;
    throw new SimulatorError(
      'simulator.not-delivered',
      `${entry.message.type} to ${partner.domain} was not delivered. ${delivery.reason}`,
      'Look at the log of the receiver.',
      { details: { ...delivery } },
    );
  }

  /**
   * Acts on what is sound and new. A message that came before is not acted on again: its answer, if there is one,
   * goes out once more as it was (UFTP, "Already Submitted", "Duplicate Identifier").
   */
  async #react(entry: MessageEntry, sender: { domain: string; role: Role }): Promise<void> {
    const { message } = entry;
    if (entry.repeated) {
      if (this.record.isReused(entry)) {
        return this.answer(message, ['Duplicate Identifier'], {}, sender.domain);
      }
      const answer = this.record.messages.find(
        ({ direction, message: sent }) => direction === 'sent' && answersTo(sent, message),
      );
      if (answer) await this.#deliver(this.#partners.get(sender.domain)!, answer);
      return;
    }
    const rejections = await judge(message, {
      now: entry.at,
      ...(this.market && { market: this.market }),
      wrapper: { SenderDomain: sender.domain, SenderRole: sender.role },
      recipientRole: this.role,
      knowledge: { participants: this.#participants },
    });
    if (rejections.length === 0) await this.behave(message);
    else await this.answer(message, [...new Set(rejections.map(({ text }) => text))], {}, sender.domain);
  }
}

function answersTo(candidate: Message, message: Message): boolean {
  return answeredMessageId(candidate)?.toLowerCase() === message.MessageID.toLowerCase();
}

function unknown(who: string): SimulatorError {
  return new SimulatorError(
    'simulator.partner-unknown',
    `No partner ${who} is known here.`,
    'Introduce it with meet(), or name it in the configuration.',
  );
}
