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

  /** A forecast that D-Prognoses are made of: W by ISP of a day. */
  putForecast(forecast: {
    congestionPoint: string;
    period: string;
    power: readonly number[];
  }): Promise<void> {
    return this.put('/v1/baselines', forecast);
  }

  putMeterReadings(readings: MeterReadings): Promise<void> {
    return putMeterReadings(this.#door, readings);
  }

  /** Has the CRO asked about a day, tomorrow unless said otherwise. */
  syncPortfolio(cro: string, period?: string): Promise<unknown> {
    return this.post(`/v1/portfolio/${cro}/sync`, period === undefined ? undefined : { period });
  }

  /** The CRO's answer about a day; undefined while there is none. */
  portfolioView(cro: string, period: string): Promise<PortfolioView | undefined> {
    return this.#find(`/v1/portfolio/${cro}/${period}`);
  }

  conversation(workflowId: string): Promise<ConversationReport | undefined> {
    return this.#find(`/v1/conversations/${encodeURIComponent(workflowId)}`);
  }

  /** An operator's word to a conversation: what came of it, in words. */
  async command(
    workflowId: string,
    path: 'offers' | 'no-bid' | 'revocations' | 'resend',
    body: object,
  ): Promise<unknown> {
    return this.post(`/v1/conversations/${encodeURIComponent(workflowId)}/${path}`, body);
  }

  /** What people have to know of a conversation, open alerts first. */
  async alerts(source: string): Promise<readonly { key: string; severity: string; text: string }[]> {
    const { alerts } = await this.get<{
      alerts: { source: string; key: string; severity: string; text: string }[];
    }>('/v1/alerts');
    return alerts.filter((alert) => alert.source === source);
  }

  /** Compares a CSV list of connections with what stands; under the tag of a comparison, applies it. */
  async importPortfolio(
    csv: string,
    tag?: string,
  ): Promise<{ added: number; leaving: number; applied: boolean; tag: string }> {
    const path = `/v1/portfolio/imports?apply=${tag !== undefined}`;
    const { url, token } = this.#door;
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'text/csv',
        ...(tag !== undefined && { 'if-match': tag }),
      },
      body: csv,
    });
    const result = (await this.#json(response, path)) as { added: number; leaving: number; applied: boolean };
    return { ...result, tag: response.headers.get('etag') ?? '' };
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#json(await this.#fetch('GET', path), path)) as T;
  }

  async post<T>(path: string, body?: object): Promise<T> {
    return (await this.#json(await this.#fetch('POST', path, body), path)) as T;
  }

  async put(path: string, body: object): Promise<void> {
    const response = await this.#fetch('PUT', path, body);
    if (!response.ok) await this.#json(response, path);
  }

  async #find<T>(path: string): Promise<T | undefined> {
    const response = await this.#fetch('GET', path);
    if (response.status === 404) return undefined;
    return (await this.#json(response, path)) as T;
  }

  #fetch(method: string, path: string, body?: object): Promise<Response> {
    const { url, token } = this.#door;
    const headers = {
      authorization: `Bearer ${token}`,
      operator: 'the operator',
      ...(body && { 'content-type': 'application/json' }),
    };
    return fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  async #json(response: Response, path: string): Promise<unknown> {
    const body = (await response.json()) as { detail?: string; remedy?: string; errors?: unknown };
    if (response.ok) return body;
    throw new FlexorError(
      'rehearsal.operator-refused',
      `The operator's door answered ${response.status} to ${path}: ${body.detail ?? 'no reason'}${body.errors ? ` ${JSON.stringify(body.errors)}` : ''}`,
      body.remedy ?? "Look at the api's log.",
    );
  }
}
