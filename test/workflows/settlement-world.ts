import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { bookOrder } from '../../activities/booking.ts';
import type { Dependencies } from '../../activities/index.ts';
import { Outgoing } from '../../activities/outgoing.ts';
import { replyActivities } from '../../activities/reply.ts';
import { settlementActivities } from '../../activities/settlement.ts';
import { createJudge } from '../../api/relay/judge.ts';
import { readStored, toInbound } from '../../api/relay/message.ts';
import { createGate } from '../../api/relay/temporal.ts';
import { type Config, contractBook } from '../../config/index.ts';
import type { BookedOrder, OrderFacts } from '../../market/flex-request/index.ts';
import { powerRuns } from '../../market/power.ts';
import { skipTimeOf } from '../../rehearsal/skipped-time.ts';
import { settleContract } from '../../simulator/contract-settlement.ts';
import { type Miscount, miscounted } from '../../simulator/miscount.ts';
import { settleOrders } from '../../simulator/settlement.ts';
import { createStore } from '../../store/index.ts';
import {
  ALL_RELAXATIONS,
  decode,
  encode,
  ispCount,
  type Message,
  type MessageDraft,
  sampleOf,
} from '../../uftp/index.ts';
import { REVIEW, workflowIds } from '../../workflows/ids.ts';
import { agrKey, story, testConfig } from '../api/support.ts';
import type { ProcessName } from '../histories/processes.ts';
import { recordProcess } from '../histories/recorder.ts';
import { testDatabase } from '../support/postgres.ts';
import { openTemporalFloor } from './temporal-floor.ts';

export const DSO = story.DSO_DOMAIN;
export const CONGESTION_POINT = story.congestionPoint.entityAddress;
export const CONTRACT = story.contract.id;
export const RATE = '80.00';
const FIRST_DAY = '2026-12-01';
const METER = 'ean.871685900012636543';

/** An order of one day: W by ISPs, and how much of it was delivered. */
export interface Ordered {
  readonly reference: string;
  readonly start: number;
  readonly duration: number;
  readonly power: number;
  readonly price: string;
  readonly contract?: string;
  /** EUR, unless its contract is in another currency. */
  readonly currency?: string;
}

/** One day of delivery as it really was. */
export interface PlayedDay {
  readonly period: string;
  readonly orders: readonly Ordered[];
  readonly baseline: readonly number[];
  readonly actual: readonly number[];
  /** The D-Prognosis on which its orders were placed, where it is not a baseline under a reference. */
  readonly prognosisId?: string;
}

type Told = { readonly orderReference: string; readonly outcome: string; readonly reason?: string };
type Terms = NonNullable<ReturnType<Config['participant']> & { settlement: object }>['settlement'];

/**
 * The real settlement workflow and its activities, on a real Temporal server and a real PostgreSQL; what would go
 * over the wire is kept here instead.
 */
