import { describe, expect, it } from 'vitest';
import { after, AT, is, later, orderAnswers, tell, UNTIL } from './facts.testkit.ts';
import { HAND_OVER_GRACE_MS, nextDeadline } from './on-clock.ts';

const other = '99999999-9999-4999-8999-999999999999';

const IN_TIME = later(AT.offerExpires, -1);
const TOO_LATE = AT.offerExpires;

describe('an open request', () => {
  const undecided = tell([is.noBid], after('Opened'));

  it('lapses at its expiry, not before', () => {
    expect(nextDeadline(undecided.state)).toBe(AT.requestExpires);
    expect(tell([[is.clock, later(AT.requestExpires, -1)]], undecided).state.phase).toBe('Open');
    expect(tell([[is.clock, AT.requestExpires]], undecided).state).toMatchObject({
      phase: 'Lapsed',
      requestStatus: 'Expired',
      reason: 'No offer: too dear',
    });
  });

  it('is not woken for its expiry while something else keeps it going, and expires with whatever comes next', () => {
    for (const place of ['Opened', 'Offered', 'Booking', 'Ordered', 'Delivered'] as const) {
      expect(nextDeadline(after(place).state)).not.toBe(AT.requestExpires);
      const { state } = tell([[is.reserved(), AT.requestExpires]], after(place));
      expect(state.requestStatus).toBe('Expired');
    }
  });

  it('lives as long as an offer may be ordered', () => {
    const longer = tell([...UNTIL.Opened, is.offered({ ExpirationDateTime: '2026-06-14T20:00:00.000Z' })]);
    expect(nextDeadline(longer.state)).toBe('2026-06-14T20:00:00.000Z');
    expect(tell([[is.clock, AT.requestExpires]], longer).state.phase).toBe('Open');
  });

  it('lapses after the offer was refused', () => {
    const refused = tell([...UNTIL.Opened, is.offered(), is.answered('Rejected', 'no')]);
    const bidsNothing = is.decided({ kind: 'noBid', reason: 'too dear' }, 'FlexOffer/2');
    const none = tell([bidsNothing], refused);
    expect(nextDeadline(none.state)).toBe(AT.requestExpires);
    expect(tell([[is.clock, AT.requestExpires]], none).state).toMatchObject({
      phase: 'Lapsed',
      reason: 'No offer: too dear',
    });
  });
});

