import { describe, expect, it } from 'vitest';
import {
  after,
  alertsOf,
  AT,
  type Entry,
  frame,
  is,
  kindsOf,
  later,
  order,
  outcomes,
  PLAN,
  quietly,
  tell,
  UNTIL,
} from './facts.testkit.ts';
import { isOver } from './phase.ts';

const OTHER = '99999999-9999-4999-8999-999999999999';
const dispatching = tell([[is.clock, AT.dispatched]], quietly('Planned'));

describe('the plan of an order', () => {
  it('is handed to the assets at its time, once', () => {
    expect(tell([[is.clock, later(AT.dispatched, -1)]], quietly('Planned')).effects).toEqual([]);
    expect(dispatching.effects).toEqual([
      { kind: 'dispatch', frame: frame(), order: order(), step: 'FlexOffer/1' },
    ]);
    expect(dispatching.state.orders).toMatchObject([{ dispatch: 'Dispatching' }]);
    expect(tell([[is.clock, AT.delivering]], dispatching).effects).toEqual(dispatching.effects);
    expect(tell([[is.clock, AT.delivering]], quietly('Ordered')).effects).toEqual([]);
  });

  it('is confirmed', () => {
    const { state } = tell([is.dispatched()], dispatching);
    expect(state.orders).toMatchObject([{ dispatch: 'Confirmed' }]);
    expect(alertsOf(state)).toEqual({});
  });

  it.each(['refused', 'unreachable'] as const)('is %s: a person is told early and loudly', (outcome) => {
    const { state, effects } = tell([is.dispatched({ outcome, reason: 'no fuel' })], dispatching);
    expect(state.orders).toMatchObject([{ status: 'Accepted', dispatch: 'Failed' }]);
    const what = outcome === 'refused' ? 'the assets refused the plan' : 'the assets could not be reached';
    expect(alertsOf(state)).toEqual({
      'shortfall/O-1':
        `Order O-1 for 2026-06-15 will not be delivered in full: ${what}: no fuel. ` +
        'No message cancels an order, so tell dso.example.com at once.',
    });
    expect(state.alerts[0]!.severity).toBe('critical');
    expect(kindsOf(effects)).toEqual(['dispatch']);
  });

  it('that is reported on without having been handed over changes nothing', () => {
    for (const place of ['Ordered', 'Delivered'] as const) {
      const { state } = tell([is.dispatched({ outcome: 'refused', reason: 'no' })], after(place));
      expect(state.orders).toEqual(after(place).state.orders);
    }
    const twice = tell([is.dispatched(), is.dispatched({ outcome: 'refused', reason: 'no' })], dispatching);
    expect(twice.state.orders).toMatchObject([{ dispatch: 'Confirmed' }]);
    expect(alertsOf(twice.state)).toEqual({});
  });

  it('has nothing left to follow after an outage over the whole delivery', () => {
    const { state, effects } = tell([[is.clock, AT.delivered]], quietly('Planned'));
    expect(effects).toEqual([]);
    expect(state).toMatchObject({ phase: 'Delivered', orders: [{ dispatch: 'Failed' }] });
    expect(alertsOf(state)['shortfall/O-1']).toContain('its plan was not handed over in time');
  });
});

