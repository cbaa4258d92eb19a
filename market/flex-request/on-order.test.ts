import { describe, expect, it } from 'vitest';
import {
  after,
  alertsOf,
  AT,
  directOrder,
  frame,
  is,
  kindsOf,
  later,
  order,
  orderAnswers,
  PLAN,
  quietly,
  sends,
  statusesOf,
  tell,
  UNTIL,
} from './facts.testkit.ts';
import { isOver } from './phase.ts';

const OTHER = '99999999-9999-4999-8999-999999999999';
const RESPONSE = `FlexOrderResponse/${order().messageId}`;

describe('an order', () => {
  it('is booked first, and accepted once it stands in the books', () => {
    const booking = after('Booking');
    expect(booking.effects.at(-1)).toEqual({
      kind: 'book',
      frame: frame(),
      order: order(),
      step: 'FlexOffer/1',
      direct: false,
    });
    expect(booking.state).toMatchObject({
      phase: 'Open',
      offers: [{ status: 'Ordering' }],
      orders: [{ status: 'Booking', step: 'FlexOffer/1', direct: false }],
    });
    expect(orderAnswers(booking.effects)).toEqual([]);

    const booked = tell([is.booked(order().messageId, PLAN)], booking);
    expect(booked.state).toMatchObject({
      phase: 'Ordered',
      offers: [{ status: 'Ordered' }],
      orders: [{ status: 'Accepted', plan: PLAN }],
    });
    expect(sends(booked.effects).at(-1)).toEqual({
      kind: 'send',
      step: RESPONSE,
      to: { domain: 'dso.example.com', role: 'DSO' },
      version: '3.1.0',
      conversationId: order().conversationId,
      answers: 'inbox-order',
      draft: { type: 'FlexOrderResponse', FlexOrderMessageID: order().messageId, Result: 'Accepted' },
    });
    expect(kindsOf(booked.effects)).not.toContain('prognose');
  });

  it('is answered in its own version and conversation', () => {
    const own = { version: '3.0.0', conversationId: OTHER };
    const { effects } = tell([is.ordered(own), is.booked()], quietly('Offered'));
    expect(sends(effects)).toMatchObject([own]);
  });

  it('that the books refuse is answered with their reasons, and the offer stands', () => {
    const refused = tell([is.notBooked(order().messageId, ['One', 'Two'])], after('Booking'));
    expect(orderAnswers(refused.effects)).toEqual(['One;Two']);
    expect(refused.state).toMatchObject({ phase: 'Open', orders: [], offers: [{ status: 'Open' }] });
    const again = tell([is.ordered({ messageId: OTHER }), is.booked(OTHER)], refused);
    expect(orderAnswers(again.effects)).toEqual(['One;Two', 'Accepted']);
  });

  it('that is wrong is answered with every reason, each once, and the offer stands', () => {
    const wrong = is.ordered({ Price: '41.00' }, ['ISP conflict', 'Price mismatch']);
    const { state, effects } = tell([wrong], after('Offered'));
    expect(orderAnswers(effects)).toEqual(['ISP conflict;Price mismatch']);
    expect(state).toMatchObject({ phase: 'Open', orders: [], offers: [{ status: 'Open' }] });
    const right = tell([is.ordered({ messageId: OTHER }), is.booked(OTHER)], { state, effects });
    expect(right.state.phase).toBe('Ordered');
  });

  it("overtakes the offer's response, even the news of its delivery: it implies that the offer was accepted", () => {
    for (const place of [UNTIL.Sent, [...UNTIL.Opened, is.offered()]]) {
      const ordered = tell([is.ordered(), is.booked()], tell(place));
      expect(orderAnswers(ordered.effects)).toEqual(['Accepted']);
      const late = tell([is.sent('FlexOffer/1'), is.answered('Rejected', 'no')], ordered);
      expect(statusesOf(late.state)).toEqual(['Ordered']);
      expect(kindsOf(late.effects)).toEqual(kindsOf(ordered.effects));
    }
  });

  it.each(['Booking', 'Ordered', 'Delivered', 'Settled', 'Disputed'] as const)(
    'on an offer that was ordered is refused: %s',
    (place) => {
      const { state, effects } = tell([is.ordered({ messageId: OTHER })], quietly(place));
      expect(orderAnswers(effects)).toEqual(['FlexOffer already ordered']);
      expect(state.orders).toEqual(after(place).state.orders);
    },
  );

  it.each(['Rejected', 'Failed', 'Lapsed', 'Opened'] as const)(
    'where there is no offer is refused: %s',
    (place) => {
      const { effects } = tell([is.ordered()], quietly(place));
      expect(orderAnswers(effects)).toEqual(['Unknown reference FlexOfferMessageID']);
    },
  );

  it("of another DSO on somebody's offer is refused, and the answer goes to who sent it", () => {
    const { state, effects } = tell([is.ordered({ dso: 'other.example.com' })], quietly('Offered'));
    expect(orderAnswers(effects)).toEqual(['Unknown reference FlexOfferMessageID']);
    expect(sends(effects)[0]!.to.domain).toBe('other.example.com');
    expect(statusesOf(state)).toEqual(['Open']);
  });

  it('one instant before the expiry is accepted, one of the instant refused, however late the worker', () => {
    const late = later(AT.requestExpires, 6 * 3_600_000);
    const at = (receivedAt: string) =>
      orderAnswers(tell([[is.ordered({ receivedAt }), late], is.booked()], quietly('Offered')).effects);
    expect(at(later(AT.offerExpires, -1))).toEqual(['Accepted']);
    expect(at(AT.offerExpires)).toEqual(['Reference message expired']);
  });

  it('is judged by the instant that allows for the difference of clocks, whatever the clock of the worker says', () => {
    const receivedAt = later(AT.offerExpires, -1);
    const { effects } = tell(
      [[is.ordered({ receivedAt }), AT.offerExpires], is.booked()],
      quietly('Offered'),
    );
    expect(orderAnswers(effects)).toEqual(['Accepted']);
  });

  it('after gate closures is as good as before: only the expiry of the offer counts', () => {
    const { effects } = tell([
      is.requested({ ExpirationDateTime: AT.delivering }),
      is.sent('FlexRequestResponse'),
      is.offered({ ExpirationDateTime: AT.delivering }),
      [is.ordered({ receivedAt: later(AT.delivering, -1) }), later(AT.delivering, -1)],
      is.booked(),
    ]);
    expect(orderAnswers(effects)).toEqual(['Accepted']);
  });

  it('is answered once, however often its booking is reported', () => {
    const ordered = after('Ordered');
    const repeated = [is.booked(), is.notBooked(), is.booked(OTHER)];
    expect(tell(repeated, ordered).effects).toEqual(ordered.effects);
    const booking = after('Booking');
    expect(tell([is.booked(OTHER)], booking).effects).toEqual(booking.effects);
  });

  it('binds although the DSO could not be told, and that is said', () => {
    const { state } = tell([...UNTIL.Booking, is.booked(), is.sent(RESPONSE, 'expired')]);
    expect(state.phase).toBe('Ordered');
    expect(alertsOf(state)).toEqual({
      [`delivery/${RESPONSE}`]: 'Order O-1 was accepted, but dso.example.com could not be told: was expired',
    });
    expect(alertsOf(after('Ordered').state)).toEqual({});
  });

  it('that was refused may not be known as such: that is said too', () => {
    const { state } = tell([is.ordered({ Price: '1' }), is.sent(RESPONSE, 'refused')], after('Offered'));
    expect(alertsOf(state)).toEqual({
      [`delivery/${RESPONSE}`]: 'dso.example.com could not be told that an order was refused: was refused',
    });
    const told = tell([is.ordered({ Price: '1' }), is.sent(RESPONSE)], after('Offered'));
    expect(alertsOf(told.state)).toEqual({});
  });

  it('has the D-Prognosis updated where that is its baseline', () => {
    const baseline = { BaselineReference: undefined, DPrognosisMessageID: OTHER };
    const { effects } = tell([...UNTIL.Opened, is.offered(baseline), is.ordered(baseline), is.booked()]);
    expect(effects.at(-1)).toEqual({ kind: 'prognose', frame: frame(), order: order(baseline) });
  });

  it('that names no baseline has that of the offer, wherever it goes', () => {
    const baseline = { BaselineReference: undefined, DPrognosisMessageID: OTHER };
    const silent = is.ordered({ BaselineReference: undefined });
    const { state, effects } = tell([...UNTIL.Opened, is.offered(baseline), silent, is.booked()]);
    expect(effects.find(({ kind }) => kind === 'book')).toMatchObject({ order: order(baseline) });
    expect(effects.at(-1)).toEqual({ kind: 'prognose', frame: frame(), order: order(baseline) });
    expect(state.orders).toMatchObject([{ order: { DPrognosisMessageID: OTHER } }]);
    const referred = tell([silent, is.booked()], quietly('Offered'));
    expect(referred.state.orders).toMatchObject([{ order: { BaselineReference: 'BL-1' } }]);
    expect(kindsOf(referred.effects)).toEqual(['book', 'send']);
  });
});

