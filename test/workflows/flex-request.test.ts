import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlexRequestState, OfferDecision } from '../../market/flex-request/index.ts';
import { ispCount } from '../../uftp/index.ts';
import { startWorkflows, type Workflows } from './workflows.ts';

let temporal: Workflows;
beforeAll(async () => {
  temporal = await startWorkflows();
}, 120_000);
afterAll(() => temporal.stop());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY_BEFORE = '2027-05-15T08:00:00.000Z';
const PERIOD = '2027-05-16';
const ISP = [{ Start: 69, Duration: 8, Power: -4000 }];

const later = (instant: string, milliseconds: number): string =>
  new Date(Date.parse(instant) + milliseconds).toISOString();

interface Told {
  readonly period?: string;
  readonly now?: string;
  readonly rejections?: readonly string[];
  readonly decision?: OfferDecision;
  /** The offer stays under way until it is let go. */
  readonly holdOffer?: boolean;
}

/** A conversation that a FlexRequest began. It expires after four hours, its offer after two. */
async function begin(told: Told = {}) {
  const { period = PERIOD, now = DAY_BEFORE, rejections = [], holdOffer = false } = told;
  const ISPs = ispCount(period, 'Europe/Amsterdam', 'PT15M');
  const common = {
    ISPDuration: 'PT15M',
    TimeZone: 'Europe/Amsterdam',
    Period: period,
    CongestionPoint: 'ea1.2009-01.com.example:feeder-7',
  };
  const decision = told.decision ?? offer(later(now, 2 * HOUR));
  const conversation = await temporal.converse(now, { decision, holdOffer });
  await conversation.request({
    rejections,
    content: {
      ...common,
      Revision: 1,
      ExpirationDateTime: later(now, 4 * HOUR),
      ISP: [{ Start: 1, Duration: ISPs, Disposition: 'Requested', MinPower: -6000, MaxPower: -4000 }],
    },
  });
  return {
    ...conversation,
    offerAnswered: (content: object = {}) =>
      conversation.give('FlexOfferResponse', { Result: 'Accepted', ...content }),
    order: (content: object = {}, given: { receivedAt?: string; rejections?: readonly string[] } = {}) =>
      conversation.give(
        'FlexOrder',
        {
          ...common,
          OptionReference: 'A',
          OrderReference: `ORDER-${randomUUID()}`,
          ActivationFactor: '1.00',
          Price: '10.00',
          Currency: 'EUR',
          ISP,
          ...content,
        },
        given,
      ),
    settled: (outcome: 'Settled' | 'Disputed') =>
      conversation.handle.signal('tell', { type: 'settled', messageId: randomUUID(), outcome }),
  };
}

function offer(ExpirationDateTime: string): OfferDecision {
  return {
    kind: 'offer',
    content: {
      ExpirationDateTime,
      Currency: 'EUR',
      OfferOption: [{ OptionReference: 'A', Price: '10.00', MinActivationFactor: '1.00', ISP }],
    },
  };
}

const ended = (handle: WorkflowHandle): Promise<FlexRequestState['phase']> => handle.result();

test('a request that was found wrong is rejected with every reason', async () => {
  const { handle, sent } = await begin({ rejections: ['Unknown recipient', 'ISP conflict'] });
  expect(await ended(handle)).toBe('Rejected');
  expect(sent.map(({ draft }) => draft)).toMatchObject([
    { type: 'FlexRequestResponse', Result: 'Rejected', RejectionReason: 'Unknown recipient;ISP conflict' },
  ]);
});

test('without an offer it lapses at the expiry of the request', async () => {
  const { handle, sent, state, moveBy } = await begin({
    decision: { kind: 'noBid', reason: 'nothing to move' },
  });
  await state(({ reason }) => reason === 'No offer: nothing to move');
  await moveBy(4 * HOUR - MINUTE);
  expect((await handle.describe()).status.name).toBe('RUNNING');
  await moveBy(2 * MINUTE);
  expect(await ended(handle)).toBe('Lapsed');
  expect(sent.map(({ draft }) => draft.type)).toEqual(['FlexRequestResponse']);
});

test('an offer that the DSO refuses is no longer to be had', async () => {
  const { handle, sent, offerAnswered, order, state, moveBy } = await begin();
  await state(({ offers }) => offers[0]?.status === 'Sent');
  await offerAnswered({ Result: 'Rejected', RejectionReason: 'Price too high' });
  await state(({ offers }) => offers[0]?.status === 'Refused');
  await order();
  await state(({ seen, sending }) => seen.length === 3 && sending.length === 0);
  expect(sent.at(-1)!.draft).toMatchObject({ type: 'FlexOrderResponse', Result: 'Rejected' });
  await moveBy(4 * HOUR + 6 * MINUTE);
  expect(await ended(handle)).toBe('Lapsed');
});

test('an offer that nobody orders expires, and the conversation lapses', async () => {
  const { handle, offerAnswered, state, moveBy, last } = await begin();
  await state(({ offers }) => offers[0]?.status === 'Sent');
  await offerAnswered();
  await moveBy(4 * HOUR + 6 * MINUTE);
  expect(await ended(handle)).toBe('Lapsed');
  expect(last()).toMatchObject({ reason: 'No offer was ordered', offers: [{ status: 'Expired' }] });
});