describe('an offer that expires', () => {
  const noticed = tell([[is.clock, AT.offerExpires]], after('Offered'));
  const closes = later(AT.offerExpires, HAND_OVER_GRACE_MS);

  it('stays for what was acknowledged in time, then closes', () => {
    expect(nextDeadline(after('Offered').state)).toBe(AT.offerExpires);
    expect(tell([[is.clock, IN_TIME]], after('Offered')).state.offers[0]!.closesAt).toBeUndefined();
    expect(noticed.state).toMatchObject({ phase: 'Open', offers: [{ status: 'Open', closesAt: closes }] });
    expect(nextDeadline(noticed.state)).toBe(closes);
    expect(tell([[is.clock, later(closes, -1)]], noticed).state).toMatchObject({
      offers: [{ status: 'Open', closesAt: closes }],
    });
    const closed = tell([[is.clock, closes]], noticed).state;
    expect(closed).toMatchObject({ phase: 'Open', offers: [{ status: 'Expired' }] });
    expect(nextDeadline(closed)).toBe(AT.requestExpires);
  });

  it('honours an order that was acknowledged one instant before, and refuses one of the instant itself', () => {
    for (const station of [after('Offered'), noticed]) {
      const honoured = tell([is.ordered({ receivedAt: IN_TIME }), is.booked()], station);
      expect(orderAnswers(honoured.effects)).toEqual(['Accepted']);
      const refused = tell([is.ordered({ receivedAt: TOO_LATE })], station);
      expect(orderAnswers(refused.effects)).toEqual(['Reference message expired']);
    }
  });

  it('honours it also after an outage of hours: the grace begins when the expiry is noticed', () => {
    const back = later(AT.requestExpires, 6 * 3_600_000);
    const late = tell([[is.clock, back]], after('Offered'));
    expect(late.state).toMatchObject({
      phase: 'Open',
      offers: [{ closesAt: later(back, HAND_OVER_GRACE_MS) }],
    });
    const honoured = tell([[is.ordered({ receivedAt: IN_TIME }), later(back, 60_000)], is.booked()], late);
    expect(orderAnswers(honoured.effects)).toEqual(['Accepted']);
    expect(honoured.state.phase).toBe('Ordered');
  });

  it('refuses every order once it has closed', () => {
    const closed = tell([[is.clock, closes]], noticed);
    expect(orderAnswers(tell([is.ordered({ receivedAt: IN_TIME })], closed).effects)).toEqual([
      'Reference message expired',
    ]);
  });

  it('closes together with its request where that is over too', () => {
    const late = tell([[is.clock, AT.requestExpires]], after('Offered'));
    const over = tell([[is.clock, later(AT.requestExpires, HAND_OVER_GRACE_MS)]], late);
    expect(over.state).toMatchObject({
      phase: 'Lapsed',
      reason: 'No offer was ordered',
      offers: [{ status: 'Expired' }],
    });
  });

  it('stays refused where it was', () => {
    const refused = tell([...UNTIL.Opened, is.offered(), is.answered('Rejected', 'no')]);
    expect(tell([[is.clock, AT.offerExpires]], refused).state.offers).toEqual(refused.state.offers);
  });

  it('may have arrived although its delivery was given up: it waits as well', () => {
    const given = tell([...UNTIL.Opened, is.offered(), is.sent('FlexOffer/1', 'expired')]);
    expect(nextDeadline(given.state)).toBe(AT.offerExpires);
    const honoured = tell([is.ordered({ receivedAt: IN_TIME }), is.booked()], given);
    expect(honoured.state).toMatchObject({ phase: 'Ordered', offers: [{ status: 'Ordered' }] });
  });

  it('waits for the books while an order is being booked', () => {
    const booking = after('Booking');
    expect(nextDeadline(booking.state)).toBeUndefined();
    const late = tell([[is.clock, later(AT.requestExpires, 3_600_000)]], booking);
    expect(late.state).toEqual({
      ...booking.state,
      transition: booking.state.transition + 1,
      requestStatus: 'Expired',
    });
    expect(tell([is.booked()], late).state.phase).toBe('Ordered');
  });

  it('gets its grace after an order on it could not be booked', () => {
    const reopened = tell([is.notBooked()], after('Booking'));
    expect(nextDeadline(reopened.state)).toBe(AT.offerExpires);
    const again = tell(
      [
        [is.clock, AT.offerExpires],
        is.ordered({ messageId: other, OrderReference: 'O-2', receivedAt: IN_TIME }),
        is.booked(other),
      ],
      reopened,
    );
    expect(again.state.phase).toBe('Ordered');
  });
});

describe('an order', () => {
  it('is delivered when its last ISP is over', () => {
    const ordered = after('Ordered');
    expect(nextDeadline(ordered.state)).toBe(AT.delivered);
    expect(tell([[is.clock, later(AT.delivered, -1)]], ordered).state.phase).toBe('Ordered');
    expect(tell([[is.clock, AT.delivered]], ordered).state.phase).toBe('Delivered');
  });

  it('is delivered at the right instant on the days on which clocks change', () => {
    const on = (Period: string, Start: number) => {
      const ISP = [{ Power: -4000, Start, Duration: 4 }];
      const OfferOption = [{ OptionReference: 'A', Price: '42.00', MinActivationFactor: '1', ISP }];
      const { state } = tell([
        is.requested({ Period }),
        is.sent('FlexRequestResponse'),
        is.offered({ OfferOption }),
        is.ordered({ Period, ISP }),
        is.booked(),
      ]);
      return nextDeadline(state);
    };
    expect(on('2027-03-28', 89)).toBe('2027-03-28T22:00:00.000Z');
    expect(on('2027-10-31', 97)).toBe('2027-10-31T23:00:00.000Z');
  });
});

it.each(['Waiting', 'Rejected', 'Failed', 'Lapsed', 'Delivered', 'Settled', 'Disputed'] as const)(
  'no time passes for a conversation that is %s',
  (place) => {
    const { state } = after(place);
    expect(nextDeadline(state)).toBeUndefined();
    expect(tell([[is.clock, AT.settled]], after(place)).state).toEqual({
      ...state,
      transition: state.transition + 1,
    });
  },
);
