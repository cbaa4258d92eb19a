import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { bookDirectOrder, bookOrder, NOT_DELIVERABLE } from '../../activities/booking.ts';
import { reservedUnder, termsFor } from '../../activities/contracts.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { reservationActivities } from '../../activities/reservation.ts';
import type { BookedOrder, OrderFacts } from '../../market/flex-request/index.ts';
import type { Config } from '../../config/index.ts';
import { obligatedPower } from '../../market/obligation.ts';
import type { RequestedBand } from '../../market/power.ts';
import type { Store } from '../../store/index.ts';
import { encode, type MessageDraft, type Role } from '../../uftp/index.ts';
import { testStore } from '../support/store.ts';
import { Conversation, floorConfig, NOW, openFloor, PERIOD, POINTS } from './trading-floor.ts';

let store: Store;
beforeEach(async () => {
  const opened = await testStore();
  store = opened.store;
  await openFloor(store);
  return opened.close;
});

/** Of the 10.5 kW by which consumption can fall, 8 kW are reserved from 17:00 to 18:00 local time. */
const [quarters, hours] = POINTS;
const CONTRACT = {
  id: 'C-1',
  dso: quarters.dso,
  congestionPoints: [quarters.congestionPoint],
  reserved: [{ between: '17:00-18:00', powerW: -8000 }],
  releaseDeadline: { at: '12:00' },
  activationPricePerMWh: '100.00',
  penaltyPerMWh: '0',
  maxActivations: { perDay: 2 },
};
const WORKED = {
  ...{ id: 'C-WORKED', dso: quarters.dso, penaltyPerMWh: '0' },
  reserved: [-2, -4, -2, 0, 0].map((powerW, index) => ({ start: 12 + index, powerW })),
};
const config = floorConfig({ contracts: [CONTRACT, WORKED] });

interface World {
  readonly told: { workflowId: string; event: unknown }[];
  readonly deps: Dependencies;
}
function world(settings = config): World {
  const told: World['told'] = [];
  const log = { info() {}, warn() {}, error() {} };
  const tell = async (workflowId: string, event: unknown) => {
    told.push({ workflowId, event });
    return true;
  };
  const clock = { now: () => new Date(NOW) };
  return { told, deps: { config: settings, store, clock, log, tell } as unknown as Dependencies };
}

function order(given: Partial<OrderFacts> = {}): OrderFacts {
  const OrderReference = randomUUID();
  return {
    ...{ dso: quarters.dso, CongestionPoint: quarters.congestionPoint, ISPDuration: 'PT15M' },
    ...{ TimeZone: 'Europe/Amsterdam', Period: PERIOD, conversationId: randomUUID(), version: '3.1.0' },
    ...{ inboxId: 'inbox', messageId: randomUUID(), receivedAt: NOW, ContractID: 'C-1' },
    ...{ OrderReference, ActivationFactor: '1', Price: '0.20', Currency: 'EUR', BaselineReference: 'BL-1' },
    ISP: [{ Power: -2000, Start: 69, Duration: 4 }],
    ...given,
  };
}

/** Books as the workflow of that order would. */
async function book(
  facts: OrderFacts,
  { deps } = world(),
  workflowId = `unsolicited/${facts.messageId}`,
): Promise<BookedOrder> {
  const run = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: 'run' } });
  const input = { frame: facts, order: facts, step: `FlexOrder/${facts.messageId}`, direct: true };
  return (await run.run((given: typeof input) => bookDirectOrder(deps, given), input)) as BookedOrder;
}

/** The same market with D-Prognoses as the agreed baseline. */
const prognosed = {
  ...config,
  participant: (domain: string, role: Role) => ({
    ...config.participant(domain, role as 'DSO')!,
    baseline: { kind: 'd-prognosis' },
  }),
} as unknown as Config;

