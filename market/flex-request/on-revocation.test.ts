import { describe, expect, it } from 'vitest';
import {
  after,
  alertsOf,
  AT,
  is,
  later,
  OFFER_ID,
  orderAnswers,
  quietly,
  request,
  sends,
  statusesOf,
  tell,
  UNTIL,
} from './facts.testkit.ts';

const STEP = 'FlexOfferRevocation/1.1';
const OTHER = '99999999-9999-4999-8999-999999999999';

/** An offer that expires only after its ISPs begin. */
const running = [
  is.requested({ ExpirationDateTime: AT.delivered }),
  is.sent('FlexRequestResponse'),
  is.offered({ ExpirationDateTime: AT.delivered }),
  is.sent('FlexOffer/1'),
];

describe('the revocation of an offer', () => {
  it('names the offer, and is not delivered after its expiry', () => {
    const { state, effects } = after('Revoking');
    expect(sends(effects).at(-1)).toEqual({
      kind: 'send',
      step: STEP,
      to: { domain: 'dso.example.com', role: 'DSO' },
      version: '3.1.0',
      conversationId: request().conversationId,
      validUntil: AT.offerExpires,
      draft: { type: 'FlexOfferRevocation', FlexOfferMessageID: OFFER_ID },
    });
    expect(state.offers[0]).toMatchObject({ status: 'Revoking', revocations: 1 });
  });

  it('waits until the DSO has accepted the offer', () => {
    for (const place of [...[UNTIL.Sent], [...UNTIL.Opened, is.offered()]]) {
      const waiting = tell([is.revoked()], { ...tell(place), effects: [] });
      expect(sends(waiting.effects)).toEqual([]);
      expect(sends(tell([is.answered()], waiting).effects).map(({ step }) => step)).toEqual([STEP]);
      expect(sends(tell([is.answered('Rejected', 'no')], waiting).effects)).toEqual([]);
      expect(tell([is.answered('Rejected', 'no')], waiting).state.deciding).toEqual([]);
    }
  });

  it('is done once the DSO agrees', () => {
    const { state } = after('Revoked');
    expect(statusesOf(state)).toEqual(['Revoked']);
    expect(alertsOf(state)).toEqual({});
    expect(orderAnswers(tell([is.ordered()], after('Revoked')).effects)).toEqual([
      'Reference message revoked',
    ]);
  });

  it('is not possible once an ISP of it runs, and a person is told', () => {
    const open = tell([...running, is.answered()]);
    const [before, from] = [later(AT.delivering, -1), AT.delivering];
    expect(statusesOf(tell([[is.capacityLost(), before]], open).state)).toEqual(['Revoking']);
    const { state, effects } = tell([[is.capacityLost(), from]], { ...open, effects: [] });
    expect(effects).toEqual([]);
    expect(statusesOf(state)).toEqual(['Open']);
    expect(alertsOf(state)['revocation/FlexOffer/1']).toContain('its ISPs run already');
  });

  it('of an offer that expired is kept in mind and not sent: an order that came before binds', () => {
    const { state, effects } = tell([[is.capacityLost(), AT.offerExpires]], quietly('Offered'));
    expect(effects).toEqual([]);
    expect(state.offers[0]).toMatchObject({ status: 'Open', revocation: 'the battery fails' });
    const ordered = tell([is.ordered(), is.booked()], { state, effects });
    expect(orderAnswers(ordered.effects)).toEqual(['Accepted']);
    expect(Object.keys(alertsOf(ordered.state))).toEqual(['revocation/FlexOffer/1']);
    expect(
      statusesOf(tell([[is.capacityLost(), later(AT.offerExpires, -1)]], after('Offered')).state),
    ).toEqual(['Revoking']);
  });

  it.each(['Booking', 'Ordered', 'Revoking', 'Revoked'] as const)(
    'changes nothing of an offer that is %s already',
    (place) => {
      const { effects } = tell([is.superseded()], quietly(place));
      expect(sends(effects)).toEqual([]);
    },
  );
});

describe('a revocation and an order that cross', () => {
  const crossed = tell([is.ordered()], quietly('Revoking'));

  it('the revocation wins: the order is refused with the right reason', () => {
    expect(orderAnswers(crossed.effects)).toEqual(['Reference message revoked']);
    expect(crossed.state).toMatchObject({ orders: [], offers: [{ status: 'Revoking' }] });
    expect(statusesOf(tell([is.revocationAnswered()], crossed).state)).toEqual(['Revoked']);
  });

  it('an order of before the revocation is booked and answered first', () => {
    const { state, effects } = tell([is.revoked(), is.booked()], quietly('Booking'));
    expect(orderAnswers(effects)).toEqual(['Accepted']);
    expect(state.phase).toBe('Ordered');
  });

  it('reconciled: the DSO refuses the revocation, the offer stands, and the order may come again', () => {
    const stands = tell([is.revocationAnswered('Rejected', 'Flexibility procured')], crossed);
    expect(statusesOf(stands.state)).toEqual(['Open']);
    expect(alertsOf(stands.state)['revocation/FlexOffer/1']).toBe(
      'dso.example.com refused to revoke FlexOffer/1: Flexibility procured. The offer stands, and an order on it ' +
        'will be accepted. Its order O-1 was refused because of the revocation.',
    );
    const again = tell([is.ordered({ messageId: OTHER }), is.booked(OTHER)], stands);
    expect(orderAnswers(again.effects)).toEqual(['Reference message revoked', 'Accepted']);
    expect(again.state.phase).toBe('Ordered');
  });
});

