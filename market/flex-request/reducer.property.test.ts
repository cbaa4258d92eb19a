import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlexRequestEffect, FlexRequestEvent } from './events.ts';
import { AT, is, orderAnswers, sends } from './facts.testkit.ts';
import { nextDeadline } from './on-clock.ts';
import { reduce } from './reducer.ts';
import { type FlexRequestState, initialState, isOver, mayBeOrdered, type Phase } from './state.ts';

const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();
const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;

/** Where each phase may lead; staying is always allowed. */
const LEADS_TO: Readonly<Record<Phase, readonly Phase[]>> = {
  Waiting: ['Rejected', 'Open'],
  Open: ['Lapsed', 'Ordered', 'Failed'],
  Ordered: ['Delivered', 'Settled', 'Disputed'],
  Delivered: ['Settled', 'Disputed'],
  Rejected: [],
  Lapsed: [],
  Failed: [],
  Settled: [],
  Disputed: [],
};

const expiries = ['2026-06-14T09:00:00.000Z', AT.offerExpires, '2026-06-14T20:00:00.000Z'];
const outcome = fc.constantFrom('delivered' as const, 'refused' as const, 'expired' as const);
const verdict = fc.constantFrom('Accepted' as const, 'Rejected' as const);
const offerStep = fc.constantFrom('FlexOffer/1', 'FlexOffer/2', 'FlexOffer/3');
const few = fc.integer({ min: 1, max: 4 });
const decided = fc.oneof(
  fc.constantFrom(...expiries).map((ExpirationDateTime) => is.offered({ ExpirationDateTime })),
  fc.constant(is.noBid),
);

const orderArrives = fc
  .record({
    n: few,
    offerStep,
    price: fc.constantFrom('42.00', '42.00', '42.00', '13.00'),
    receivedAt: fc.constantFrom(AT.offered, later(AT.offerExpires, -1), AT.offerExpires),
    rejections: fc.constantFrom([], [], [], ['Barred Sender']),
  })
  .map(({ n, offerStep, price, receivedAt, rejections }) =>
    is.ordered(
      { messageId: id(n), OrderReference: `O-${n}`, offerStep, Price: price, receivedAt },
      rejections,
    ),
  );
const answerArrives = fc
  .record({ n: few, offerStep, verdict })
  .map(({ n, offerStep, verdict }): FlexRequestEvent => ({
    type: 'offerAnswered',
    answer: {
      messageId: `a${id(n).slice(1)}`,
      FlexOfferMessageID: 'b',
      offerStep,
      Result: verdict,
      ...(verdict === 'Rejected' && { RejectionReason: 'no' }),
    },
  }));

/** Any event, fitting or not: most sequences are nonsense, and none of them may lead anywhere impossible. */
const anyEvent: fc.Arbitrary<FlexRequestEvent> = fc.oneof(
  fc.constantFrom<string[][]>([], [], [], ['ISP conflict']).map((rejections) => is.requested({}, rejections)),
  { arbitrary: orderArrives, weight: 4 },
  answerArrives,
  decided,
  fc
    .tuple(
      fc.oneof(
        offerStep,
        fc.constant('FlexRequestResponse'),
        few.map((n) => `FlexOrderResponse/${id(n)}`),
      ),
      outcome,
    )
    .map(([step, outcome]) => is.sent(step, outcome)),
  fc.tuple(fc.boolean(), few).map(([booked, n]) => is.booked(booked, id(n))),
  fc.constant(is.reserved),
  fc.constantFrom(is.settled(), is.settled('Disputed', 'ISP 48: no')),
  { arbitrary: fc.constant(is.clock), weight: 2 },
);

const elapsed = fc.constantFrom(0, 1, 60_000, 5 * 60_000, 3_600_000, 12 * 3_600_000);
/** Most begin as every conversation does, so that they get anywhere. */
const sequence = fc
  .tuple(
    fc.constantFrom(
      [],
      [is.requested()],
      [is.requested(), is.sent('FlexRequestResponse'), is.offered()],
      [is.requested(), is.sent('FlexRequestResponse'), is.offered(), is.ordered({ messageId: id(1) })],
    ),
    fc.array(fc.tuple(anyEvent, elapsed), { maxLength: 26 }),
  )
  .map(([start, rest]) => [...start.map((event) => [event, 0] as const), ...rest]);

/** A run of the reducer that remembers all that was said and done, and checks every single step. */
class Run {
  state: FlexRequestState = initialState;
  effects: FlexRequestEffect[] = [];
  now: string = AT.requested;
  readonly orders = new Set<string>();
  readonly ended = new Set<string>();

