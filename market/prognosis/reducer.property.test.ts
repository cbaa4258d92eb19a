import fc from 'fast-check';
import { describe, it } from 'vitest';
import { ispStart } from '../../uftp/calendar/index.ts';
import { firstOpenISP } from '../gates.ts';
import { initialPrognosis, type PrognosisEvent, type PrognosisState, reducePrognosis } from './index.ts';
import { day, terms } from './prognosis.testkit.ts';

const PERIODS = ['2027-05-16', '2027-03-28', '2027-10-31'] as const;
const ISPS = { '2027-05-16': 96, '2027-03-28': 92, '2027-10-31': 100 };

/** What may happen next, as a choice: what it means follows from what was sent before. */
const choice = fc.record({
  minutes: fc.nat(180),
  what: fc.constantFrom(
    ...([
      'forecast',
      'refresh',
      'noForecast',
      'order',
      'deviation',
      'sent',
      'lost',
      'accept',
      'reject',
    ] as const),
    ...(['silence', 'lower', 'withdrawn'] as const),
    // More of what carries a day along.
    ...(['forecast', 'sent', 'accept', 'forecast', 'sent', 'accept', 'order', 'silence'] as const),
  ),
  power: fc.integer({ min: -9, max: 9 }),
  start: fc.integer({ min: 1, max: 92 }),
  late: fc.boolean(),
});
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

/** A world beside the reducer: it counts revisions and remembers what was sent and accepted. */
class World {
  state: PrognosisState;
  now: string;
  revision = 0;
  readonly steps: {
    step: string;
    power: readonly number[];
    revision?: number;
    settled: boolean;
    orders: number;
  }[] = [];
  readonly problems: string[] = [];
  readonly orders: number[] = [];
  readonly period: (typeof PERIODS)[number];

  constructor(period: (typeof PERIODS)[number]) {
    this.period = period;
    this.now = day(period, -1, '07:00');
    this.state = initialPrognosis;
    this.feed({ type: 'opened', terms: terms(period) });
  }

  feed(event: PrognosisEvent): void {
    const before = this.state;
    const { state, effects } = reducePrognosis(before, event, this.now);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind !== 'send') continue;
      if (effects.filter(({ kind }) => kind === 'send').length > 1) this.problems.push('two at once');
      if (before.underway && state.unanswered.every(({ step }) => step !== before.underway!.step)) {
        if (event.type !== 'answered' && event.type !== 'sent') this.problems.push('sent over a pending one');
      }
      if (this.steps.some(({ step }) => step === effect.step)) this.problems.push(`${effect.step} twice`);
      if (effect.power.length !== ISPS[this.period]) this.problems.push('not every ISP');
      if (before.over || state.over) this.problems.push('sent after the day');
      this.#frozen(effect.power);
      this.steps.push({ step: effect.step, power: effect.power, settled: false, orders: this.orders.length });
      if (effect.floor !== undefined) this.revision = Math.max(this.revision, effect.floor - 1);
    }
    if (before.inForce && state.inForce && state.inForce.revision < before.inForce.revision) {
      this.problems.push('an older one came into force');
    }
    before.orders.forEach(({ frozen }, index) => {
      if (frozen && JSON.stringify(frozen) !== JSON.stringify(state.orders[index]!.frozen)) {
        this.problems.push('what an order froze was changed');
      }
    });
  }

  /**
   * Against the prognosis in force: what is closed changes by an order only, and what has begun only by one that it
   * does not hold yet.
   */
  #frozen(power: readonly number[]): void {
    const { inForce, terms: agreed, orders } = this.state;
    if (!inForce) return;
    const firstOpen = firstOpenISP(agreed!, agreed!.gates, this.now);
    const ordered = new Set(orders.flatMap(({ frozen = [] }) => frozen.map(({ isp }) => isp)));
    const heldBack = new Set(
      orders
        .filter(({ orderMessageId }) => !inForce.orders!.includes(orderMessageId))
        .flatMap(({ frozen = [] }) => frozen.map(({ isp }) => isp)),
    );
    power.forEach((each, index) => {
      const isp = index + 1;
      if (each === inForce.power[index]) return;
      const begun = ispStart(this.period, agreed!.TimeZone, agreed!.ISPDuration, isp) <= this.now;
      if (begun && !heldBack.has(isp)) this.problems.push(`ISP ${isp} had begun`);
      if (isp < firstOpen && !ordered.has(isp)) this.problems.push(`the gate of ISP ${isp} was closed`);
    });
  }

  play({ minutes, what, power, start, late }: Choice): void {
    this.now = new Date(Date.parse(this.now) + minutes * 60_000).toISOString();
    const open = this.steps.filter(({ settled }) => !settled);
    const one = late ? open[0] : open.at(-1);
    const ISP = [{ Start: start, Duration: 1, Power: power }];
    switch (what) {
      case 'forecast':
        return this.feed({ type: what, power: Array<number>(ISPS[this.period]).fill(power) });
      case 'refresh':
        return this.feed({ type: what });
      case 'noForecast':
      case 'withdrawn':
        return this.feed({ type: what, reason: 'why not' });
      case 'order': {
        this.orders.push(start);
        const orderMessageId = `${this.orders.length}`;
        return this.feed({
          type: 'ordered',
          orderMessageId,
          orderReference: orderMessageId,
          ISP,
          workflowId: 'w',
        });
      }
      case 'deviation':
        return this.feed({ type: what, id: 'd', ISP });
      case 'sent':
      case 'lost': {
        if (!one || one.revision !== undefined) return;
        one.revision = this.revision += 1;
        const outcome = what === 'sent' ? 'delivered' : 'expired';
        const delivery = { messageId: one.step, revision: one.revision, outcome } as const;
        return this.feed({ type: 'sent', step: one.step, delivery });
      }
      case 'accept':
      case 'reject':
      case 'lower': {
        if (!one) return;
        one.settled = true;
        const RejectionReason = what === 'lower' ? 'Subordinate sequence number' : 'Power value rejection';
        const answer = {
          ...{ messageId: 'a', step: one.step, receivedAt: this.now, FlexOrderStatus: [] },
          ...(what === 'accept' ? { Result: 'Accepted' } : { Result: 'Rejected', RejectionReason }),
        };
        return this.feed({ type: 'answered', answer });
      }
      case 'silence':
        return this.feed({ type: 'clock' });
    }
  }
}

describe('whatever happens to the prognoses of a day', () => {
  it('revisions rise, none is sent while one is pending, and what is frozen stays', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PERIODS), fc.array(choice, { maxLength: 40 }), (period, choices) => {
        const world = new World(period);
        // A revision in force to begin with: chance alone rarely gets there.
        for (const what of ['forecast', 'sent', 'accept'] as const) {
          world.play({ minutes: 1, what, power: 5, start: 1, late: false });
        }
        for (const each of choices) world.play(each);
        const revisions = world.steps.flatMap(({ revision }) => revision ?? []);
        const rising = revisions.every((revision, index) => index === 0 || revision > revisions[index - 1]!);
        if (!rising) world.problems.push(`revisions ${revisions.join()}`);
        return world.problems.length === 0;
      }),
      { numRuns: 1500 },
    );
  });
});
