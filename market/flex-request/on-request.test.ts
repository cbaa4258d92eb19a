import { describe, expect, it } from 'vitest';
import {
  alertsOf,
  AT,
  content,
  after,
  is,
  kindsOf,
  later,
  order,
  orderAnswers,
  quietly,
  request,
  sends,
  statusesOf,
  tell,
  UNTIL,
} from './facts.testkit.ts';
import { isOver } from './phase.ts';

const OTHER = '99999999-9999-4999-8999-999999999999';

describe('a request', () => {
  it('is accepted, in its own version and conversation, by one message', () => {
    const { state, effects } = tell([is.requested()]);
    expect(state).toMatchObject({
      phase: 'Open',
      requestStatus: 'Answering',
      request: request(),
      frame: { dso: 'dso.example.com', Period: '2026-06-15' },
      sending: ['FlexRequestResponse'],
      transition: 1,
    });
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

  it('is rejected with all reasons, and over once the DSO was told', () => {
    const { state, effects } = tell([is.requested({}, ['ISP conflict', 'Power discrepancy'])]);
    expect(state).toMatchObject({ phase: 'Rejected', reason: 'ISP conflict;Power discrepancy' });
    expect(sends(effects)[0]!.draft).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'ISP conflict;Power discrepancy',
    });
    expect(isOver(state)).toBe(false);
    expect(isOver(after('Rejected').state)).toBe(true);
    expect(isOver(tell([is.sent('FlexRequestResponse', 'expired')], { state, effects }).state)).toBe(true);
  });

  it('keeps contract and service in the frame of its conversation, where it names them', () => {
    expect(tell([is.requested()]).state.frame).not.toHaveProperty('ContractID');
    const contracted = tell([is.requested({ ContractID: 'C-1', ServiceType: 'redispatch' })]).state;
    expect(contracted.frame).toMatchObject({ ContractID: 'C-1', ServiceType: 'redispatch' });
  });

  it('fails where the DSO cannot be told that it was accepted, and a person is told', () => {
    const { state, effects } = after('Failed');
    expect(state).toMatchObject({
      phase: 'Failed',
      reason: 'FlexRequestResponse: was refused',
      sending: [],
    });
    expect(kindsOf(effects)).toEqual(['send']);
    expect(Object.keys(alertsOf(state))).toEqual(['delivery/FlexRequestResponse']);
  });

  it.each(['Open', 'Offered', 'Ordered', 'Unsolicited', 'OrderedDirectly'] as const)(
    'is not taken in by a conversation about something else: %s',
    (place) => {
      const before = after(place).state;
      const { state, effects } = tell([is.requested({ messageId: OTHER })], quietly(place));
      expect(effects).toEqual([]);
      expect(state).toEqual({ ...before, transition: before.transition + 1 });
    },
  );

  it('lapses without an offer, with the decision recorded', () => {
    const { state } = after('Lapsed');
    expect(state).toMatchObject({ phase: 'Lapsed', requestStatus: 'Expired', reason: 'No offer: too dear' });
    expect(isOver(state)).toBe(true);
    expect(tell([[is.clock, AT.requestExpires]], after('Opened')).state.reason).toBeUndefined();
  });

  it('expires unnoticed under an order, which is not said to be missing', () => {
    const { state } = tell([[is.clock, AT.requestExpires]], after('Ordered'));
    expect(state).toMatchObject({ phase: 'Ordered', requestStatus: 'Expired' });
    expect(state.reason).toBeUndefined();
  });

  it('says why it lapsed also where an order came to nothing after its expiry', () => {
    const late = later(AT.requestExpires, 1);
    const closes = later(late, 3_600_000);
    const { state } = tell(
      [[is.clock, late], is.notBooked(), [is.clock, late], [is.clock, closes]],
      after('Booking'),
    );
    expect(state).toMatchObject({ phase: 'Lapsed', reason: 'No offer was ordered' });
  });
});