  reduce(event: FlexRequestEvent, elapsedMs = 0): readonly FlexRequestEffect[] {
    this.now = later(this.now, elapsedMs);
    const before = this.state;
    const step = reduce(before, event, this.now);
    this.state = step.state;
    this.effects = [...this.effects, ...step.effects];
    if (event.type === 'ordered' && before.request) this.orders.add(event.order.messageId);
    if (event.type === 'sent' && before.sending.includes(event.step)) this.ended.add(event.step);
    this.check(before, event);
    return step.effects;
  }

  private check(before: FlexRequestState, event: FlexRequestEvent): void {
    const { state } = this;
    const { phase, offers, order: placed, sending } = state;
    expect(state.transition).toBe(before.transition + 1);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect([before.phase, ...LEADS_TO[before.phase]]).toContain(phase);

    // What is being sent is what was handed out and did not end; no step twice.
    const steps = sends(this.effects).map(({ step }) => step);
    expect(new Set(steps).size).toBe(steps.length);
    expect([...sending].sort()).toEqual(steps.filter((step) => !this.ended.has(step)).sort());
    expect(steps.includes('FlexRequestResponse')).toBe(phase !== 'Waiting');
    expect(this.effects.filter(({ kind }) => kind === 'decide').length).toBeLessThanOrEqual(1);

    // Every order has one answer, but for the one that is being booked.
    const answers = sends(this.effects).filter(({ draft }) => draft.type === 'FlexOrderResponse');
    const booking = placed?.status === 'Booking' ? [placed.order.messageId] : [];
    expect([...answers.map(({ draft }) => draft.FlexOrderMessageID), ...booking].sort()).toEqual(
      [...this.orders].sort(),
    );
    expect(answers.every(({ to }) => to.domain === 'dso.example.com')).toBe(true);

    // One order binds, at most; it is booked first, and it came in time.
    const accepted = answers.filter(({ draft }) => draft.Result === 'Accepted');
    const binds = ['Ordered', 'Delivered', 'Settled', 'Disputed'].includes(phase);
    expect(accepted.length).toBe(binds ? 1 : 0);
    expect(placed?.status).toBe(binds ? 'Accepted' : booking.length > 0 ? 'Booking' : undefined);
    const taken = offers.filter(({ status }) => status === 'Ordered' || status === 'Ordering');
    expect(taken.map(({ step, status }) => [step, status])).toEqual(
      placed ? [[placed.offerStep, binds ? 'Ordered' : 'Ordering']] : [],
    );
    if (placed) {
      expect(placed.order.receivedAt < taken[0]!.content.ExpirationDateTime).toBe(true);
      expect(this.effects).toContainEqual({ kind: 'book', order: placed.order });
      if (before.order?.status === 'Accepted') expect(placed).toEqual(before.order);
    }

    // Phases and the rest of the state agree.
    expect(state.request !== undefined).toBe(phase !== 'Waiting');
    expect(state.settlement?.outcome).toBe(phase === 'Settled' || phase === 'Disputed' ? phase : undefined);
    if (['Waiting', 'Rejected', 'Failed'].includes(phase)) expect(offers).toEqual([]);
    if (phase === 'Rejected' || phase === 'Lapsed' || phase === 'Failed') expect(state.reason).toBeTruthy();
    expect(offers.filter((offer) => mayBeOrdered(offer)).length + taken.length).toBeLessThanOrEqual(1);
    if (phase === 'Lapsed') expect(offers.some((offer) => mayBeOrdered(offer))).toBe(false);

    // Or a workflow would wake again and again at an instant that is past.
    const deadline = nextDeadline(state);
    if (event.type === 'clock' && deadline !== undefined) expect(deadline > this.now).toBe(true);
  }
}