describe('a shortfall', () => {
  it('that is noticed during delivery is told to a person', () => {
    const { state, effects } = tell([is.shortfall()], quietly('Ordered'));
    expect(alertsOf(state)['shortfall/O-1']).toContain(
      'not be delivered in full: the battery is empty (anna)',
    );
    expect(outcomes(effects)).toEqual([{ 'command-1': { done: true, text: 'Noted for order O-1.' } }]);
    expect(kindsOf(effects)).toEqual(['answer']);
  });

  it('has the D-Prognosis tell the truth, where that is the baseline', () => {
    const baseline = { BaselineReference: undefined, DPrognosisMessageID: OTHER };
    const ordered = tell([...UNTIL.Opened, is.offered(baseline), is.ordered(baseline), is.booked()]);
    const placed = order(baseline);
    const says = (...events: Entry[]) => {
      const { state, effects } = tell(events, { ...ordered, effects: [] });
      const told = effects.filter((effect) => effect.kind === 'prognose');
      for (const effect of told) expect(effect).toMatchObject({ frame: frame(), order: placed });
      return { lost: told.at(-1)?.lost, alerts: alertsOf(state) };
    };
    const nothing = [{ Start: 48, Duration: 4, Power: 4000 }];
    expect(placed.ISP).toEqual([{ Start: 48, Duration: 4, Power: -4000 }]);
    expect(says(is.shortfall()).lost).toEqual(nothing);
    expect(says(is.capacityLost()).lost).toEqual(nothing);
    const part = [{ Start: 49, Duration: 2, Power: 1500 }];
    expect(says(is.capacityLost('FlexOffer/1', part)).lost).toEqual(part);
    const less = is.shortfall('O-1', [{ Start: 49, Duration: 2, Power: -2500 }]);
    const lost = [
      { Start: 49, Duration: 1, Power: 1500 },
      { Start: 50, Duration: 1, Power: 1500 },
    ];
    expect(says(less).lost).toEqual(lost);
    // It comes in full after all.
    expect(says(less, is.shortfall('O-1', placed.ISP))).toEqual({ lost: [], alerts: {} });
  });

  it('of an order whose assets do not follow the plan is all of it', () => {
    const baseline = { BaselineReference: undefined, DPrognosisMessageID: OTHER };
    const planned = tell([
      ...[...UNTIL.Opened, is.offered(baseline), is.ordered(baseline), is.booked(order().messageId, PLAN)],
      [is.clock, AT.dispatched] as const,
    ]);
    const failed = tell([is.dispatched({ outcome: 'refused', reason: 'no fuel' })], {
      ...planned,
      effects: [],
    });
    const nothing = [{ Start: 48, Duration: 4, Power: 4000 }];
    expect(failed.effects).toMatchObject([{ kind: 'prognose', lost: nothing }]);
    const part = is.capacityLost('FlexOffer/1', [{ Start: 49, Duration: 1, Power: 1 }]);
    expect(tell([part], { ...failed, effects: [] }).effects).toMatchObject([
      { kind: 'prognose', lost: nothing },
    ]);
    const { effects } = tell([is.shortfall()], { ...failed, effects: [] });
    expect(outcomes(effects)).toEqual([
      { 'command-1': { done: false, text: 'It is known already that nothing of O-1 comes.' } },
    ]);
  });

  it('is none of an order that was delivered', () => {
    const { state, effects } = tell([is.capacityLost()], { ...after('Delivered'), effects: [] });
    expect(alertsOf(state)).toEqual({});
    expect(effects).toEqual([]);
  });

  it('names ISPs of the order', () => {
    const { state, effects } = tell(
      [is.shortfall('O-1', [{ Start: 51, Duration: 2, Power: 0 }])],
      quietly('Ordered'),
    );
    expect(alertsOf(state)).toEqual({});
    expect(outcomes(effects)).toEqual([{ 'command-1': { done: false, text: 'Order O-1 has no ISP 52.' } }]);
  });

  it.each([
    ['of another order', after('Ordered'), 'O-2'],
    ['of one that is being booked', after('Booking'), 'O-1'],
    ['of one that is over', after('Delivered'), 'O-1'],
  ])('%s changes nothing', (_, before, reference) => {
    expect(alertsOf(tell([is.shortfall(reference)], before).state)).toEqual({});
  });
});

describe('delivery', () => {
  const delivered = tell([[is.clock, AT.delivered]], quietly('Planned'));
  const measuring = tell([[is.clock, AT.measured]], quietly('Planned'));

  it('is measured by our own readings at its time, once', () => {
    expect(kindsOf(delivered.effects)).toEqual([]);
    expect(kindsOf(tell([[is.clock, later(AT.measured, -1)]], delivered).effects)).toEqual([]);
    expect(measuring.effects).toEqual([{ kind: 'measure', frame: frame(), order: order() }]);
    expect(measuring.state.orders).toMatchObject([{ measured: 'Measuring' }]);
    expect(tell([[is.clock, later(AT.measured, 1)]], measuring).effects).toEqual(measuring.effects);
  });

  it('that was full is remembered', () => {
    const { state } = tell([is.measured()], measuring);
    expect(state.orders).toMatchObject([{ measured: { known: 4, unknown: 0, shortISPs: [] } }]);
    expect(Object.keys(alertsOf(state))).toEqual(['shortfall/O-1']);
  });

  it('that fell short is told to a person, with the worst ISP', () => {
    const shortISPs = [
      { isp: 48, orderedW: -4000, deliveredW: -3900 },
      { isp: 49, orderedW: -4000, deliveredW: -1000 },
      { isp: 50, orderedW: -4000, deliveredW: -3500 },
    ];
    const { state } = tell([is.measured({ shortISPs })], measuring);
    expect(alertsOf(state)['delivered/O-1']).toBe(
      'Order O-1 fell short in 3 ISPs, most in ISP 49: -1000 W of -4000 W.',
    );
  });

  it('that nobody measures is not measured', () => {
    expect(tell([is.measured()], after('Delivered')).state.orders).toEqual(after('Delivered').state.orders);
  });
});