export async function startSettlementWorld() {
  let present = `${FIRST_DAY}T08:00:00.000Z`;
  let terms: Partial<Terms> = {};
  let reachable = true;
  const told = new Map<string, Told[]>();
  const clock = { now: () => new Date(present) };
  const database = await testDatabase();
  const store = createStore({ url: database.url });
  const config = await testConfig();
  const deps = {
    config: {
      ...config,
      participant: (domain: string, role: string) => {
        const found = config.participant(domain, role);
        if (found?.role !== 'DSO') return found;
        return { ...found, settlement: { ...found.settlement, penaltyPerMWh: RATE, ...terms } };
      },
    },
    store,
    clock,
    client: {
      post: async () =>
        reachable
          ? { outcome: 'delivered', status: 200, reason: 'taken', hops: 0 }
          : { outcome: 'permanent', status: 400, reason: 'not taken', hops: 0 },
    },
    directory: { endpoint: async () => ({ url: 'http://127.0.0.1:9/' }) },
    signingKeys: { current: agrKey },
    tell: async (workflowId: string, event: Told) => {
      told.set(workflowId, [...(told.get(workflowId) ?? []), event]);
      return true;
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  } as unknown as Dependencies;

  const contracts = contractBook(deps.config, store.contracts, clock);
  const judge = createJudge(deps.config, store, contracts);

  const floor = await openTemporalFloor({ clock });
  const { client } = floor;
  const gate = createGate(() => Promise.resolve(client));
  const settlements = settlementActivities(deps, new Outgoing(deps));
  const replies = replyActivities(deps, new Outgoing(deps), settlements.announceSettlement);
  await floor.work(settlements);
  await store.portfolio.saveView({
    ...{ cro: story.CRO_DOMAIN, period: FIRST_DAY, messageId: randomUUID(), result: 'Accepted' },
    receivedAt: `${FIRST_DAY}T08:00:00.000Z`,
    congestionPoints: [
      {
        ...{ dso: DSO, congestionPoint: CONGESTION_POINT, mutexOffersSupported: true },
        ...{ dayAheadRedispatchBy: 'DSO', connections: [METER] },
      },
    ],
    connections: [],
  });

  /** Writes a day down as Flexor would have: orders accepted, a baseline, readings. `unmetered` ISPs have none. */
  async function play(day: PlayedDay, unmetered: readonly number[] = []): Promise<void> {
    const { period, orders, baseline, actual, prognosisId } = day;
    const recordedAt = `${period}T12:00:00.000Z`;
    const readings = actual.flatMap((power, index) =>
      unmetered.includes(index + 1) ? [] : { connection: METER, period, isp: index + 1, power, recordedAt },
    );
    await store.meterReadings.save(readings);
    if (prognosisId !== undefined) return book(day);
    for (const [
      index,
      { reference, start, duration, power, price, contract, currency = 'EUR' },
    ] of orders.entries()) {
      await store.orders.accept({
        ...{ dso: DSO, orderReference: reference, orderMessageId: randomUUID() },
        workflowId: `flex-request/${DSO}/${reference}`,
        ...(contract !== undefined && { contractId: contract }),
        ...{ baselineReference: story.BASELINE_REFERENCE, congestionPoint: CONGESTION_POINT, period },
        ...{ timeZone: story.market.timeZone, ispDuration: story.market.ispDuration },
        ...{ price, currency, isps: [{ start, duration, power }] },
        acceptedAt: `${period}T0${index}:00:00.000Z`,
      });
    }
    const reference = story.BASELINE_REFERENCE;
    await store.baselines.save({
      ...{ congestionPoint: CONGESTION_POINT, period, reference, recordedAt },
      power: [...baseline],
    });
  }

  /** Books the orders of a day as their conversations do: as they came, on the prognosis that they name. */
  async function book({ period, orders, prognosisId }: PlayedDay): Promise<void> {
    for (const each of orders) {
      const workflowId = `flex-request/${DSO}/${each.reference}`;
      const run = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: 'run' } });
      const order = {
        ...asMessage(period, each, prognosisId),
        ...{ dso: DSO, messageId: randomUUID(), inboxId: 'inbox', conversationId: 'c', version: '3.1.0' },
        ...{ TimeZone: story.market.timeZone, ISPDuration: story.market.ispDuration, receivedAt: present },
      } as unknown as OrderFacts;
      const input = { frame: order, order, step: 'FlexOffer/1', direct: false };
      const booked = await run.run((given: typeof input) => bookOrder(deps, given), input);
      if ((booked as BookedOrder).rejections.length > 0) throw new Error('The order was not booked.');
    }
  }

  /** A D-Prognosis of the same power (W) in every ISP of a day, as the DSO accepted it; returns its MessageID. */
  async function prognose(period: string, watts: number): Promise<string> {
    const messageId = randomUUID();
    const { timeZone, ispDuration } = story.market;
    const head = { dso: DSO, congestionPoint: CONGESTION_POINT, period, timeZone, ispDuration };
    const power = new Array<number>(ispCount(period, timeZone, ispDuration)).fill(watts);
    const key = { workflowId: `d-prognosis/${DSO}/${CONGESTION_POINT}/${period}`, step: messageId };
    const ISP = powerRuns(power);
    const payload = encode({
      ...sampleOf('D-Prognosis', '3.1.0', { CongestionPoint: CONGESTION_POINT, Period: period, ISP }),
      MessageID: messageId,
    });
    await store.prognoses.prepare(key, { ...head, power, domain: config.identity.domain }, () => ({
      ...{ recipientDomain: DSO, recipientRole: 'DSO', messageId, conversationId: randomUUID() },
      ...{ type: 'D-Prognosis', version: '3.1.0', createdAt: present, body: payload, payload },
    }));
    await store.prognoses.keepAnswer({ messageId, result: 'Accepted', answeredAt: present });
    return messageId;
  }

  /** The FlexSettlement of some days, as the simulated DSO counts. */
  function counted(days: readonly PlayedDay[], way?: Miscount): SettlementDraft {
    const items = days.flatMap(({ orders, baseline, actual, period, prognosisId }) =>
      settleOrders({
        ...{ market: story.market, baseline, actual },
        orders: orders.map((each) => asMessage(period, each, prognosisId)),
        penaltyPerMWh: (contract) => (contract === undefined ? RATE : story.contract.penaltyPerMWh),
      }),
    );
    // The contract keeps power reserved every day, whether it is called on or not.
    const contracts = days.map(({ period, orders }) => {
      const under = orders.filter(({ contract }) => contract !== undefined);
      return settleContract({
        ...{ contract: story.contract, period, reservation: undefined, requests: [], offers: [] },
        count: ispCount(period, story.market.timeZone, story.market.ispDuration),
        orders: under.map((each) => asMessage(period, each)),
      });
    });
    const draft = {
      PeriodStart: days[0]!.period,
      PeriodEnd: days.at(-1)!.period,
      Currency: 'EUR',
      FlexOrderSettlement: items,
      ContractSettlement: contracts,
    };
    return way === undefined ? draft : miscounted(draft, way);
  }

  /**
   * Has the DSO send a settlement at an instant of market time (UTC), judged by the relay's rules as any message is;
   * it is under way when this returns.
   */
  async function send(now: string, draft: SettlementDraft) {
    present = now;
    const messageId = randomUUID();
    const conversationId = randomUUID();
    const head = { Version: '3.1.0', SenderDomain: DSO, RecipientDomain: config.identity.domain };
    const message = {
      ...{ type: 'FlexSettlement', ...head, TimeStamp: now, MessageID: messageId },
      ...{ ConversationID: conversationId, Result: 'Accepted', ...draft },
    } as unknown as MessageDraft;
    const payload = encode(message, { relaxations: ALL_RELAXATIONS });
    const { id: inboxId } = await store.inbox.accept({
      ...{ senderDomain: DSO, senderRole: 'DSO', recipientDomain: config.identity.domain },
      ...{ messageId, conversationId, type: 'FlexSettlement', version: '3.1.0', receivedAt: now },
      ...{ body: payload, payload },
    });
    const id = workflowIds.settlement(DSO, messageId);
    const stored = readStored((await store.inbox.find(inboxId))!);
    await gate.giveToOwn('settlement', id, toInbound(stored, await judge(stored)));
    const handle = client.workflow.getHandle(id);
    return {
      inboxId,
      messageId,
      handle,
      moveBy: (milliseconds: number) => {
        present = new Date(Date.parse(present) + milliseconds).toISOString();
        return skipTimeOf(client, id, milliseconds);
      },
      review: (by: string, decisions: readonly object[]) =>
        handle.executeUpdate(REVIEW, { args: [{ by, decisions }] }),
      /** Whether it waits for an operator's decision. */
      waits: async (): Promise<boolean> =>
        (await handle.fetchHistory()).events!.some(({ timerStartedEventAttributes: timer }) => timer),
      /** Keeps its history, once the workflow is over. */
      record: async (name: ProcessName) => {
        await handle.result();
        await recordProcess(name, handle);
      },
      /** The answer, once the workflow is over. */
      async answer(): Promise<Message<'FlexSettlementResponse'>> {
        await handle.result();
        const row = await store.outbox.answerTo(inboxId);
        return decode(row!.payload) as Message<'FlexSettlementResponse'>;
      },
    };
  }

  return {
    store,
    client,
    contracts,
    play,
    prognose,
    counted,
    send,
    /** Sends the stored answer to a settlement once more, as when the DSO repeats it. */
    async askAgain(inboxId: string) {
      const row = (await store.outbox.answerTo(inboxId))!;
      const run = new MockActivityEnvironment({
        workflowExecution: { workflowId: 'redelivery', runId: 'run' },
      });
      return run.run(replies.redeliver, { outboxId: row.id, askedAt: present });
    },
    told: (reference: string) => told.get(`flex-request/${DSO}/${reference}`) ?? [],
    /** What is agreed with the DSO about settlements, and who is asked; defaults for the rest. */
    agree: (given: Partial<Terms>) => void (terms = given),
    /** Whether the DSO's endpoint takes what is sent. */
    reach: (does: boolean) => void (reachable = does),
    async stop() {
      await floor.stop();
      await store.close();
      await database.drop();
    },
  };
}