describe('a direct order', () => {
  it('begins a conversation of its own, and the contract judges it where it is booked', () => {
    const { state, effects } = after('BookingDirect');
    const step = `FlexOrder/${order().messageId}`;
    const contracted = frame({ ContractID: 'C-1', ServiceType: 'redispatch' });
    expect(effects).toEqual([{ kind: 'book', frame: contracted, order: directOrder(), step, direct: true }]);
    expect(state).toMatchObject({
      phase: 'Open',
      frame: contracted,
      offers: [],
      orders: [{ step, direct: true, status: 'Booking' }],
    });
    const booked = tell([is.booked(order().messageId, PLAN)], { state, effects });
    expect(orderAnswers(booked.effects)).toEqual(['Accepted']);
    expect(booked.state).toMatchObject({ phase: 'Ordered', orders: [{ status: 'Accepted', plan: PLAN }] });
  });

  it.each([
    ['by the protocol', [is.orderedDirectly({}, ['Invalid congestion point'])], 'Invalid congestion point'],
    [
      'by the contract',
      [is.orderedDirectly(), is.notBooked(undefined, ['Power mismatch', 'Two'])],
      'Power mismatch;Two',
    ],
  ])('that is refused %s ends it', (_, events, reason) => {
    const { state, effects } = tell(events);
    expect(orderAnswers(effects)).toEqual([reason]);
    expect(state).toMatchObject({ phase: 'Rejected', reason, orders: [] });
    expect(isOver(state)).toBe(false);
    expect(isOver(tell([is.sent(RESPONSE)], { state, effects }).state)).toBe(true);
  });

  it('that names no baseline has the one that its booking finds agreed', () => {
    const booking = tell([is.orderedDirectly({ BaselineReference: undefined })]);
    const placed = directOrder({ BaselineReference: undefined, DPrognosisMessageID: OTHER });
    const prognosed = tell([is.bookedOn({ DPrognosisMessageID: OTHER })], booking);
    expect(prognosed.state.orders).toMatchObject([{ order: { DPrognosisMessageID: OTHER } }]);
    expect(prognosed.effects.at(-1)).toMatchObject({ kind: 'prognose', order: placed });
    const referred = tell([is.bookedOn({ BaselineReference: 'BL-1' })], booking);
    expect(referred.state.orders).toMatchObject([{ order: { BaselineReference: 'BL-1' } }]);
    expect(kindsOf(referred.effects)).toEqual(['book', 'send']);
  });

  it('that comes before the first D-Prognosis is held by that one, and what is lost of it', () => {
    const unnamed = { BaselineReference: undefined };
    const { state, effects } = tell([is.orderedDirectly(unnamed), is.booked()]);
    const held = { kind: 'prognose', order: directOrder(unnamed) };
    expect(effects.at(-1)).toMatchObject(held);
    const lost = tell([is.shortfall()], { state, effects: [] });
    expect(lost.effects.find(({ kind }) => kind === 'prognose')).toMatchObject(held);
    const referred = { state: after('OrderedDirectly').state, effects: [] };
    expect(kindsOf(tell([is.shortfall()], referred).effects)).toEqual(['answer']);
  });

  it('is delivered and settled like any other', () => {
    const { state } = tell(
      [
        [is.clock, AT.delivered],
        [is.measured(), AT.measured],
        [is.settled(), AT.settled],
      ],
      after('OrderedDirectly'),
    );
    expect(state.phase).toBe('Settled');
  });

  it.each(['Offered', 'OrderedDirectly'] as const)('has no place in another conversation: %s', (place) => {
    const { state, effects } = tell([is.orderedDirectly({ messageId: OTHER })], quietly(place));
    expect(orderAnswers(effects)).toEqual(['Unknown reference FlexOfferMessageID']);
    expect(state.orders).toEqual(after(place).state.orders);
  });
});
