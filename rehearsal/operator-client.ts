import { FlexorError } from '../base/index.ts';
import type { FlexRequestState } from '../market/flex-request/index.ts';
import type { OrderSettlement } from '../market/settlement/index.ts';
import { type Baseline, type MeterReadings, putBaseline, putMeterReadings } from '../simulator/index.ts';
import type { Conversation, PortfolioView, SettlementItem, TimelineEntry } from '../store/index.ts';

/** What the operator's API says of one conversation. */
export interface ConversationReport {
  readonly conversation: Conversation & { readonly snapshot: FlexRequestState };
  readonly timeline: readonly TimelineEntry[];
  readonly settlementItems: readonly (SettlementItem & { readonly computed?: OrderSettlement })[];
}

/** Goes through the operator's door, as a user's own systems do. */
export class OperatorClient {
  readonly #door: { readonly url: string; readonly token: string };

  constructor(door: { readonly url: string; readonly token: string }) {
    this.#door = door;
  }

  putBaseline(baseline: Baseline): Promise<void> {
    return putBaseline(this.#door, baseline);
  }

  putMeterReadings(readings: MeterReadings): Promise<void> {
    return putMeterReadings(this.#door, readings);
  }

  syncPortfolio(cro: string): Promise<unknown> {
    return this.#call('POST', `/v1/portfolio/${cro}/sync`);
  }

  /** The CRO's answer about a day; undefined while there is none. */
  portfolioView(cro: string, period: string): Promise<PortfolioView | undefined> {
    return this.#find(`/v1/portfolio/${cro}/${period}`);
  }

  conversation(workflowId: string): Promise<ConversationReport | undefined> {
    return this.#find(`/v1/conversations/${encodeURIComponent(workflowId)}`);
  }

  async #find<T>(path: string): Promise<T | undefined> {
    const response = await this.#fetch('GET', path);
    if (response.status === 404) return undefined;
    return (await this.#json(response, path)) as T;
  }

  async #call(method: 'GET' | 'POST', path: string): Promise<unknown> {
    return this.#json(await this.#fetch(method, path), path);
  }

  #fetch(method: string, path: string): Promise<Response> {
    const { url, token } = this.#door;
    return fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  }

  async #json(response: Response, path: string): Promise<unknown> {
    const body = (await response.json()) as { detail?: string; remedy?: string };
    if (response.ok) return body;
    throw new FlexorError(
      'rehearsal.operator-refused',
      `The operator's door answered ${response.status} to ${path}: ${body.detail ?? 'no reason'}`,
      body.remedy ?? "Look at the api's log.",
    );
  }
}
