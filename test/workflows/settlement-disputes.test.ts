import { describe, expect, test } from 'vitest';
import { type Miscount, MISCOUNTS } from '../../simulator/miscount.ts';
import { order, settlementDays } from './settlement-days.ts';
import { CONTRACT, DSO, noContract, type Ordered, type PlayedDay } from './settlement-world.ts';

const on = settlementDays();

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
      const that = await on.played([order({ contract: CONTRACT }), order({ start: 60 })]);
      const { answer, statuses, inboxId, record } = await on.settled(that, on.world.counted([that], way));
      const [wrong, reason] = REASONS[way];
      expect(answer.Result).toBe('Accepted');
      statuses.forEach(({ Disposition, DisputeReason }, index) => {
        expect([index, Disposition]).toEqual([index, index === wrong ? 'Disputed' : 'Accepted']);
        if (index === wrong) expect(DisputeReason).toMatch(reason);
        else expect(DisputeReason).toBeUndefined();
      });
      const contracts = await on.world.store.settlements.contractItems(
        DSO,
        (await on.world.store.settlements.find(inboxId))!.messageId,
      );
      expect(contracts.map((item) => item.reason !== undefined)).toEqual([way === 'reservation-shrunk']);
      const outcome = wrong === 0 ? 'Disputed' : 'Settled';
      expect(on.world.told(that.orders[0]!.reference)).toMatchObject([{ outcome }]);
      expect(on.world.told(that.orders[1]!.reference)).toMatchObject([{ outcome: 'Settled' }]);
      if (way === 'sum-wrong') await record('settlement-disputed');
    },
  );

  test('order-forgotten: all is rejected, and every item echoed as disputed', async () => {
    const that = await on.played();
    const { answer, statuses, inboxId, record } = await on.settled(
      that,
      on.world.counted([that], 'order-forgotten'),
    );
    expect(answer).toMatchObject({ Result: 'Rejected', RejectionReason: 'Missing Settlement Items' });
    expect(statuses).toEqual([
      {
        OrderReference: that.orders[1]!.reference,
        Disposition: 'Disputed',
        DisputeReason: 'Missing Settlement Items',
      },
    ]);
    expect(on.world.told(that.orders[1]!.reference)).toEqual([]);
    expect(await on.world.store.settlements.find(inboxId)).toMatchObject({
      result: 'Rejected',
      status: 'answered',
    });
    await record('settlement-rejected');
    // A corrected one is taken.
    const corrected = await on.settled(that);
    expect(corrected.statuses.map(({ Disposition }) => Disposition)).toEqual(['Accepted', 'Accepted']);
  });

  test('every way there is was tried', () => {
    expect([...Object.keys(REASONS), 'order-forgotten'].sort()).toEqual(Object.keys(MISCOUNTS).sort());
  });

  test('in another currency: all is rejected', async () => {
    const that = await on.played();
    const { answer } = await on.settled(that, { ...on.world.counted([that]), Currency: 'USD' });
    expect(answer).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'Currency rejected: USD, agreed is EUR',
    });
    await on.settled(that);
  });
});

describe('what a DSO leaves out', () => {
  const leftOut = async ({ period }: PlayedDay) => {
    const all = await on.world.store.alerts.list({ limit: 1000, source: `settlements/${DSO}` });
    return all.filter(({ key }) => key === `left-out/${period}/${period}`);
  };

  test('of orders is in the record of the rejection and an alert, until a whole settlement comes', async () => {
    const that = await on.played();
    const { inboxId, messageId } = await on.settled(that, on.world.counted([that], 'order-forgotten'));
    const [{ reference }] = that.orders as [Ordered];
    expect(await on.world.store.settlements.find(inboxId)).toMatchObject({ leftOut: [reference] });
    const found = await on.world.store.settlements.leftOut(DSO, that.period, that.period);
    expect([...found]).toEqual([[reference, messageId.toLowerCase()]]);
    expect(await leftOut(that)).toMatchObject([
      { state: 'open', text: expect.stringContaining(`orders ${reference}.`) as string },
    ]);
    await on.settled(that);
    expect(await leftOut(that)).toMatchObject([{ state: 'resolved' }]);
  });

  test('of contract days is kept and an alert, and no reason to dispute an order', async () => {
    const that = await on.played([order({ contract: CONTRACT }), order({ start: 60 })]);
    const wrong = on.world.counted([that], 'sum-wrong');
    const draft = { ...wrong, ContractSettlement: [noContract(that.period)] };
    const { statuses, messageId } = await on.settled(that, draft);
    expect(statuses).toMatchObject([
      { DisputeReason: expect.stringMatching(/^NetSettlement/) as string },
      { Disposition: 'Accepted' },
    ]);
    const [item, ...others] = await on.world.store.settlements.contractItems(DSO, messageId);
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
    await on.settled(that, wrong);
    const later = await on.settled(that, draft);
    expect(await on.world.store.settlements.contractItems(DSO, later.messageId)).toEqual([]);
    expect(await leftOut(that)).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('what was disputed', () => {
  test('is corrected by itself: what was accepted need not be listed again', async () => {
    const that = await on.played([order(), order({ start: 60 }), order({ start: 80 })]);
    const [, second, third] = that.orders as [Ordered, Ordered, Ordered];
    const wrong = on.world.counted([that]);
    const cheaper = (index: number) => ({ ...wrong.FlexOrderSettlement[index]!, NetSettlement: '1.00' });
    const [right] = wrong.FlexOrderSettlement;
    const first = await on.settled(that, { ...wrong, FlexOrderSettlement: [right!, cheaper(1), cheaper(2)] });
    expect(first.statuses.map(({ Disposition }) => Disposition)).toEqual([
      'Accepted',
      'Disputed',
      'Disputed',
    ]);
    for (const [index, { reference }] of [second, third].entries()) {
      const only = { ...wrong, FlexOrderSettlement: [wrong.FlexOrderSettlement[index + 1]!] };
      const { statuses, messageId, inboxId } = await on.settled(that, only);
      expect(statuses).toEqual([{ OrderReference: reference, Disposition: 'Accepted' }]);
      expect(await on.world.store.settlements.find(inboxId)).toMatchObject({ leftOut: [] });
      expect((await on.stated(that))[index + 1]).toMatchObject({ messageId, disposition: 'Accepted' });
    }
  });

  test('is corrected by an item without reference, also beside an equal order that is settled', async () => {
    const that = await on.played([order(), order({ start: 60 })]);
    const draft = on.world.counted([that]);
    const [first, second] = draft.FlexOrderSettlement;
    const wrong = { ...draft, FlexOrderSettlement: [first!, { ...second!, NetSettlement: '1.00' }] };
    await on.settled(that, wrong);
    // As wrong about the ISPs as it may be and still mean only the one that is open.
    const shifted = { ...second!, OrderReference: undefined, ISP: [{ ...second!.ISP[0]!, Start: 90 }] };
    const { inboxId, messageId } = await on.settled(that, { ...draft, FlexOrderSettlement: [shifted] });
    expect(await on.world.store.settlements.find(inboxId)).toMatchObject({ result: 'Accepted' });
    const [item] = await on.world.store.settlementItems.forMessage(DSO, messageId);
    expect(item).toMatchObject({ orderReference: '#1', matchedOrder: that.orders[1]!.reference });
  });
});
