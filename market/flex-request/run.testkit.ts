import { expect } from 'vitest';
import { settledHold } from '../capacity.ts';
import type { FlexRequestEffect, FlexRequestEvent } from './events.ts';
import { AT, later, sends } from './facts.testkit.ts';
import { nextDeadline } from './on-clock.ts';
import { isOver } from './phase.ts';
import { reduce } from './reducer.ts';
import { binds, type FlexRequestState, initialState, isStanding, type Phase } from './state.ts';

/** Where each phase may lead; staying is always allowed. */
export const LEADS_TO: Readonly<Record<Phase, readonly Phase[]>> = {
  Waiting: ['Rejected', 'Open'],
  Open: ['Rejected', 'Lapsed', 'Superseded', 'Ordered', 'Failed'],
  Ordered: ['Delivered', 'Settled', 'Disputed'],
  // Beside an order that is over another may be placed.
  Delivered: ['Ordered', 'Settled', 'Disputed'],
  Settled: [],
  Disputed: ['Settled'],
  Rejected: [],
  Superseded: [],
  Lapsed: [],
  Failed: [],
};
const NEED_WORDS: readonly Phase[] = ['Rejected', 'Superseded', 'Lapsed', 'Failed'];

type Hold = { readonly step: string; readonly status: 'open' | 'firm' | 'released'; readonly assets: [] };

/** A run of the reducer that remembers all that was said and done, and checks every single step. */
export class Run {
  state: FlexRequestState = initialState;
  effects: FlexRequestEffect[] = [];
  now: string = AT.requested;
  /** Orders taken in, commands given, and messages under way. */
  readonly #orders = new Set<string>();
  readonly #commands: string[] = [];
  #underWay: string[] = [];
  #holds: Hold[] = [];

  /** What follows from the event; nothing does once the conversation is over, because its workflow has ended. */
  reduce(event: FlexRequestEvent, elapsedMs = 0): readonly FlexRequestEffect[] {
    this.now = later(this.now, elapsedMs);
    const before = this.state;
    if (isOver(before) && before.frame) return [];
    const { state, effects } = reduce(frozen(before), event, this.now);
    this.state = state;
    this.effects.push(...effects);
    this.#remember(event, effects);
    this.#check(before, event, effects);
    return effects;
  }

  /** Every command was answered. */
  expectAnswers(): void {
    const answered = this.effects.flatMap((effect) => (effect.kind === 'answer' ? [effect.command] : []));
    expect(answered.sort()).toEqual([...this.#commands].sort());
  }

  #remember(event: FlexRequestEvent, effects: readonly FlexRequestEffect[]): void {
    if (event.type === 'ordered' && this.state.seen.includes(event.order.messageId)) {
      this.#orders.add(event.order.messageId);
    }
    if (event.type === 'commanded') this.#commands.push(event.command.id);
    if (event.type === 'sent') {
      const at = this.#underWay.indexOf(event.step);
      if (at >= 0) this.#underWay = this.#underWay.toSpliced(at, 1);
    }
    for (const effect of effects) {
      if (effect.kind === 'send' || effect.kind === 'sendAgain') this.#underWay.push(effect.step);
      // The power of an offer is held as soon as it is being decided on.
      if (effect.kind === 'decide') this.#holds.push({ step: effect.step, status: 'open', assets: [] });
    }
    this.#holds = this.#holds.map((hold) => settledHold(this.state, hold));
  }

  #check(before: FlexRequestState, event: FlexRequestEvent, effects: readonly FlexRequestEffect[]): void {
    const { state } = this;
    expect(state.transition).toBe(before.transition + 1);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect([before.phase, ...LEADS_TO[before.phase]]).toContain(state.phase);
    if (NEED_WORDS.includes(state.phase)) expect(state.reason).toBeTruthy();
    expect(state.frame !== undefined).toBe(state.phase !== 'Waiting');
    this.#checkSending();
    this.#checkOrders(before);
    this.#checkCapacity();
    this.#checkRevocations(before, effects);
    const keys = state.alerts.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    // Or a workflow would wake again and again at an instant that is past.
    const deadline = nextDeadline(state);
    if (event.type === 'clock' && deadline !== undefined) expect(deadline > this.now).toBe(true);
  }

