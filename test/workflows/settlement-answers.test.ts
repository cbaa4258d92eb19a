import { describe, expect, test } from 'vitest';
import { type Miscount } from '../../simulator/miscount.ts';
import { addDays } from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import { HOUR, noon, settlementDays } from './settlement-days.ts';
import { DSO, type Ordered, type PlayedDay } from './settlement-world.ts';
import { until } from '../api/support.ts';

const on = settlementDays();

describe('an answer that was given up, when the DSO asks once more', () => {
  const lost = async (that: PlayedDay) => {
    on.world.reach(false);
    const sent = await on.settled(that);
    on.world.reach(true);
    return sent;
  };

  test('goes out as it was, its orders claimed anew: the conversations know', async () => {
    const that = await on.played();
    const { inboxId, messageId } = await lost(that);
    expect(await on.world.askAgain(inboxId)).toMatchObject({ outcome: 'delivered' });
    expect(await on.world.store.settlements.find(inboxId)).toMatchObject({ status: 'answered' });
    for (const { reference } of that.orders) {
      expect(on.world.told(reference)).toMatchObject([
        { messageId: messageId.toLowerCase(), outcome: 'Settled' },
      ]);
    }
    const again = await on.settled(that);
    expect(again.answer).toMatchObject({ Result: 'Rejected', RejectionReason: 'Period already settled' });
  });

  test('frees its orders again where that is in vain, too', async () => {
    const that = await on.played();
    const { inboxId } = await lost(that);
    on.world.reach(false);
    expect(await on.world.askAgain(inboxId)).toMatchObject({ outcome: 'refused' });
    on.world.reach(true);
    const { statuses } = await on.settled(that);
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('stays here where another settlement settled one of them: nobody holds two acceptances', async () => {
    const that = await on.played();
    const { inboxId } = await lost(that);
    await on.settled(that);
    expect(await on.world.askAgain(inboxId)).toMatchObject({ outcome: 'refused' });
    expect(await on.world.store.settlements.find(inboxId)).toMatchObject({ status: 'undelivered' });
    const alerts = await on.world.store.alerts.list({ limit: 10, source: `settlements/${DSO}` });
    expect(alerts).toContainEqual(
      expect.objectContaining({ key: `withheld/${that.period}/${that.period}`, severity: 'critical' }),
    );
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
    const sent = await on.world.send(noon(addDays(that.period, 1)), on.world.counted([that], way));
    await until(() => on.world.store.settlements.find(sent.inboxId));
    expect(await on.world.store.settlements.find(sent.inboxId)).toMatchObject({ status: 'open' });
    return sent;
  };

  test('has the last word, and is named', async () => {
    on.world.agree({ review: 'always' });
    const that = await on.played();
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
    expect(await on.world.store.settlements.find(sent.inboxId)).toMatchObject({
      reviewedBy: 'ada',
      disputed: 1,
    });
    const items = await on.world.store.settlementItems.forMessage(DSO, sent.messageId);
    expect(items.find(({ orderReference }) => orderReference === first)).toMatchObject({
      decidedBy: 'ada',
      computedReason: 'NetSettlement 55.99, we have 56.00',
    });
    expect(on.world.told(first!)).toMatchObject([{ outcome: 'Settled' }]);
    await sent.record('settlement-reviewed');
  });

  test('who says nothing in time leaves it at what was computed', async () => {
    on.world.agree({ review: 'disputes' });
    const that = await on.played();
    const sent = await held(that, 'sum-wrong');
    await until(() => sent.waits());
    expect(await on.world.store.outbox.answerTo(sent.inboxId)).toBeUndefined();
    await sent.moveBy(72 * HOUR);
    expect((await sent.answer()).FlexOrderSettlementStatus).toMatchObject([
      { DisputeReason: 'NetSettlement 55.99, we have 56.00' },
      { Disposition: 'Accepted' },
    ]);
    await expect(sent.review('ada', [])).rejects.toThrow();
    await sent.record('settlement-review-over');
  });

  test('is told that a settlement waits, told again when time runs out, and no more once it is answered', async () => {
    on.world.agree({ review: 'disputes' });
    const that = await on.played();
    const sent = await held(that, 'sum-wrong');
    const source = workflowIds.settlement(DSO, sent.messageId);
    const alerts = async () =>
      (await on.world.store.alerts.list({ limit: 10, source }))
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
    on.world.agree({ review: 'always' });
    const that = await on.played();
    const sent = await held(that, 'order-forgotten');
    const [, { reference }] = that.orders as [Ordered, Ordered];
    await until(() => taken(sent.review('ada', [{ orderReference: reference, disposition: 'Accepted' }])));
    expect(await sent.answer()).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'Missing Settlement Items',
    });
    expect(await on.world.store.settlements.find(sent.inboxId)).toMatchObject({ reviewedBy: 'ada' });
    on.world.agree({});
    const { statuses } = await on.settled(that);
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('is not asked about what is right, where only disputes are reviewed', async () => {
    on.world.agree({ review: 'disputes' });
    const { statuses } = await on.settled(await on.played());
    expect(statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
  });

  test('who decides late does not owe an order twice', async () => {
    on.world.agree({ review: 'always' });
    const that = await on.played();
    const first = await held(that);
    on.world.agree({});
    const second = await on.settled(that);
    expect(second.statuses).toMatchObject([{ Disposition: 'Accepted' }, { Disposition: 'Accepted' }]);
    const owed = [{ messageId: second.messageId }, { messageId: second.messageId }];
    expect(await on.stated(that)).toMatchObject(owed);
    await until(() => taken(first.review('ada', [])));
    expect((await first.answer()).FlexOrderSettlementStatus).toMatchObject([
      { DisputeReason: 'this order was settled before' },
      { DisputeReason: 'this order was settled before' },
    ]);
    expect(on.world.told(that.orders[0]!.reference)).toHaveLength(1);
    expect(await on.stated(that)).toMatchObject(owed);
  });

  test('who disputes late does not undo what was settled meanwhile', async () => {
    on.world.agree({ review: 'always' });
    const that = await on.played();
    const wrong = await held(that, 'penalty-padded');
    on.world.agree({});
    const right = await on.settled(that);
    await until(() => taken(wrong.review('ada', [])));
    expect((await wrong.answer()).FlexOrderSettlementStatus[0]!.DisputeReason).toMatch(/^Penalty/);
    for (const { reference } of that.orders) {
      expect(await on.world.store.orders.findByReference(DSO, reference)).toMatchObject({
        outcome: 'settled',
      });
      expect(on.world.told(reference)).toMatchObject([{ messageId: right.messageId, outcome: 'Settled' }]);
    }
    expect(await on.stated(that)).toMatchObject([
      { messageId: right.messageId, disposition: 'Accepted' },
      { messageId: right.messageId, disposition: 'Accepted' },
    ]);
  });
});