describe('a newer Revision', () => {
  it('ends an open request: nothing more is offered for it', () => {
    const { state, effects } = tell([is.superseded()], quietly('Opened'));
    expect(state).toMatchObject({
      requestStatus: 'Superseded',
      reason: 'Revision 2 took its place',
      supersededBy: { messageId: '77777777-7777-4777-8777-777777777777', Revision: 2 },
    });
    expect(effects).toEqual([]);
    const decided = tell([is.offered()], { state, effects });
    expect(decided.state).toMatchObject({
      phase: 'Superseded',
      offers: [],
      reason: 'Revision 2 took its place',
    });
    expect(isOver(decided.state)).toBe(true);
    expect(decided.effects).toEqual([]);
  });

  it('waits for what is being decided, so that no power stays held for it', () => {
    const { state } = tell([is.superseded()], after('Opened'));
    expect(state.phase).toBe('Open');
    expect(isOver(state)).toBe(false);
  });

  it('ends a request before the DSO knows that it was accepted', () => {
    const { state, effects } = tell([is.superseded(), is.sent('FlexRequestResponse')], quietly('Open'));
    expect(state).toMatchObject({ phase: 'Superseded', sending: [] });
    expect(effects).toEqual([]);
  });

  it('revokes the offers that are out', () => {
    const { state, effects } = tell([is.superseded()], quietly('Offered'));
    expect(statusesOf(state)).toEqual(['Revoking']);
    expect(sends(effects).map(({ step }) => step)).toEqual(['FlexOfferRevocation/1.1']);
    const revoked = tell([is.sent('FlexOfferRevocation/1.1'), is.revocationAnswered()], { state, effects });
    expect(revoked.state).toMatchObject({ phase: 'Superseded', reason: 'Revision 2 took its place' });
  });

  it('revokes an offer that the DSO has not answered as soon as it accepts it', () => {
    const waiting = tell([is.superseded()], quietly('Sent'));
    expect(waiting.effects).toEqual([]);
    expect(statusesOf(waiting.state)).toEqual(['Sent']);
    const accepted = tell([is.answered()], waiting);
    expect(statusesOf(accepted.state)).toEqual(['Revoking']);
    const refused = tell([is.answered('Rejected', 'no')], waiting);
    expect(refused.state).toMatchObject({ phase: 'Superseded' });
    expect(refused.effects).toEqual([]);
  });

  it('leaves them to expire where that is agreed: they may be ordered', () => {
    const kept = tell([is.superseded('keep')], quietly('Offered'));
    expect(kept.effects).toEqual([]);
    expect(kept.state).toMatchObject({ phase: 'Open', offers: [{ status: 'Open' }] });
    const ordered = tell([is.ordered(), is.booked()], kept);
    expect(orderAnswers(ordered.effects)).toEqual(['Accepted']);
    expect(ordered.state.phase).toBe('Ordered');
  });

  it('leaves an order as it is', () => {
    const { state, effects } = tell([is.superseded()], quietly('Ordered'));
    expect(state).toMatchObject({ phase: 'Ordered', orders: [{ status: 'Accepted' }] });
    expect(effects).toEqual([]);
  });

  it('asks no operator any more', () => {
    const asked = tell([is.asked(AT.ordered)], after('Opened'));
    expect(Object.keys(alertsOf(asked.state))).toEqual(['decision']);
    const { state } = tell([is.superseded()], asked);
    expect(state.askedUntil).toBeUndefined();
    expect(alertsOf(state)).toEqual({});
  });

  it.each([0, 1])('is one only if its Revision is higher: %i', (Revision) => {
    const before = after('Offered').state;
    const { state, effects } = tell([is.superseded('revoke', Revision)], quietly('Offered'));
    expect(effects).toEqual([]);
    expect(state).toEqual({ ...before, transition: before.transition + 1 });
  });

  it.each([
    'Waiting',
    'Rejected',
    'Failed',
    'Lapsed',
    'Superseded',
    'Settled',
    'Unsolicited',
    'OrderedDirectly',
  ] as const)('changes nothing where there is nothing to take the place of: %s', (place) => {
    const before = after(place).state;
    const { state, effects } = tell([is.superseded('revoke', 3)], quietly(place));
    expect(effects).toEqual([]);
    expect(state).toEqual({ ...before, transition: before.transition + 1 });
  });
});

