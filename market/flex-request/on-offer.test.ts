import { describe, expect, it } from 'vitest';
import type { FlexRequestEvent } from './events.ts';
import { HAND_OVER_GRACE_MS } from './on-clock.ts';
import {
  after,
  alertsOf,
  AT,
  content,
  type Entry,
  is,
  kindsOf,
  later,
  OFFER_ID,
  orderAnswers,
  PLAN,
  quietly,
  sends,
  statusesOf,
  tell,
  UNTIL,
} from './facts.testkit.ts';

const OTHER = '99999999-9999-4999-8999-999999999999';
const awaitedSent = is.sent('FlexOffer/1', 'delivered', OFFER_ID, AT.replyBy);

describe('an offer', () => {
  it('goes from sending to sent to open', () => {
    const statuses = [is.offered(), is.sent('FlexOffer/1'), is.answered()].map(
      (_, index, events) => statusesOf(tell([...UNTIL.Opened, ...events.slice(0, index + 1)]).state)[0],
    );
    expect(statuses).toEqual(['Sending', 'Sent', 'Open']);
    expect(after('Offered').state.offers[0]!.messageId).toBe(OFFER_ID);
  });

  it('is open although its answer overtook the news of its delivery', () => {
    const overtaken = tell([...UNTIL.Opened, is.offered(), is.answered()]);
    expect(overtaken.state.offers[0]).toMatchObject({ status: 'Open', messageId: OFFER_ID });
    const { state } = tell([is.sent('FlexOffer/1', 'expired', 'b')], overtaken);
    expect(state.offers[0]).toMatchObject({ status: 'Open', messageId: 'b' });
    expect(alertsOf(state)).toEqual({});
  });

  it('may have arrived although its delivery was given up: a person is told, until it is answered', () => {
    const given = tell([...UNTIL.Opened, is.offered(), is.sent('FlexOffer/1', 'expired')]);
    expect(given.state.offers[0]).toMatchObject({ status: 'Undelivered', reason: 'was expired' });
    expect(alertsOf(given.state)).toEqual({
      'delivery/FlexOffer/1': 'FlexOffer/1 could not be delivered to dso.example.com: was expired',
    });
    const answered = tell([is.answered()], given);
    expect(statusesOf(answered.state)).toEqual(['Open']);
    expect(alertsOf(answered.state)).toEqual({});
    const ordered = tell([is.ordered(), is.booked()], given);
    expect(ordered.state).toMatchObject({ phase: 'Ordered', offers: [{ status: 'Ordered' }] });
    expect(alertsOf(ordered.state)).toEqual({});
  });

  it.each([
    ['Power value rejection', 'Refused', 'Power value rejection'],
    [undefined, 'Refused', 'no reason given'],
    ['Already Submitted', 'Open', undefined],
    ['already submitted.', 'Open', undefined],
    ['AlreadySubmitted; already submitted: on 2027-03-01', 'Open', undefined],
    ['Already Submitted;and wrong', 'Refused', 'Already Submitted;and wrong'],
  ])('answered Rejected with %s is %s', (reason, status, kept) => {
    const { state } = tell([is.answered('Rejected', reason)], after('Sent'));
    expect(state.offers[0]!.status).toBe(status);
    expect(state.offers[0]!.reason).toBe(kept);
  });

  it('that was accepted, refused, ordered or revoked stays so, whatever is answered later', () => {
    const late = (Result: 'Accepted' | 'Rejected'): FlexRequestEvent => ({
      type: 'offerAnswered',
      answer: { messageId: OTHER, reference: OFFER_ID, Result },
    });
    for (const place of ['Offered', 'Booking', 'Ordered', 'Revoking', 'Revoked'] as const) {
      const before = after(place);
      expect(tell([late('Rejected')], before).state.offers).toEqual(before.state.offers);
    }
    const refused = tell([is.answered('Rejected', 'no')], after('Sent'));
    expect(tell([late('Accepted')], refused).state.offers).toEqual(refused.state.offers);
  });

  it('is not touched by an answer to another one, and found by MessageID in whatever letters', () => {
    const answered = (reference: string) =>
      statusesOf(
        tell(
          [{ type: 'offerAnswered', answer: { messageId: OTHER, reference, Result: 'Accepted' } }],
          after('Sent'),
        ).state,
      );
    expect(answered(OTHER)).toEqual(['Sent']);
    expect(answered(OFFER_ID.toLowerCase())).toEqual(['Open']);
  });
});

