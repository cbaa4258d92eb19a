import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlexRequestEffect, FlexRequestEvent } from './events.ts';
import { AT, is, later, orderAnswers } from './facts.testkit.ts';
import { HAND_OVER_GRACE_MS, nextDeadline } from './on-clock.ts';
import { isOver } from './phase.ts';
import { LEADS_TO, Run } from './run.testkit.ts';
import { commanded, decision, elapsed, happens, id, outcome, sequence } from './sequences.testkit.ts';
import { initialState, type Phase } from './state.ts';
import { reduce } from './reducer.ts';

/** What a workflow or a message may well tell twice. */
const TOLD_AGAIN: readonly FlexRequestEvent['type'][] = [
  'requested',
  'unsolicited',
  'superseded',
  'sent',
  'decided',
  'offerAnswered',
  'revocationAnswered',
  'ordered',
  'booked',
  'dispatched',
  'measured',
  'prognosed',
  'settled',
  'clock',
];

describe('any sequence of up to 30 events', () => {
  it('leads to possible states only: nothing is answered, sent, bound or held twice, nothing held is forgotten', () => {
    fc.assert(
      fc.property(sequence, (events) => {
        const run = new Run();
        for (const [event, elapsedMs] of events) run.reduce(event, elapsedMs);
      }),
      { numRuns: 600 },
    );
  });

  it('told twice, one copy after the other, does what it does told once', () => {
    fc.assert(
      fc.property(sequence, (events) => {
        const [once, twice] = [new Run(), new Run()];
        for (const [event, elapsedMs] of events) {
          once.reduce(event, elapsedMs);
          twice.reduce(event, elapsedMs);
          if (TOLD_AGAIN.includes(event.type)) twice.reduce(event);
        }
        expect(twice.effects).toEqual(once.effects);
        expect({ ...twice.state, transition: 0 }).toEqual({ ...once.state, transition: 0 });
      }),
      { numRuns: 150 },
    );
  });

  it('reduces from a copy of the state as from the state', () => {
    fc.assert(
      fc.property(sequence, (events) => {
        let state = initialState;
        for (const [event] of events) {
          const step = reduce(state, event, AT.offered);
          expect(reduce(JSON.parse(JSON.stringify(state)), event, AT.offered)).toEqual(step);
          state = step.state;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('reaches every phase', () => {
    const reached = new Set<Phase>();
    for (const events of fc.sample(sequence, { numRuns: 3_000, seed: 1 })) {
      let [state, now] = [initialState, AT.requested as string];
      for (const [event, elapsedMs] of events) {
        now = later(now, elapsedMs);
        state = reduce(state, event, now).state;
        reached.add(state.phase);
      }
    }
    expect(
      Object.keys(LEADS_TO).filter((phase) => phase !== 'Waiting' && !reached.has(phase as Phase)),
    ).toEqual([]);
  });
});

/** What the world brings next: the end of something begun, a message, a command, or nothing but time. */
const happening = fc.record({
  which: fc.nat(),
  outcome,
  decision,
  well: fc.boolean(),
  replyBy: fc.constantFrom(undefined, AT.replyBy, AT.ordered),
  unexpected: fc.option(fc.oneof(happens, commanded), { nil: undefined }),
  elapsedMs: elapsed,
});
interface Chance {
  readonly outcome: 'delivered' | 'refused' | 'expired';
  readonly decision: (step: string) => FlexRequestEvent;
  readonly well: boolean;
  readonly replyBy?: string | undefined;
}
const CERTAIN: Chance = {
  outcome: 'delivered',
  decision: (step) => is.decided({ kind: 'noBid', reason: 'too dear' }, step),
  well: true,
};

/** Carries out an effect as a workflow would, with whatever outcome the world has for it. */
function end(effect: FlexRequestEffect, chance: Chance): FlexRequestEvent | undefined {
  switch (effect.kind) {
    case 'send':
    case 'sendAgain':
      return is.sent(effect.step, chance.outcome, id(9), chance.replyBy);
    case 'decide':
      return chance.decision(effect.step);
    case 'book':
      return chance.well ? is.booked(effect.order.messageId) : is.notBooked(effect.order.messageId);
    case 'dispatch':
    case 'measure':
    case 'prognose':
    case 'answer':
      return undefined;
  }
}

const beginnings = [is.requested(), is.unsolicited(), is.orderedDirectly({ messageId: id(1) })];

describe('a conversation whose effects are carried out', () => {
  it('always comes to an end, over or delivered and then settled, and every command is answered', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...beginnings),
        fc.array(happening, { maxLength: 30 }),
        (first, happenings) => {
          const run = new Run();
          const begun = [...run.reduce(first)];
          const carryOn = (
            effect: FlexRequestEffect | undefined,
            event: FlexRequestEvent,
            waitMs: number,
          ): void => {
            if (effect) begun.splice(begun.indexOf(effect), 1);
            begun.push(...run.reduce(event, waitMs));
          };
          for (const { which, unexpected, elapsedMs, ...chance } of happenings) {
            const effect = begun[which % begun.length];
            if (unexpected) carryOn(undefined, unexpected, elapsedMs);
            else carryOn(effect, (effect && end(effect, chance)) ?? is.clock, elapsedMs);
          }
          for (let rounds = 0; begun.length > 0 || nextDeadline(run.state) !== undefined; rounds += 1) {
            expect(rounds).toBeLessThan(200);
            const effect = begun[0];
            const deadline = nextDeadline(run.state);
            const waitMs = effect || !deadline ? 0 : Math.max(0, Date.parse(deadline) - Date.parse(run.now));
            carryOn(effect, (effect && end(effect, CERTAIN)) ?? is.clock, waitMs);
            if (isOver(run.state) && begun.length === 0) break;
          }
          expect(run.state.phase === 'Delivered' || isOver(run.state)).toBe(true);
          run.expectAnswers();
          for (const { order } of run.state.orders)
            run.reduce(is.settled('Settled', undefined, order.OrderReference));
          expect(isOver(run.state)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('honours the first right order that was acknowledged in time, whatever overtakes it and however late workers are', () => {
    const expiry = AT.offerExpires;
    const overtaking = fc.shuffledSubarray([
      is.sent('FlexOffer/1', 'delivered'),
      is.sent('FlexOffer/1', 'expired'),
      is.answered(),
      is.clock,
      is.reserved(),
      is.superseded('keep'),
      is.ordered({ messageId: id(8), OrderReference: 'O-8', Price: '13.00' }),
      is.ordered({ messageId: id(9), OrderReference: 'O-9', receivedAt: expiry }),
    ]);
    const outage = fc.integer({ min: 0, max: 72 * 3_600_000 });
    const handOver = fc.integer({ min: 0, max: HAND_OVER_GRACE_MS - 1 });
    fc.assert(
      fc.property(overtaking, outage, handOver, (before, outageMs, handOverMs) => {
        const run = new Run();
        run.reduce(is.requested());
        run.reduce(is.sent('FlexRequestResponse'));
        run.reduce(is.offered());
        before.forEach((event, index) => run.reduce(event, index === 0 ? outageMs : 0));
        run.reduce(is.ordered({ messageId: id(1), receivedAt: later(expiry, -1) }), handOverMs);
        run.reduce(is.booked(id(1)));
        expect(run.state.orders).toMatchObject([{ status: 'Accepted', order: { messageId: id(1) } }]);
        expect(orderAnswers(run.effects).filter((each) => each === 'Accepted')).toHaveLength(1);
      }),
    );
  });
});
