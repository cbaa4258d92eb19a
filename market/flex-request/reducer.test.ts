import { describe, expect, it } from 'vitest';
import type { FlexRequestEvent } from './events.ts';
import {
  AT,
  content,
  is,
  OFFER_ID,
  order,
  orderAnswers,
  request,
  sends,
  tell,
  UNTIL,
} from './facts.testkit.ts';
import { reduce } from './reducer.ts';
import { isOver } from './state.ts';

const from = (place: keyof typeof UNTIL) => tell(UNTIL[place]);
const other = '99999999-9999-4999-8999-999999999999';

describe('a request', () => {
  it('is accepted, in its own version and conversation, by one message', () => {
    const { state, effects } = tell([is.requested()]);
    expect(state).toMatchObject({ phase: 'Open', request: request(), sending: ['FlexRequestResponse'] });
    expect(effects).toEqual([
      {
        kind: 'send',
        step: 'FlexRequestResponse',
        to: { domain: 'dso.example.com', role: 'DSO' },
        version: '3.1.0',
        conversationId: request().conversationId,
        answers: 'inbox-request',
        draft: {
          type: 'FlexRequestResponse',
          FlexRequestMessageID: request().messageId,
          Result: 'Accepted',
        },
      },
    ]);
  });

  it('is rejected with all reasons', () => {
    const { state, effects } = tell([is.requested({}, ['ISP conflict', 'Power discrepancy'])]);
    expect(state).toMatchObject({ phase: 'Rejected', reason: 'ISP conflict;Power discrepancy' });
    expect(sends(effects)[0]!.draft).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'ISP conflict;Power discrepancy',
    });
    expect(isOver(state)).toBe(false);
    expect(isOver(from('Rejected').state)).toBe(true);
  });

  it('fails where the DSO cannot be told that it was accepted', () => {
    expect(from('Failed').state).toMatchObject({
      phase: 'Failed',
      reason: 'FlexRequestResponse: was refused',
      sending: [],
    });
    expect(from('Failed').effects.map(({ kind }) => kind)).toEqual(['send']);
  });
});

