import { EventEmitter } from 'node:events';
import type { Delivery, Message, MessageType } from '../uftp/index.ts';
import { SimulatorError } from './errors.ts';

/** One message that a participant received or sent. Plain JSON. */
export interface MessageEntry<T extends MessageType = MessageType> {
  /** Position in the record, from 1. */
  readonly seq: number;
  /** When it was received, or first posted (UTC, market time). */
  readonly at: string;
  readonly direction: 'received' | 'sent';
  readonly message: Message<T>;
  /** The payload as it was signed: XML. */
  readonly payload: string;
  /** The SignedMessage as it went over HTTP: XML. */
  readonly wire: string;
  /** True where the MessageID had been received, or sent, before. */
  readonly repeated: boolean;
  /** What became of a sent message, once that is known. */
  delivery?: Delivery & { attempts: number };
}

/** One HTTP POST that reached the endpoint, whatever became of it. Plain JSON. */
export interface PostEntry {
  readonly seq: number;
  readonly at: string;
  /** The answer's status; absent where the connection was dropped. */
  readonly status?: number;
  /** The error's code where the post was refused on its merits; `fault` where a fault was planned. */
  readonly refused?: string;
  /** The body, as far as it was read. */
  readonly wire: string;
}

/** Which received message is waited for. */
export interface Expectation<T extends MessageType> {
  readonly type: T;
  /** Only messages behind this position of the record. */
  readonly since?: number;
  readonly matches?: (message: Message<T>) => boolean;
  /** How long to wait, in real milliseconds. */
  readonly timeoutMs?: number;
}

/** Everything a participant received and sent, in memory, in order. */
export class ConversationRecord {
  readonly messages: MessageEntry[] = [];
  readonly posts: PostEntry[] = [];
  /** The first message of each direction and MessageID. */
  readonly #firsts = new Map<string, MessageEntry>();
  readonly #news = new EventEmitter().setMaxListeners(0);
  #closed = false;

  addMessage(entry: Omit<MessageEntry, 'seq' | 'repeated'>): MessageEntry {
    const key = keyOf(entry.direction, entry.message.MessageID);
    const repeated = this.#firsts.has(key);
    const added = { ...entry, seq: this.messages.length + 1, repeated };
    this.messages.push(added);
    if (!repeated) this.#firsts.set(key, added);
    this.#news.emit('message');
    return added;
  }

  addPost(entry: Omit<PostEntry, 'seq'>): void {
    this.posts.push({ ...entry, seq: this.posts.length + 1 });
  }

  /** The received message with this MessageID (compared without regard to case). */
  received<T extends MessageType>(messageId: string, type?: T): Message<T> | undefined {
    return this.#find('received', messageId, type);
  }

  /** The sent message with this MessageID. */
  sent<T extends MessageType>(messageId: string, type?: T): Message<T> | undefined {
    return this.#find('sent', messageId, type);
  }

  /** Whether a repeated MessageID came with other content than the first time. */
  isReused({ direction, message, payload }: MessageEntry): boolean {
    return this.#firsts.get(keyOf(direction, message.MessageID))?.payload !== payload;
  }

  /** All messages of a type in one direction, repeats left out. */
  all<T extends MessageType>(direction: MessageEntry['direction'], type: T): Message<T>[] {
    return this.messages
      .filter((entry) => entry.direction === direction && entry.message.type === type && !entry.repeated)
      .map((entry) => entry.message as Message<T>);
  }

  /**
   * The first received message that fits, also one that is already there.
   * @throws SimulatorError `simulator.wait-timeout`, `simulator.stopped`
   */
  async expect<T extends MessageType>(expectation: Expectation<T>): Promise<MessageEntry<T>> {
    const { type, since = 0, matches = () => true, timeoutMs = 10_000 } = expectation;
    const find = () =>
      this.messages
        .slice(since)
        .find(
          (entry): entry is MessageEntry<T> =>
            entry.direction === 'received' &&
            entry.message.type === type &&
            matches(entry.message as Message<T>),
        );
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#news.off('message', look);
        settle();
      };
      const look = () => {
        const entry = find();
        if (entry) finish(() => resolve(entry));
        else if (this.#closed) finish(() => reject(stopped(type)));
      };
      const timer = setTimeout(() => finish(() => reject(this.#late(type, since, timeoutMs))), timeoutMs);
      this.#news.on('message', look);
      look();
    });
  }

  /** Ends every wait. */
  close(): void {
    this.#closed = true;
    this.#news.emit('message');
  }

  #find<T extends MessageType>(
    direction: MessageEntry['direction'],
    messageId: string,
    type?: T,
  ): Message<T> | undefined {
    const message = this.#firsts.get(keyOf(direction, messageId))?.message;
    return type === undefined || message?.type === type ? (message as Message<T> | undefined) : undefined;
  }

  #late(type: MessageType, since: number, timeoutMs: number): SimulatorError {
    const seen = this.messages
      .slice(since)
      .filter((entry) => entry.direction === 'received')
      .map((entry) => entry.message.type);
    return new SimulatorError(
      'simulator.wait-timeout',
      `No ${type} that fits arrived within ${timeoutMs} ms; received instead: ${seen.join(', ') || 'nothing'}.`,
      'Look at the record of messages and posts, and at the log of the other side.',
    );
  }
}

/** UUIDs are the same in either case of their letters. */
const keyOf = (direction: MessageEntry['direction'], messageId: string): string =>
  `${direction} ${messageId.toLowerCase()}`;

function stopped(type: MessageType): SimulatorError {
  return new SimulatorError(
    'simulator.stopped',
    `The participant stopped while a ${type} was awaited.`,
    'Start it again.',
  );
}