describe('a refused revocation', () => {
  const refused = tell([is.sent(STEP), is.revocationAnswered('Rejected', 'no')], quietly('Revoking'));

  it('leaves the offer open, and may be tried again under another step', () => {
    expect(refused.state.offers[0]).toMatchObject({ status: 'Open', revocations: 1 });
    expect(refused.state.offers[0]).not.toHaveProperty('revocation');
    const again = tell([is.revoked()], refused);
    expect(sends(again.effects).map(({ step }) => step)).toEqual(['FlexOfferRevocation/1.2']);
    const done = tell(
      [
        is.sent('FlexOfferRevocation/1.2'),
        is.revocationAnswered('Accepted', undefined, 'FlexOfferRevocation/1.2'),
      ],
      again,
    );
    expect(statusesOf(done.state)).toEqual(['Revoked']);
    expect(alertsOf(done.state)).toEqual({});
  });

  it.each([
    ['Already Submitted', 'Revoked'],
    ['Unknown reference FlexOfferMessageID', 'Revoked'],
    ['Unknown FlexOfferMessageID reference', 'Revoked'],
    ['unknown reference flexoffermessageid.', 'Revoked'],
    ['Reference message revoked', 'Revoked'],
    ['Flexibility procured', 'Open'],
    ['Unknown SenderDomain', 'Open'],
    ['Already Submitted;Flexibility procured', 'Open'],
    [undefined, 'Open'],
  ])('because of %s leaves the offer %s', (reason, status) => {
    const { state } = tell([is.revocationAnswered('Rejected', reason)], after('Revoking'));
    expect(statusesOf(state)).toEqual([status]);
  });
});

describe('a revocation that does not get through', () => {
  it.each(['refused', 'expired'] as const)('was %s: the offer stands, and a person is told', (outcome) => {
    const { state } = tell([is.sent(STEP, outcome)], quietly('Revoking'));
    expect(state.offers[0]).toMatchObject({ status: 'Open' });
    expect(alertsOf(state)['revocation/FlexOffer/1']).toContain(`was ${outcome}. The offer stands`);
    const accepted = tell([is.revocationAnswered()], { state, effects: [] });
    expect(statusesOf(accepted.state)).toEqual(['Revoked']);
    expect(alertsOf(accepted.state)).toEqual({});
  });

  it('and is not answered is sent once more, then a person is told', () => {
    const second = later(AT.replyBy, 60_000);
    const waiting = tell([is.sent(STEP, 'delivered', OTHER, AT.replyBy)], quietly('Revoking'));
    const again = tell([[is.clock, AT.replyBy]], waiting);
    expect(again.effects).toEqual([
      { kind: 'sendAgain', step: STEP, askedAt: AT.replyBy, validUntil: AT.offerExpires },
    ]);
    const failed = tell([is.sent(STEP, 'expired')], again);
    expect(statusesOf(failed.state)).toEqual(['Revoking']);
    const given = tell([is.sent(STEP, 'delivered', OTHER, second), [is.clock, second]], again);
    expect(alertsOf(given.state)).toEqual({
      'reply/FlexOffer/1':
        'dso.example.com has not answered the revocation of FlexOffer/1, although it was delivered twice.',
    });
    expect(alertsOf(tell([is.revocationAnswered()], given).state)).toEqual({});
  });

  it('changes nothing of an offer that is gone meanwhile', () => {
    const gone = tell([is.revocationAnswered()], quietly('Revoking'));
    expect(statusesOf(tell([is.sent(STEP, 'expired')], gone).state)).toEqual(['Revoked']);
    expect(alertsOf(tell([is.sent(STEP, 'expired')], gone).state)).toEqual({});
  });
});

describe('an answer to a revocation', () => {
  it('changes nothing of what it does not mean', () => {
    const another = is.revocationAnswered('Accepted', undefined, 'FlexOfferRevocation/1.2');
    expect(statusesOf(tell([another], after('Revoking')).state)).toEqual(['Revoking']);
    expect(statusesOf(tell([is.revocationAnswered()], after('Offered')).state)).toEqual(['Open']);
  });

  it('that comes after the offer was ordered all the same changes nothing', () => {
    const stands = tell([is.sent(STEP, 'expired'), is.ordered(), is.booked()], after('Revoking'));
    expect(statusesOf(tell([is.revocationAnswered()], stands).state)).toEqual(['Ordered']);
  });

  it('that comes after the offer expired changes nothing', () => {
    const closing = tell([[is.clock, AT.offerExpires]], after('Revoking'));
    const closed = tell([[is.clock, later(AT.offerExpires, 3_600_000)]], closing);
    expect(statusesOf(closed.state)).toEqual(['Expired']);
    expect(statusesOf(tell([is.revocationAnswered('Rejected', 'no')], closed).state)).toEqual(['Expired']);
  });
});