test('an order may overtake the FlexOfferResponse, and the news that the offer arrived', async () => {
  const { handle, sent, letOfferArrive, offerAnswered, order, state, settled } = await begin({
    holdOffer: true,
  });
  await state(({ offers }) => offers.length === 1);
  await order();
  await offerAnswered();
  const overtaken = await state(({ phase }) => phase === 'Ordered');
  expect(overtaken.sending).toContain('FlexOffer/1');
  letOfferArrive();
  await state(({ phase, sending }) => phase === 'Ordered' && sending.length === 0);
  expect(sent.at(-1)!.draft).toMatchObject({ type: 'FlexOrderResponse', Result: 'Accepted' });
  await settled('Settled');
  expect(await ended(handle)).toBe('Settled');
});

describe('an order', () => {
  /** A conversation in which the offer may be ordered. */
  async function open() {
    const conversation = await begin();
    await conversation.state(({ offers }) => offers[0]?.status === 'Sent');
    await conversation.offerAnswered();
    await conversation.state(({ offers }) => offers[0]?.status === 'Open');
    return conversation;
  }

  test('received at the offer’s expiry is too late', async () => {
    const { sent, order, state } = await open();
    await order({}, { receivedAt: later(DAY_BEFORE, 2 * HOUR) });
    await state(({ seen, sending }) => seen.length === 3 && sending.length === 0);
    expect(sent.at(-1)!.draft).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'Reference message expired',
    });
  });

  test('received in time and handed over late is accepted', async () => {
    const { sent, order, state, moveBy } = await open();
    await moveBy(2 * HOUR + 3 * MINUTE);
    await order({}, { receivedAt: later(DAY_BEFORE, 2 * HOUR - 1) });
    await state(({ phase, sending }) => phase === 'Ordered' && sending.length === 0);
    expect(sent.at(-1)!.draft).toMatchObject({ Result: 'Accepted' });
  });

  test('that is the second on one offer is rejected, and the first still binds', async () => {
    const { sent, order, state } = await open();
    await order();
    await state(({ phase }) => phase === 'Ordered');
    await order();
    const { order: bound } = await state(({ seen, sending }) => seen.length === 4 && sending.length === 0);
    expect(bound?.status).toBe('Accepted');
    const results = sent.map(({ draft }) => draft).filter(({ type }) => type === 'FlexOrderResponse');
    expect(results.map(({ Result }) => Result)).toEqual(['Accepted', 'Rejected']);
    expect(results[1]!.RejectionReason).toContain('already ordered');
  });

  test('that repeats the offer wrongly is rejected with every reason, and the offer stays open', async () => {
    const { sent, order, state } = await open();
    await order({
      Price: '9.99',
      ISP: [{ ...ISP[0]!, Power: -3999 }],
      Period: '2027-05-17',
      CongestionPoint: 'ea1.2009-01.com.example:feeder-8',
      BaselineReference: 'none was named',
    });
    const { offers } = await state(({ seen, sending }) => seen.length === 3 && sending.length === 0);
    expect(offers[0]!.status).toBe('Open');
    const { RejectionReason } = sent.at(-1)!.draft as unknown as { RejectionReason: string };
    const reasons = RejectionReason.split(';');
    for (const about of ['period', 'congestion point', 'baseline', 'power', 'price']) {
      expect(reasons.filter((reason) => reason.toLowerCase().includes(about))).toHaveLength(1);
    }
    expect(reasons).toHaveLength(5);
  });

  test.each(['Settled', 'Disputed'] as const)('is %s in the end', async (outcome) => {
    const { handle, order, state, settled } = await open();
    await order();
    await state(({ phase }) => phase === 'Ordered');
    await settled(outcome);
    expect(await ended(handle)).toBe(outcome);
  });
});

// ISP 76 ends 19 hours after midnight, whatever the clocks on the wall do in between.
test.each([
  ['2027-03-28', '2027-03-27T08:00:00.000Z', '2027-03-28T18:00:00Z'],
  ['2027-10-31', '2027-10-30T07:00:00.000Z', '2027-10-31T17:00:00Z'],
])('delivery on %s ends when its last ISP does', async (period, now, end) => {
  const { offerAnswered, order, state, moveBy, handle, settled } = await begin({ period, now });
  await state(({ offers }) => offers[0]?.status === 'Sent');
  await offerAnswered();
  await order();
  await state(({ phase, sending }) => phase === 'Ordered' && sending.length === 0);
  await moveBy(Date.parse(end) - Date.parse(now) - MINUTE);
  const { phase } = await state(() => true);
  expect(phase).toBe('Ordered');
  await moveBy(2 * MINUTE);
  await state(({ phase: now }) => now === 'Delivered');
  await settled('Settled');
  expect(await ended(handle)).toBe('Settled');
  const { events } = await handle.fetchHistory();
  console.log(`A conversation from request to settlement: ${events?.length} events.`);
});
