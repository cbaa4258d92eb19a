import fc from 'fast-check';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FlexRequestState, isStanding, type OfferContent } from '../../market/flex-request/index.ts';
import type { AssetTerms } from '../../market/asset.ts';
import { eachISP, type PowerISP } from '../../market/power.ts';
import { createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import {
  CONNECTIONS,
  Conversation,
  floorConfig,
  NOW,
  openFloor,
  type Point,
  POINTS,
} from './trading-floor.ts';

let database: TestDatabase;
let store: Store;
/** As a second worker: its decisions know nothing of the first one's but by the database. */
let other: Store;
beforeEach(async () => {
  database = await testDatabase();
  [store, other] = [createStore({ url: database.url }), createStore({ url: database.url })];
  await openFloor(store);
});
afterEach(async () => {
  await store.close();
  await other.close();
  await database.drop();
});

const silent = { info() {}, warn() {}, error() {} };
const config = floorConfig({ strategy: { kind: 'merit-order', options: 2, minActivationFactor: '0.10' } });

const assets = CONNECTIONS.flatMap((connection) => connection.assets);
const can = {
  down: assets.reduce((sum, { canReduceW }) => sum + canReduceW, 0),
  up: assets.reduce((sum, { canIncreaseW }) => sum + canIncreaseW, 0),
};
const EXPIRED = '2026-06-14T12:00:00.000Z';
const CLOSED = '2026-06-14T13:00:00.000Z';
const LAPSED = '2026-06-14T17:00:00.000Z';

const minutesOf = ({ ISPDuration }: { ISPDuration: string }) => (ISPDuration === 'PT60M' ? 60 : 15);

/** W by minute of the day, down and up. */
class Sum {
  readonly down = new Array<number>(1440).fill(0);
  readonly up = new Array<number>(1440).fill(0);
  add(power: number, isp: number, minutes: number): void {
    const powers = power < 0 ? this.down : this.up;
    for (let minute = (isp - 1) * minutes; minute < isp * minutes; minute += 1) {
      powers[minute]! += Math.abs(power);
    }
  }
}

/** What the DSOs may still call, or have called, by what the conversations themselves say. */
function promised(states: readonly FlexRequestState[]): Sum {
  const sum = new Sum();
  for (const { request, offers, orders } of states) {
    const add = (ISP: readonly PowerISP[]) => {
      for (const { isp, group } of eachISP(ISP)) sum.add(group.Power, isp, minutesOf(request!));
    };
    for (const offer of offers.filter(isStanding)) add(mostOf(offer.content));
    for (const { order, status } of orders) if (status === 'Accepted') add(order.ISP);
  }
  return sum;
}

/** The first option is the one for all there is. */
const mostOf = ({ OfferOption }: OfferContent): readonly PowerISP[] => OfferOption[0]!.ISP;

/** What the ledger keeps, read past the store. */
async function kept(): Promise<Sum> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ isp_minutes: number; reduce_w: number[]; increase_w: number[] }>(
    `SELECT isp_minutes, reduce_w, increase_w FROM held_asset JOIN capacity_hold USING (workflow_id, step)
     WHERE status <> 'released'`,
  );
  await client.end();
  const sum = new Sum();
  for (const { isp_minutes, reduce_w, increase_w } of rows) {
    reduce_w.forEach((watts, index) => sum.add(-watts, index + 1, isp_minutes));
    increase_w.forEach((watts, index) => sum.add(watts, index + 1, isp_minutes));
  }
  return sum;
}

interface HeldRow {
  readonly connection: string;
  readonly asset: string;
  readonly isp_minutes: number;
  readonly reduce_w: number[];
  readonly increase_w: number[];
  readonly uses: { readonly powerW: number[] }[] | null;
}

