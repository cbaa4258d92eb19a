import { describe, expect, it } from 'vitest';
import { ispCount } from '../../uftp/calendar/index.ts';
import { type PrognosisEffect, type PrognosisEvent, type PrognosisState, initialPrognosis } from './index.ts';
import { nextPrognosisDeadline, phaseOf, reducePrognosis } from './index.ts';
import { day, NOON_BEFORE, terms } from './prognosis.testkit.ts';

/** One day's prognoses, told what happens, with everything that was to be done. */
function play(period = '2027-05-16', given: object = {}) {
  const ISPs = ispCount(period, 'Europe/Amsterdam', 'PT15M');
  const flat = (power: number) => Array<number>(ISPs).fill(power);
  let state: PrognosisState = initialPrognosis;
  let now = day(period, -1, '08:00');
  const all: PrognosisEffect[] = [];
  let last: readonly PrognosisEffect[] = [];
  const tell = (event: PrognosisEvent): readonly PrognosisEffect[] => {
    const step = reducePrognosis(state, event, now);
    state = step.state;
    last = step.effects;
    all.push(...last);
    return last;
  };
  const sends = () => all.filter((effect) => effect.kind === 'send');
  const played = {
    flat,
    tell,
    all,
    sends,
    /** Power by ISP of the revision that was sent last. */
    power: () => sends().at(-1)!.power,
    state: () => state,
    phase: () => phaseOf(state),
    alerts: () => state.alerts.filter(({ resolved }) => !resolved).map(({ key }) => key),
    at: (instant: string) => {
      now = instant;
    },
    /** Waits until the next deadline. */
    wait: () => {
      now = nextPrognosisDeadline(state)!;
      return tell({ type: 'clock' });
    },
    delivered: (revision: number, step = `D-Prognosis/${sends().length}`) =>
      tell({ type: 'sent', step, delivery: { messageId: `m${revision}`, revision, outcome: 'delivered' } }),
    answer: (Result: string, more: object = {}, step = `D-Prognosis/${sends().length}`) =>
      tell({
        type: 'answered',
        answer: { messageId: 'a', step, receivedAt: now, Result, FlexOrderStatus: [], ...more },
      }),
    order: (id: string, ISP = [{ Start: 69, Duration: 4, Power: -2000 }]) =>
      tell({ type: 'ordered', orderMessageId: id, orderReference: `O-${id}`, ISP, workflowId: `flex/${id}` }),
    /** Delivered and accepted. */
    accept: (revision: number, more: object = {}) => {
      played.delivered(revision);
      return played.answer('Accepted', more);
    },
    status: (id: string, IsValidated: boolean) => ({
      FlexOrderStatus: [{ FlexOrderMessageID: id.toUpperCase(), IsValidated }],
    }),
  };
  tell({ type: 'opened', terms: terms(period, given) });
  return played;
}

describe('a day', () => {
  it.each([
    ['2027-05-16', 96],
    ['2027-03-28', 92],
    ['2027-10-31', 100],
  ])('%s has its %i ISPs in every revision', (period, ISPs) => {
    const one = play(period);
    expect(one.all).toEqual([{ kind: 'forecast' }]);
    one.tell({ type: 'forecast', power: one.flat(5000) });
    expect(one.power()).toEqual(one.flat(5000));
    expect(one.power()).toHaveLength(ISPs);
    expect(one.phase()).toBe('Pending');
    one.accept(17);
    expect(one.phase()).toBe('InForce');
    expect(one.state().inForce).toMatchObject({ revision: 17, messageId: 'm17' });
  });

  it('is frozen when it is over, and says so where nothing was ever in force', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.accept(1);
    one.at(day('2027-05-16', 1, '00:00'));
    one.tell({ type: 'clock' });
    expect([one.phase(), one.alerts()]).toEqual(['Frozen', []]);
    expect(one.tell({ type: 'refresh' })).toEqual([]);
    const other = play();
    other.at(day('2027-05-16', 1, '00:00'));
    other.tell({ type: 'clock' });
    expect([other.phase(), other.alerts()]).toEqual(['Frozen', expect.arrayContaining(['never-in-force'])]);
  });

  it('of a point that is gone says nothing more, until somebody asks again', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.accept(1);
    one.tell({ type: 'withdrawn', reason: 'no connection' });
    expect(one.tell({ type: 'forecast', power: one.flat(2) })).toEqual([]);
    expect(one.phase()).toBe('Withdrawn');
    expect(one.tell({ type: 'refresh' })).toMatchObject([
      { kind: 'forecast' },
      { kind: 'send', power: one.flat(2) },
    ]);
  });
});

