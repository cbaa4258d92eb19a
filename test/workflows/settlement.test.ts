import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Miscount, MISCOUNTS } from '../../simulator/miscount.ts';
import { addDays } from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import {
  CONTRACT,
  CONGESTION_POINT,
  day,
  DSO,
  noContract,
  type Ordered,
  type PlayedDay,
  type SettlementWorld,
  startSettlementWorld,
} from './settlement-world.ts';
import { until } from '../api/support.ts';

let world: SettlementWorld;
beforeAll(async () => {
  world = await startSettlementWorld();
}, 120_000);
afterEach(() => {
  world.agree({});
  world.reach(true);
});
afterAll(() => world?.stop());

const HOUR = 3_600_000;
let days = 0;
/** A day that no other test uses. */
const freshDay = (): string => addDays('2028-01-01', (days += 1));

const order = (given: Partial<Ordered> = {}): Ordered => ({
  reference: `O-${randomUUID().slice(0, 8)}`,
  start: 40,
  duration: 4,
  power: -200_000,
  price: '60.00',
  ...given,
});
const noon = (period: string): string => `${period}T12:00:00.000Z`;

/** Two orders on a day, the first of them to be miscounted, delivered to three quarters. */
async function played(orders: readonly Ordered[] = [order(), order({ start: 60 })]): Promise<PlayedDay> {
  const that = day(freshDay(), orders, 0.75);
  await world.play(that);
  return that;
}

/** Sends the settlement of a day on the next one, and returns what is answered to it. */
async function settled(that: PlayedDay, draft = world.counted([that])) {
  const sent = await world.send(noon(addDays(that.period, 1)), draft);
  const answer = await sent.answer();
  return { ...sent, answer, statuses: answer.FlexOrderSettlementStatus };
}

/** What the monthly statement is made of: the item that counts for each order of a day. */
async function stated({ period }: PlayedDay) {
  const { orders } = await world.store.statements.between(DSO, period, period);
  return orders.map(({ item }) => item);
}

