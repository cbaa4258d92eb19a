import { describe, expect, it } from 'vitest';
import type { PowerISP } from '../power.ts';
import type { FlexRequestEvent } from './events.ts';
import type { Obligation, OfferDecision } from './facts.ts';
import { alertsOf, AT, content, is, kindsOf, quietly, tell } from './facts.testkit.ts';

const RESERVED = [{ Power: -4000, Start: 48, Duration: 4 }];
const OBLIGED: Obligation = { reserved: RESERVED, firstISP: 1 };
const NO_BID: OfferDecision = { kind: 'noBid', reason: 'no asset can move' };
const OPENED = [is.requested({ ContractID: 'C-1' }), is.sent('FlexRequestResponse')];
const noBid = is.commanded({ kind: 'noBid', reason: 'holiday' });

/** What is decided on a step where the contract reserves this. */
const decided = (decision: OfferDecision, step = 'FlexOffer/1', changes: Partial<Obligation> = {}) =>
  is.decided({ ...decision, obligation: { ...OBLIGED, ...changes } }, step);
const offer = (...ISP: PowerISP[]): OfferDecision => ({
  kind: 'offer',
  content: content({ OfferOption: [{ ...content().OfferOption[0]!, ISP }] }),
});
const WHOLE = offer(...RESERVED);
const PART = offer({ Power: -4000, Start: 48, Duration: 1 }, { Power: -3000, Start: 50, Duration: 2 });
const alerted = (...events: (FlexRequestEvent | readonly [FlexRequestEvent, string])[]) =>
  alertsOf(tell([...OPENED, ...events]).state).obligation;

describe('the alert about an obligation', () => {
  it('names the contract, the ISPs and what is missing in them', () => {
    const { state } = tell([...OPENED, decided(NO_BID)]);
    expect(state.alerts).toEqual([
      {
        ...{ key: 'obligation', at: AT.offered, severity: 'critical' },
        text: 'Contract C-1 obliges to offer what was not offered: -4000 W in ISP 48 to 51.',
      },
    ]);
    expect(alerted(decided(PART))).toBe(
      'Contract C-1 obliges to offer what was not offered: -4000 W in ISP 49 to 49, -1000 W in ISP 50 to 51.',
    );
  });

  it('is not raised where everything was offered, or nothing is reserved, or nothing is known of it', () => {
    expect(alerted(decided(WHOLE))).toBeUndefined();
    expect(alerted(decided(NO_BID, 'FlexOffer/1', { reserved: [] }))).toBeUndefined();
    expect(alerted(is.noBid)).toBeUndefined();
  });

  it('leaves out ISPs whose gates were closed', () => {
    expect(alerted(decided(NO_BID, 'FlexOffer/1', { firstISP: 51 }))).toMatch(/: -4000 W in ISP 51 to 51/);
    expect(alerted(decided(NO_BID, 'FlexOffer/1', { firstISP: 52 }))).toBeUndefined();
  });

  it('waits while somebody is about to decide, and comes where it is too late for that', () => {
    const ask = decided({ kind: 'ask', until: AT.ordered });
    expect(alerted(ask)).toBeUndefined();
    expect(alerted(ask, noBid)).toBeDefined();
    expect(alerted(ask, [is.clock, AT.requestExpires])).toBeDefined();
    expect(
      alerted(decided(NO_BID), is.commanded({ kind: 'offer', proposal: { options: [] } })),
    ).toBeDefined();
    expect(alerted(noBid)).toBeUndefined();
    expect(alerted(noBid, decided(WHOLE))).toBeDefined();
    expect(alerted([decided(WHOLE), AT.requestExpires])).toBeDefined();
  });

  it('ends when it is offered after all, is released, or a newer Revision counts', () => {
    const late = is.commanded({ kind: 'offer', proposal: { options: [] } });
    expect(alerted(decided(NO_BID), late, decided(WHOLE, 'FlexOffer/2'))).toBeUndefined();
    expect(alerted(decided(NO_BID), is.reserved(0))).toBeUndefined();
    expect(alerted(decided(NO_BID), is.superseded())).toBeUndefined();
  });

  it('comes where the offer is refused or revoked, not where it expires or is ordered', () => {
    const sent = [decided(WHOLE), is.sent('FlexOffer/1')] as const;
    const refused = is.answered('Rejected', 'no');
    expect(alerted(...sent, refused)).toBeUndefined();
    expect(alerted(...sent, refused, decided(NO_BID, 'FlexOffer/2'))).toBeDefined();
    const revoking = [...sent, is.answered(), is.revoked(), is.sent('FlexOfferRevocation/1.1')] as const;
    expect(alerted(...revoking)).toBeUndefined();
    expect(alerted(...revoking, is.revocationAnswered())).toBeDefined();
    expect(alerted(...sent, is.answered(), [is.clock, AT.requestExpires])).toBeUndefined();
    expect(alerted(...sent, is.answered(), is.ordered(), is.booked())).toBeUndefined();
  });

  it('does not come of what is reserved when the request is over: that counts for the next', () => {
    const sent = [decided(WHOLE), is.sent('FlexOffer/1'), is.answered()] as const;
    const late = [is.reserved(-9000), AT.requestExpires] as const;
    expect(alerted(...sent, is.ordered(), is.booked(), late)).toBeUndefined();
  });

  it('says nothing of a request that was refused', () => {
    const rejected = tell([is.requested({ ContractID: 'C-1' }, ['ISP conflict']), is.reserved()]);
    expect(alertsOf(rejected.state)).toEqual({});
  });
});