describe('a forecast', () => {
  it('that changes makes a new revision, once the one before is answered', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    expect(one.tell({ type: 'forecast', power: one.flat(2) })).toEqual([]);
    one.delivered(1);
    expect(one.tell({ type: 'forecast', power: one.flat(3) })).toEqual([]);
    const [keep, send] = one.answer('Accepted');
    expect(keep).toMatchObject({ kind: 'keepAnswer', messageId: 'm1', result: 'Accepted' });
    expect(send).toMatchObject({ kind: 'send', step: 'D-Prognosis/2', power: one.flat(3) });
  });

  it('that says the same is not sent again', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.accept(1);
    expect(one.tell({ type: 'refresh' })).toEqual([{ kind: 'forecast' }]);
    expect(one.tell({ type: 'forecast', power: one.flat(1) })).toEqual([]);
  });

  it('that is not there is an alert, and asked for again an hour later', () => {
    const one = play();
    one.tell({ type: 'noForecast', reason: 'nobody knows' });
    expect(one.alerts()).toEqual(['no-forecast']);
    expect(one.wait()).toEqual([{ kind: 'forecast' }]);
    one.tell({ type: 'forecast', power: one.flat(4).slice(1) });
    expect(one.alerts()).toEqual(['no-forecast']);
    expect(one.wait()).toEqual([{ kind: 'forecast' }]);
    one.tell({ type: 'forecast', power: one.flat(4) });
    expect([one.alerts(), one.power()]).toEqual([[], one.flat(4)]);
  });

  it('changes no ISP whose gate is closed', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.accept(1);
    // 10:00 local: ISPs up to the one that begins at 11:00 are closed.
    one.at(day('2027-05-16', 0, '10:00'));
    one.tell({ type: 'forecast', power: one.flat(2) });
    expect(one.power()).toEqual(one.flat(2).map((power, index) => (index < 45 ? 1 : power)));
  });
});

describe('an answer', () => {
  it('that overtakes our own delivery waits for it', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    expect(one.answer('Accepted')).toEqual([]);
    expect(one.delivered(3)).toMatchObject([{ kind: 'keepAnswer', messageId: 'm3' }]);
    expect(one.phase()).toBe('InForce');
  });

  it('"Already Submitted" is as good as accepted', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.delivered(1);
    one.answer('Rejected', { RejectionReason: 'Already submitted' });
    expect(one.phase()).toBe('InForce');
  });

  it('that rejects leaves what was in force, and is for the operator', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.accept(1);
    one.tell({ type: 'forecast', power: one.flat(2) });
    one.delivered(2);
    one.answer('Rejected', { RejectionReason: 'Power value rejection' });
    expect(one.state().inForce).toMatchObject({ revision: 1 });
    expect(one.alerts()).toEqual(['rejected']);
    expect(one.state().alerts.at(-1)!.text).toContain('Power value rejection. Revision 1 stays in force');
    // The same is not sent again by itself; something else is, and so is the same when somebody says so.
    expect(one.tell({ type: 'forecast', power: one.flat(2) })).toEqual([]);
    expect(one.tell({ type: 'forecast', power: one.flat(3) })).toMatchObject([{ kind: 'send' }]);
    one.accept(3);
    expect(one.alerts()).toEqual([]);
  });

  it('"Subordinate sequence number" makes the counter leap, further each time', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    const reject = (revision: number) => {
      one.delivered(revision);
      const [, send] = one.answer('Rejected', { RejectionReason: 'Subordinate Sequence Number' });
      return send?.kind === 'send' ? send.floor : undefined;
    };
    const seconds = Date.parse(day('2027-05-16', -1, '08:00')) / 1000;
    expect([reject(4), reject(1004), reject(seconds), reject(seconds * 1000)]).toEqual([
      ...[1004, seconds, seconds * 1000, undefined],
    ]);
    expect(one.alerts()).toEqual(['rejected']);
  });

  it('"Subordinate sequence number" to what another point overtook uses up no leap', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    const reject = (revision: number) => {
      one.delivered(revision);
      const [, send] = one.answer('Rejected', { RejectionReason: 'Subordinate sequence number' });
      return send;
    };
    expect(reject(4)).toMatchObject({ floor: 1004, refused: 4 });
    // The counter's own next number was taken each time, below the leap that was allowed.
    for (const revision of [9, 12, 20, 31]) {
      expect(reject(revision)).toMatchObject({ floor: revision + 1000, refused: revision });
    }
    const seconds = Date.parse(day('2027-05-16', -1, '08:00')) / 1000;
    expect(reject(1031)).toMatchObject({ floor: seconds });
  });

  it('"Lacking ISPs" has every ISP spelled out, once', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.delivered(1);
    const [, send] = one.answer('Rejected', { RejectionReason: 'Lacking ISPs' });
    expect(send).toMatchObject({ kind: 'send', spelledOut: true, power: one.flat(1) });
    one.delivered(2);
    expect(one.answer('Rejected', { RejectionReason: 'Lacking ISPs' })).toHaveLength(1);
    expect(one.alerts()).toEqual(['rejected']);
  });

  it('that does not come has the same bytes sent again, then an alert; when it comes late it counts', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.delivered(1);
    expect(one.wait()).toEqual([{ kind: 'sendAgain', step: 'D-Prognosis/1' }]);
    expect(one.alerts()).toEqual(['no-reply']);
    one.at(NOON_BEFORE('2027-05-16'));
    one.tell({ type: 'clock' });
    expect(one.state().alerts.find(({ key }) => key === 'no-reply')?.severity).toBe('critical');
    expect([one.phase(), one.sends().length]).toEqual(['None', 1]);
    one.answer('Accepted', {}, 'D-Prognosis/1');
    expect([one.phase(), one.alerts()]).toEqual(['InForce', []]);
  });

  it('that does not come is not waited for twice where there is something newer to say', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.delivered(1);
    one.tell({ type: 'forecast', power: one.flat(2) });
    expect(one.wait()).toMatchObject([{ kind: 'send', step: 'D-Prognosis/2', power: one.flat(2) }]);
    one.accept(2);
    one.answer('Accepted', {}, 'D-Prognosis/1');
    expect(one.state().inForce).toMatchObject({ revision: 2 });
  });

  it('to nothing we know changes nothing', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    expect(one.answer('Accepted', {}, 'D-Prognosis/9')).toEqual([]);
    expect(one.phase()).toBe('Pending');
  });

  it('cannot be had where the message could not be delivered', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    const delivery = { messageId: 'm1', revision: 1, outcome: 'refused', reason: 'status 404' } as const;
    one.tell({ type: 'sent', step: 'D-Prognosis/1', delivery });
    expect([one.phase(), one.alerts()]).toEqual(['None', ['not-delivered']]);
    expect(one.tell({ type: 'refresh' })).toMatchObject([{ kind: 'forecast' }, { kind: 'send' }]);
  });
});