describe('a settlement that is right', () => {
  test('is accepted; the conversations know, and nothing is owed twice', async () => {
    const that = await played();
    const { answer, statuses, inboxId, messageId, record } = await settled(that);
    expect(answer.Result).toBe('Accepted');
    expect(statuses.map(({ Disposition }) => Disposition)).toEqual(['Accepted', 'Accepted']);
    for (const { reference } of that.orders) {
      expect(world.told(reference)).toEqual([
        {
          type: 'settled',
          orderReference: reference,
          messageId: messageId.toLowerCase(),
          outcome: 'Settled',
        },
      ]);
    }
    expect(await world.store.settlements.find(inboxId)).toMatchObject({ status: 'answered', disputed: 0 });
    await record('settlement-accepted');

    const again = await settled(that);
    expect(again.answer).toMatchObject({ Result: 'Rejected', RejectionReason: 'Period already settled' });
    const next = await played();
    const both = await settled(next, world.counted([that, next]));
    expect(both.statuses.map(({ DisputeReason }) => DisputeReason)).toEqual([
      ...['this order was settled before', 'this order was settled before'],
      ...[undefined, undefined],
    ]);
    expect(world.told(that.orders[0]!.reference)).toHaveLength(1);
  });

  test('comes once its days are over, and after those before it', async () => {
    const [older, newer] = [await played(), await played()];
    const early = await world.send(noon(newer.period), world.counted([newer]));
    expect(await early.answer()).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'PeriodStart rejected;PeriodEnd rejected;Period out of bounds',
    });
    const late = await settled(newer);
    expect(late.answer).toMatchObject({ Result: 'Rejected', RejectionReason: 'PeriodStart rejected' });
    const elsewhere = { ...world.counted([newer]), PeriodStart: older.period, PeriodEnd: older.period };
    const forgotten = await settled(newer, { ...elsewhere, PeriodStart: addDays(older.period, -1) });
    expect(forgotten.answer.RejectionReason).toBe('Missing Settlement Items');
    for (const each of [older, newer])
      expect((await settled(each)).statuses).toMatchObject([
        ...[{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }],
      ]);
  });

  test('may be of reservations alone', async () => {
    const that = await played([]);
    const right = await settled(that);
    expect(right.answer.Result).toBe('Accepted');
    expect(right.statuses).toEqual([{ Disposition: 'Accepted' }]);
    const shrunk = await settled(that, world.counted([that], 'reservation-shrunk'));
    expect(shrunk.answer.Result).toBe('Accepted');
    expect(shrunk.statuses).toEqual([
      {
        Disposition: 'Disputed',
        DisputeReason: `ContractSettlement ${CONTRACT} on ${that.period}: ISP 69: ReservedPower -399000 W, we have -400000 W`,
      },
    ]);
    const foreign = await settled(that, { ...world.counted([that]), Currency: 'USD' });
    const reason = 'Currency rejected: USD, agreed is EUR';
    expect(foreign.answer).toMatchObject({ Result: 'Rejected', RejectionReason: reason });
    expect(foreign.statuses).toEqual([{ Disposition: 'Disputed', DisputeReason: reason }]);
  });

  test('may leave out the references of its orders', async () => {
    const that = await played();
    const draft = world.counted([that]);
    const anonymous = draft.FlexOrderSettlement.map((item) => ({ ...item, OrderReference: undefined }));
    const { statuses } = await settled(that, { ...draft, FlexOrderSettlement: anonymous });
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
    expect(world.told(that.orders[1]!.reference)).toMatchObject([{ outcome: 'Settled' }]);
  });

  test('is not accepted in vain: where the answer never arrives, the next settlement is', async () => {
    const that = await played();
    world.reach(false);
    const lost = await settled(that);
    expect(await world.store.settlements.find(lost.inboxId)).toMatchObject({ status: 'undelivered' });
    expect(world.told(that.orders[0]!.reference)).toEqual([]);
    world.reach(true);
    const { statuses } = await settled(that);
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('is in no statement where its answer never arrived: what was said afterwards is', async () => {
    const that = await played();
    world.reach(false);
    await settled(that);
    expect(await stated(that)).toEqual([undefined, undefined]);
    const lost = async () => {
      const all = await world.store.alerts.list({ limit: 1000, source: `settlements/${DSO}` });
      return all.filter(({ key }) => key === `undelivered/${that.period}/${that.period}`);
    };
    const text = `${DSO} did not get our answer to its settlement of ${that.period} to ${that.period} (not taken): its orders are open until it sends another one.`;
    expect(await lost()).toMatchObject([{ state: 'open', severity: 'critical', text }]);
    world.reach(true);
    const second = await settled(that, world.counted([that], 'penalty-padded'));
    expect(await stated(that)).toMatchObject([
      { messageId: second.messageId, disposition: 'Disputed' },
      { messageId: second.messageId, disposition: 'Accepted' },
    ]);
    expect(await lost()).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('a contract', () => {
  test('in another currency is not settled in that of the DSO, figure for figure', async () => {
    const that = await played([order({ currency: 'USD' }), order({ start: 60 })]);
    const { statuses } = await settled(that);
    expect(statuses.map(({ DisputeReason }) => DisputeReason)).toEqual([
      'Currency EUR, we have USD',
      undefined,
    ]);
  });

  test('counts as reserved also in the ISPs that the DSO leaves out', async () => {
    const that = await played();
    const draft = world.counted([that]);
    const [stated] = draft.ContractSettlement;
    const [named] = stated!.Period;
    const half = { ...named!, ISP: named!.ISP.slice(0, 4) };
    const ContractSettlement = [{ ...stated!, Period: [half] }];
    const { messageId } = await settled(that, { ...draft, ContractSettlement });
    const [item] = await world.store.settlements.contractItems(DSO, messageId);
    expect(item!.reason).toBe('ISP 73-76: reserved, but not in the settlement');
    const isps = item!.computed as { isp: number; reserved: number }[];
    expect(isps.map(({ isp }) => isp)).toEqual([69, 70, 71, 72, 73, 74, 75, 76]);
    expect(isps.every(({ reserved }) => reserved === -400_000)).toBe(true);
  });

  test('says whether its orders are paid as ordered or as delivered, before the DSO does', async () => {
    const contract = 'C-DELIVERED';
    world.agree({ payFor: 'ordered' });
    await world.store.contracts.put({
      ...{ contractId: contract, effectiveFrom: '2026-01-01', source: 'operator' },
      terms: {
        ...{ id: contract, dso: DSO, reserved: [], currency: 'EUR', priceTolerance: '0.01' },
        ...{ timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', penaltyPerMWh: '250.00' },
        payFor: 'delivered',
      },
      recordedAt: '2026-01-01T00:00:00.000Z',
    });
    const that = await played([order({ contract }), order({ start: 60 })]);
    const draft = world.counted([that]);
    const [first, second] = draft.FlexOrderSettlement;
    // 50 kWh of 200 kWh are missing: 12.50 at 250.00/MWh, and a quarter of 60.00.
    const owed = { ...first!, Penalty: '27.50', NetSettlement: '32.50' };
    const ContractSettlement = draft.ContractSettlement.filter(({ ContractID }) => ContractID !== contract);
    const { statuses } = await settled(that, {
      ...{ ...draft, ContractSettlement, FlexOrderSettlement: [owed, second!] },
    });
    expect(statuses.map(({ DisputeReason }) => DisputeReason)).toEqual([undefined, undefined]);
  });
});

// Which item is disputed, and the reason, for every way to miscount that is answered with a dispute.
const REASONS: Record<Exclude<Miscount, 'order-forgotten'>, [item: number, reason: RegExp]> = {
  'baseline-inflated': [0, /^ISP 40: BaselinePower 501000 W, we have 500000 W$/],
  'order-shrunk': [0, /^ISP 40: OrderedFlexPower -100000 W, we have -200000 W$/],
  'meter-misread': [0, /^ISP 40: ActualPower 351000 W, we have 350000 W$/],
  'delivery-undercounted': [0, /^ISP 40: DeliveredFlexPower 149000 W, we have 150000 W$/],
  'deficiency-invented': [0, /^ISP 40: PowerDeficiency 51000 W, we have 50000 W$/],
  'price-cut': [0, /^Price 59\.00, we have 60\.00; NetSettlement \S+, we have \S+$/],
  'penalty-padded': [0, /^Penalty 17\.50, we have 12\.50; NetSettlement 42\.50, we have 47\.50$/],
  'sum-wrong': [0, /^NetSettlement 47\.49, we have 47\.50$/],
  'hour-shifted': [0, /^ISP 44-47: not part of the order; ISP 40-43: ordered, but not in the settlement$/],
  'isp-dropped': [0, /^ISP 43: ordered, but not in the settlement$/],
  'isp-added': [0, /^ISP 44: not part of the order$/],
  'order-doubled': [2, /^this order is listed twice$/],
  'order-invented': [2, /^we accepted no such order$/],
  'reservation-shrunk': [
    0,
    /^ContractSettlement C-1 on \S+: ISP 69: ReservedPower -399000 W, we have -400000 W$/,
  ],
};

describe('a DSO that miscounts', () => {
  test.each(Object.keys(REASONS) as (keyof typeof REASONS)[])(
    '%s: that is disputed, for that reason, and nothing else',
    async (way) => {
      const that = await played([order({ contract: CONTRACT }), order({ start: 60 })]);
      const { answer, statuses, inboxId, record } = await settled(that, world.counted([that], way));
      const [wrong, reason] = REASONS[way];
      expect(answer.Result).toBe('Accepted');
      statuses.forEach(({ Disposition, DisputeReason }, index) => {
        expect([index, Disposition]).toEqual([index, index === wrong ? 'Disputed' : 'Accepted']);
        if (index === wrong) expect(DisputeReason).toMatch(reason);
        else expect(DisputeReason).toBeUndefined();
      });
      const contracts = await world.store.settlements.contractItems(
        DSO,
        (await world.store.settlements.find(inboxId))!.messageId,
      );
      expect(contracts.map((item) => item.reason !== undefined)).toEqual([way === 'reservation-shrunk']);
      const outcome = wrong === 0 ? 'Disputed' : 'Settled';
      expect(world.told(that.orders[0]!.reference)).toMatchObject([{ outcome }]);
      expect(world.told(that.orders[1]!.reference)).toMatchObject([{ outcome: 'Settled' }]);
      if (way === 'sum-wrong') await record('settlement-disputed');
    },
  );

  test('order-forgotten: all is rejected, and every item echoed as disputed', async () => {
    const that = await played();
    const { answer, statuses, inboxId, record } = await settled(
      that,
      world.counted([that], 'order-forgotten'),
    );
    expect(answer).toMatchObject({ Result: 'Rejected', RejectionReason: 'Missing Settlement Items' });
    expect(statuses).toEqual([
      {
        OrderReference: that.orders[1]!.reference,
        Disposition: 'Disputed',
        DisputeReason: 'Missing Settlement Items',
      },
    ]);
    expect(world.told(that.orders[1]!.reference)).toEqual([]);
    expect(await world.store.settlements.find(inboxId)).toMatchObject({
      result: 'Rejected',
      status: 'answered',
    });
    await record('settlement-rejected');
    // A corrected one is taken.
    const corrected = await settled(that);
    expect(corrected.statuses.map(({ Disposition }) => Disposition)).toEqual(['Accepted', 'Accepted']);
  });

  test('every way there is was tried', () => {
    expect([...Object.keys(REASONS), 'order-forgotten'].sort()).toEqual(Object.keys(MISCOUNTS).sort());
  });

  test('in another currency: all is rejected', async () => {
    const that = await played();
    const { answer } = await settled(that, { ...world.counted([that]), Currency: 'USD' });
    expect(answer).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'Currency rejected: USD, agreed is EUR',
    });
    await settled(that);
  });
});

describe('orders on a D-Prognosis', () => {
  test('are settled by the revision that they name, whatever was in force by then', async () => {
    const period = freshDay();
    const prognosisId = await world.prognose(period, 500_000);
    const that = { ...day(period, [order(), order({ start: 60 })], 0.75), prognosisId };
    const later = await world.prognose(period, 650_000);
    await world.play(that);
    const profiles = await Promise.all(
      that.orders.map(async ({ reference, start, duration, power }) => ({
        ...{ dso: DSO, congestionPoint: CONGESTION_POINT, period, recordedAt: noon(period) },
        ...{ orderReference: reference, prognosisId: later },
        orderMessageId: (await world.store.orders.findByReference(DSO, reference))!.orderMessageId,
        isps: Array.from({ length: duration }, (_, index) => ({
          ...{ isp: start + index, base: 650_000, power: 650_000 + power },
        })),
      })),
    );
    const workflowId = `d-prognosis/${DSO}/${CONGESTION_POINT}/${period}`;
    await world.store.prognoses.record(
      {
        ...{ workflowId, dso: DSO, congestionPoint: CONGESTION_POINT, period, phase: 'Frozen' },
        ...{ transition: 1, snapshot: {}, updatedAt: noon(period) },
      },
      profiles,
      [],
    );
    // On the later revision the same deliveries would be far too much.
    const onLater = { ...that, baseline: that.baseline.map(() => 650_000), prognosisId: later };
    const wrong = await settled(that, world.counted([onLater]));
    const reason = `D-PrognosisMessageID ${later}, we have ${prognosisId}`;
    expect(wrong.statuses.map(({ DisputeReason }) => DisputeReason)).toEqual([reason, reason]);
    const misnamed = world.counted([{ ...onLater, prognosisId }]);
    const miscalculated = await settled(that, misnamed);
    expect(miscalculated.statuses[0]!.DisputeReason).toMatch(/BaselinePower 650000 W, we have 500000 W/);
    const right = await settled(that);
    expect(right.statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('on an ISP that an earlier order shaped count from what stood before both', async () => {
    const period = freshDay();
    const first = await world.prognose(period, 500_000);
    const one = order();
    await world.play({ ...day(period, [one], 1), prognosisId: first });
    // The next revision holds the first order; the second is placed on it.
    const second = await world.prognose(period, 300_000);
    const other = order({ power: -100_000 });
    const both = day(period, [one, other], 1);
    await world.play({ ...both, orders: [other], prognosisId: second });
    const { orderMessageId } = (await world.store.orders.findByReference(DSO, other.reference))!;
    const head = { dso: DSO, congestionPoint: CONGESTION_POINT, period };
    await world.store.prognoses.record(
      {
        ...{ ...head, workflowId: `d-prognosis/${DSO}/${CONGESTION_POINT}/${period}`, phase: 'Frozen' },
        ...{ transition: 1, snapshot: {}, updatedAt: noon(period) },
      },
      [
        {
          ...{ ...head, orderMessageId, orderReference: other.reference, recordedAt: noon(period) },
          prognosisId: second,
          isps: [40, 41, 42, 43].map((isp) => ({ isp, base: 500_000, power: 200_000 })),
        },
      ],
      [],
    );
    const draft = world.counted([{ ...both, prognosisId: first }]);
    const [item, next] = draft.FlexOrderSettlement;
    const { statuses } = await settled(both, {
      ...draft,
      FlexOrderSettlement: [item!, { ...next!, DPrognosisMessageID: second }],
    });
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });
});

describe('what a DSO leaves out', () => {
  const leftOut = async ({ period }: PlayedDay) => {
    const all = await world.store.alerts.list({ limit: 1000, source: `settlements/${DSO}` });
    return all.filter(({ key }) => key === `left-out/${period}/${period}`);
  };

  test('of orders is in the record of the rejection and an alert, until a whole settlement comes', async () => {
    const that = await played();
    const { inboxId, messageId } = await settled(that, world.counted([that], 'order-forgotten'));
    const [{ reference }] = that.orders as [Ordered];
    expect(await world.store.settlements.find(inboxId)).toMatchObject({ leftOut: [reference] });
    const found = await world.store.settlements.leftOut(DSO, that.period, that.period);
    expect([...found]).toEqual([[reference, messageId.toLowerCase()]]);
    expect(await leftOut(that)).toMatchObject([
      { state: 'open', text: expect.stringContaining(`orders ${reference}.`) as string },
    ]);
    await settled(that);
    expect(await leftOut(that)).toMatchObject([{ state: 'resolved' }]);
  });

  test('of contract days is kept and an alert, and no reason to dispute an order', async () => {
    const that = await played([order({ contract: CONTRACT }), order({ start: 60 })]);
    const wrong = world.counted([that], 'sum-wrong');
    const draft = { ...wrong, ContractSettlement: [noContract(that.period)] };
    const { statuses, messageId } = await settled(that, draft);
    expect(statuses).toMatchObject([
      { DisputeReason: expect.stringMatching(/^NetSettlement/) as string },
      { Disposition: 'Accepted' },
    ]);
    const [item, ...others] = await world.store.settlements.contractItems(DSO, messageId);
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      ...{ contractId: CONTRACT, period: that.period, stated: [], reason: 'not in the settlement' },
      computed: expect.arrayContaining([
        { isp: 40, reserved: 0, ordered: -200_000 },
        { isp: 69, reserved: -400_000 },
      ]) as object,
    });
    expect(await leftOut(that)).toMatchObject([
      { state: 'open', text: expect.stringContaining(`contract ${CONTRACT} on ${that.period}`) as string },
    ]);
    // Once an earlier settlement named the day, it need not be named again.
    await settled(that, wrong);
    const later = await settled(that, draft);
    expect(await world.store.settlements.contractItems(DSO, later.messageId)).toEqual([]);
    expect(await leftOut(that)).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('what was disputed', () => {
  test('is corrected by itself: what was accepted need not be listed again', async () => {
    const that = await played([order(), order({ start: 60 }), order({ start: 80 })]);
    const [, second, third] = that.orders as [Ordered, Ordered, Ordered];
    const wrong = world.counted([that]);
    const cheaper = (index: number) => ({ ...wrong.FlexOrderSettlement[index]!, NetSettlement: '1.00' });
    const [right] = wrong.FlexOrderSettlement;
    const first = await settled(that, { ...wrong, FlexOrderSettlement: [right!, cheaper(1), cheaper(2)] });
    expect(first.statuses.map(({ Disposition }) => Disposition)).toEqual([
      'Accepted',
      'Disputed',
      'Disputed',
    ]);
    for (const [index, { reference }] of [second, third].entries()) {
      const only = { ...wrong, FlexOrderSettlement: [wrong.FlexOrderSettlement[index + 1]!] };
      const { statuses, messageId, inboxId } = await settled(that, only);
      expect(statuses).toEqual([{ OrderReference: reference, Disposition: 'Accepted' }]);
      expect(await world.store.settlements.find(inboxId)).toMatchObject({ leftOut: [] });
      expect((await stated(that))[index + 1]).toMatchObject({ messageId, disposition: 'Accepted' });
    }
  });

  test('is corrected by an item without reference, also beside an equal order that is settled', async () => {
    const that = await played([order(), order({ start: 60 })]);
    const draft = world.counted([that]);
    const [first, second] = draft.FlexOrderSettlement;
    const wrong = { ...draft, FlexOrderSettlement: [first!, { ...second!, NetSettlement: '1.00' }] };
    await settled(that, wrong);
    // As wrong about the ISPs as it may be and still mean only the one that is open.
    const shifted = { ...second!, OrderReference: undefined, ISP: [{ ...second!.ISP[0]!, Start: 90 }] };
    const { inboxId, messageId } = await settled(that, { ...draft, FlexOrderSettlement: [shifted] });
    expect(await world.store.settlements.find(inboxId)).toMatchObject({ result: 'Accepted' });
    const [item] = await world.store.settlementItems.forMessage(DSO, messageId);
    expect(item).toMatchObject({ orderReference: '#1', matchedOrder: that.orders[1]!.reference });
  });
});

describe('what we have no readings of', () => {
  const unmeteredDay = async () => {
    const that = day(freshDay(), [order(), order({ start: 60 })], 0.75);
    await world.play(that, [41, 42]);
    return that;
  };

  test('is disputed, naming the ISPs', async () => {
    const { statuses } = await settled(await unmeteredDay());
    expect(statuses).toMatchObject([
      { Disposition: 'Disputed', DisputeReason: 'no meter data of ours for ISP 41-42' },
      { Disposition: 'Accepted' },
    ]);
  });

  test('is accepted where so agreed, as long as the rest holds', async () => {
    world.agree({ unknown: 'accept' });
    const right = await settled(await unmeteredDay());
    expect(right.statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
    const that = await unmeteredDay();
    const wrong = await settled(that, world.counted([that], 'sum-wrong'));
    expect(wrong.statuses).toMatchObject([
      { DisputeReason: 'NetSettlement 55.99, we have 56.00' },
      { Disposition: 'Accepted' },
    ]);
  });
});

describe('an operator who is asked', () => {
  /** Whether the workflow takes it yet. */
  const taken = (review: Promise<unknown>): Promise<boolean> =>
    review.then(
      () => true,
      () => false,
    );

  const held = async (that: PlayedDay, way?: Miscount) => {
    const sent = await world.send(noon(addDays(that.period, 1)), world.counted([that], way));
    await until(() => world.store.settlements.find(sent.inboxId));
    expect(await world.store.settlements.find(sent.inboxId)).toMatchObject({ status: 'open' });
    return sent;
  };

  test('has the last word, and is named', async () => {
    world.agree({ review: 'always' });
    const that = await played();
    const sent = await held(that, 'sum-wrong');
    const [first, second] = that.orders.map(({ reference }) => reference);
    const decisions = [
      { orderReference: first, disposition: 'Accepted' },
      { orderReference: second, disposition: 'Disputed', reason: 'asset 7 was not asked' },
    ];
    await until(() => taken(sent.review('ada', decisions)));
    const answer = await sent.answer();
    expect(answer.FlexOrderSettlementStatus).toMatchObject([
      { OrderReference: first, Disposition: 'Accepted' },
      { OrderReference: second, Disposition: 'Disputed', DisputeReason: 'asset 7 was not asked' },
    ]);
    expect(await world.store.settlements.find(sent.inboxId)).toMatchObject({
      reviewedBy: 'ada',
      disputed: 1,
    });
    const items = await world.store.settlementItems.forMessage(DSO, sent.messageId);
    expect(items.find(({ orderReference }) => orderReference === first)).toMatchObject({
      decidedBy: 'ada',
      computedReason: 'NetSettlement 55.99, we have 56.00',
    });
    expect(world.told(first!)).toMatchObject([{ outcome: 'Settled' }]);
    await sent.record('settlement-reviewed');
  });

  test('who says nothing in time leaves it at what was computed', async () => {
    world.agree({ review: 'disputes' });
    const that = await played();
    const sent = await held(that, 'sum-wrong');
    await until(() => sent.waits());
    expect(await world.store.outbox.answerTo(sent.inboxId)).toBeUndefined();
    await sent.moveBy(72 * HOUR);
    expect((await sent.answer()).FlexOrderSettlementStatus).toMatchObject([
      { DisputeReason: 'NetSettlement 55.99, we have 56.00' },
      { Disposition: 'Accepted' },
    ]);
    await expect(sent.review('ada', [])).rejects.toThrow();
    await sent.record('settlement-review-over');
  });

  test('is told that a settlement waits, told again when time runs out, and no more once it is answered', async () => {
    world.agree({ review: 'disputes' });
    const that = await played();
    const sent = await held(that, 'sum-wrong');
    const source = workflowIds.settlement(DSO, sent.messageId);
    const alerts = async () =>
      (await world.store.alerts.list({ limit: 10, source }))
        .map(({ key, state }) => `${key} ${state}`)
        .sort();
    await until(() => sent.waits());
    expect(await alerts()).toEqual(['review open']);
    await sent.moveBy(54 * HOUR);
    await until(async () => (await alerts()).length === 2);
    expect(await alerts()).toEqual(['review open', 'review-nearly-over open']);
    await until(() => taken(sent.review('ada', [])));
    await sent.answer();
    expect(await alerts()).toEqual(['review resolved', 'review-nearly-over resolved']);
    await sent.record('settlement-review-nearly-over');
  });

  test('is asked about a rejection where always asked, and may only let it go out', async () => {
    world.agree({ review: 'always' });
    const that = await played();
    const sent = await held(that, 'order-forgotten');
    const [, { reference }] = that.orders as [Ordered, Ordered];
    await until(() => taken(sent.review('ada', [{ orderReference: reference, disposition: 'Accepted' }])));
    expect(await sent.answer()).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'Missing Settlement Items',
    });
    expect(await world.store.settlements.find(sent.inboxId)).toMatchObject({ reviewedBy: 'ada' });
    world.agree({});
    const { statuses } = await settled(that);
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('is not asked about what is right, where only disputes are reviewed', async () => {
    world.agree({ review: 'disputes' });
    const { statuses } = await settled(await played());
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('who decides late does not owe an order twice', async () => {
    world.agree({ review: 'always' });
    const that = await played();
    const first = await held(that);
    world.agree({});
    const second = await settled(that);
    expect(second.statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
    const owed = [{ messageId: second.messageId }, { messageId: second.messageId }];
    expect(await stated(that)).toMatchObject(owed);
    await until(() => taken(first.review('ada', [])));
    expect((await first.answer()).FlexOrderSettlementStatus).toMatchObject([
      { DisputeReason: 'this order was settled before' },
      { DisputeReason: 'this order was settled before' },
    ]);
    expect(world.told(that.orders[0]!.reference)).toHaveLength(1);
    expect(await stated(that)).toMatchObject(owed);
  });

  test('who disputes late does not undo what was settled meanwhile', async () => {
    world.agree({ review: 'always' });
    const that = await played();
    const wrong = await held(that, 'penalty-padded');
    world.agree({});
    const right = await settled(that);
    await until(() => taken(wrong.review('ada', [])));
    expect((await wrong.answer()).FlexOrderSettlementStatus[0]!.DisputeReason).toMatch(/^Penalty/);
    for (const { reference } of that.orders) {
      expect(await world.store.orders.findByReference(DSO, reference)).toMatchObject({ outcome: 'settled' });
      expect(world.told(reference)).toMatchObject([{ messageId: right.messageId, outcome: 'Settled' }]);
    }
    expect(await stated(that)).toMatchObject([
      { messageId: right.messageId, disposition: 'Accepted' },
      { messageId: right.messageId, disposition: 'Accepted' },
    ]);
  });
});