describe('several offers', () => {
  const two = tell(
    [
      is.commanded({ kind: 'offer', proposal: { options: [] } }),
      is.offered({ BaselineReference: 'BL-2' }, 'FlexOffer/2'),
      is.sent('FlexOffer/2', 'delivered', OTHER),
      is.answered('Accepted', undefined, 'FlexOffer/2'),
    ],
    after('Offered'),
  );

  it('stand beside each other, and the next one is told of all that stand', () => {
    expect(statusesOf(two.state)).toEqual(['Open', 'Open']);
    expect(two.effects.filter(({ kind }) => kind === 'decide')).toMatchObject([
      { step: 'FlexOffer/1', offered: [] },
      { step: 'FlexOffer/2', offered: [content()] },
    ]);
  });

  it('are each ordered by an order of its own', () => {
    const first = tell([is.ordered(), is.booked()], two);
    const second = is.ordered({
      messageId: OTHER,
      OrderReference: 'O-2',
      offerStep: undefined,
      FlexOfferMessageID: OTHER,
      BaselineReference: 'BL-2',
    });
    const both = tell([second, is.booked(OTHER)], first);
    expect(statusesOf(both.state)).toEqual(['Ordered', 'Ordered']);
    expect(both.state.orders).toMatchObject([
      { step: 'FlexOffer/1', status: 'Accepted' },
      { step: 'FlexOffer/2', status: 'Accepted' },
    ]);
    expect(orderAnswers(both.effects)).toEqual(['Accepted', 'Accepted']);
  });

  it('end when the last of them has: one settled waits with what may still be ordered', () => {
    const ordered = tell([is.ordered(), is.booked()], two);
    const settled = tell([[is.settled(), AT.ordered]], ordered);
    expect(settled.state.phase).toBe('Delivered');
    const disputed = tell(
      [
        is.ordered({
          messageId: OTHER,
          OrderReference: 'O-2',
          offerStep: 'FlexOffer/2',
          BaselineReference: 'BL-2',
        }),
        is.booked(OTHER),
        [is.clock, AT.delivered],
        is.settled('Disputed', 'ISP 48: no', 'O-2'),
      ],
      settled,
    );
    expect(disputed.state).toMatchObject({ phase: 'Disputed', reason: 'ISP 48: no' });
  });
});

describe('an offer that the DSO refused', () => {
  const refused = tell([is.answered('Rejected', 'No baseline')], quietly('Sent'));

  it('is corrected: decided again with what was said, and sent as a new message', () => {
    expect(refused.effects).toMatchObject([
      { kind: 'decide', step: 'FlexOffer/2', why: 'refused', refusal: 'No baseline', offered: [] },
    ]);
    const corrected = tell([is.offered({}, 'FlexOffer/2')], refused);
    expect(statusesOf(corrected.state)).toEqual(['Refused', 'Sending']);
    expect(sends(corrected.effects).map(({ step }) => step)).toEqual(['FlexOffer/2']);
    const { state } = tell([is.ordered({ offerStep: 'FlexOffer/2' }), is.booked()], corrected);
    expect(statusesOf(state)).toEqual(['Refused', 'Ordered']);
  });

  it('is not corrected without end: then a person has to look', () => {
    const steps = [1, 2, 3, 4].flatMap((n) => [
      is.offered({}, `FlexOffer/${n}`),
      is.answered('Rejected', 'no', `FlexOffer/${n}`),
    ]);
    const { state, effects } = tell([...UNTIL.Opened, ...steps]);
    expect(kindsOf(effects).filter((kind) => kind === 'decide')).toHaveLength(4);
    expect(alertsOf(state)).toEqual({ 'refused/FlexOffer/4': 'dso.example.com refused FlexOffer/4: no' });
  });

  it('is not corrected once its request is over, nor where an operator worded it', () => {
    const late = tell([[is.answered('Rejected', 'no'), AT.requestExpires]], quietly('Sent'));
    expect(late.effects).toEqual([]);
    expect(late.state).toMatchObject({ phase: 'Lapsed', reason: 'No offer was ordered', alerts: [] });
    const own = tell(
      [
        is.commanded({ kind: 'offer', proposal: { options: [] } }),
        is.offered({}, 'FlexOffer/2'),
        is.answered('Rejected', 'too much', 'FlexOffer/2'),
      ],
      quietly('Offered'),
    );
    expect(kindsOf(own.effects)).toEqual(['decide', 'send', 'answer']);
    expect(Object.keys(alertsOf(own.state))).toEqual(['refused/FlexOffer/2']);
  });
});

