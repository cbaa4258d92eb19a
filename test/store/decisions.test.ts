import { beforeEach, describe, expect, test } from 'vitest';
import type { DecideInput, FlexRequestEvent } from '../../market/flex-request/index.ts';
import type { Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';
import { Conversation, floorConfig, NOW, openFloor, POINTS } from './trading-floor.ts';

const silent = { info() {}, warn() {}, error() {} };
const [point] = POINTS;
const ISP = [{ Disposition: 'Requested' as const, MinPower: -6000, MaxPower: -4000, Start: 48, Duration: 4 }];
/** When ISP 48 of the day begins. */
const BEGINS = '2026-06-15T09:45:00.000Z';

let store: Store;
let talks: Map<string, Conversation>;
beforeEach(async () => {
  const opened = await testStore();
  store = opened.store;
  talks = new Map();
  return opened.close;
});

async function conversation(
  settings: object = {},
  { name = 'talk', ...changes }: Parameters<Conversation['open']>[2] & { readonly name?: string } = {},
): Promise<Conversation> {
  const tell = async (workflowId: string, event: unknown) => {
    await talks.get(workflowId)!.tell(event as FlexRequestEvent);
    return true;
  };
  const talk = new Conversation(name, { store, config: floorConfig(settings), log: silent, tell });
  talks.set(name, talk);
  await talk.open(point, ISP, changes);
  return talk;
}

const powersOf = (decision: Awaited<ReturnType<Conversation['decide']>>) =>
  decision.kind === 'offer' ? decision.content.OfferOption.map((option) => option.ISP[0]!.Power) : decision;

describe('alternatives', () => {
  const settings = { strategy: { kind: 'merit-order', options: 2 } };

  test('are offered where the congestion point takes several options', async () => {
    await openFloor(store);
    expect(powersOf(await (await conversation(settings)).decide())).toEqual([-4000, -2000]);
  });

  test('are not where it does not', async () => {
    await openFloor(store, { mutexOffersSupported: false });
    expect(powersOf(await (await conversation(settings)).decide())).toEqual([-4000]);
  });

  test('become one where the DSO refuses them, and another refusal cannot be mended', async () => {
    await openFloor(store);
    const refused = async (name: string, refusal: string) =>
      powersOf(await (await conversation(settings, { name })).decide({ why: 'refused', refusal }));
    expect(await refused('mutex', 'no mutex offer support.')).toEqual([-4000]);
    expect(await refused('other', 'Power value rejection')).toEqual({
      kind: 'noBid',
      reason: `${point.dso} refused the offer: Power value rejection`,
    });
  });
});

describe('an operator', () => {
  const manual = { strategy: { kind: 'manual', deadline: 'PT2H' } };
  const proposal = { options: [{ Price: '99', ISP: [{ Start: 48, Duration: 4, Power: -6000 }] }] };

  test('is asked until the deadline, and then the fallback decides', async () => {
    await openFloor(store);
    const talk = await conversation(manual);
    expect(await talk.decide()).toEqual({ kind: 'ask', until: '2026-06-14T10:00:00.000Z' });
    expect(powersOf(await talk.decide({ why: 'deadline' }))).toEqual([-4000]);
  });

  test('has until shortly before the request expires at most', async () => {
    await openFloor(store);
    const strategy = { kind: 'manual', deadline: 'P1D', fallback: 'no-bid' };
    const talk = await conversation({ strategy });
    expect(await talk.decide()).toEqual({ kind: 'ask', until: '2026-06-14T15:59:00.000Z' });
    expect(await talk.decide({ why: 'deadline' })).toEqual({
      kind: 'noBid',
      reason: 'no operator decided in time',
    });
  });

  test('who does not decide leaves what a contract obliges to to the merit order, whatever the fallback', async () => {
    await openFloor(store);
    const reserved = [{ start: 48, duration: 2, powerW: -3000 }];
    const contracts = [{ id: 'C-1', dso: point.dso, reserved, penaltyPerMWh: '1.00' }];
    const strategy = { kind: 'manual', deadline: 'PT2H', fallback: 'no-bid' };
    const talk = await conversation({ strategy, contracts }, { ContractID: 'C-1' });
    expect(await talk.decide()).toMatchObject({ kind: 'ask' });
    expect(powersOf(await talk.decide({ why: 'deadline' }))).toEqual([-4000]);
  });

  test('overrides any strategy, and the power is held', async () => {
    await openFloor(store);
    const talk = await conversation();
    const decision = await talk.decide({ why: 'operator', proposal });
    expect(decision).toMatchObject({
      ...{ kind: 'offer', redispatchBy: 'AGR' },
      content: { BaselineReference: 'BL-1', Currency: 'EUR', OfferOption: [{ Price: '99.00' }] },
    });
    const hold = await store.capacity.find({ workflowId: 'talk', step: 'FlexOffer/1' });
    expect(hold!.assets.reduce((sum, { reduceW }) => sum + reduceW[47]!, 0)).toBe(6000);
    expect(await talk.decide({ why: 'operator', proposal })).toEqual(decision);
  });

  test.each<[string, number, RegExp]>([
    ['beyond the band', -6001, /ISP 48: -6001 W is beyond the band/],
    ['the other way', 10, /beyond the band/],
  ])('is told why a proposal %s is none', async (_, Power, reason) => {
    await openFloor(store);
    const wrong = { options: [{ Price: '1', ISP: [{ Start: 48, Duration: 4, Power }] }] };
    const decision = await (await conversation()).decide({ why: 'operator', proposal: wrong });
    expect(decision).toEqual({ kind: 'noBid', reason: expect.stringMatching(reason) });
  });

  test('is told what lacks where there is less than proposed', async () => {
    await openFloor(store);
    for (const name of ['first', 'second']) await (await conversation({}, { name })).decide();
    const decision = await (await conversation()).decide({ why: 'operator', proposal });
    expect(decision).toEqual({ kind: 'noBid', reason: 'options.0: the free assets lack 3500 W in ISP 48' });
  });

  test('may offer what nobody asked for', async () => {
    await openFloor(store);
    const talk = new Conversation('unsolicited', { store, config: floorConfig(), log: silent });
    const { request, ...rest } = (await conversation()).asked as DecideInput;
    talk.asked = { ...rest, step: 'FlexOffer/1', why: 'unsolicited', offered: [] };
    expect(request).toBeDefined();
    expect(await talk.decide()).toMatchObject({ kind: 'noBid' });
    const up = { options: [{ Price: '5', ISP: [{ Start: 3, Duration: 1, Power: 4500 }] }] };
    expect(powersOf(await talk.decide({ proposal: up }))).toEqual([4500]);
  });
});

describe('after day-ahead gate closure', () => {
  const intraday = async (now: string, flags: { intradayRedispatchBy?: string }) => {
    await openFloor(store, flags);
    const talk = await conversation({}, { ExpirationDateTime: BEGINS });
    talk.now = now;
    return talk.decide();
  };

  test('not before: until then the day-ahead rules count', async () => {
    expect(await intraday('2026-06-14T09:59:59.999Z', {})).toMatchObject({
      kind: 'offer',
      redispatchBy: 'AGR',
    });
  });

  test('nothing is traded without IntradayRedispatchBy, from the very instant on', async () => {
    expect(await intraday('2026-06-14T10:00:00.000Z', {})).toEqual({
      kind: 'noBid',
      reason: 'no intraday trading on this congestion point',
    });
  });

  test('only ISPs are offered whose gate is open, and who redispatches is what the CRO says of intraday', async () => {
    // An hour before ISP 50 begins, the gates of ISP 48 to 50 are closed.
    const decision = await intraday('2026-06-15T09:15:00.000Z', { intradayRedispatchBy: 'DSO' });
    expect(decision).toMatchObject({
      redispatchBy: 'DSO',
      content: { OfferOption: [{ ISP: [{ Start: 51, Duration: 1, Power: -4000 }] }] },
    });
  });

  test('nothing is offered when all gates are closed', async () => {
    expect(await intraday('2026-06-15T09:30:00.000Z', { intradayRedispatchBy: 'DSO' })).toEqual({
      kind: 'noBid',
      reason: 'the gates of all requested ISPs are closed',
    });
  });
});

test('offers that stand are not offered again', async () => {
  await openFloor(store);
  const talk = await conversation();
  const first = await talk.decide();
  if (first.kind !== 'offer') throw new Error('No offer was made.');
  const offered = [first.content];
  expect(await talk.decide({ step: 'FlexOffer/2', why: 'operator', offered })).toMatchObject({
    kind: 'noBid',
  });
});

describe('a newer Revision', () => {
  const revised = { conversationId: 'one conversation' };

  test('waits until no offer of the earlier one may be ordered, then offers what that held', async () => {
    await openFloor(store);
    const old = await conversation({}, { ...revised, name: 'old' });
    await old.tell({ type: 'decided', step: 'FlexOffer/1', decision: await old.decide() });
    const delivery = { messageId: 'offer', outcome: 'delivered' } as const;
    await old.tell({ type: 'sent', step: 'FlexOffer/1', delivery });
    const answer = {
      messageId: 'a',
      reference: 'offer',
      refersTo: 'FlexOffer/1',
      Result: 'Accepted',
    } as const;
    await old.tell({ type: 'offerAnswered', answer });

    const next = await conversation({}, { ...revised, name: 'new', Revision: 2 });
    const pending = { type: 'activities.predecessor-pending', nonRetryable: false };
    await expect(next.decide()).rejects.toMatchObject(pending);
    expect(old.state).toMatchObject({ requestStatus: 'Superseded', offers: [{ status: 'Revoking' }] });
    await expect(next.decide()).rejects.toMatchObject(pending);
    const revocation = { messageId: 'r', reference: 'x', refersTo: 'FlexOfferRevocation/1.1' };
    await old.tell({ type: 'revocationAnswered', answer: { ...revocation, Result: 'Accepted' } });
    expect(old.state.phase).toBe('Superseded');
    expect(powersOf(await next.decide())).toEqual([-4000]);
    const kept = await store.capacity.find({ workflowId: 'old', step: 'FlexOffer/1' });
    expect(kept!.status).toBe('released');
  });

  test('says nothing to another conversation', async () => {
    await openFloor(store);
    const other = await conversation({}, { name: 'other', conversationId: 'elsewhere' });
    const talk = await conversation({}, { ...revised, Revision: 2 });
    expect(await talk.decide()).toMatchObject({ kind: 'offer' });
    expect(other.state.requestStatus).toBe('Open');
  });

  test('that came first keeps an older one, handed over late, from offering beside it', async () => {
    await openFloor(store);
    const newer = await conversation({}, { ...revised, name: 'newer', Revision: 2 });
    expect(await newer.decide()).toMatchObject({ kind: 'offer' });
    const older = await conversation({}, { ...revised, name: 'older' });
    const replaced = {
      ...({ kind: 'noBid', reason: 'Revision 2 took its place' } as const),
      supersededBy: { messageId: 'newer', Revision: 2 },
    };
    expect(await older.decide()).toEqual(replaced);
    const proposal = { options: [{ Price: '99', ISP: [{ Start: 48, Duration: 4, Power: -6000 }] }] };
    expect(await older.decide({ why: 'operator', proposal })).toEqual(replaced);
    await older.tell({ type: 'decided', step: 'FlexOffer/1', decision: replaced });
    expect(older.state).toMatchObject({ phase: 'Superseded', reason: replaced.reason });
    expect(newer.state.requestStatus).toBe('Open');
  });

  test("that was refused takes nobody's place", async () => {
    await openFloor(store);
    const refused = await conversation({}, { ...revised, name: 'refused', Revision: 2 });
    await refused.record({ ...refused.state, requestStatus: 'Rejected', transition: 99 });
    expect(await (await conversation({}, revised)).decide()).toMatchObject({ kind: 'offer' });
  });

  test('does not wait for an earlier one that expired after it was ordered', async () => {
    await openFloor(store, { intradayRedispatchBy: 'DSO' });
    const old = await conversation({}, { ...revised, name: 'old' });
    await old.tell({ type: 'decided', step: 'FlexOffer/1', decision: await old.decide() });
    await old.tell({ type: 'sent', step: 'FlexOffer/1', delivery: { messageId: 'o', outcome: 'delivered' } });
    const order = {
      ...old.state.request!,
      ...{ messageId: 'order', receivedAt: NOW, offerStep: 'FlexOffer/1', OrderReference: 'O-1' },
      ...{ ActivationFactor: '1', BaselineReference: 'BL-1', Currency: 'EUR' },
      ...old.state.offers[0]!.content.OfferOption[0]!,
    };
    await old.tell({ type: 'ordered', order, rejections: [] });
    await old.tell({ type: 'booked', orderMessageId: 'order', booked: { rejections: [] } });
    expect(old.state).toMatchObject({ phase: 'Ordered', requestStatus: 'Open' });
    const next = await conversation({}, { ...revised, name: 'new', Revision: 2, ExpirationDateTime: BEGINS });
    // The expiry of the old one is recorded with what happens next, and nothing does.
    next.now = old.now = old.state.request!.ExpirationDateTime;
    expect(await next.decide()).toMatchObject({ kind: 'offer' });
  });
});
