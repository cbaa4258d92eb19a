import { describe, expect, it } from 'vitest';
import {
  after,
  alertsOf,
  AT,
  is,
  kindsOf,
  later,
  OFFER_ID,
  outcomes,
  proposal,
  quietly,
  statusesOf,
  tell,
  UNTIL,
} from './facts.testkit.ts';
import type { OperatorCommand } from './facts.ts';
import { refusalOf } from './on-command.ts';

const OTHER = '99999999-9999-4999-8999-999999999999';
const offer = (id = 'command-1') => is.commanded({ kind: 'offer', proposal: proposal() }, id);
const noBid = (id = 'command-1') => is.commanded({ kind: 'noBid', reason: 'holiday' }, id);
const resend = (step = 'FlexOffer/1') => is.commanded({ kind: 'resend', step });

describe("an operator's offer", () => {
  it('is completed, held and sent beside those that stand, and the operator told', () => {
    const asked = tell([offer()], quietly('Offered'));
    expect(asked.effects).toMatchObject([
      { kind: 'decide', step: 'FlexOffer/2', why: 'operator', proposal: proposal() },
    ]);
    expect(asked.state.deciding).toEqual([{ step: 'FlexOffer/2', why: 'operator', command: 'command-1' }]);
    const made = tell([is.offered({}, 'FlexOffer/2')], asked);
    expect(statusesOf(made.state)).toEqual(['Open', 'Sending']);
    expect(outcomes(made.effects)).toEqual([
      { 'command-1': { done: true, text: 'FlexOffer/2 is on its way.' } },
    ]);
  });

  it('that cannot be is told to the operator, and nothing else changes', () => {
    const before = tell([is.asked(AT.ordered)], quietly('Opened'));
    const decision = { kind: 'noBid', reason: 'no capacity' } as const;
    const { state, effects } = tell([offer(), is.decided(decision, 'FlexOffer/2')], before);
    expect(outcomes(effects)).toEqual([{ 'command-1': { done: false, text: 'no capacity' } }]);
    expect(state).toMatchObject({ askedUntil: AT.ordered, offers: [] });
    expect(state.reason).toBeUndefined();
  });

  it('answers who was asked', () => {
    const asked = tell([is.asked(AT.ordered)], quietly('Opened'));
    const { state } = tell([offer(), is.offered({}, 'FlexOffer/2')], asked);
    expect(alertsOf(state)).toEqual({});
    expect(state.askedUntil).toBeUndefined();
  });

  it('takes the place of what a strategy is still deciding', () => {
    const asked = tell([offer()], quietly('Opened'));
    expect(asked.state.deciding[0]).toEqual({
      ...{ step: 'FlexOffer/1', why: 'requested', givesWayTo: 'FlexOffer/2' },
    });
    for (const steps of [
      ['FlexOffer/1', 'FlexOffer/2'],
      ['FlexOffer/2', 'FlexOffer/1'],
    ]) {
      const { state } = tell(
        steps.map((step) => is.offered({}, step)),
        asked,
      );
      expect(state.offers.map(({ step }) => step)).toEqual(['FlexOffer/2']);
      expect(state.deciding).toEqual([]);
    }
  });

  it('leaves the strategy to decide where nothing comes of it', () => {
    const failed = is.decided({ kind: 'noBid', reason: 'no capacity' }, 'FlexOffer/2');
    const { state } = tell([offer(), failed], quietly('Opened'));
    expect(state.deciding).toEqual([{ step: 'FlexOffer/1', why: 'requested' }]);
    expect(statusesOf(tell([is.offered()], { state, effects: [] }).state)).toEqual(['Sending']);
  });

  it("takes the place of another operator's, whom it is told", () => {
    const both = tell([offer(), offer('command-2')], quietly('Opened'));
    const first = tell([is.offered({}, 'FlexOffer/2')], both);
    const text = 'FlexOffer/3 was proposed instead';
    expect(outcomes(first.effects)).toEqual([{ 'command-1': { done: false, text } }]);
    const second = tell([is.offered({}, 'FlexOffer/3'), is.offered()], first);
    expect(second.state.offers.map(({ step }) => step)).toEqual(['FlexOffer/3']);
    // What gave way to the first gives way to the second.
    const noneOfTwo = tell([is.decided({ kind: 'noBid', reason: 'no' }, 'FlexOffer/3')], first);
    expect(noneOfTwo.state.deciding).toEqual([{ step: 'FlexOffer/1', why: 'requested' }]);
  });

  it.each([
    ['a newer Revision', [is.superseded(), is.offered({}, 'FlexOffer/2')], 'a newer Revision took its place'],
    [
      "another operator's no",
      [noBid('command-2'), is.offered({}, 'FlexOffer/2')],
      'No offer: holiday (anna)',
    ],
    [
      'the expiry',
      [[is.offered({}, 'FlexOffer/2'), AT.requestExpires] as const],
      'the request expired first',
    ],
  ])('that was overtaken by %s is answered all the same', (_, events, text) => {
    const { state, effects } = tell([offer(), ...events], quietly('Offered'));
    expect(outcomes(effects)).toContainEqual({ 'command-1': { done: false, text } });
    expect(state.offers).toHaveLength(1);
    expect(state.deciding).toEqual([]);
  });
});