describe('an offer', () => {
  it('is asked for once the DSO knows that its request was accepted, with what is reserved', () => {
    const { effects } = tell([is.requested(), is.reserved, is.sent('FlexRequestResponse')]);
    expect(effects.at(-1)).toEqual({
      kind: 'decide',
      request: request(),
      reserved: [{ Power: -4000, Start: 48, Duration: 4 }],
    });
    expect(from('Opened').effects.at(-1)).toMatchObject({ kind: 'decide', reserved: [] });
  });

  it("is sent in the request's conversation and grid, and is not delivered after its own expiry", () => {
    const { state, effects } = tell([...UNTIL.Opened, is.offered()]);
    expect(sends(effects).at(-1)).toEqual({
      kind: 'send',
      step: 'FlexOffer/1',
      to: { domain: 'dso.example.com', role: 'DSO' },
      version: '3.1.0',
      conversationId: request().conversationId,
      validUntil: AT.offerExpires,
      draft: {
        type: 'FlexOffer',
        ISPDuration: 'PT15M',
        TimeZone: 'Europe/Amsterdam',
        Period: '2026-06-15',
        CongestionPoint: request().CongestionPoint,
        FlexRequestMessageID: request().messageId,
        ...content(),
      },
    });
    expect(state.offers).toEqual([{ step: 'FlexOffer/1', status: 'Sending', content: content() }]);
  });

  it('goes from sending to sent to open', () => {
    const statuses = [is.offered(), is.sent('FlexOffer/1'), is.answered()].map(
      (_, index, events) => tell([...UNTIL.Opened, ...events.slice(0, index + 1)]).state.offers[0]!.status,
    );
    expect(statuses).toEqual(['Sending', 'Sent', 'Open']);
    expect(from('Offered').state.offers[0]!.messageId).toBe(OFFER_ID);
  });

  it('is open although its answer overtook the news of its delivery', () => {
    const { state } = tell([...UNTIL.Opened, is.offered(), is.answered(), is.sent('FlexOffer/1')]);
    expect(state.offers[0]).toMatchObject({ status: 'Open', messageId: OFFER_ID });
  });

  it('is open although its delivery was given up, once the DSO answers it', () => {
    const until = [...UNTIL.Opened, is.offered(), is.sent('FlexOffer/1', 'expired')];
    expect(tell(until).state.offers[0]).toMatchObject({ status: 'Undelivered', reason: 'was expired' });
    expect(tell([...until, is.answered()]).state.offers[0]!.status).toBe('Open');
  });

  it.each([
    ['Power value rejection', 'Refused', 'Power value rejection'],
    [undefined, 'Refused', 'no reason given'],
    ['Already Submitted', 'Open', undefined],
    ['already submitted', 'Open', undefined],
    ['Already Submitted; and wrong', 'Refused', 'Already Submitted; and wrong'],
  ])('answered Rejected with %s is %s', (reason, status, kept) => {
    const { state } = tell([
      ...UNTIL.Opened,
      is.offered(),
      is.sent('FlexOffer/1'),
      is.answered('Rejected', reason),
    ]);
    expect(state.offers[0]!.status).toBe(status);
    expect(state.offers[0]!.reason).toBe(kept);
  });

  it('that was accepted, refused or ordered stays so, whatever is answered later', () => {
    const late: FlexRequestEvent = {
      type: 'offerAnswered',
      answer: { messageId: other, FlexOfferMessageID: OFFER_ID, Result: 'Rejected' },
    };
    for (const place of ['Offered', 'Booking', 'Ordered'] as const) {
      const before = from(place);
      expect(tell([late], before).state.offers).toEqual(before.state.offers);
    }
    const refused = tell([...UNTIL.Opened, is.offered(), is.answered('Rejected', 'no')]);
    const accepted = { ...late, answer: { ...late.answer, Result: 'Accepted' as const } };
    expect(tell([accepted], refused).state.offers).toEqual(refused.state.offers);
  });

  it('is not touched by an answer to another one', () => {
    const { state } = tell([...UNTIL.Opened, is.offered(), is.sent('FlexOffer/1')]);
    const answer = { messageId: other, FlexOfferMessageID: other, Result: 'Accepted' as const };
    expect(reduce(state, { type: 'offerAnswered', answer }, AT.offered).state.offers).toEqual(state.offers);
  });

  it.each<[string, FlexRequestEvent, string, string]>([
    ['the strategy bids nothing', is.noBid, AT.offered, 'No offer: too dear'],
    ['the request expired', is.offered(), AT.requestExpires, 'No offer: the request expired first'],
    ['it would have expired', is.offered(), AT.offerExpires, 'No offer: it would have expired already'],
  ])('is not made where %s', (_, event, now, reason) => {
    const { state, effects } = tell([[event, now]], { ...from('Opened'), effects: [] });
    expect(effects).toEqual([]);
    expect(state).toMatchObject({ phase: 'Open', offers: [], reason });
  });

  it('is not made before the answer to the request was delivered', () => {
    expect(tell([is.requested(), is.offered()]).state.offers).toEqual([]);
  });

  it('is not made beside another that may be ordered, but after one that was refused', () => {
    expect(tell([is.offered()], from('Offered')).state.offers).toHaveLength(1);
    expect(tell([is.offered()], from('Booking')).state.offers).toHaveLength(1);
    const corrected = tell([...UNTIL.Opened, is.offered(), is.answered('Rejected', 'no'), is.offered()]);
    expect(corrected.state.offers.map(({ step, status }) => [step, status])).toEqual([
      ['FlexOffer/1', 'Refused'],
      ['FlexOffer/2', 'Sending'],
    ]);
  });
});

describe('an offer after one that was refused', () => {
  const corrected = tell([...UNTIL.Opened, is.offered(), is.answered('Rejected', 'no'), is.offered()]);

  it('is not taken for the other', () => {
    const { state } = tell([is.sent('FlexOffer/1')], corrected);
    expect(state.offers).toMatchObject([{ status: 'Refused', messageId: OFFER_ID }, { status: 'Sending' }]);
    expect(state.offers[1]!.messageId).toBeUndefined();
  });

  it('alone is ordered', () => {
    const { state } = tell([is.ordered({ offerStep: 'FlexOffer/2' }), is.booked()], corrected);
    expect(state.offers.map(({ status }) => status)).toEqual(['Refused', 'Ordered']);
  });
});

