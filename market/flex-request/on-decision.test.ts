import { describe, expect, it } from 'vitest';
import type { FlexRequestEvent } from './events.ts';
import {
  alertsOf,
  AT,
  content,
  frame,
  after,
  is,
  kindsOf,
  later,
  quietly,
  request,
  sends,
  statusesOf,
  tell,
  UNTIL,
} from './facts.testkit.ts';

const RESERVED = [{ Power: -4000, Start: 48, Duration: 4 }];
const offers = (Power: number) =>
  is.offered({ OfferOption: [{ ...content().OfferOption[0]!, ISP: [{ Power, Start: 48, Duration: 4 }] }] });

describe('an offer', () => {
  it('is asked for once the DSO knows that its request was accepted, and no sooner', () => {
    expect(kindsOf(after('Open').effects)).toEqual(['send']);
    expect(after('Opened').effects.at(-1)).toEqual({
      kind: 'decide',
      step: 'FlexOffer/1',
      frame: frame(),
      request: request(),
      offered: [],
      why: 'requested',
    });
    expect(after('Opened').state).toMatchObject({
      requestStatus: 'Open',
      decisions: 1,
      deciding: [{ step: 'FlexOffer/1', why: 'requested' }],
    });
  });

  it("is sent in the request's conversation and grid, and is not delivered after its own expiry", () => {
    const { state, effects } = tell([...UNTIL.Opened, is.offered()]);
    expect(sends(effects).at(-1)).toEqual({
      kind: 'send',
      step: 'FlexOffer/1',
      to: { domain: 'dso.example.com', role: 'DSO' },
      version: '3.1.0',
      conversationId: request().conversationId,
      validUntil: AT.offerExpires,
      draft: {
        type: 'FlexOffer',
        ISPDuration: 'PT15M',
        TimeZone: 'Europe/Amsterdam',
        Period: '2026-06-15',
        CongestionPoint: request().CongestionPoint,
        FlexRequestMessageID: request().messageId,
        ...content(),
      },
    });
    expect(state).toMatchObject({ deciding: [], sending: ['FlexOffer/1'] });
    expect(state.offers).toEqual([
      { step: 'FlexOffer/1', why: 'requested', status: 'Sending', content: content() },
    ]);
  });

  it('may hold several options, and says who redispatches', () => {
    const OfferOption = ['A', 'B'].map((OptionReference) => ({
      ...content().OfferOption[0]!,
      OptionReference,
    }));
    const decision = { kind: 'offer', content: content({ OfferOption }), redispatchBy: 'DSO' } as const;
    const { state, effects } = tell([is.decided(decision)], after('Opened'));
    expect(state.offers).toMatchObject([{ redispatchBy: 'DSO' }]);
    expect(sends(effects).at(-1)!.draft).toMatchObject({ OfferOption });
    expect(sends(effects).at(-1)!.draft).not.toHaveProperty('redispatchBy');
  });

  it.each<[string, FlexRequestEvent, string, string]>([
    ['the strategy bids nothing', is.noBid, AT.offered, 'No offer: too dear'],
    ['the request expired', is.offered(), AT.requestExpires, 'No offer: the request expired first'],
    ['it would have expired', is.offered(), AT.offerExpires, 'No offer: it would have expired already'],
  ])('is not made where %s', (_, event, now, reason) => {
    const { state, effects } = tell([[event, now]], quietly('Opened'));
    expect(effects).toEqual([]);
    expect(state).toMatchObject({ deciding: [], offers: [], reason });
  });

  it('is made one instant before', () => {
    const { state } = tell([[is.offered(), later(AT.offerExpires, -1)]], after('Opened'));
    expect(statusesOf(state)).toEqual(['Sending']);
  });

  it('is not made of what nobody asked for, nor twice of one decision', () => {
    expect(tell([is.requested(), is.offered()]).state.offers).toEqual([]);
    expect(tell([is.offered()], after('Offered')).state.offers).toHaveLength(1);
    expect(tell([is.offered({}, 'FlexOffer/2')], after('Offered')).state.offers).toHaveLength(1);
  });

  it('takes back what was said about there being none', () => {
    const none = tell([is.noBid, is.reserved()], after('Opened'));
    expect(none.state.reason).toBe('No offer: too dear');
    expect(tell([is.offered({}, 'FlexOffer/2')], none).state.reason).toBeUndefined();
  });
});