describe('the D-Prognosis', () => {
  it('holds the order, or a person is told until it does', () => {
    const missing = tell([is.prognosed(false, 'unknown order')], after('Ordered'));
    expect(missing.state.orders).toMatchObject([{ inPrognosis: false }]);
    expect(alertsOf(missing.state)).toEqual({
      'prognosis/O-1': 'dso.example.com does not find order O-1 in our D-Prognosis: unknown order.',
    });
    const held = tell([is.prognosed(true)], missing);
    expect(held.state.orders).toMatchObject([{ inPrognosis: true }]);
    expect(alertsOf(held.state)).toEqual({});
    expect(alertsOf(tell([is.prognosed(false)], after('Ordered')).state)['prognosis/O-1']).toMatch(
      /Prognosis\.$/,
    );
    expect(tell([is.prognosed(false)], after('Offered')).state.alerts).toEqual([]);
  });
});

describe('settlement', () => {
  it('that is missing at its date is told to a person, once, until it comes', () => {
    const waiting = tell(
      [[is.clock, AT.delivered]],
      tell([[is.clock, AT.dispatched], is.dispatched()], quietly('Planned')),
    );
    const before = tell([[is.clock, later(AT.settlementDueBy, -1)]], waiting);
    expect(alertsOf(before.state)).toEqual({});
    const overdue = tell([[is.clock, AT.settlementDueBy]], waiting);
    expect(alertsOf(overdue.state)).toEqual({
      'overdue/O-1':
        'Order O-1 of 2026-06-15 should have been settled by now. No message asks for a settlement, so ask dso.example.com.',
    });
    expect(overdue.state).toMatchObject({ phase: 'Delivered', orders: [{ overdue: true }] });
    expect(alertsOf(tell([is.settled()], overdue).state)).toEqual({});
    expect(PLAN.settlementDueBy).toBe(AT.settlementDueBy);
  });

  it.each(['Ordered', 'Delivered'] as const)('ends a conversation that is %s', (place) => {
    const none = tell([[is.clock, AT.requestExpires]], after(place));
    const settled = tell([is.settled()], none).state;
    expect(settled).toMatchObject({
      phase: 'Settled',
      orders: [{ status: 'Settled', settlement: { messageId: '55555555-5555-4555-8555-555555555555' } }],
    });
    expect(settled.reason).toBeUndefined();
    expect(isOver(settled)).toBe(true);
    expect(tell([is.settled('Disputed', 'ISP 48: no')], none).state).toMatchObject({
      phase: 'Disputed',
      reason: 'ISP 48: no',
      orders: [{ status: 'Disputed', settlement: { reason: 'ISP 48: no' } }],
    });
  });

  it('may end a dispute, and is not disputed afterwards', () => {
    const settled = tell([is.settled()], after('Disputed')).state;
    expect(settled.phase).toBe('Settled');
    expect(settled.reason).toBeUndefined();
    expect(tell([is.settled('Disputed', 'no')], after('Settled')).state.phase).toBe('Settled');
  });

  it.each(['Waiting', 'Open', 'Booking', 'Rejected', 'Lapsed', 'Failed', 'Settled'] as const)(
    'changes nothing where there is nothing to settle: %s',
    (place) => {
      const { state } = after(place);
      expect(tell([is.settled()], after(place)).state).toEqual({
        ...state,
        transition: state.transition + 1,
      });
    },
  );

  it('of another order changes nothing', () => {
    const { state } = tell([is.settled('Settled', undefined, 'O-2')], after('Delivered'));
    expect(state).toMatchObject({ phase: 'Delivered', orders: [{ status: 'Delivered' }] });
  });
});