describe('an accepted order', () => {
  const inForce = (power = 5000) => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(power) });
    one.accept(1);
    return one;
  };
  const shaped = (power: readonly number[]) => [power[67], power[68], power[71], power[72]];

  it('changes the prognosis on its ISPs, and is found there by the DSO', () => {
    const one = inForce();
    const [send] = one.order('x');
    expect(send).toMatchObject({ kind: 'send', step: 'D-Prognosis/2' });
    expect(shaped(one.power())).toEqual([5000, 3000, 3000, 5000]);
    const effects = one.accept(2, one.status('x', true));
    expect(effects).toContainEqual({
      kind: 'tell',
      workflowId: 'flex/x',
      event: { type: 'prognosed', orderMessageId: 'x', validated: true },
    });
    expect(one.state().orders).toMatchObject([
      {
        status: 'Confirmed',
        prognosisMessageId: 'm1',
        frozen: [{ isp: 69, base: 5000, power: 3000 }, {}, {}, {}],
      },
    ]);
  });

  it('is taken once, however often it is told', () => {
    const one = inForce();
    one.order('x');
    expect(one.order('x')).toEqual([]);
    expect(one.state().orders).toHaveLength(1);
  });

  it.each([
    ['not validated', false],
    ['not mentioned', undefined],
  ])('that is %s is sent once more, then it is an alert and its conversation knows', (_, validated) => {
    const one = inForce();
    one.order('x');
    const status = validated === undefined ? {} : one.status('x', validated);
    expect(one.accept(2, status)).toMatchObject([
      { kind: 'keepAnswer' },
      { kind: 'send', step: 'D-Prognosis/3' },
    ]);
    expect(one.accept(3, status)).toMatchObject([
      { kind: 'keepAnswer' },
      { kind: 'tell', event: { type: 'prognosed', validated: false } },
    ]);
    expect([one.phase(), one.alerts()]).toEqual(['InForce', ['order/O-x']]);
  });

  it('freezes its ISPs: forecasts move the others only, and another order builds on it', () => {
    const one = inForce();
    one.order('x');
    one.accept(2, one.status('x', true));
    one.tell({ type: 'forecast', power: one.flat(7000) });
    expect(shaped(one.power())).toEqual([7000, 3000, 3000, 7000]);
    one.accept(3);
    one.order('y', [{ Start: 72, Duration: 2, Power: 500 }]);
    expect(shaped(one.power())).toEqual([7000, 3000, 3500, 7500]);
    // The baseline of settlement is the one before any order, whatever prognosis the second order names.
    expect(one.state().orders[1]!.frozen).toEqual([
      { isp: 72, base: 5000, power: 3500 },
      { isp: 73, base: 7000, power: 7500 },
    ]);
  });

  it('still counts after its gate has closed, and also where its ISPs have begun', () => {
    const one = inForce();
    one.at(day('2027-05-16', 0, '16:45'));
    one.order('x', [{ Start: 68, Duration: 2, Power: -2000 }]);
    // ISP 68 begins at 16:45.
    expect(shaped(one.power())).toEqual([3000, 3000, 5000, 5000]);
  });

  it('enters the prognosis where its ISPs begin while a revision before it is unanswered', () => {
    const one = inForce();
    one.at(day('2027-05-16', 0, '15:30'));
    one.tell({ type: 'forecast', power: one.flat(6000) });
    one.delivered(2);
    one.at(day('2027-05-16', 0, '16:55'));
    expect(one.order('x')).toEqual([]);
    // ISP 69 begins at 17:00.
    one.at(day('2027-05-16', 0, '17:05'));
    expect(one.answer('Accepted')).toMatchObject([
      { kind: 'keepAnswer' },
      { kind: 'send', step: 'D-Prognosis/3' },
    ]);
    expect(shaped(one.power())).toEqual([6000, 3000, 3000, 6000]);
    one.accept(3, one.status('x', true));
    expect(one.state().orders).toMatchObject([{ status: 'Confirmed' }]);
  });

  it('is told on ISPs that have begun as it was told before, whatever is reported about it afterwards', () => {
    const one = inForce();
    one.at(day('2027-05-16', 0, '16:30'));
    one.order('x');
    one.tell({ type: 'deviation', id: 'outage', ISP: [{ Start: 69, Duration: 2, Power: 800 }] });
    one.accept(2, one.status('x', true));
    one.delivered(3);
    // ISPs 69 and 70 have begun, and the revision that told of the outage has no answer yet.
    one.at(day('2027-05-16', 0, '17:20'));
    const isps = () => one.power().slice(68, 71);
    one.tell({ type: 'deviation', id: 'outage', ISP: [{ Start: 69, Duration: 3, Power: 900 }] });
    one.answer('Accepted', one.status('x', true));
    expect(isps()).toEqual([3800, 3800, 3900]);
    one.accept(4, one.status('x', true));
    one.at(day('2027-05-16', 0, '17:50'));
    expect(one.tell({ type: 'clock' })).toEqual([]);
  });

  it('that comes before there is a profile is held from the first revision on', () => {
    const one = play();
    one.order('x');
    one.tell({ type: 'forecast', power: one.flat(5000) });
    expect(shaped(one.power())).toEqual([5000, 3000, 3000, 5000]);
  });

  it('whose delivery will differ is told as it will be, while what settlement goes by stays', () => {
    const one = inForce();
    one.order('x');
    one.accept(2, one.status('x', true));
    one.tell({ type: 'deviation', id: 'outage', ISP: [{ Start: 69, Duration: 1, Power: 800 }] });
    expect(shaped(one.power())).toEqual([5000, 3800, 3000, 5000]);
    expect(one.state().orders[0]!.frozen![0]).toEqual({ isp: 69, base: 5000, power: 3000 });
  });
});

