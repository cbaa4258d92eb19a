import type { Message, MessageType } from '../uftp/index.ts';
import type { ActionBody, ActionName, Sent } from './control-api.ts';
import { SimulatorError } from './errors.ts';
import type { FaultPlan } from './faults.ts';
import type { MessageEntry, PostEntry } from './record.ts';

/** Which received message the simulator is to wait for. */
export interface Wait {
  /** Only messages behind this position of the record. */
  readonly since?: number;
  /** Only messages of this ConversationID. */
  readonly conversation?: string;
  /** Only responses to this MessageID. */
  readonly answers?: string;
  /** Real milliseconds, at most 240 000; 10 000 unless given. */
  readonly timeoutMs?: number;
}

/**
 * Tells a simulated participant in another process what to do. Each method that sends a message resolves to it
 * once it was delivered; all reject with SimulatorError `simulator.control-failed`, whose details carry the
 * simulator's own `code`.
 */
export class ControlClient {
  readonly #url: string;

  /** @param url the control address that the simulator printed */
  constructor(url: string) {
    this.#url = url;
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

  /** Messages sent and received, in order, behind position `since`. */
  messages(since = 0): Promise<MessageEntry[]> {
    return this.#call('GET', `messages?since=${since}`);
  }

  /** Every HTTP POST that reached the participant behind position `since`. */
  posts(since = 0): Promise<PostEntry[]> {
    return this.#call('GET', `posts?since=${since}`);
  }

  /** The first received message that fits, as soon as it is there. */
  wait<T extends MessageType>(type: T, { timeoutMs, ...wait }: Wait = {}): Promise<MessageEntry<T>> {
    const query = new URLSearchParams({ type });
    for (const [name, value] of Object.entries({ ...wait, timeout: timeoutMs })) {
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