describe('an offer that is not answered', () => {
  const sent = tell([...UNTIL.Opened, is.offered(), awaitedSent]);
  const again = tell([[is.clock, AT.replyBy]], { ...sent, effects: [] });
  const second = later(AT.replyBy, 3_600_000);
  const resent = tell([is.sent('FlexOffer/1', 'delivered', OFFER_ID, second)], again);

  it('is sent once more, byte for byte, at the deadline and not before', () => {
    expect(tell([[is.clock, later(AT.replyBy, -1)]], sent).effects).toEqual(sent.effects);
    expect(again.effects).toEqual([
      {
        kind: 'sendAgain',
        step: 'FlexOffer/1',
        askedAt: AT.replyBy,
        validUntil: AT.offerExpires,
      },
    ]);
    expect(again.state.sending).toEqual(['FlexOffer/1']);
    expect(tell([[is.clock, later(AT.replyBy, 1)]], again).effects).toEqual(again.effects);
  });

  it('is handed to a person after that, who is told until it is answered', () => {
    const given = tell([[is.clock, second]], resent);
    expect(given.effects).toEqual(again.effects);
    expect(alertsOf(given.state)).toEqual({
      'reply/FlexOffer/1': 'dso.example.com has not answered FlexOffer/1, although it was delivered twice.',
    });
    expect(given.state.alerts[0]!.severity).toBe('critical');
    expect(statusesOf(given.state)).toEqual(['Sent']);
    expect(alertsOf(tell([is.answered()], given).state)).toEqual({});
    expect(alertsOf(tell([is.ordered()], given).state)).toEqual({});
  });

  it('is handed to a person also where it could not be delivered again', () => {
    const failed = tell([is.sent('FlexOffer/1', 'expired')], again);
    expect(statusesOf(failed.state)).toEqual(['Sent']);
    expect(Object.keys(alertsOf(tell([[is.clock, second]], failed).state))).toEqual(['reply/FlexOffer/1']);
  });

  it('and expires is told of, once: nobody knows whether it arrived', () => {
    const closes = later(AT.offerExpires, HAND_OVER_GRACE_MS);
    const expiring = tell(
      [[is.clock, AT.offerExpires]],
      tell([...UNTIL.Opened, is.offered(), is.sent('FlexOffer/1')]),
    );
    expect(alertsOf(expiring.state)).toEqual({});
    const expired = tell([[is.clock, closes]], expiring).state;
    expect(statusesOf(expired)).toEqual(['Expired']);
    expect(alertsOf(expired)).toEqual({
      'reply/FlexOffer/1': 'dso.example.com did not answer FlexOffer/1 before it expired.',
    });
    expect(expired.alerts[0]!.severity).toBe('warning');
    const known = tell(
      [
        [is.clock, second],
        [is.clock, AT.offerExpires],
        [is.clock, closes],
      ],
      resent,
    ).state;
    expect(statusesOf(known)).toEqual(['Expired']);
    expect(alertsOf(known)['reply/FlexOffer/1']).toContain('delivered twice');
    const answered = tell(
      [
        [is.clock, AT.offerExpires],
        [is.clock, closes],
      ],
      after('Offered'),
    ).state;
    expect(alertsOf(answered)).toEqual({});
    const asked = tell(
      [is.answered(), [is.clock, AT.offerExpires], [is.clock, closes]],
      tell([[is.clock, second]], resent),
    );
    expect(alertsOf(asked.state)).toEqual({});
  });

  it('and expires is told of beside other alerts, and again after it was sent once more in vain', () => {
    const closing: Entry[] = [
      [is.clock, AT.offerExpires],
      [is.clock, later(AT.offerExpires, HAND_OVER_GRACE_MS)],
    ];
    const other = { key: 'decision', at: AT.offered, severity: 'warning', text: 'Decide.' } as const;
    const beside = { state: { ...after('Sent').state, alerts: [other] }, effects: [] };
    expect(Object.keys(alertsOf(tell(closing, beside).state))).toEqual(['decision', 'reply/FlexOffer/1']);
    const resend = is.commanded({ kind: 'resend', step: 'FlexOffer/1' });
    const inVain = tell(
      [[is.clock, second], [resend, AT.ordered], is.sent('FlexOffer/1'), ...closing],
      resent,
    );
    expect(alertsOf(inVain.state)['reply/FlexOffer/1']).toContain('before it expired');
  });

  it('is not waited for once it is answered', () => {
    const open = tell([is.answered()], { ...sent, effects: [] });
    expect(open.state.offers[0]!.awaited).toBeUndefined();
    expect(tell([[is.clock, AT.replyBy]], open).effects).toEqual([]);
  });
});

