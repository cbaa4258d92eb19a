import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { type AcceptedOrder, type Conversation, type PortfolioView, type Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';
import { inbound, outbound } from './samples.ts';

let store: Store;
beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

const period = '2026-11-24';
const isps = [{ start: 1, duration: 4, power: -1500 }];

function conversation(changes: Partial<Conversation>): Conversation {
  return {
    workflowId: 'flex-request/dso.example/1',
    dso: 'dso.example',
    congestionPoint: 'ean.265987182507322951',
    period,
    timeZone: 'Europe/Amsterdam',
    ispDuration: 'PT15M',
    conversationId: randomUUID(),
    state: 'offered',
    transition: 1,
    snapshot: { offers: [] },
    updatedAt: '2026-11-23T10:00:00.000Z',
    ...changes,
  };
}

function order(changes: Partial<AcceptedOrder> = {}): AcceptedOrder {
  return {
    dso: 'dso.example',
    orderReference: randomUUID(),
    orderMessageId: randomUUID(),
    workflowId: 'flex-request/dso.example/1',
    congestionPoint: 'ean.265987182507322951',
    period,
    timeZone: 'Europe/Amsterdam',
    ispDuration: 'PT15M',
    price: '1234567890.0001',
    currency: 'EUR',
    isps,
    acceptedAt: '2026-11-23T10:00:00.000Z',
    ...changes,
  };
}

test('of recorded transitions the highest stands, in whatever order they come', async () => {
  const workflowId = `flex-request/dso.example/${randomUUID()}`;
  const transitions = [3, 9, 1, 7, 5, 8, 2, 6, 4];
  const writes = transitions.map((transition) =>
    store.conversations.record(conversation({ workflowId, transition, snapshot: { transition } })),
  );
  await Promise.all(writes);
  expect(await store.conversations.find(workflowId)).toMatchObject({
    transition: 9,
    snapshot: { transition: 9 },
  });
});

test('conversations are listed newest first, of one DSO if wanted', async () => {
  const dso = 'list.example';
  for (const hour of [11, 13, 12]) {
    const updatedAt = `2026-11-23T${hour}:00:00.000Z`;
    await store.conversations.record(conversation({ workflowId: `w/${hour}`, dso, updatedAt }));
  }
  const listed = await store.conversations.list({ dso, limit: 2 });
  expect(listed.map(({ workflowId }) => workflowId)).toEqual(['w/13', 'w/12']);
});

test('a timeline shows the messages of all its workflows, what they answer and what answers them', async () => {
  const [request, settlement] = [`flex-request/${randomUUID()}`, `settlement/${randomUUID()}`];
  const received = async (type: string, minute: string, workflowId: string) => {
    const { id } = await store.inbox.accept(inbound({ type, receivedAt: `2026-11-23T10:${minute}:00.000Z` }));
    await store.inbox.handedOver(id, workflowId, `2026-11-23T10:${minute}:01.000Z`);
    return id;
  };
  const sent = (type: string, minute: string, workflowId: string, more: object = {}) =>
    store.outbox.prepare({ workflowId, step: type }, async () =>
      outbound({ type, createdAt: `2026-11-23T10:${minute}:00.000Z`, ...more }),
    );
  const flexSettlement = await received('FlexSettlement', '50', settlement);
  const offer = await sent('FlexOffer', '02', request);
  const flexRequest = await received('FlexRequest', '00', request);
  await sent('FlexRequestResponse', '01', `reply/${randomUUID()}`, {
    answersInboxId: flexRequest,
    result: 'Accepted',
  });
  await sent('FlexSettlementResponse', '51', settlement, {
    answersInboxId: flexSettlement,
    result: 'Accepted',
  });
  await received('FlexRequest', '30', `flex-request/${randomUUID()}`);
  await store.inbox.recordVerdict(flexRequest, 'Accepted');
  await store.outbox.recordDelivery(offer.id, {
    at: '2026-11-23T10:02:01.000Z',
    outcome: 'temporary',
    status: 503,
  });
  await store.outbox.recordDelivery(offer.id, {
    at: '2026-11-23T10:02:02.000Z',
    outcome: 'delivered',
    status: 200,
  });
  await store.outbox.recordPeerVerdict(offer.id, 'Rejected', 'Too late');

  const timeline = await store.conversations.timeline([request, settlement]);
  expect(timeline.map(({ direction, type, result }) => `${direction} ${type} ${result ?? '-'}`)).toEqual([
    'in FlexRequest Accepted',
    'out FlexRequestResponse Accepted',
    'out FlexOffer Rejected',
    'in FlexSettlement -',
    'out FlexSettlementResponse Accepted',
  ]);
  expect(timeline[2]).toMatchObject({
    peer: 'dso.example',
    reason: 'Too late',
    status: 'delivered',
    deliveries: [
      { at: '2026-11-23T10:02:01.000Z', outcome: 'temporary', status: 503 },
      { at: '2026-11-23T10:02:02.000Z', outcome: 'delivered', status: 200 },
    ],
  });
});

test('an order is kept once; its reference cannot stand for another', async () => {
  const first = order();
  const both = await Promise.all([store.orders.accept(first), store.orders.accept(first)]);
  expect(both).toEqual(['accepted', 'accepted']);
  expect(await store.orders.accept(order({ orderReference: first.orderReference }))).toBe(
    'duplicate-reference',
  );
  expect(await store.orders.accept(order({ orderReference: first.orderReference, dso: 'b.example' }))).toBe(
    'accepted',
  );
  expect(await store.orders.findByReference('dso.example', first.orderReference)).toEqual(first);
  await store.orders.setOutcome(first, 'disputed', randomUUID());
  expect(await store.orders.findByReference('dso.example', first.orderReference)).toMatchObject({
    outcome: 'disputed',
  });
});

test('orders of a period include its first and last day', async () => {
  const dso = 'period.example';
  for (const day of ['05', '01', '02', '04', '03']) {
    await store.orders.accept(order({ dso, orderReference: day, period: `2026-12-${day}` }));
  }
  const found = await store.orders.inPeriod(dso, '2026-12-02', '2026-12-04');
  expect(found.map(({ orderReference }) => orderReference)).toEqual(['02', '03', '04']);
});

function view(changes: Partial<PortfolioView>): PortfolioView {
  const point = {
    dso: 'dso.example',
    congestionPoint: 'ean.cp',
    mutexOffersSupported: true,
    dayAheadRedispatchBy: 'AGR',
    connections: ['ean.a', 'ean.b'],
  };
  return {
    cro: 'cro.example',
    period,
    messageId: randomUUID(),
    receivedAt: '2026-11-23T09:00:00.000Z',
    result: 'Accepted',
    congestionPoints: [point],
    connections: ['ean.free'],
    ...changes,
  };
}

test('a view comes back whole, is kept once, and stands for its day and the days after it', async () => {
  const accepted = view({});
  await Promise.all([store.portfolio.saveView(accepted), store.portfolio.saveView(accepted)]);
  expect(await store.portfolio.latestView('cro.example', period)).toEqual(accepted);
  const active = (day: string) => store.portfolio.activeCongestionPoint('dso.example', 'ean.cp', day);
  const { connections, ...flags } = accepted.congestionPoints[0]!;
  expect(await active(period)).toMatchObject({
    ...flags,
    connections,
    cro: 'cro.example',
    viewPeriod: period,
  });
  expect(await active('2026-11-30')).toMatchObject({ viewPeriod: period });
  expect(await active('2026-11-23')).toBeUndefined();

  const receivedAt = '2026-11-23T09:30:00.000Z';
  await store.portfolio.saveView(
    view({ receivedAt, result: 'Rejected', reason: 'No', congestionPoints: [], connections: [] }),
  );
  expect(await store.portfolio.latestView('cro.example', period)).toMatchObject({
    result: 'Rejected',
    reason: 'No',
  });
  expect(await active(period)).toMatchObject({ connections });

  // A CRO told of a day if it accepted to, of that day and no other.
  const has = (cro: string, day: string) => store.portfolio.hasView(cro, day);
  expect(await has('cro.example', period)).toBe(true);
  expect(await has('cro.example', '2026-11-30')).toBe(false);
  expect(await has('other.example', period)).toBe(false);
  await store.portfolio.saveView(view({ period: '2026-11-23', result: 'Rejected', congestionPoints: [] }));
  expect(await has('cro.example', '2026-11-23')).toBe(false);

  await store.portfolio.saveView(view({ cro: 'other.example', receivedAt, congestionPoints: [] }));
  expect(await store.portfolio.connectionsOn('ean.cp', period)).toEqual(['ean.a', 'ean.b']);

  const later = '2026-11-23T10:00:00.000Z';
  await store.portfolio.saveView(view({ receivedAt: later, congestionPoints: [] }));
  expect(await active(period)).toBeUndefined();
  expect(await store.portfolio.connectionsOn('ean.cp', period)).toEqual([]);
});

test('a view of many connections is kept whole', async () => {
  const connections = Array.from({ length: 12_001 }, (_, i) => `ean.${String(i).padStart(6, '0')}`);
  await store.portfolio.saveView(view({ cro: 'big.example', congestionPoints: [], connections }));
  expect((await store.portfolio.latestView('big.example', period))?.connections).toEqual(connections);
});

test('a baseline saved again under its reference replaces the first', async () => {
  const baseline = {
    congestionPoint: 'ean.cp',
    period,
    reference: 'B1',
    recordedAt: '2026-11-23T09:00:00.000Z',
  };
  await store.baselines.save({ ...baseline, power: [1, 2, 3] });
  await store.baselines.save({ ...baseline, power: [-4, 5, 6] });
  expect(await store.baselines.find('ean.cp', period, 'B1')).toEqual({ ...baseline, power: [-4, 5, 6] });
  expect(await store.baselines.find('ean.cp', period, 'B2')).toBeUndefined();
});

test('readings add up where all are there; a missing one is unknown, not zero', async () => {
  const reading = (connection: string, isp: number, power: number, minute = '00') => ({
    connection,
    period,
    isp,
    power,
    recordedAt: `2026-11-25T10:${minute}:00.000Z`,
  });
  const large = 2_000_000_000;
  await store.meterReadings.save([
    ...[reading('m.a', 1, 100), reading('m.a', 2, large), reading('m.a', 3, 300)],
    ...[reading('m.b', 1, -40), reading('m.b', 2, large), reading('m.b', 1, -50, '01'), reading('m.c', 4, 1)],
  ]);
  await store.meterReadings.save([reading('m.a', 1, 110, '02'), reading('m.b', 1, 0)]);
  const sums = await store.meterReadings.sumOver(['m.a', 'm.b', 'm.a'], period, 4);
  expect(sums).toEqual([60, 2 * large, null, null]);
  expect(await store.meterReadings.sumOver([], period, 2)).toEqual([null, null]);
});

test('a decision on a settlement item is kept once and stands', async () => {
  const item = {
    messageId: randomUUID(),
    dso: 'dso.example',
    orderReference: 'O1',
    workflowId: 'flex-request/settled',
    period,
    currency: 'EUR',
    stated: { Price: '10.00' },
    disposition: 'Accepted',
    decidedAt: '2026-11-26T10:00:00.000Z',
  };
  const second = {
    ...item,
    orderReference: 'O2',
    computed: { Price: '9.99' },
    disposition: 'Disputed',
    reason: 'Price',
  };
  await store.settlementItems.save([item, second]);
  await store.settlementItems.save([{ ...item, disposition: 'Disputed' }]);
  expect(await store.settlementItems.forMessage(item.dso, item.messageId.toUpperCase())).toEqual([
    item,
    second,
  ]);
  expect(await store.settlementItems.forWorkflow('flex-request/settled')).toEqual([item, second]);
});

test('two DSOs may use one MessageID: neither order stands in for the other', async () => {
  const orderMessageId = randomUUID();
  const ours = order({ dso: 'one.example', orderMessageId });
  const theirs = order({ dso: 'two.example', orderMessageId });
  expect(await store.orders.accept(ours)).toBe('accepted');
  expect(await store.orders.accept(theirs)).toBe('accepted');
  expect(await store.orders.findByReference('two.example', theirs.orderReference)).toEqual(theirs);
});

test('two DSOs may use one MessageID: neither settlement answers the other', async () => {
  const messageId = randomUUID();
  const item = (dso: string, disposition: string) => ({
    messageId,
    dso,
    orderReference: 'order-1',
    period,
    currency: 'EUR',
    stated: {},
    disposition,
    decidedAt: '2026-12-01T00:00:00.000Z',
  });
  await store.settlementItems.save([item('one.example', 'Accepted')]);
  await store.settlementItems.save([item('two.example', 'Disputed')]);
  expect(await store.settlementItems.forMessage('one.example', messageId)).toEqual([
    item('one.example', 'Accepted'),
  ]);
  expect(await store.settlementItems.forMessage('two.example', messageId)).toEqual([
    item('two.example', 'Disputed'),
  ]);
});

test('two CROs may use one MessageID: both views are kept', async () => {
  const messageId = randomUUID();
  for (const cro of ['cro-one.example', 'cro-two.example']) {
    await store.portfolio.saveView(view({ cro, messageId }));
    expect(await store.portfolio.latestView(cro, view({}).period)).toMatchObject({ cro, messageId });
  }
});

test('readings are kept whole or not at all, however many', async () => {
  const recordedAt = '2026-12-01T00:00:00.000Z';
  const readings = Array.from({ length: 25_000 }, (_, index) => ({
    connection: `ean.${100000000000 + index}`,
    period: '2026-12-24',
    isp: 1,
    power: index,
    recordedAt,
  }));
  const broken = [...readings, { ...readings[0]!, connection: 'ean.last', power: 2 ** 40 }];
  await expect(store.meterReadings.save(broken)).rejects.toThrow();
  expect(await store.meterReadings.sumOver([readings[0]!.connection], '2026-12-24', 1)).toEqual([null]);
  await store.meterReadings.save(readings);
  expect(await store.meterReadings.sumOver([readings[24_999]!.connection], '2026-12-24', 1)).toEqual([
    24_999,
  ]);
});

test('thousands of settlement items are kept in one go', async () => {
  const messageId = randomUUID();
  const items = Array.from({ length: 6_000 }, (_, index) => ({
    messageId,
    dso: 'big.example',
    orderReference: `order-${index}`,
    workflowId: 'flex-request/big.example/1',
    period,
    currency: 'EUR',
    stated: { index },
    computed: { index },
    disposition: 'Disputed',
    reason: 'a reason',
    decidedAt: '2026-12-01T00:00:00.000Z',
  }));
  await store.settlementItems.save(items);
  expect(await store.settlementItems.forMessage('big.example', messageId)).toHaveLength(6_000);
});
