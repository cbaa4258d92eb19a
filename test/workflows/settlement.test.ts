import { describe, expect, test } from 'vitest';
import { addDays } from '../../uftp/index.ts';
import { noon, order, settlementDays } from './settlement-days.ts';
import { CONTRACT, CONGESTION_POINT, day, DSO } from './settlement-world.ts';

const on = settlementDays();

describe('a settlement that is right', () => {
  test('is accepted; the conversations know, and nothing is owed twice', async () => {
    const that = await on.played();
    const { answer, statuses, inboxId, messageId, record } = await on.settled(that);
    expect(answer.Result).toBe('Accepted');
    expect(statuses.map(({ Disposition }) => Disposition)).toEqual(['Accepted', 'Accepted']);
    for (const { reference } of that.orders) {
      expect(on.world.told(reference)).toEqual([
        {
          type: 'settled',
          orderReference: reference,
          messageId: messageId.toLowerCase(),
          outcome: 'Settled',
        },
      ]);
    }
    expect(await on.world.store.settlements.find(inboxId)).toMatchObject({ status: 'answered', disputed: 0 });
    await record('settlement-accepted');

    const again = await on.settled(that);
    expect(again.answer).toMatchObject({ Result: 'Rejected', RejectionReason: 'Period already settled' });
    const next = await on.played();
    const both = await on.settled(next, on.world.counted([that, next]));
    expect(both.statuses.map(({ DisputeReason }) => DisputeReason)).toEqual([
      ...['this order was settled before', 'this order was settled before'],
      ...[undefined, undefined],
    ]);
    expect(on.world.told(that.orders[0]!.reference)).toHaveLength(1);
  });

  test('comes once its days are over, and after those before it', async () => {
    const [older, newer] = [await on.played(), await on.played()];
    const early = await on.world.send(noon(newer.period), on.world.counted([newer]));
    expect(await early.answer()).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'PeriodStart rejected;PeriodEnd rejected;Period out of bounds',
    });
    const late = await on.settled(newer);
    expect(late.answer).toMatchObject({ Result: 'Rejected', RejectionReason: 'PeriodStart rejected' });
    const elsewhere = { ...on.world.counted([newer]), PeriodStart: older.period, PeriodEnd: older.period };
    const forgotten = await on.settled(newer, { ...elsewhere, PeriodStart: addDays(older.period, -1) });
    expect(forgotten.answer.RejectionReason).toBe('Missing Settlement Items');
    for (const each of [older, newer])
      expect((await on.settled(each)).statuses).toMatchObject([
        ...[{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }],
      ]);
  });

  test('may be of reservations alone', async () => {
    const that = await on.played([]);
    const right = await on.settled(that);
    expect(right.answer.Result).toBe('Accepted');
    expect(right.statuses).toEqual([{ Disposition: 'Accepted' }]);
    const shrunk = await on.settled(that, on.world.counted([that], 'reservation-shrunk'));
    expect(shrunk.answer.Result).toBe('Accepted');
    expect(shrunk.statuses).toEqual([
      {
        Disposition: 'Disputed',
        DisputeReason: `ContractSettlement ${CONTRACT} on ${that.period}: ISP 69: ReservedPower -399000 W, we have -400000 W`,
      },
    ]);
    const foreign = await on.settled(that, { ...on.world.counted([that]), Currency: 'USD' });
    const reason = 'Currency rejected: USD, agreed is EUR';
    expect(foreign.answer).toMatchObject({ Result: 'Rejected', RejectionReason: reason });
    expect(foreign.statuses).toEqual([{ Disposition: 'Disputed', DisputeReason: reason }]);
  });

  test('may leave out the references of its orders', async () => {
    const that = await on.played();
    const draft = on.world.counted([that]);
    const anonymous = draft.FlexOrderSettlement.map((item) => ({ ...item, OrderReference: undefined }));
    const { statuses } = await on.settled(that, { ...draft, FlexOrderSettlement: anonymous });
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
    expect(on.world.told(that.orders[1]!.reference)).toMatchObject([{ outcome: 'Settled' }]);
  });

  test('is not accepted in vain: where the answer never arrives, the next settlement is', async () => {
    const that = await on.played();
    on.world.reach(false);
    const lost = await on.settled(that);
    expect(await on.world.store.settlements.find(lost.inboxId)).toMatchObject({ status: 'undelivered' });
    expect(on.world.told(that.orders[0]!.reference)).toEqual([]);
    on.world.reach(true);
    const { statuses } = await on.settled(that);
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('is in no statement where its answer never arrived: what was said afterwards is', async () => {
    const that = await on.played();
    on.world.reach(false);
    await on.settled(that);
    expect(await on.stated(that)).toEqual([undefined, undefined]);
    const lost = async () => {
      const all = await on.world.store.alerts.list({ limit: 1000, source: `settlements/${DSO}` });
      return all.filter(({ key }) => key === `undelivered/${that.period}/${that.period}`);
    };
    const text = `${DSO} did not get our answer to its settlement of ${that.period} to ${that.period} (not taken): its orders are open until it sends another one.`;
    expect(await lost()).toMatchObject([{ state: 'open', severity: 'critical', text }]);
    on.world.reach(true);
    const second = await on.settled(that, on.world.counted([that], 'penalty-padded'));
    expect(await on.stated(that)).toMatchObject([
      { messageId: second.messageId, disposition: 'Disputed' },
      { messageId: second.messageId, disposition: 'Accepted' },
    ]);
    expect(await lost()).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('a contract', () => {
  test('in another currency is not settled in that of the DSO, figure for figure', async () => {
    const that = await on.played([order({ currency: 'USD' }), order({ start: 60 })]);
    const { statuses } = await on.settled(that);
    expect(statuses.map(({ DisputeReason }) => DisputeReason)).toEqual([
      'Currency EUR, we have USD',
      undefined,
    ]);
  });

  test('counts as reserved also in the ISPs that the DSO leaves out', async () => {
    const that = await on.played();
    const draft = on.world.counted([that]);
    const [stated] = draft.ContractSettlement;
    const [named] = stated!.Period;
    const half = { ...named!, ISP: named!.ISP.slice(0, 4) };
    const ContractSettlement = [{ ...stated!, Period: [half] }];
    const { messageId } = await on.settled(that, { ...draft, ContractSettlement });
    const [item] = await on.world.store.settlements.contractItems(DSO, messageId);
    expect(item!.reason).toBe('ISP 73-76: reserved, but not in the settlement');
    const isps = item!.computed as { isp: number; reserved: number }[];
    expect(isps.map(({ isp }) => isp)).toEqual([69, 70, 71, 72, 73, 74, 75, 76]);
    expect(isps.every(({ reserved }) => reserved === -400_000)).toBe(true);
  });

  test('says whether its orders are paid as ordered or as delivered, before the DSO does', async () => {
    const contract = 'C-DELIVERED';
    on.world.agree({ payFor: 'ordered' });
    await on.world.store.contracts.put({
      ...{ contractId: contract, effectiveFrom: '2026-01-01', source: 'operator' },
      terms: {
        ...{ id: contract, dso: DSO, reserved: [], currency: 'EUR', priceTolerance: '0.01' },
        ...{ timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', penaltyPerMWh: '250.00' },
        payFor: 'delivered',
      },
      recordedAt: '2026-01-01T00:00:00.000Z',
    });
    const that = await on.played([order({ contract }), order({ start: 60 })]);
    const draft = on.world.counted([that]);
    const [first, second] = draft.FlexOrderSettlement;
    // 50 kWh of 200 kWh are missing: 12.50 at 250.00/MWh, and a quarter of 60.00.
    const owed = { ...first!, Penalty: '27.50', NetSettlement: '32.50' };
    const ContractSettlement = draft.ContractSettlement.filter(({ ContractID }) => ContractID !== contract);
    const { statuses } = await on.settled(that, {
      ...{ ...draft, ContractSettlement, FlexOrderSettlement: [owed, second!] },
    });
    expect(statuses.map(({ DisputeReason }) => DisputeReason)).toEqual([undefined, undefined]);
  });
});

describe('orders on a D-Prognosis', () => {
  test('are settled by the revision that they name, whatever was in force by then', async () => {
    const period = on.freshDay();
    const prognosisId = await on.world.prognose(period, 500_000);
    const that = { ...day(period, [order(), order({ start: 60 })], 0.75), prognosisId };
    const later = await on.world.prognose(period, 650_000);
    await on.world.play(that);
    const profiles = await Promise.all(
      that.orders.map(async ({ reference, start, duration, power }) => ({
        ...{ dso: DSO, congestionPoint: CONGESTION_POINT, period, recordedAt: noon(period) },
        ...{ orderReference: reference, prognosisId: later },
        orderMessageId: (await on.world.store.orders.findByReference(DSO, reference))!.orderMessageId,
        isps: Array.from({ length: duration }, (_, index) => ({
          ...{ isp: start + index, base: 650_000, power: 650_000 + power },
        })),
      })),
    );
    const workflowId = `d-prognosis/${DSO}/${CONGESTION_POINT}/${period}`;
    await on.world.store.prognoses.record(
      {
        ...{ workflowId, dso: DSO, congestionPoint: CONGESTION_POINT, period, phase: 'Frozen' },
        ...{ transition: 1, snapshot: {}, updatedAt: noon(period) },
      },
      profiles,
      [],
    );
    // On the later revision the same deliveries would be far too much.
    const onLater = { ...that, baseline: that.baseline.map(() => 650_000), prognosisId: later };
    const wrong = await on.settled(that, on.world.counted([onLater]));
    const reason = `D-PrognosisMessageID ${later}, we have ${prognosisId}`;
    expect(wrong.statuses.map(({ DisputeReason }) => DisputeReason)).toEqual([reason, reason]);
    const misnamed = on.world.counted([{ ...onLater, prognosisId }]);
    const miscalculated = await on.settled(that, misnamed);
    expect(miscalculated.statuses[0]!.DisputeReason).toMatch(/BaselinePower 650000 W, we have 500000 W/);
    const right = await on.settled(that);
    expect(right.statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('on an ISP that an earlier order shaped count from what stood before both', async () => {
    const period = on.freshDay();
    const first = await on.world.prognose(period, 500_000);
    const one = order();
    await on.world.play({ ...day(period, [one], 1), prognosisId: first });
    // The next revision holds the first order; the second is placed on it.
    const second = await on.world.prognose(period, 300_000);
    const other = order({ power: -100_000 });
    const both = day(period, [one, other], 1);
    await on.world.play({ ...both, orders: [other], prognosisId: second });
    const { orderMessageId } = (await on.world.store.orders.findByReference(DSO, other.reference))!;
    const head = { dso: DSO, congestionPoint: CONGESTION_POINT, period };
    await on.world.store.prognoses.record(
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
    const draft = on.world.counted([{ ...both, prognosisId: first }]);
    const [item, next] = draft.FlexOrderSettlement;
    const { statuses } = await on.settled(both, {
      ...draft,
      FlexOrderSettlement: [item!, { ...next!, DPrognosisMessageID: second }],
    });
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });
});

describe('what we have no readings of', () => {
  const unmeteredDay = async () => {
    const that = day(on.freshDay(), [order(), order({ start: 60 })], 0.75);
    await on.world.play(that, [41, 42]);
    return that;
  };

  test('is disputed, naming the ISPs', async () => {
    const { statuses } = await on.settled(await unmeteredDay());
    expect(statuses).toMatchObject([
      { Disposition: 'Disputed', DisputeReason: 'no meter data of ours for ISP 41-42' },
      { Disposition: 'Accepted' },
    ]);
  });

  test('is accepted where so agreed, as long as the rest holds', async () => {
    on.world.agree({ unknown: 'accept' });
    const right = await on.settled(await unmeteredDay());
    expect(right.statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
    const that = await unmeteredDay();
    const wrong = await on.settled(that, on.world.counted([that], 'sum-wrong'));
    expect(wrong.statuses).toMatchObject([
      { DisputeReason: 'NetSettlement 55.99, we have 56.00' },
      { Disposition: 'Accepted' },
    ]);
  });
});