describe("an operator's no", () => {
  it('is recorded, and overrules what is being decided', () => {
    const said = tell([noBid()], quietly('Opened'));
    expect(outcomes(said.effects)).toEqual([{ 'command-1': { done: true, text: 'No offer will be made.' } }]);
    const { state, effects } = tell([is.offered()], said);
    expect(state).toMatchObject({ offers: [], deciding: [], reason: 'No offer: holiday (anna)' });
    expect(kindsOf(effects)).toEqual(['answer']);
    const lapsed = tell([[is.clock, AT.requestExpires]], { state, effects });
    expect(lapsed.state).toMatchObject({ phase: 'Lapsed', reason: 'No offer: holiday (anna)' });
  });

  it('ends the asking', () => {
    const { state } = tell([is.asked(AT.ordered), noBid()], quietly('Opened'));
    expect(state.askedUntil).toBeUndefined();
    expect(alertsOf(state)).toEqual({});
    expect(tell([[is.clock, AT.ordered]], { state, effects: [] }).effects).toEqual([]);
  });
});

describe("an operator's revocation", () => {
  it('is begun, with who wanted it and why', () => {
    const { state, effects } = tell([is.revoked()], quietly('Offered'));
    expect(kindsOf(effects)).toEqual(['send', 'answer']);
    expect(state.offers[0]).toMatchObject({ status: 'Revoking', revocation: 'sold elsewhere (anna)' });
    expect(outcomes(effects)).toEqual([
      {
        'command-1': {
          done: true,
          text: 'FlexOffer/1 is being revoked, as soon as the DSO has accepted it.',
        },
      },
    ]);
  });
});

describe('an operator who has a message sent again', () => {
  it('has its same bytes sent again, and the alert is settled until there is reason for another', () => {
    const second = later(AT.replyBy, 60_000);
    const overdue = tell([
      ...UNTIL.Opened,
      is.offered(),
      is.sent('FlexOffer/1', 'delivered', OFFER_ID, AT.replyBy),
      [is.clock, AT.replyBy],
      is.sent('FlexOffer/1', 'delivered', OFFER_ID, second),
      [is.clock, second],
    ]);
    expect(Object.keys(alertsOf(overdue.state))).toEqual(['reply/FlexOffer/1']);
    const { state, effects } = tell([[resend(), AT.ordered]], { ...overdue, effects: [] });
    expect(effects[0]).toEqual({
      kind: 'sendAgain',
      step: 'FlexOffer/1',
      askedAt: AT.ordered,
      validUntil: AT.offerExpires,
    });
    expect(alertsOf(state)).toEqual({});
    expect(outcomes(effects)).toMatchObject([{ 'command-1': { done: true } }]);
    const twice = tell([resend()], { state, effects: [] });
    expect(kindsOf(twice.effects)).toEqual(['answer']);
    expect(outcomes(twice.effects)).toEqual([
      { 'command-1': { done: false, text: 'FlexOffer/1 is being sent already.' } },
    ]);
  });

  it('brings an offer through that was given up', () => {
    const given = tell([...UNTIL.Opened, is.offered(), is.sent('FlexOffer/1', 'expired')]);
    const sent = tell([resend(), is.sent('FlexOffer/1', 'delivered', OFFER_ID, AT.ordered)], given);
    expect(sent.state.offers[0]).toMatchObject({ status: 'Sent', awaited: { by: AT.ordered } });
    expect(sent.state.offers[0]!.reason).toBeUndefined();
    expect(alertsOf(sent.state)).toEqual({});
    const failed = tell([resend(), is.sent('FlexOffer/1', 'refused')], given);
    expect(failed.state.offers[0]).toMatchObject({ status: 'Undelivered', reason: 'was refused' });
    expect(Object.keys(alertsOf(failed.state))).toEqual(['delivery/FlexOffer/1']);
  });

  it('may have a revocation sent again', () => {
    const step = 'FlexOfferRevocation/1.1';
    const waiting = tell([is.sent(step)], quietly('Revoking'));
    expect(tell([resend(step)], waiting).effects[0]).toMatchObject({ kind: 'sendAgain', step });
    expect(kindsOf(tell([resend(step)], quietly('Revoking')).effects)).toEqual(['answer']);
  });
});

