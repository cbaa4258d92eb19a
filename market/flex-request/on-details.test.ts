import { describe, expect, it } from 'vitest';
import { AT, after, content, is, kindsOf, OFFER_ID, order, PLAN, quietly, tell } from './facts.testkit.ts';
import { nextDeadline } from './on-clock.ts';

/** What is not known is not there, rather than undefined: states and effects are compared and stored as JSON. */
describe('what is not known is left out', () => {
  it('of a decision: command, reservation, who redispatches', () => {
    const { state, effects } = after('Opened');
    expect(state.deciding[0]).not.toHaveProperty('command');
    expect(effects.find(({ kind }) => kind === 'decide')).not.toHaveProperty('reserved');
    expect(tell([is.offered()], after('Opened')).state.offers[0]).not.toHaveProperty('redispatchBy');
  });

  it('of an order and its settlement: plan, reason', () => {
    const { state } = tell([is.booked()], after('Booking'));
    expect(state.orders[0]).not.toHaveProperty('plan');
    const settled = tell([[is.settled(), AT.settled]], after('Delivered')).state;
    expect(settled.orders[0]!.settlement).not.toHaveProperty('reason');
  });

  it('of an offer that was delivered: until when its answer is due', () => {
    const { state } = tell([is.offered(), is.sent('FlexOffer/1')], after('Opened'));
    if (state.offers[0]!.awaited === undefined) expect(state.offers[0]).not.toHaveProperty('awaited');
  });
});

describe('time', () => {
  const PLANNED = is.booked(order().messageId, PLAN);

  it('hands the plan over, and has delivery measured', () => {
    const planned = tell([PLANNED], quietly('Booking'));
    expect(kindsOf(tell([[is.clock, PLAN.dispatchAt!]], { ...planned, effects: [] }).effects)).toEqual([
      'dispatch',
    ]);
    const delivered = tell([[is.clock, AT.delivered]], planned);
    expect(kindsOf(tell([[is.clock, PLAN.measureAt!]], { ...delivered, effects: [] }).effects)).toEqual([
      'measure',
    ]);
  });

  it('does nothing more for an order that was settled early', () => {
    const { state } = tell([PLANNED, is.settled()], after('Booking'));
    expect(state.phase).toBe('Settled');
    expect(nextDeadline(state)).toBeUndefined();
  });

  it('needs no timer for a request that goes on while what was ordered is delivered', () => {
    const long = { ExpirationDateTime: '2026-06-30T00:00:00.000Z' };
    const { state } = tell([
      is.requested(long),
      is.sent('FlexRequestResponse'),
      is.offered(),
      is.ordered(),
      is.booked(),
      [is.clock, AT.delivered],
    ]);
    expect(state).toMatchObject({ phase: 'Delivered', requestStatus: 'Open' });
    expect(nextDeadline(state)).toBeUndefined();
  });
});

it('an operator has a revocation sent once more, which waits for its answer', () => {
  const revoking = tell([is.sent('FlexOfferRevocation/1.1')], quietly('Revoking'));
  const again = is.commanded({ kind: 'resend', step: 'FlexOfferRevocation/1.1' });
  expect(kindsOf(tell([again], { ...revoking, effects: [] }).effects)).toEqual(['sendAgain', 'answer']);
});

it('an operator has nothing else sent once more while a revocation waits', () => {
  const revoking = tell([is.sent('FlexOfferRevocation/1.1')], quietly('Revoking'));
  const again = is.commanded({ kind: 'resend', step: 'FlexOfferRevocation/2.1' });
  expect(kindsOf(tell([again], { ...revoking, effects: [] }).effects)).toEqual(['answer']);
});

it('a settlement without words leaves the reason that there was', () => {
  const { state } = tell(
    [is.commanded({ kind: 'noBid', reason: 'maintenance' }), is.ordered(), is.booked(), is.settled()],
    after('Offered'),
  );
  expect(state).toMatchObject({ phase: 'Settled', reason: expect.stringContaining('maintenance') });
});

it('an order whose offer is known by its step alone is no direct order', () => {
  const { effects } = tell([is.ordered({ FlexOfferMessageID: undefined })], quietly('Offered'));
  expect(effects).toMatchObject([{ kind: 'book', direct: false, step: 'FlexOffer/1' }]);
});

it('a Revision is superseded once: the third takes the place of the second', () => {
  const { state } = tell([is.superseded('keep', 2), is.superseded('keep', 3)], after('Offered'));
  expect(state.supersededBy).toMatchObject({ Revision: 2 });
});

it('capacity that a refused offer counted on is nobody’s loss', () => {
  const refused = tell(
    [is.sent('FlexOffer/1'), is.answered('Rejected', 'no')],
    tell([is.offered()], after('Opened')),
  );
  const { state, effects } = tell([is.capacityLost()], { ...refused, effects: [] });
  expect(effects).toEqual([]);
  expect(state.offers[0]).not.toHaveProperty('revocation');
  expect(state.offers[0]).toMatchObject({ messageId: OFFER_ID, content: content() });
});

describe('a dispute', () => {
  it('that is settled after all leaves no reason behind', () => {
    const { state } = tell([[is.settled(), AT.settled]], after('Disputed'));
    expect(state).toMatchObject({ phase: 'Settled' });
    expect(state).not.toHaveProperty('reason');
  });

  it('about one order keeps its reason while another is settled', () => {
    const two = tell(
      [
        is.commanded({ kind: 'offer', proposal: { options: [] } }),
        is.offered({}, 'FlexOffer/2'),
        is.ordered({
          messageId: 'dddddddd-4444-4444-8444-444444444444',
          offerStep: 'FlexOffer/2',
          OrderReference: 'O-2',
        }),
        is.booked('dddddddd-4444-4444-8444-444444444444'),
        is.settled('Disputed', 'ISP 48: no', 'O-2'),
      ],
      after('Ordered'),
    );
    const { state } = tell([is.settled('Settled', undefined, 'O-1')], two);
    expect(state).toMatchObject({ phase: 'Disputed', reason: 'ISP 48: no' });
    const both = tell(
      [is.settled('Disputed', 'ISP 49: no', 'O-1'), is.settled('Settled', undefined, 'O-2')],
      two,
    );
    expect(both.state).toMatchObject({ phase: 'Disputed', reason: 'ISP 49: no' });
  });
});