describe('gate closure', () => {
  it('is warned of an hour before, and alarmed at, while nothing is in force', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.at(day('2027-05-16', -1, '11:00'));
    one.tell({ type: 'clock' });
    expect(one.alerts()).toEqual(['gate-near']);
    one.at(NOON_BEFORE('2027-05-16'));
    one.tell({ type: 'clock' });
    expect(one.alerts()).toEqual(['gate-near', 'gate-missed']);
    one.accept(1);
    expect(one.alerts()).toEqual([]);
  });

  it('passes without a word once a prognosis is in force', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.accept(1);
    while (one.phase() !== 'Frozen') one.wait();
    expect(one.state().alerts.filter(({ resolved }) => !resolved)).toEqual([]);
  });

  it('that was over before anybody asked fails nobody', () => {
    const one = play('2027-05-16');
    const late = reducePrognosis(
      initialPrognosis,
      { type: 'opened', terms: one.state().terms! },
      day('2027-05-16', -1, '15:00'),
    );
    expect(late.state.alerts).toEqual([]);
    expect(nextPrognosisDeadline(late.state)).toBe(day('2027-05-16', -1, '23:00'));
  });

  it('of an ISP that is to change is told, where the change was not accepted in time', () => {
    const one = play();
    one.tell({ type: 'forecast', power: one.flat(1) });
    one.accept(1);
    one.at(day('2027-05-16', 0, '09:00'));
    one.tell({ type: 'forecast', power: one.flat(2) });
    expect(one.state().change).toEqual({ isp: 42, closesAt: day('2027-05-16', 0, '09:15') });
    one.wait();
    expect(one.alerts()).toEqual(['change-missed']);
  });
});