export type SettlementDraft = Pick<
  Message<'FlexSettlement'>,
  'PeriodStart' | 'PeriodEnd' | 'Currency' | 'FlexOrderSettlement' | 'ContractSettlement'
>;
export type SettlementWorld = Awaited<ReturnType<typeof startSettlementWorld>>;

/** Every schema demands a ContractSettlement: one that reserves nothing stands for none. */
export const noContract = (period: string) =>
  ({
    Period: [{ Period: period, ISP: [{ Start: 1, Duration: 1, ReservedPower: 0 }] }],
  }) as unknown as SettlementDraft['ContractSettlement'][number];

function asMessage(period: string, order: Ordered, prognosisId?: string): Message<'FlexOrder'> {
  const { reference, start, duration, power, price, contract } = order;
  return {
    ...{ OrderReference: reference, Period: period, ContractID: contract, CongestionPoint: CONGESTION_POINT },
    ...(prognosisId === undefined
      ? { BaselineReference: story.BASELINE_REFERENCE }
      : { DPrognosisMessageID: prognosisId }),
    ...{ Price: price, Currency: 'EUR' },
    ISP: [{ Start: start, Duration: duration, Power: power }],
  } as unknown as Message<'FlexOrder'>;
}

/** A day with these orders: 500 kW expected in every ISP, and each order delivered to the share given. */
export function day(period: string, orders: readonly Ordered[], share = 1): PlayedDay {
  const count = ispCount(period, story.market.timeZone, story.market.ispDuration);
  const baseline = new Array<number>(count).fill(500_000);
  const actual = baseline.map((power, index) =>
    orders.reduce((sum, { start, duration, power: ordered }) => {
      const isIn = index + 1 >= start && index + 1 < start + duration;
      return isIn ? sum + Math.round(ordered * share) : sum;
    }, power),
  );
  return { period, orders, baseline, actual };
}