/** No asset gives more energy on the day than it has, whichever option of every offer is ordered. */
async function expectEnergyKept(): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<HeldRow>(
    `SELECT connection, asset, isp_minutes, reduce_w, increase_w, uses
     FROM held_asset JOIN capacity_hold USING (workflow_id, step) WHERE status <> 'released'`,
  );
  await client.end();
  for (const { id, assets } of CONNECTIONS) {
    for (const { name, dailyEnergyWh } of assets as readonly AssetTerms[]) {
      const own = rows.filter((row) => row.connection === id && row.asset === name);
      const energy = (sign: number) =>
        own.reduce((sum, { isp_minutes, reduce_w, increase_w, uses }) => {
          const firm = { powerW: reduce_w.map((down, index) => increase_w[index]! - down) };
          const options = (uses ?? [firm]).map(({ powerW }) =>
            powerW.reduce((total, watts) => total + Math.max(0, sign * watts), 0),
          );
          return sum + (Math.max(...options) * isp_minutes) / 60;
        }, 0);
      expect(energy(-1)).toBeLessThanOrEqual(dailyEnergyWh?.reduce ?? Infinity);
      expect(energy(1)).toBeLessThanOrEqual(dailyEnergyWh?.increase ?? Infinity);
    }
  }
}

const FATES = [
  ...(['lapses', 'refused', 'ordered', 'ordered in part', 'given up', 'over before', 'too late'] as const),
  ...(['revoked', 'revocation refused', 'revoked while ordered'] as const),
] as const;
type Fate = (typeof FATES)[number];

const isps = fc
  .record({
    start: fc.integer({ min: 0, max: 23 }),
    hours: fc.integer({ min: 1, max: 4 }),
    watts: fc.integer({ min: 200, max: 6000 }),
    down: fc.boolean(),
  })
  .map(({ start, hours, watts, down }) => (point: Point) => {
    const perHour = point.ispDuration === 'PT60M' ? 1 : 4;
    const Duration = Math.min(hours, 24 - start) * perHour;
    const band = down ? { MinPower: -2 * watts, MaxPower: -watts } : { MinPower: watts, MaxPower: 2 * watts };
    return [{ Disposition: 'Requested' as const, ...band, Start: start * perHour + 1, Duration }];
  });
const conversation = fc.record({
  point: fc.constantFrom(...POINTS),
  isps,
  repeats: fc.integer({ min: 1, max: 3 }),
  fate: fc.constantFrom(...FATES),
});

type Revoked = Extract<Fate, `revo${string}`>;
const REVOKED_TO: Record<Revoked, string> = {
  revoked: 'Revoked',
  'revocation refused': 'Ordered',
  'revoked while ordered': 'Revoked',
};
const REVOCATION = 'FlexOfferRevocation/1.1';

async function meet(talk: Conversation, fate: Fate): Promise<void> {
  const before = talk.state;
  const [offer] = before.offers;
  const step = 'FlexOffer/1';
  const messageId = `offer-of-${talk.workflowId}`;
  if (offer) {
    const outcome = fate === 'given up' ? 'expired' : 'delivered';
    await talk.tell({ type: 'sent', step, delivery: { messageId, outcome } });
    if (fate === 'refused') {
      const answer = { messageId: 'a', reference: messageId, refersTo: step };
      await talk.tell({ type: 'offerAnswered', answer: { ...answer, Result: 'Rejected' } });
    }
    const isRevoked = fate.startsWith('revo');
    const revocation = { messageId: `revocation-of-${talk.workflowId}`, outcome: 'delivered' } as const;
    const revocationAnswered = (Result: 'Accepted' | 'Rejected') => {
      const answer = { messageId: 'b', reference: revocation.messageId, refersTo: REVOCATION, Result };
      return talk.tell({ type: 'revocationAnswered', answer });
    };
    if (isRevoked) {
      const answer = { messageId: 'a', reference: messageId, refersTo: step, Result: 'Accepted' } as const;
      await talk.tell({ type: 'offerAnswered', answer });
      await talk.tell({ type: 'capacityLost', step, reason: 'it broke' });
      await talk.tell({ type: 'sent', step: REVOCATION, delivery: revocation });
    }
    if (fate === 'revoked') await revocationAnswered('Accepted');
    if (fate === 'revocation refused') await revocationAnswered('Rejected');
    if (fate.includes('ordered') || fate === 'revocation refused') {
      const { dso, Period, CongestionPoint, ISPDuration, TimeZone } = before.request!;
      const { OfferOption, BaselineReference, Currency } = offer.content;
      const { OptionReference, Price, ISP } = OfferOption.at(-1)!;
      const factor = fate === 'ordered in part' ? 0.5 : 1;
      const order = {
        ...{ inboxId: 'i', messageId: `order-of-${talk.workflowId}`, conversationId: 'c', version: '3.1.0' },
        ...{ receivedAt: NOW, offerStep: step, OrderReference: talk.workflowId, OptionReference },
        ...{ dso, Period, CongestionPoint, ISPDuration, TimeZone, BaselineReference, Currency },
        ActivationFactor: `${factor}`,
        Price: factor === 1 ? Price : (Number(Price) * factor).toFixed(2),
        ISP: ISP.map((group) => ({ ...group, Power: Math.round(group.Power * factor) })),
      };
      await talk.tell({ type: 'ordered', order, rejections: [] });
      await talk.tell({ type: 'booked', orderMessageId: order.messageId, booked: { rejections: [] } });
    }
    // Both crossed: the revocation wins.
    if (fate === 'revoked while ordered') await revocationAnswered('Accepted');
    if (isRevoked) expect([fate, talk.state.offers[0]!.status]).toEqual([fate, REVOKED_TO[fate as Revoked]]);
  }
  if (talk.state.orders.length === 0) {
    for (const now of [EXPIRED, CLOSED, LAPSED]) await talk.tell({ type: 'clock' }, now);
  }
  // A worker that died may have recorded something, and a slow one records what is long past.
  await talk.record(talk.state);
  await talk.record(before);
}