  /** Each step is one message; what is being sent is what was handed out and did not end, and never twice. */
  #checkSending(): void {
    const steps = sends(this.effects).map(({ step }) => step);
    expect(new Set(steps).size).toBe(steps.length);
    const { sending, request, decisions } = this.state;
    expect(new Set(sending).size).toBe(sending.length);
    expect([...sending].sort()).toEqual([...this.#underWay].sort());
    expect(steps.includes('FlexRequestResponse')).toBe(request !== undefined);
    const decided = this.effects.flatMap((effect) => (effect.kind === 'decide' ? [effect.step] : []));
    expect(decided).toEqual(Array.from({ length: decisions }, (_, index) => `FlexOffer/${index + 1}`));
  }

  /** Every order is answered once; one is accepted only where it is booked, in time, on an offer that stood, alone. */
  #checkOrders(before: FlexRequestState): void {
    const { offers, orders, phase } = this.state;
    const answers = sends(this.effects).filter(({ draft }) => draft.type === 'FlexOrderResponse');
    const booking = orders.filter(({ status }) => status === 'Booking');
    expect(
      [
        ...answers.map(({ draft }) => draft.FlexOrderMessageID),
        ...booking.map(({ order }) => order.messageId),
      ].sort(),
    ).toEqual([...this.#orders].sort());
    const accepted = answers.filter(({ draft }) => draft.Result === 'Accepted');
    expect(accepted.map(({ draft }) => draft.FlexOrderMessageID).sort()).toEqual(
      orders
        .filter(binds)
        .map(({ order }) => order.messageId)
        .sort(),
    );
    const steps = orders.map(({ step }) => step);
    expect(new Set(steps).size).toBe(steps.length);
    for (const { step, order, direct, status } of orders) {
      const written = this.effects.filter(
        (each) => each.kind === 'book' && each.order.messageId === order.messageId,
      );
      expect(written).toHaveLength(1);
      const offer = offers.find((each) => each.step === step);
      expect(offer === undefined).toBe(direct);
      if (!offer) continue;
      expect(offer.status).toBe(status === 'Booking' ? 'Ordering' : 'Ordered');
      expect(order.receivedAt < offer.content.ExpirationDateTime).toBe(true);
      expect(order.dso).toBe('dso.example.com');
      const known = before.orders.some((each) => each.step === step);
      if (!known) expect(isStanding(before.offers.find((each) => each.step === step)!)).toBe(true);
    }
    const taken = offers.filter(({ status }) => status === 'Ordered' || status === 'Ordering');
    expect(taken.map(({ step }) => step).every((step) => steps.includes(step))).toBe(true);
    const bound = ['Ordered', 'Delivered', 'Settled', 'Disputed'].includes(phase);
    expect(orders.some(binds)).toBe(bound);
  }

  /** Power is held for exactly what may still be ordered, is ordered, or is being decided on. */
  #checkCapacity(): void {
    const { offers, deciding } = this.state;
    for (const { step, status } of this.#holds) {
      const offer = offers.find((each) => each.step === step);
      const undecided = deciding.some((each) => each.step === step);
      const due =
        offer?.status === 'Ordered'
          ? 'firm'
          : undecided || (offer && isStanding(offer))
            ? 'open'
            : 'released';
      expect(status).toBe(due);
    }
    for (const { step } of offers) expect(this.#holds.some((hold) => hold.step === step)).toBe(true);
  }

  /** Only what the DSO accepted is revoked. */
  #checkRevocations(before: FlexRequestState, effects: readonly FlexRequestEffect[]): void {
    for (const { draft, step } of sends(effects)) {
      if (draft.type !== 'FlexOfferRevocation') continue;
      const offer = this.state.offers.find((each) =>
        step.startsWith(`${each.step.replace('Offer', 'OfferRevocation')}.`),
      );
      expect(offer?.status).toBe('Revoking');
      expect(offer!.messageId).toBe(draft.FlexOfferMessageID);
      expect(this.now < offer!.content.ExpirationDateTime).toBe(true);
      const earlier = before.offers.find((each) => each.step === offer!.step)!.status;
      expect(['Sending', 'Sent', 'Open', 'Undelivered', 'Ordering']).toContain(earlier);
    }
  }
}

/** The same state, which nobody can change any more. */
function frozen<Value extends object>(value: Value): Value {
  for (const each of Object.values(value))
    if (typeof each === 'object' && each !== null) frozen(each as object);
  return Object.freeze(value);
}