describe('any sequence of events', () => {
  it('leads to possible states only, answers every order once, sends every step once, binds one order at most', () => {
    fc.assert(
      fc.property(sequence, (events) => {
        const run = new Run();
        for (const [event, elapsedMs] of events) run.reduce(event, elapsedMs);
      }),
      { numRuns: 800 },
    );
  });

  it('told twice, one copy after the other, does what it does told once', () => {
    const messages = (event: FlexRequestEvent): boolean =>
      ['requested', 'ordered', 'offerAnswered', 'booked', 'sent'].includes(event.type);
    fc.assert(
      fc.property(sequence, (events) => {
        const [once, twice] = [new Run(), new Run()];
        for (const [event, elapsedMs] of events) {
          once.reduce(event, elapsedMs);
          twice.reduce(event, elapsedMs);
          if (messages(event)) twice.reduce(event);
        }
        expect(twice.effects).toEqual(once.effects);
        expect({ ...twice.state, transition: 0 }).toEqual({ ...once.state, transition: 0 });
      }),
    );
  });

  it('is never changed by reducing: the same events from a copy of the state give the same', () => {
    const frozen = (value: object): object => {
      Object.values(value).forEach((each) => typeof each === 'object' && each !== null && frozen(each));
      return Object.freeze(value);
    };
    fc.assert(
      fc.property(sequence, (events) => {
        let state = initialState;
        for (const [event] of events) {
          const step = reduce(frozen(state) as FlexRequestState, event, AT.offered);
          expect(reduce(JSON.parse(JSON.stringify(state)), event, AT.offered)).toEqual(step);
          state = step.state;
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** What the world brings next: the end of something begun, a message of the DSO, or nothing but time. */
const happening = fc.record({
  which: fc.nat(),
  outcome,
  decided,
  booked: fc.boolean(),
  message: fc.option(fc.oneof(orderArrives, answerArrives), { nil: undefined }),
  elapsedMs: elapsed,
});

/** Carries out an effect as a workflow would, with whatever outcome the world has for it. */
function end(effect: FlexRequestEffect, chance: { outcome: 'delivered' | 'refused' | 'expired' } & Chance) {
  if (effect.kind === 'send') return is.sent(effect.step, chance.outcome);
  if (effect.kind === 'decide') return chance.decided;
  return is.booked(chance.booked, effect.order.messageId);
}
type Chance = { readonly decided: FlexRequestEvent; readonly booked: boolean };
const CERTAIN = { outcome: 'delivered', decided: is.noBid, booked: true } as const;

describe('a conversation whose effects are carried out', () => {
  it('always comes to an end: over, or delivered and then settled', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
        const run = new Run();
        const begun: FlexRequestEffect[] = [...run.reduce(is.requested())];
        for (const { which, message, elapsedMs, ...chance } of happenings) {
          const [effect] = begun.length > 0 ? begun.splice(which % begun.length, 1) : [];
          const event = message ?? (effect && end(effect, chance)) ?? is.clock;
          if (message && effect) begun.push(effect);
          begun.push(...run.reduce(event, elapsedMs));
        }
        for (let rounds = 0; begun.length > 0 || nextDeadline(run.state) !== undefined; rounds += 1) {
          expect(rounds).toBeLessThan(40);
          const effect = begun.shift();
          const deadline = nextDeadline(run.state);
          const wait = effect || !deadline ? 0 : Math.max(0, Date.parse(deadline) - Date.parse(run.now));
          begun.push(...run.reduce(effect ? end(effect, CERTAIN) : is.clock, wait));
        }
        expect(run.state.phase === 'Delivered' || isOver(run.state)).toBe(true);
        run.reduce(is.settled());
        expect(isOver(run.state)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('honours the first right order that was acknowledged in time, whatever overtakes it and however late workers are', () => {
    const expiry = AT.offerExpires;
    const overtaking = fc.shuffledSubarray([
      is.sent('FlexOffer/1', 'delivered'),
      is.sent('FlexOffer/1', 'expired'),
      is.answered(),
      is.clock,
      is.reserved,
      is.ordered({ messageId: id(8), OrderReference: 'O-8', Price: '13.00' }),
      is.ordered({ messageId: id(9), OrderReference: 'O-9', receivedAt: expiry }),
    ]);
    const outage = fc.integer({ min: 0, max: 72 * 3_600_000 });
    const handOver = fc.integer({ min: 0, max: 5 * 60_000 - 1 });
    fc.assert(
      fc.property(overtaking, outage, handOver, (before, outageMs, handOverMs) => {
        const run = new Run();
        run.reduce(is.requested());
        run.reduce(is.sent('FlexRequestResponse'));
        run.reduce(is.offered());
        before.forEach((event, index) => run.reduce(event, index === 0 ? outageMs : 0));
        run.reduce(is.ordered({ messageId: id(1), receivedAt: later(expiry, -1) }), handOverMs);
        run.reduce(is.booked(true, id(1)));
        expect(run.state.order).toMatchObject({ status: 'Accepted', order: { messageId: id(1) } });
        expect(orderAnswers(run.effects).filter((each) => each === 'Accepted')).toHaveLength(1);
      }),
    );
  });
});

it('the sequences of these tests reach every phase', () => {
  const reached = new Set<Phase>();
  for (const events of fc.sample(sequence, { numRuns: 2_000, seed: 1 })) {
    let [state, now] = [initialState, AT.requested as string];
    for (const [event, elapsedMs] of events) {
      now = later(now, elapsedMs);
      state = reduce(state, event, now).state;
      reached.add(state.phase);
    }
  }
  expect([...reached].sort()).toEqual(Object.keys(LEADS_TO).sort());
});