describe('an order', () => {
  it('is booked first, and accepted once it stands in the books', () => {
    const booking = from('Booking');
    expect(booking.effects.at(-1)).toEqual({ kind: 'book', order: order() });
    expect(booking.state).toMatchObject({
      phase: 'Open',
      order: { status: 'Booking', offerStep: 'FlexOffer/1' },
    });
    expect(booking.state.offers[0]!.status).toBe('Ordering');
    expect(orderAnswers(booking.effects)).toEqual([]);

    const booked = tell([is.booked()], booking);
    expect(booked.state).toMatchObject({ phase: 'Ordered', order: { status: 'Accepted' } });
    expect(booked.state.offers[0]!.status).toBe('Ordered');
    expect(sends(booked.effects).at(-1)).toEqual({
      kind: 'send',
      step: `FlexOrderResponse/${order().messageId}`,
      to: { domain: 'dso.example.com', role: 'DSO' },
      version: '3.1.0',
      conversationId: order().conversationId,
      answers: 'inbox-order',
      draft: { type: 'FlexOrderResponse', FlexOrderMessageID: order().messageId, Result: 'Accepted' },
    });
  });

  it('counts as acceptance of an offer whose answer or delivery it overtook', () => {
    const { state } = tell([
      ...UNTIL.Opened,
      is.offered(),
      is.ordered(),
      is.booked(),
      is.sent('FlexOffer/1'),
    ]);
    expect(state).toMatchObject({ phase: 'Ordered' });
    expect(state.offers[0]).toMatchObject({ status: 'Ordered', messageId: OFFER_ID });
  });

  it('is rejected with the reasons found on the way in and our own, each once', () => {
    const wrong = is.ordered({ Price: '1', Period: '2026-06-16' }, ['Price mismatch', 'ISP conflict']);
    const { state, effects } = tell([wrong], from('Offered'));
    expect(orderAnswers(effects)).toEqual(['Price mismatch;ISP conflict;Reference Period mismatch']);
    expect(state).toMatchObject({ phase: 'Open', offers: [{ status: 'Open' }] });
    expect(state.order).toBeUndefined();
  });

  it('is rejected for what was found on the way in alone', () => {
    expect(
      orderAnswers(tell([is.ordered({}, ['Unknown reference ContractID'])], from('Offered')).effects),
    ).toEqual(['Unknown reference ContractID']);
  });

  it('whose OrderReference was used before is rejected, and the offer is open again for a right one', () => {
    const refused = tell([is.booked(false)], from('Booking'));
    expect(orderAnswers(refused.effects)).toEqual(['OrderReference not unique']);
    expect(refused.state).toMatchObject({ phase: 'Open', offers: [{ status: 'Open' }] });
    expect(refused.state.order).toBeUndefined();
    const again = tell(
      [is.ordered({ messageId: other, OrderReference: 'O-2' }), is.booked(true, other)],
      refused,
    );
    expect(again.state).toMatchObject({ phase: 'Ordered', order: { order: { OrderReference: 'O-2' } } });
    expect(orderAnswers(again.effects)).toEqual(['OrderReference not unique', 'Accepted']);
  });

  it.each(['Booking', 'Ordered', 'Delivered', 'Settled', 'Disputed'] as const)(
    'on an offer that was ordered is rejected: %s',
    (place) => {
      const before = from(place);
      const { state, effects } = tell([is.ordered({ messageId: other })], { ...before, effects: [] });
      expect(orderAnswers(effects)).toEqual(['FlexOffer already ordered']);
      expect(state.order).toEqual(before.state.order);
    },
  );

  it.each(['Rejected', 'Failed', 'Lapsed'] as const)(
    'in a conversation that is over is rejected: %s',
    (place) => {
      const { effects } = tell([is.ordered()], { ...from(place), effects: [] });
      expect(orderAnswers(effects)).toEqual([
        'Reference message expired;Unknown reference FlexOfferMessageID',
      ]);
    },
  );

  it('that comes again is not taken in again, in whatever letters', () => {
    for (const place of ['Booking', 'Ordered'] as const) {
      const before = from(place);
      const { state, effects } = tell([is.ordered({ messageId: order().messageId.toUpperCase() })], before);
      expect(effects).toEqual(before.effects);
      expect(state).toEqual({ ...before.state, transition: before.state.transition + 1 });
    }
  });

  it('is answered once, however often its booking is reported', () => {
    const ordered = from('Ordered');
    expect(tell([is.booked(), is.booked(false), is.booked(true, other)], ordered).effects).toEqual(
      ordered.effects,
    );
    const booking = from('Booking');
    expect(tell([is.booked(true, other)], booking).effects).toEqual(booking.effects);
  });

  it('binds although the DSO could not be told, and that is said', () => {
    const step = `FlexOrderResponse/${order().messageId}`;
    const { state } = tell([...UNTIL.Booking, is.booked(), is.sent(step, 'expired')]);
    expect(state).toMatchObject({ phase: 'Ordered', reason: 'FlexOrderResponse: was expired' });
    expect(from('Ordered').state.reason).toBeUndefined();
  });
});