describe('an unsolicited offer', () => {
  it('begins a conversation of its own, without a request', () => {
    const { state, effects } = tell([is.unsolicited()]);
    expect(state).toMatchObject({ phase: 'Open', deciding: [{ step: 'FlexOffer/1', why: 'unsolicited' }] });
    expect(state.request).toBeUndefined();
    expect(effects).toMatchObject([
      {
        kind: 'decide',
        step: 'FlexOffer/1',
        why: 'unsolicited',
        frame: { Period: '2026-06-15' },
        offered: [],
      },
    ]);
    expect(effects[0]).toHaveProperty('proposal');
    expect(effects[0]).not.toHaveProperty('request');
  });

  it('says that it is unsolicited, from 3.1.0 on', () => {
    const draft = (version: string) =>
      sends(tell([is.unsolicited({ version }), is.offered()]).effects)[0]!.draft;
    expect(draft('3.1.0')).toMatchObject({ Unsolicited: true, ...content() });
    expect(draft('3.0.0')).not.toHaveProperty('Unsolicited');
    for (const version of ['3.1.0', '3.0.0'])
      expect(draft(version)).not.toHaveProperty('FlexRequestMessageID');
  });

  it('lives as any other offer: ordered, revoked, refused or expired', () => {
    expect(tell([is.ordered(), is.booked()], after('Unsolicited')).state.phase).toBe('Ordered');
    const refused = tell([is.unsolicited(), is.offered(), is.answered('Rejected', 'No baseline')]);
    expect(refused.state).toMatchObject({ phase: 'Lapsed', reason: expect.any(String) });
    expect(Object.keys(alertsOf(refused.state))).toEqual(['refused/FlexOffer/1']);
    expect(kindsOf(refused.effects)).toEqual(['decide', 'send']);
    const closing = tell([[is.clock, AT.offerExpires]], after('Unsolicited'));
    const expired = tell([[is.clock, later(AT.offerExpires, 3_600_000)]], closing);
    expect(expired.state).toMatchObject({ phase: 'Lapsed', reason: 'No offer was ordered' });
  });

  it('is over where it cannot be made', () => {
    const { state } = tell([is.unsolicited(), is.noBid]);
    expect(state).toMatchObject({ phase: 'Lapsed', reason: 'No offer: too dear' });
    expect(isOver(state)).toBe(true);
  });

  it('is not begun twice, nor where a request was', () => {
    expect(tell([is.unsolicited()], quietly('Unsolicited')).effects).toEqual([]);
    expect(tell([is.unsolicited()], quietly('Opened')).effects).toEqual([]);
  });
});

describe('a conversation', () => {
  it('takes nothing in before its first message, and forgets nothing thereby', () => {
    const early = tell([is.ordered(), is.answered(), is.revocationAnswered(), is.clock, is.settled()]);
    expect(early).toEqual({ state: { ...after('Waiting').state, transition: 5 }, effects: [] });
    const { effects } = tell([...UNTIL.Booking, is.booked()], early);
    expect(orderAnswers(effects)).toEqual(['Accepted']);
  });

  it('hears of no step that it did not take', () => {
    const { state } = after('Offered');
    for (const step of ['FlexRequestResponse', 'FlexOffer/1', 'FlexOffer/7', 'Metering']) {
      expect(tell([is.sent(step, 'refused')], after('Offered')).state).toEqual({
        ...state,
        transition: state.transition + 1,
      });
    }
  });

  it('takes a message in once, in whatever letters', () => {
    for (const place of ['Booking', 'Ordered'] as const) {
      const before = after(place);
      const again = is.ordered({ messageId: order().messageId.toUpperCase() });
      const { state, effects } = tell([again], before);
      expect(effects).toEqual(before.effects);
      expect(state).toEqual({ ...before.state, transition: before.state.transition + 1 });
    }
  });
});
