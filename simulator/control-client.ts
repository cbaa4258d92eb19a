import type { Message, MessageType } from '../uftp/index.ts';
import type { ActionBody, ActionName, Sent } from './control-api.ts';
import { SimulatorError } from './errors.ts';
import type { FaultPlan } from './faults.ts';
import type { CongestionPoint } from './market.ts';
import type { MessageEntry, PostEntry } from './record.ts';

/** Somebody else's machine may be slow. */
const PATIENCE_MS = 30_000;

/** Which received message the simulator is to wait for. */
export interface Wait {
  /** Only messages behind this position of the record. */
  readonly since?: number;
  /** Only messages of this ConversationID. */
  readonly conversation?: string;
  /** Only responses to this MessageID. */
  readonly answers?: string;
  /** Real milliseconds, at most 240 000; 30 000 unless given. */
  readonly timeoutMs?: number;
}

/**
 * Tells a simulated participant in another process what to do. Each method that sends a message resolves to it
 * once it was delivered; all reject with SimulatorError `simulator.control-failed`, whose details carry the
 * simulator's own `code`.
 */
export class ControlClient {
  readonly #url: string;
  readonly #begin: { readonly messages: number; readonly posts: number };

  /**
   * @param url the control address that the simulator printed
   * @param begin the positions of the record behind which this client looks, unless told otherwise
   */
  constructor(url: string, begin = { messages: 0, posts: 0 }) {
    this.#url = url;
    this.#begin = begin;
  }

  /** The same participant, looked at as if its record began now. */
  async fromHere(): Promise<ControlClient> {
    const [messages, posts] = await Promise.all([this.messages(0), this.posts(0)]);
    return new ControlClient(this.#url, { messages: messages.length, posts: posts.length });
  }

  readonly requestFlex = (body: ActionBody<'request-flex'>) => this.#act('request-flex', body);
  readonly order = (body: ActionBody<'order'>) => this.#act('order', body);
  readonly orderDirectly = (body: ActionBody<'order-directly'>) => this.#act('order-directly', body);
  readonly updateReservation = (body: ActionBody<'update-reservation'>) =>
    this.#act('update-reservation', body);
  readonly settle = (body: ActionBody<'settle'>) => this.#act('settle', body);
  readonly testMessage = (body: ActionBody<'test-message'> = {}) => this.#act('test-message', body);

  /** Replaces all faults; `{}` heals. */
  faults(plan: FaultPlan): Promise<FaultPlan> {
    return this.#call('POST', 'faults', plan);
  }

  /** At a CRO: the congestion points that DSOs declare from now on. */
  place(congestionPoints: readonly CongestionPoint[]): Promise<object> {
    return this.#call('POST', 'place', { congestionPoints });
  }

  /** At a CRO: loses connections, until they are registered again. */
  lose(...connections: readonly string[]): Promise<object> {
    return this.#call('POST', 'lose', { connections });
  }

  /** Messages sent and received, in order, behind position `since`. */
  messages(since = this.#begin.messages): Promise<MessageEntry[]> {
    return this.#call('GET', `messages?since=${since}`);
  }

  /** Every HTTP POST that reached the participant behind position `since`. */
  posts(since = this.#begin.posts): Promise<PostEntry[]> {
    return this.#call('GET', `posts?since=${since}`);
  }

  /** The first received message that fits, as soon as it is there. */
  wait<T extends MessageType>(
    type: T,
    { timeoutMs = PATIENCE_MS, ...wait }: Wait = {},
  ): Promise<MessageEntry<T>> {
    const query = new URLSearchParams({ type });
    const asked = { since: this.#begin.messages, ...wait, timeout: timeoutMs };
    for (const [name, value] of Object.entries(asked)) {
      if (value !== undefined) query.set(name, String(value));
    }
    return this.#call('GET', `wait?${query}`);
  }

  #act<A extends ActionName>(action: A, body: ActionBody<A>): Promise<Message<Sent[A]>> {
    return this.#call('POST', action, body);
  }

  async #call<R>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<R> {
    const response = await fetch(`${this.#url}/control/${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const answer = (await response.json()) as R & { code?: string; detail?: string; remedy?: string };
    if (response.ok) return answer;
    throw new SimulatorError(
      'simulator.control-failed',
      answer.detail ?? `HTTP ${response.status}`,
      answer.remedy ?? 'Look at the log of the simulator.',
      { details: { ...answer } },
    );
  }
}