describe('settlement', () => {
  it.each(['Ordered', 'Delivered'] as const)('ends a conversation that is %s', (place) => {
    const settled = tell([is.settled('Settled')], from(place)).state;
    expect(settled).toMatchObject({ phase: 'Settled', settlement: { outcome: 'Settled' } });
    expect(isOver(settled)).toBe(true);
    expect(tell([is.settled('Disputed', 'ISP 48: no')], from(place)).state).toMatchObject({
      phase: 'Disputed',
      reason: 'ISP 48: no',
      settlement: { outcome: 'Disputed', reason: 'ISP 48: no' },
    });
  });

  it.each(['Waiting', 'Open', 'Booking', 'Rejected', 'Lapsed', 'Failed', 'Settled', 'Disputed'] as const)(
    'changes nothing where there is nothing to settle: %s',
    (place) => {
      const { state } = from(place);
      expect(tell([is.settled()], from(place)).state).toEqual({ ...state, transition: state.transition + 1 });
    },
  );
});

describe('a conversation', () => {
  it('is over only when its last message is on its way or given up', () => {
    const rejected = tell([is.requested({}, ['ISP conflict'])]);
    expect(isOver(rejected.state)).toBe(false);
    expect(isOver(tell([is.sent('FlexRequestResponse', 'expired')], rejected).state)).toBe(true);
    expect(isOver(from('Delivered').state)).toBe(false);
  });

  it('keeps what is reserved, as last told', () => {
    const released: FlexRequestEvent = { type: 'reserved', ISP: [] };
    expect(tell([is.reserved, released], from('Opened')).state.reserved).toEqual([]);
  });

  it('hears of no step that it did not take', () => {
    const { state } = from('Offered');
    for (const step of ['FlexRequestResponse', 'FlexOffer/1', 'FlexOffer/7', 'Metering']) {
      expect(tell([is.sent(step, 'refused')], from('Offered')).state).toEqual({
        ...state,
        transition: state.transition + 1,
      });
    }
  });

  it('takes nothing in before its request', () => {
    expect(tell([is.ordered(), is.answered()])).toEqual({
      state: { ...from('Waiting').state, transition: 2 },
      effects: [],
    });
    expect(orderAnswers(tell([is.ordered(), ...UNTIL.Booking, is.booked()]).effects)).toEqual(['Accepted']);
  });
});

/** Every event that could mean something somewhere. */
const EVENTS: Readonly<Record<string, FlexRequestEvent>> = {
  requested: is.requested({ messageId: other }),
  sent: is.sent('FlexOffer/9'),
  offered: is.offered(),
  noBid: is.noBid,
  answered: is.answered(),
  reserved: is.reserved,
  booked: is.booked(true, other),
  clock: is.clock,
};

describe('an event out of place', () => {
  const silent = [
    'Rejected',
    'Failed',
    'Lapsed',
    'Booking',
    'Ordered',
    'Delivered',
    'Settled',
    'Disputed',
  ] as const;
  it.each(silent.flatMap((place) => Object.keys(EVENTS).map((event) => [event, place] as const)))(
    '%s in %s: neither phase, offers nor order change, and nothing is done',
    (name, place) => {
      const before = from(place);
      const { state, effects } = reduce(before.state, EVENTS[name]!, AT.offered);
      expect(effects).toEqual([]);
      const { phase, offers, order, request, sending, reason, settlement } = state;
      expect({ phase, offers, order, request, sending, reason, settlement }).toEqual({
        phase: before.state.phase,
        offers: before.state.offers,
        order: before.state.order,
        request: before.state.request,
        sending: before.state.sending,
        reason: before.state.reason,
        settlement: before.state.settlement,
      });
      expect(state.transition).toBe(before.state.transition + 1);
    },
  );
});