test('whatever happens to conversations at the same time, no watt is sold twice and none is lost', async () => {
  let run = 0;
  const round = fc.array(conversation, { minLength: 25, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(fc.tuple(round, round), async (rounds) => {
      run += 1;
      const all: Conversation[] = [];
      let waiting: (() => Promise<void>)[] = [];
      for (const [index, planned] of [...rounds, []].entries()) {
        const fates = waiting.map((meets) => meets());
        waiting = [];
        const decisions = planned.map(async ({ point, isps, repeats, fate }, number) => {
          const by = number % 2 === 0 ? store : other;
          const deps = { store: by, config, log: silent };
          const talk = new Conversation(`${run}/${index}/${number}`, deps);
          all.push(talk);
          await talk.open(point, isps(point));
          const deciding = Array.from({ length: repeats }, () => talk.decide());
          if (fate === 'over before') await talk.tell({ type: 'clock' }, LAPSED);
          const [decision, ...again] = await Promise.all(deciding);
          if (fate !== 'over before') {
            // A no-bid keeps nothing: a repeat that was judged sooner or later may find other power free.
            const offers = [decision, ...again].filter((each) => each?.kind === 'offer');
            for (const each of offers) expect(each).toEqual(offers[0]);
          }
          await talk.tell(
            { type: 'decided', step: 'FlexOffer/1', decision: decision! },
            fate === 'too late' ? LAPSED : NOW,
          );
          waiting.push(() => meet(talk, fate));
        });
        await Promise.all([...fates, ...decisions]);
        const live = promised(all.map(({ state }) => state));
        const held = await kept();
        await expectEnergyKept();
        expect(Math.max(...held.down)).toBeLessThanOrEqual(can.down);
        expect(Math.max(...held.up)).toBeLessThanOrEqual(can.up);
        for (const direction of ['down', 'up'] as const) {
          live[direction].forEach((watts, minute) => {
            if (watts > held[direction][minute]!) {
              throw new Error(
                `minute ${minute}: ${watts} W ${direction} promised, ${held[direction][minute]} W kept`,
              );
            }
          });
        }
        // At the end nothing is under way: what is kept is what was ordered, to the watt.
        if (planned.length === 0) expect(held).toEqual(live);
      }
      await clear();
    }),
    { numRuns: 3, endOnFailure: true },
  );
}, 240_000);

async function clear(): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('TRUNCATE held_asset, capacity_hold, conversation');
  await client.end();
}
