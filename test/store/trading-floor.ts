import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { stringify } from 'yaml';
import type { Activities } from '../../activities/contract.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { tradingActivities } from '../../activities/trading.ts';
import { type Config, type Environment, loadConfig } from '../../config/index.ts';
import {
  type DecideInput,
  type FlexRequestEvent,
  type FlexRequestState,
  initialState,
  type OfferDecision,
  reduce,
  type RequestFacts,
} from '../../market/flex-request/index.ts';
import type { Store } from '../../store/index.ts';
import { generateKeyPair } from '../../uftp/index.ts';

export const NOW = '2026-06-14T08:00:00.000Z';
export const PERIOD = '2026-06-15';
export const CRO = 'cro.example.com';

/** Two DSOs with ISPs of different lengths, whose congestion points share connections. */
export const POINTS = [
  { dso: 'quarters.example.com', congestionPoint: 'ean.100000000000000001', ispDuration: 'PT15M' },
  { dso: 'hours.example.com', congestionPoint: 'ean.100000000000000002', ispDuration: 'PT60M' },
] as const;
export type Point = (typeof POINTS)[number];

export const CONNECTIONS = [
  {
    id: 'ean.200000000000000001',
    from: '2026-01-01',
    assets: [
      { name: 'battery', canReduceW: 5000, canIncreaseW: 4000, pricePerMWh: '90.00' },
      { name: 'heat', canReduceW: 2500, canIncreaseW: 0, pricePerMWh: '40.00', longestRun: 'PT6H' },
    ],
  },
  {
    id: 'ean.200000000000000002',
    from: '2026-01-01',
    assets: [
      {
        ...{ name: 'battery', canReduceW: 3000, canIncreaseW: 3000, pricePerMWh: '60.00' },
        dailyEnergyWh: { reduce: 9000, increase: 6000 },
      },
    ],
  },
];

/** A configuration with these settings over the ones of the floor. */
export function floorConfig(settings: object = {}, env: Environment = {}): Config {
  const folder = mkdtempSync(join(tmpdir(), 'flexor-floor-'));
  const file = join(folder, 'flexor.yaml');
  const counterparty = { endpoint: 'http://127.0.0.1:9/', publicKeys: [generateKeyPair().publicKey.toCs1()] };
  const timeZone = 'Europe/Amsterdam';
  writeFileSync(
    file,
    stringify({
      identity: { domain: 'agr.example.com', signingKey: { env: 'KEY' } },
      operator: { token: { env: 'TOKEN' } },
      participants: [
        ...POINTS.map(({ dso, ispDuration }) => ({
          ...{ domain: dso, role: 'DSO', ...counterparty, market: { timeZone, ispDuration } },
          baseline: { reference: 'BL-1' },
        })),
        { domain: CRO, role: 'CRO', ...counterparty, timeZone },
      ],
      portfolio: { connections: CONNECTIONS },
      strategy: { kind: 'merit-order', minActivationFactor: '0.10' },
      ...settings,
    }),
  );
  const config = loadConfig(file, env);
  rmSync(folder, { recursive: true });
  return config;
}

/** Puts all connections on both congestion points. */
export async function openFloor(
  store: Store,
  flags: { mutexOffersSupported?: boolean; intradayRedispatchBy?: string } = {},
): Promise<void> {
  const connections = CONNECTIONS.map(({ id, from, assets }) => ({
    connection: id,
    startPeriod: from,
    assets,
  }));
  const seed = { origin: 'configuration', leavesOn: PERIOD, by: 'test', at: NOW, apply: true } as const;
  await store.connections.compare({ ...seed, connections });
  await store.portfolio.saveView({
    cro: CRO,
    period: PERIOD,
    messageId: randomUUID(),
    receivedAt: NOW,
    result: 'Accepted',
    congestionPoints: POINTS.map(({ dso, congestionPoint }) => ({
      ...{ dso, congestionPoint, mutexOffersSupported: true, dayAheadRedispatchBy: 'AGR', ...flags },
      connections: CONNECTIONS.map(({ id }) => id),
    })),
    connections: [],
  });
}

/** One conversation: the real reducer and the real activities, without the server between them. */
export class Conversation {
  state: FlexRequestState = initialState;
  /** What is to be decided, as the reducer last said. */
  asked?: DecideInput;
  readonly workflowId: string;
  readonly #run: MockActivityEnvironment;
  /** What the activities take for the present. */
  now = NOW;
  readonly #activities: Pick<Activities, 'decideOffer' | 'recordConversation'>;

  constructor(
    workflowId: string,
    {
      store,
      config,
      log,
      tell = async () => false,
    }: Pick<Dependencies, 'store' | 'config' | 'log'> & Partial<Pick<Dependencies, 'tell'>>,
  ) {
    this.workflowId = workflowId;
    this.#run = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: 'run' } });
    const clock = { now: () => new Date(this.now) };
    this.#activities = tradingActivities({ store, config, log, clock, tell } as Dependencies);
  }

  /** A transition, recorded as the workflow records it. */
  async tell(event: FlexRequestEvent, now: string = this.now): Promise<void> {
    const step = reduce(this.state, event, now);
    this.state = step.state;
    this.asked = step.effects.find((effect) => effect.kind === 'decide') ?? this.asked;
    await this.record(this.state);
  }

  async record(state: FlexRequestState): Promise<void> {
    await this.#run.run(this.#activities.recordConversation, state);
  }

  /** Has the activity decide, as the last effect of the reducer asks. */
  async decide(changes: Partial<DecideInput> = {}): Promise<OfferDecision> {
    if (!this.asked) throw new Error('Nothing is to be decided.');
    return (await this.#run.run(this.#activities.decideOffer, {
      ...this.asked,
      ...changes,
    })) as OfferDecision;
  }

  /** Up to the moment at which an offer is to be decided on. */
  async open(point: Point, ISP: RequestFacts['ISP'], changes: Partial<RequestFacts> = {}): Promise<void> {
    const request: RequestFacts = {
      ...{ inboxId: 'inbox', messageId: this.workflowId, conversationId: this.workflowId, version: '3.1.0' },
      ...{ dso: point.dso, CongestionPoint: point.congestionPoint, ISPDuration: point.ispDuration },
      ...{ TimeZone: 'Europe/Amsterdam', Period: PERIOD, Revision: 1, ISP },
      ExpirationDateTime: '2026-06-14T16:00:00.000Z',
      ...changes,
    };
    await this.tell({ type: 'requested', request, rejections: [] });
    const delivery = { messageId: 'r', outcome: 'delivered' } as const;
    await this.tell({ type: 'sent', step: 'FlexRequestResponse', delivery });
  }
}