describe('an offer whose capacity is lost', () => {
  it('is revoked, at once where the DSO has accepted it', () => {
    const { state, effects } = tell([is.capacityLost()], quietly('Offered'));
    expect(sends(effects).map(({ step }) => step)).toEqual(['FlexOfferRevocation/1.1']);
    expect(state.offers[0]).toMatchObject({ status: 'Revoking', revocation: 'the battery fails' });
  });

  it('is revoked as soon as it is accepted, and an order that comes before binds and is said loudly', () => {
    const waiting = tell([is.capacityLost()], quietly('Sent'));
    expect(waiting.effects).toEqual([]);
    expect(sends(tell([is.answered()], waiting).effects)).toHaveLength(1);
    const ordered = tell([is.ordered(), is.booked()], waiting);
    expect(orderAnswers(ordered.effects)).toEqual(['Accepted']);
    expect(alertsOf(ordered.state)['revocation/FlexOffer/1']).toContain('O-1 came first and binds');
  });

  it('while an order on it is being booked: the order falls short, or the offer is revoked', () => {
    const lost = tell([is.capacityLost()], quietly('Booking'));
    expect(lost.effects).toEqual([]);
    const booked = tell([is.booked()], lost).state;
    expect(alertsOf(booked)['revocation/FlexOffer/1']).toContain('the battery fails');
    const refused = tell([is.notBooked()], lost);
    expect(sends(refused.effects).map(({ draft }) => draft.type)).toEqual([
      'FlexOrderResponse',
      'FlexOfferRevocation',
    ]);
    expect(alertsOf(tell([is.booked()], after('Booking')).state)).toEqual({});
    expect(sends(tell([is.notBooked()], quietly('Booking')).effects)).toHaveLength(1);
  });

  it('while it is being decided on is not made, and decided again where the contract obliges to offer', () => {
    const lost = tell([is.capacityLost(), is.offered()], quietly('Opened'));
    expect(lost.state).toMatchObject({ offers: [], deciding: [] });
    expect(lost.effects).toEqual([]);
    const obliged = tell([is.reserved(), is.capacityLost(), is.offered()], quietly('Opened'));
    expect(obliged.effects).toMatchObject([{ kind: 'decide', step: 'FlexOffer/2', why: 'reserved' }]);
    const other = tell([is.capacityLost('FlexOffer/7'), is.offered()], quietly('Opened'));
    expect(statusesOf(other.state)).toEqual(['Sending']);
  });

  it('after it was ordered: a person is told that the order falls short', () => {
    const { state, effects } = tell([is.capacityLost()], quietly('Ordered'));
    expect(effects).toEqual([]);
    expect(alertsOf(state)['shortfall/O-1']).toContain('will not be delivered in full: the battery fails');
    const direct = tell([is.capacityLost(state.orders[0]!.step)], tell([is.orderedDirectly()]));
    expect(direct.state.orders).toHaveLength(1);
    const step = direct.state.orders[0]!.step;
    expect(Object.keys(alertsOf(tell([is.capacityLost(step)], direct).state))).toEqual(['shortfall/O-1']);
    expect(PLAN.dispatchAt).toBe(AT.dispatched);
  });
});
