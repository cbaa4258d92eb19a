import { MockActivityEnvironment } from '@temporalio/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { capacityActivities } from '../../activities/capacity-check.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import type { FlexRequestEvent } from '../../market/flex-request/index.ts';
import { type AssetProfile, createStore, type Outage, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { CONNECTIONS, Conversation, floorConfig, NOW, openFloor, PERIOD, POINTS } from './trading-floor.ts';

const silent = { info() {}, warn() {}, error() {} };
const [point] = POINTS;
const group = (watts: number, Start: number) => [
  { Disposition: 'Requested' as const, MinPower: -2 * watts, MaxPower: -watts, Start, Duration: 4 },
];
const outage = (changes: Partial<Outage> = {}): Outage => ({
  ...{ id: 'o-1', connection: CONNECTIONS[0]!.id, asset: 'heat' },
  ...{ from: '2026-06-15T08:00:00.000Z', to: '2026-06-15T12:00:00.000Z' },
  ...{ remainingReduceW: 0, remainingIncreaseW: 0, reason: 'boiler' },
  ...changes,
});

let database: TestDatabase;
let store: Store;
let talks: Map<string, Conversation>;
beforeEach(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  talks = new Map();
  await openFloor(store);
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

/** A conversation with an offer that the DSO accepted. */
async function offering(name: string, watts: number, Start = 48): Promise<Conversation> {
  const talk = new Conversation(name, { store, config: floorConfig(), log: silent });
  talks.set(name, talk);
  await talk.open(point, group(watts, Start));
  await talk.tell({ type: 'decided', step: 'FlexOffer/1', decision: await talk.decide() });
  const delivery = { messageId: `offer-of-${name}`, outcome: 'delivered' } as const;
  await talk.tell({ type: 'sent', step: 'FlexOffer/1', delivery });
  const answer = { messageId: `answer-to-${name}`, reference: delivery.messageId, refersTo: 'FlexOffer/1' };
  await talk.tell({ type: 'offerAnswered', answer: { ...answer, Result: 'Accepted' } });
  return talk;
}

/** One look at what is lost. Answers what was told to whom. */
async function check(fails: () => boolean = () => false) {
  const told: [string, FlexRequestEvent][] = [];
  const tell = async (workflowId: string, event: unknown) => {
    if (fails()) throw new Error('the worker dies');
    told.push([workflowId, event as FlexRequestEvent]);
    await talks.get(workflowId)!.tell(event as FlexRequestEvent);
    return true;
  };
  const clock = { now: () => new Date(NOW) };
  const { checkCapacity } = capacityActivities({
    store,
    clock,
    tell,
    log: silent,
  } as unknown as Dependencies);
  const found = await new MockActivityEnvironment().run(checkCapacity);
  return { found, told };
}

test('an outage is recorded once, and again when it changes', async () => {
  const first = await store.outages.save(outage(), NOW);
  expect(first).toMatchObject({ ...outage(), version: 1 });
  expect(await store.outages.save(outage(), '2026-06-14T09:00:00.000Z')).toEqual(first);
  await store.outages.markChecked(first, NOW);
  expect(await store.outages.unchecked()).toEqual([]);
  expect(await store.outages.save(outage({ remainingReduceW: 1 }), NOW)).toMatchObject({ version: 2 });
  // What was looked at is not what stands now.
  await store.outages.markChecked(first, NOW);
  expect(await store.outages.unchecked()).toHaveLength(1);
  expect(await store.outages.remove('o-1', NOW)).toBe(true);
  expect(await store.outages.remove('o-1', NOW)).toBe(false);
  expect(await store.outages.find('o-1')).toBeUndefined();
  expect(await store.outages.notOver(NOW)).toEqual([]);
});

test('nothing is offered on lost power, in the ISPs that the outage touches, and on no other', async () => {
  await store.outages.save(outage(), NOW);
  // Without the heating there are two batteries: 8 kW.
  const during = await offering('during', 9000);
  expect(during.state.offers[0]!.content.OfferOption[0]!.ISP[0]!.Power).toBe(-8000);
  const before = await offering('before', 9000, 30);
  expect(before.state.offers[0]!.content.OfferOption[0]!.ISP[0]!.Power).toBe(-9000);
});

test('offers that count on lost power are revoked, the newest first, and the others stand', async () => {
  const [older, newer, elsewhere] = [
    await offering('older', 1500),
    await offering('newer', 1000),
    await offering('elsewhere', 2500, 30),
  ];
  await store.outages.save(outage({ remainingReduceW: 1500 }), NOW);
  const { found, told } = await check();
  expect(found).toEqual({ outages: 1, profiles: 0, lost: 1 });
  expect(told).toEqual([
    [
      'newer',
      {
        ...{ type: 'capacityLost', step: 'FlexOffer/1', lost: [{ Start: 48, Duration: 4, Power: 1000 }] },
        reason: expect.stringMatching(/heat .*o-1: boiler/),
      },
    ],
  ]);
  const statuses = [older, newer, elsewhere].map(({ state }) => state.offers[0]!.status);
  expect(statuses).toEqual(['Open', 'Revoking', 'Open']);
  expect(await check()).toEqual({ found: { outages: 0, profiles: 0, lost: 0 }, told: [] });
});

/** A conversation whose offer was ordered and booked. */
async function ordered(name: string, watts: number): Promise<Conversation> {
  const talk = await offering(name, watts);
  const { request, offers } = talk.state;
  const { OfferOption, BaselineReference, Currency } = offers[0]!.content;
  const { Price, ISP, OptionReference } = OfferOption[0]!;
  const order = {
    ...request!,
    ...{ messageId: 'order', receivedAt: NOW, offerStep: 'FlexOffer/1', OrderReference: 'O-1' },
    ...{ OptionReference, ActivationFactor: '1', BaselineReference, Currency, Price, ISP },
  };
  await talk.tell({ type: 'ordered', order, rejections: [] });
  const booked = { rejections: [], plan: { settlementDueBy: '2026-08-15T00:00:00.000Z' } };
  await talk.tell({ type: 'booked', orderMessageId: 'order', booked });
  return talk;
}

test('an order on lost power is an alert for a person', async () => {
  const talk = await ordered('ordered', 2000);
  await store.outages.save(outage({ remainingReduceW: 300 }), NOW);
  const { found, told } = await check();
  expect(found).toEqual({ outages: 1, profiles: 0, lost: 1 });
  // What is missing of it, by ISP.
  expect(told).toEqual([
    ['ordered', expect.objectContaining({ lost: [{ Start: 48, Duration: 4, Power: 1700 }] })],
  ]);
  expect(talk.state.alerts).toContainEqual(
    expect.objectContaining({ key: 'shortfall/O-1', severity: 'critical' }),
  );
});

test('what is missing of an order is missing in all, however many outages take it one after the other', async () => {
  // 10.5 kW is all there is: both connections give what they can.
  await ordered('all there is', 10_500);
  await store.outages.save(outage(), NOW);
  const missing = (Power: number) => [{ Start: 48, Duration: 4, Power }];
  expect((await check()).told).toMatchObject([['all there is', { lost: missing(2500) }]]);
  const battery = { id: 'o-2', connection: CONNECTIONS[1]!.id, asset: 'battery' };
  await store.outages.save(outage(battery), NOW);
  const { told } = await check();
  expect(told).toMatchObject([['all there is', { lost: missing(5500) }]]);
  expect((told[0]![1] as { reason: string }).reason).toMatch(/o-1: boiler.*o-2: boiler/);
});

const profile = (changes: Partial<AssetProfile> = {}): AssetProfile => ({
  ...{ connection: CONNECTIONS[0]!.id, asset: 'heat', period: PERIOD },
  ...{ timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M' },
  reduceW: new Array<number>(96).fill(1500),
  increaseW: new Array<number>(96).fill(0),
  ...changes,
});

test('a profile is kept once, and again when it changes', async () => {
  const other = profile({ asset: 'battery' });
  expect(await store.assetProfiles.save([other, profile()], NOW)).toBe(2);
  const first = await store.assetProfiles.unchecked();
  expect(first).toMatchObject([
    { asset: 'battery', version: 1 },
    { asset: 'heat', version: 1 },
  ]);
  expect(await store.assetProfiles.save([profile(), other], NOW)).toBe(0);
  await store.assetProfiles.markChecked(first, NOW);
  expect(await store.assetProfiles.unchecked()).toEqual([]);
  expect(await store.assetProfiles.save([other, profile({ reduceW: [1] })], NOW)).toBe(1);
  // What was looked at is not what stands now.
  await store.assetProfiles.markChecked(first, NOW);
  expect(await store.assetProfiles.unchecked()).toMatchObject([{ asset: 'heat', version: 2 }]);
});

test('what a profile says is offered, to markets with longer ISPs too, and no more', async () => {
  await store.assetProfiles.save([profile({ reduceW: new Array<number>(96).fill(0) })], NOW);
  const quarters = await offering('quarters', 9000);
  expect(quarters.state.offers[0]!.content.OfferOption[0]!.ISP[0]!.Power).toBe(-8000);
  await store.assetProfiles.save([profile({ reduceW: new Array<number>(96).fill(700) })], NOW);
  const hours = new Conversation('hours', { store, config: floorConfig(), log: silent });
  await hours.open(POINTS[1], [{ ...group(9000, 1)[0]!, Duration: 1 }]);
  expect(await hours.decide()).toMatchObject({ content: { OfferOption: [{ ISP: [{ Power: -8700 }] }] } });
});

test('offers that a lowered profile leaves without power are revoked, those of other days are not', async () => {
  const [older, newer] = [await offering('older', 1500), await offering('newer', 1000)];
  await store.assetProfiles.save([profile({ period: '2026-06-16' })], NOW);
  expect(await check()).toEqual({ found: { outages: 0, profiles: 1, lost: 0 }, told: [] });
  await store.assetProfiles.save([profile()], NOW);
  const { found, told } = await check();
  expect(found).toEqual({ outages: 0, profiles: 1, lost: 1 });
  expect(told).toMatchObject([
    ['newer', { type: 'capacityLost', reason: expect.stringMatching(/heat at .* for 2026-06-15/) }],
  ]);
  expect([older, newer].map(({ state }) => state.offers[0]!.status)).toEqual(['Open', 'Revoking']);
  expect(await check()).toEqual({ found: { outages: 0, profiles: 0, lost: 0 }, told: [] });
});

test('profiles are not known before whoever decides without them has finished', async () => {
  const deciding = new Client({ connectionString: database.url });
  await deciding.connect();
  await deciding.query(`BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('flexor.capacity', 0))`);
  const saved = store.assetProfiles.save([profile()], NOW);
  const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  await expect.poll(async () => (await deciding.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1);
  expect(await store.assetProfiles.unchecked()).toEqual([]);
  await deciding.query('COMMIT');
  await deciding.end();
  expect(await saved).toBe(1);
  expect(await store.assetProfiles.unchecked()).toHaveLength(1);
});

test('a worker that dies while it tells leaves the outage to the next', async () => {
  const talk = await offering('told twice', 2000);
  await store.outages.save(outage(), NOW);
  await expect(check(() => true)).rejects.toThrow('the worker dies');
  expect(await store.outages.unchecked()).toHaveLength(1);
  expect((await check()).found).toEqual({ outages: 1, profiles: 0, lost: 1 });
  expect(talk.state.offers[0]!.status).toBe('Revoking');
});