async function putInForce(messageId: string): Promise<void> {
  const message = {
    ...{ recipientDomain: quarters.dso, recipientRole: 'DSO', messageId, conversationId: randomUUID() },
    ...{
      type: 'D-Prognosis',
      version: '3.1.0',
      createdAt: NOW,
      body: Buffer.from(''),
      payload: Buffer.from(''),
    },
  };
  await store.prognoses.prepare(
    { workflowId: `d-prognosis/${messageId}`, step: 'D-Prognosis/1' },
    {
      ...{ domain: 'agr.example.com', dso: quarters.dso, congestionPoint: quarters.congestionPoint },
      ...{ period: PERIOD, timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M' },
      power: Array<number>(96).fill(9000),
    },
    () => message,
  );
  await store.prognoses.keepAnswer({ messageId, result: 'Accepted', answeredAt: NOW });
}

/** What is offered to the other DSO, of everything it would take in the hour that is reserved, in W. */
async function offeredToOther(name: string): Promise<number> {
  const conversation = new Conversation(name, world().deps);
  const wanted = { MinPower: -20_000, MaxPower: -20_000, Start: 18, Duration: 1 };
  await conversation.open(hours, [{ Disposition: 'Requested', ...wanted }]);
  const decision = await conversation.decide();
  return decision.kind === 'offer' ? decision.content.OfferOption[0]!.ISP[0]!.Power : 0;
}

describe('a direct order', () => {
  test('is booked with its power, firm from the start, and with the plan that follows', async () => {
    const facts = order();
    expect(await book(facts)).toEqual({
      rejections: [],
      plan: {
        dispatchAt: '2026-06-15T14:45:00.000Z',
        measureAt: '2026-06-18T22:00:00.000Z',
        settlementDueBy: '2026-08-14T16:00:00.000Z',
      },
    });
    expect(await store.orders.findByReference(facts.dso, facts.OrderReference)).toMatchObject({
      contractId: 'C-1',
      price: '0.2',
      isps: [{ start: 69, duration: 4, power: -2000 }],
    });
    const key = { workflowId: `unsolicited/${facts.messageId}`, step: `FlexOrder/${facts.messageId}` };
    const hold = await store.capacity.find(key);
    expect(hold).toMatchObject({ status: 'firm', decision: { content: { ContractID: 'C-1' } } });
    expect(hold!.assets.reduce((sum, { reduceW }) => sum + reduceW[68]!, 0)).toBe(2000);
  });

  test('that names no baseline is booked on the agreed one', async () => {
    const facts = order({ BaselineReference: undefined });
    expect(await book(facts)).toMatchObject({ baseline: { BaselineReference: 'BL-1' } });
    const stored = await store.orders.findByReference(facts.dso, facts.OrderReference);
    expect(stored).toMatchObject({ baselineReference: 'BL-1' });
  });

  test('that names no baseline is booked on the D-Prognosis in force, where those are agreed', async () => {
    const early = order({ BaselineReference: undefined });
    expect(await book(early, world(prognosed))).not.toHaveProperty('baseline');
    const messageId = randomUUID();
    await putInForce(messageId);
    const facts = order({ BaselineReference: undefined });
    expect(await book(facts, world(prognosed))).toMatchObject({
      baseline: { DPrognosisMessageID: messageId },
    });
    const stored = await store.orders.findByReference(facts.dso, facts.OrderReference);
    expect(stored).toMatchObject({ prognosisId: messageId });
  });

  test('is booked once, however often it is tried', async () => {
    const facts = order({ ISP: [{ Power: -8000, Start: 69, Duration: 4 }], Price: '0.80' });
    const tries = await Promise.all([book(facts), book(facts), book(facts)]);
    expect(tries.map(({ rejections }) => rejections)).toEqual([[], [], []]);
    expect(await store.orders.underContract('C-1')).toHaveLength(1);
  });

  test('with the OrderReference of another one is refused, and holds nothing', async () => {
    const first = order();
    await book(first);
    const second = order({ OrderReference: first.OrderReference });
    expect((await book(second)).rejections).toEqual(['OrderReference not unique']);
    const key = { workflowId: `unsolicited/${second.messageId}`, step: `FlexOrder/${second.messageId}` };
    expect(await store.capacity.find(key)).toBeUndefined();
  });

  test('never takes more than is reserved, however many come at once', async () => {
    const booked = await Promise.all(Array.from({ length: 6 }, () => book(order())));
    expect(booked.filter(({ rejections }) => rejections.length === 0)).toHaveLength(4);
    const refused = booked.flatMap(({ rejections }) => rejections);
    expect(new Set(refused)).toEqual(
      new Set(['Power mismatch: ISP 69: -2000 W ordered, -8000 W reserved, of which -8000 W ordered before']),
    );
  });

  test('never activates more often than agreed, however many come at once', async () => {
    const apart = [69, 70, 71, 72].map((Start) =>
      order({ ISP: [{ Power: -2000, Start, Duration: 1 }], Price: '0.05' }),
    );
    // Neighbours make one activation; the two at the ends and one of those between would make three.
    expect((await book(apart[0]!)).rejections).toEqual([]);
    expect((await book(apart[2]!)).rejections).toEqual([]);
    const { deps } = world(floorConfig({ contracts: [{ ...CONTRACT, maxActivations: { perDay: 1 } }] }));
    const refused = await book(order({ ISP: apart[0]!.ISP, Price: '0.05' }), { told: [], deps });
    expect(refused.rejections).toEqual(['Invalid Message: 2 activations a day, the contract allows 1']);
    expect((await book(apart[1]!, { told: [], deps })).rejections).toEqual([]);
  });

  test('under no contract, or one that another DSO may not call on, is refused', async () => {
    const { ContractID: _, ...without } = order();
    expect((await book(without)).rejections).toEqual(['Unknown reference ContractID']);
    expect((await book(order({ ContractID: 'C-NONE' }))).rejections).toEqual([
      'Unknown reference ContractID',
    ]);
    const closed = world(floorConfig({ contracts: [{ ...CONTRACT, callers: [quarters.dso] }] }));
    expect((await book(order({ dso: hours.dso }), closed)).rejections).toEqual([
      'Unknown reference ContractID',
    ]);
  });

  test('of another grid operator is booked, where the contract does not say who may call', async () => {
    expect((await book(order({ dso: hours.dso }))).rejections).toEqual([]);
  });

  test('of power that is broken is refused, in words of its own', async () => {
    await store.outages.save(
      {
        ...{ id: 'O-1', connection: 'ean.200000000000000001' },
        ...{ from: '2026-06-15T00:00:00.000Z', to: '2026-06-16T00:00:00.000Z' },
        ...{ remainingReduceW: 0, remainingIncreaseW: 0 },
      } as Parameters<Store['outages']['save']>[0],
      NOW,
    );
    const all = order({ ISP: [{ Power: -8000, Start: 69, Duration: 4 }], Price: '0.80' });
    expect((await book(all)).rejections).toEqual([NOT_DELIVERABLE]);
    expect((await book(order())).rejections).toEqual([]);
  });
});

test('an order on an offer is booked with its plan, and refused under a reference that was used', async () => {
  const facts = order({ FlexOfferMessageID: randomUUID() });
  const run = new MockActivityEnvironment({
    workflowExecution: { workflowId: 'flex-request/x', runId: 'r' },
  });
  const input = { frame: facts, order: facts, step: 'FlexOffer/1', direct: false };
  const booking = (given: typeof input) =>
    run.run((each: typeof input) => bookOrder(world().deps, each), given);
  expect(await booking(input)).toMatchObject({
    rejections: [],
    plan: { dispatchAt: expect.any(String) as string },
  });
  expect(await booking(input)).toMatchObject({ rejections: [] });
  const other = { ...facts, messageId: randomUUID() };
  expect(await booking({ ...input, order: other })).toEqual({ rejections: ['OrderReference not unique'] });
});

describe('power that a contract reserves', () => {
  test('is not offered to others, and is once it was released', async () => {
    expect(await offeredToOther('before')).toBe(-2500);
  });

  test('is offered to others as far as it was released', async () => {
    await store.reservations.take(
      {
        ...{ contractId: 'C-1', congestionPoint: quarters.congestionPoint, period: PERIOD },
        ...{ dso: quarters.dso, messageId: randomUUID(), stampedAt: NOW, receivedAt: NOW },
        isps: [{ start: 69, duration: 4, power: -3000 }],
      },
      () => [],
    );
    expect(await offeredToOther('after')).toBe(-7500);
  });

  test('is not kept twice for what was ordered of it', async () => {
    await book(order({ ISP: [{ Power: -6000, Start: 69, Duration: 4 }], Price: '0.60' }));
    expect(await offeredToOther('beside')).toBe(-2500);
  });

  test('can be called on in full after everything else was sold', async () => {
    expect(await offeredToOther('first')).toBe(-2500);
    expect(await offeredToOther('second')).toBe(0);
    const all = order({ ISP: [{ Power: -8000, Start: 69, Duration: 4 }], Price: '0.80' });
    expect((await book(all)).rejections).toEqual([]);
  });
});

test('what has to be offered follows the worked example, by the contract alone as long as no update came', async () => {
  const { deps } = world();
  const at = { contractId: 'C-WORKED', congestionPoint: quarters.congestionPoint, period: PERIOD };
  const terms = await termsFor(deps, hours.dso, at);
  const requested = (Start: number, MinPower: number, MaxPower: number): RequestedBand => ({
    ...{ Disposition: 'Requested', MinPower, MaxPower, Start, Duration: 1 },
  });
  const bands: RequestedBand[] = [
    ...[requested(12, -6, -4), requested(13, -6, -4), requested(14, -6, 0)],
    { Disposition: 'Available', MinPower: -6, MaxPower: 2, Start: 15, Duration: 2 },
  ];
  const obligated = obligatedPower(await reservedUnder(deps, terms!, at), bands);
  expect([12, 13, 14, 15, 16].map((isp) => obligated.get(isp) ?? 0)).toEqual([-2, -4, 0, 0, 0]);
});

describe('a FlexReservationUpdate', () => {
  const update = (given: Partial<MessageDraft<'FlexReservationUpdate'>> = {}) =>
    ({
      type: 'FlexReservationUpdate',
      ...{ Version: '3.1.0', SenderDomain: quarters.dso, RecipientDomain: 'agr.example.com' },
      ...{ TimeStamp: '2026-06-14T07:00:00.000Z', MessageID: randomUUID(), ConversationID: randomUUID() },
      ...{ ISPDuration: 'PT15M', TimeZone: 'Europe/Amsterdam', Period: PERIOD },
      ...{ CongestionPoint: quarters.congestionPoint, ContractID: 'C-1', Reference: 'R-1' },
      ISP: [{ Power: -3000, Start: 69, Duration: 4 }],
      ...given,
    }) as MessageDraft<'FlexReservationUpdate'>;

  async function apply(message: MessageDraft<'FlexReservationUpdate'>, judgedAt = NOW) {
    const { id } = await store.inbox.accept({
      ...{ senderDomain: message.SenderDomain, senderRole: 'DSO', recipientDomain: message.RecipientDomain },
      ...{ messageId: message.MessageID, conversationId: message.ConversationID, type: message.type },
      ...{ version: message.Version, receivedAt: judgedAt, body: new Uint8Array(), payload: encode(message) },
    });
    return reservationActivities(world().deps).applyReservation({ inboxId: id, judgedAt });
  }
  const at = { contractId: 'C-1', congestionPoint: quarters.congestionPoint, period: PERIOD };

  test.each([
    ['lowers what is reserved', {}, NOW, []],
    ['of another grid operator', { SenderDomain: hours.dso }, NOW, []],
    ['at the last moment', {}, '2026-06-14T09:59:59.999Z', []],
    ['after the deadline', {}, '2026-06-14T10:00:00.000Z', ['Deadline expired']],
    ['raises', { ISP: [{ Power: -8001, Start: 69, Duration: 4 }] }, NOW, ['Power value rejection']],
    ['turns', { ISP: [{ Power: 1, Start: 69, Duration: 4 }] }, NOW, ['Power value rejection']],
    ['under no contract', { ContractID: 'C-NONE' }, NOW, ['Unknown reference ContractID']],
    ['elsewhere', { CongestionPoint: hours.congestionPoint }, NOW, ['Unknown reference ContractID']],
  ] as [string, Partial<MessageDraft<'FlexReservationUpdate'>>, string, string[]][])(
    'that comes %s: %#',
    async (_, given, receivedAt, reasons) => {
      expect(await apply(update(given), receivedAt)).toEqual(reasons);
      const inForce = await store.reservations.inForce(at);
      if (reasons.length > 0) expect(inForce).toBeUndefined();
      else expect(inForce?.isps).toEqual([{ start: 69, duration: 4, power: -3000 }]);
    },
  );

  test('older than the one in force is accepted and changes nothing; a newer one raises nothing again', async () => {
    expect(await apply(update())).toEqual([]);
    const older = update({
      TimeStamp: '2026-06-14T06:59:59.000Z',
      ISP: [{ Power: -5000, Start: 69, Duration: 4 }],
    });
    expect(await apply(older)).toEqual([]);
    const newer = update({
      TimeStamp: '2026-06-14T07:00:01.000Z',
      ISP: [{ Power: -5000, Start: 69, Duration: 4 }],
    });
    expect(await apply(newer)).toEqual(['Power value rejection']);
    expect((await store.reservations.inForce(at))?.isps).toEqual([{ start: 69, duration: 4, power: -3000 }]);
    const history = await store.reservations.history('C-1', PERIOD);
    expect(history.map(({ reason }) => reason)).toEqual([undefined, undefined, 'Power value rejection']);
  });

  test('is told to every conversation under the contract at that congestion point', async () => {
    const frame = { period: PERIOD, timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', conversationId: 'c' };
    const record = (workflowId: string, given: object) =>
      store.conversations.record({
        ...{ ...frame, workflowId, dso: quarters.dso, congestionPoint: quarters.congestionPoint },
        ...{ contractId: 'C-1', state: 'Open', transition: 1, snapshot: {}, updatedAt: NOW, ...given },
      });
    await record('own', {});
    await record('of-another-dso', { dso: hours.dso });
    await record('elsewhere', { congestionPoint: hours.congestionPoint });
    await record('without', { contractId: undefined });
    await apply(update());
    const { deps, told } = world();
    await reservationActivities(deps).announceReservation(at);
    const event = { type: 'reserved', ISP: [{ Start: 69, Duration: 4, Power: -3000 }] };
    expect(told).toEqual([
      { workflowId: 'of-another-dso', event },
      { workflowId: 'own', event },
    ]);
  });
});