describe('a FlexReservationUpdate', () => {
  it('before the request is open is what the first offer reckons with', () => {
    const { effects } = tell([is.requested(), is.reserved(), is.sent('FlexRequestResponse')]);
    expect(effects.at(-1)).toMatchObject({ kind: 'decide', step: 'FlexOffer/1', reserved: RESERVED });
    expect(kindsOf(effects)).toEqual(['send', 'decide']);
  });

  it('while one is being decided on has it looked at again, once', () => {
    const changed = tell([is.reserved(-1000), is.reserved()], quietly('Opened'));
    expect(changed.effects).toEqual([]);
    expect(tell([offers(-4000)], changed).effects.map(({ kind }) => kind)).toEqual(['send']);
    const short = tell([offers(-3999)], changed);
    expect(short.effects.at(-1)).toMatchObject({
      kind: 'decide',
      step: 'FlexOffer/2',
      why: 'reserved',
      reserved: RESERVED,
      offered: [{ OfferOption: [{ ISP: [{ Power: -3999 }] }] }],
    });
    const enough = tell([offers(-1)].concat(is.offered({}, 'FlexOffer/2')), short);
    expect(kindsOf(enough.effects).filter((kind) => kind === 'decide')).toHaveLength(1);
  });

  it('has more offered where the offers that stand hold less than is obliged', () => {
    const before = tell([...UNTIL.Opened, offers(-3000), is.sent('FlexOffer/1'), is.answered()]);
    const { effects } = tell([is.reserved()], { ...before, effects: [] });
    expect(effects).toMatchObject([
      { kind: 'decide', step: 'FlexOffer/2', why: 'reserved', offered: [{ BaselineReference: 'BL-1' }] },
    ]);
  });

  it.each([
    ['is covered by what stands', after('Offered'), -4000],
    ['released everything', after('Offered'), 0],
    ['holds the other direction', tell([is.noBid], after('Opened')), 4000],
    ['is covered by what was ordered', after('Ordered'), -4000],
    ['is covered by what is being revoked, as long as it is', after('Revoking'), -4000],
  ])('has nothing offered where it %s', (_, before, power) => {
    const { state, effects } = tell([is.reserved(power)], { ...before, effects: [] });
    expect(effects).toEqual([]);
    expect(state.reserved).toEqual([{ Power: power, Start: 48, Duration: 4 }]);
  });

  it('counts several offers together, and of exclusive options the least', () => {
    const option = content().OfferOption[0]!;
    const [half, whole] = [-2000, -4000].map((Power) => ({
      ...option,
      ISP: [{ Power, Start: 48, Duration: 4 }],
    }));
    const first = tell([...UNTIL.Opened, is.offered({ OfferOption: [whole!, half!] })]);
    const short = tell([is.reserved()], { ...first, effects: [] });
    expect(kindsOf(short.effects)).toEqual(['decide']);
    const second = tell([is.offered({ OfferOption: [half!] }, 'FlexOffer/2')], short);
    expect(tell([is.reserved()], { ...second, effects: [] }).effects).toEqual([]);
    const elsewhere = { ...option, ISP: [{ Power: -4000, Start: 52, Duration: 4 }] };
    const other = tell([...UNTIL.Opened, is.offered({ OfferOption: [whole!, elsewhere] })]);
    expect(kindsOf(tell([is.reserved()], { ...other, effects: [] }).effects)).toEqual(['decide']);
  });

  it.each(['Superseded', 'Lapsed', 'Unsolicited', 'Rejected', 'Settled'] as const)(
    'after the request is over changes nothing: %s',
    (place) => {
      const { state, effects } = tell([is.reserved()], quietly(place));
      expect(effects).toEqual([]);
      expect(alertsOf(state)).toEqual(alertsOf(quietly(place).state));
    },
  );

  it('finds a request that expired unnoticed', () => {
    const refused = tell([is.noBid], quietly('Opened'));
    expect(tell([[is.reserved(), AT.requestExpires]], refused).effects).toEqual([]);
  });
});

describe('an operator who is asked', () => {
  const asked = tell([is.asked(AT.ordered)], quietly('Opened'));

  it('is told until when, and nothing is offered meanwhile', () => {
    expect(asked.state).toMatchObject({ phase: 'Open', askedUntil: AT.ordered, offers: [] });
    expect(alertsOf(asked.state)).toEqual({
      decision: `An offer waits for an operator's decision until ${AT.ordered}.`,
    });
    expect(asked.effects).toEqual([]);
  });

  it('is not asked for a request that is over', () => {
    const { state } = tell([[is.asked('2026-06-14T20:00:00.000Z'), AT.requestExpires]], after('Opened'));
    expect(alertsOf(state)).toEqual({});
    expect(state).toMatchObject({ phase: 'Lapsed', reason: 'No offer: the request expired first' });
  });

  it('is not waited for after the deadline: it is decided again', () => {
    const { state, effects } = tell([[is.clock, AT.ordered]], asked);
    expect(effects).toMatchObject([{ kind: 'decide', step: 'FlexOffer/2', why: 'deadline' }]);
    expect(state.askedUntil).toBeUndefined();
    expect(alertsOf(state)).toEqual({});
    expect(tell([[is.clock, later(AT.ordered, -1)]], asked).effects).toEqual([]);
  });

  it('is not asked any more once there is an offer', () => {
    const reserved = tell([is.reserved(), is.offered({}, 'FlexOffer/2')], asked);
    expect(reserved.state.askedUntil).toBeUndefined();
    expect(alertsOf(reserved.state)).toEqual({});
  });

  it('is not asked any more once the request expires', () => {
    const longer = tell([is.asked('2026-06-14T20:00:00.000Z')], quietly('Opened'));
    const { state, effects } = tell([[is.clock, AT.requestExpires]], longer);
    expect(state).toMatchObject({ phase: 'Lapsed', reason: 'No offer was made' });
    expect(alertsOf(state)).toEqual({});
    expect(effects).toEqual([]);
  });
});