describe('a command that cannot be carried out', () => {
  type Place = keyof typeof UNTIL;
  const refusals: readonly [Place, ReturnType<typeof is.commanded>, string, string][] = [
    [
      'Unsolicited',
      offer(),
      AT.offered,
      'An unsolicited conversation has one offer; begin another conversation.',
    ],
    ['Unsolicited', noBid(), AT.offered, 'Nobody asked for an offer here.'],
    ['Open', offer(), AT.offered, 'No offer can be made any more: the request is not open.'],
    ['Superseded', offer(), AT.offered, 'No offer can be made any more: a newer Revision took its place.'],
    ['Offered', offer(), AT.requestExpires, 'No offer can be made any more: the request expired first.'],
    ['Offered', noBid(), AT.requestExpires, 'No offer can be made any more: the request expired first.'],
    ['Opened', is.revoked(), AT.offered, 'There is no FlexOffer/1 in this conversation.'],
    ['Revoking', is.revoked(), AT.offered, 'FlexOffer/1 is Revoking and cannot be revoked.'],
    ['Ordered', is.revoked(), AT.offered, 'FlexOffer/1 is Ordered and cannot be revoked.'],
    ['Offered', is.revoked(), AT.offerExpires, 'FlexOffer/1 expired.'],
    ['Offered', resend(), AT.offered, 'Nothing under FlexOffer/1 waits for an answer.'],
    ['Sent', resend('FlexOffer/2'), AT.offered, 'Nothing under FlexOffer/2 waits for an answer.'],
    [
      'Offered',
      resend('FlexOfferRevocation/1.0'),
      AT.offered,
      'Nothing under FlexOfferRevocation/1.0 waits for an answer.',
    ],
  ];

  it.each(refusals)('in %s, %o at %s: %s', (place, event, now, text) => {
    const before = tell([[is.clock, now]], after(place)).state;
    expect(refusalOf(after(place).state, commandOf(event), now)).toBe(text);
    const { state, effects } = tell([[event, now]], { state: before, effects: [] });
    expect(outcomes(effects)).toEqual([{ 'command-1': { done: false, text } }]);
    expect(kindsOf(effects)).toEqual(['answer']);
    expect(state).toEqual({ ...before, transition: before.transition + 1 });
  });

  it('because its ISPs run already', () => {
    const running = tell([
      is.requested({ ExpirationDateTime: AT.delivered }),
      is.sent('FlexRequestResponse'),
      is.offered({ ExpirationDateTime: AT.delivered }),
      is.sent('FlexOffer/1', 'delivered', OTHER),
      is.answered(),
    ]);
    const text = 'The ISPs of FlexOffer/1 run already (UFTP FlexOfferRevocation).';
    expect(refusalOf(running.state, commandOf(is.revoked()), AT.delivering)).toBe(text);
    expect(refusalOf(running.state, commandOf(is.revoked()), later(AT.delivering, -1))).toBeUndefined();
  });
});

function commandOf(event: ReturnType<typeof is.commanded>): OperatorCommand {
  if (event.type !== 'commanded') throw new Error('not a command');
  return event.command;
}