describe('what a contract obliges to', () => {
  it('is known from the last decision, unless a reservation was told meanwhile', () => {
    const { state } = tell([...OPENED, is.reserved(-1000), decided(WHOLE)]);
    expect(state).toMatchObject({ firstISP: 1, reserved: [{ Power: -1000 }] });
    const less = [{ Power: -1000, Start: 48, Duration: 4 }];
    const more = is.commanded({ kind: 'offer', proposal: { options: [] } });
    const again = decided(NO_BID, 'FlexOffer/2', { reserved: less });
    expect(tell([...OPENED, decided(WHOLE), more, again]).state.reserved).toEqual(less);
    const both = tell([...OPENED, decided(WHOLE, 'FlexOffer/1', { firstISP: 49 })]).state;
    expect(both).toMatchObject({ firstISP: 49, reserved: RESERVED });
  });

  it('asks for nothing more in ISPs whose gates were closed', () => {
    const late = offer({ Power: -4000, Start: 50, Duration: 2 });
    const open = tell([...OPENED, decided(late, 'FlexOffer/1', { firstISP: 50 })]);
    expect(tell([is.reserved()], { ...open, effects: [] }).effects).toEqual([]);
    const earlier = tell([...OPENED, decided(late, 'FlexOffer/1', { firstISP: 49 })]);
    expect(kindsOf(tell([is.reserved()], { ...earlier, effects: [] }).effects)).toEqual(['decide']);
  });
});

describe('a decision that nothing more is offered', () => {
  it('says so only where no offer stands', () => {
    const short = offer({ Power: -1000, Start: 48, Duration: 4 });
    const second = tell([...OPENED, decided(short), is.reserved(), decided(NO_BID, 'FlexOffer/2')]);
    expect(second.state.reason).toBeUndefined();
    const ordered = tell([is.reserved(-5000), is.noBid], quietly('Ordered'));
    expect(ordered.state.reason).toBeUndefined();
  });

  it('because of a newer Revision ends the conversation', () => {
    const replaced: OfferDecision = {
      ...{ kind: 'noBid', reason: 'Revision 2 took its place' },
      supersededBy: { messageId: 'newer', Revision: 2 },
    };
    const { state } = tell([is.decided(replaced)], quietly('Opened'));
    expect(state).toMatchObject({
      ...{ phase: 'Superseded', reason: 'Revision 2 took its place' },
      supersededBy: { messageId: 'newer', Revision: 2 },
    });
    const beside = tell([is.reserved(-5000), is.decided(replaced, 'FlexOffer/2')], quietly('Offered'));
    expect(beside.state.offers).toMatchObject([{ status: 'Revoking' }]);
  });
});
