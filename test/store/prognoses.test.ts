import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStore, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let store: Store;
let other: Store;
beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
  other = createStore({ url: database.url });
});
afterAll(async () => {
  await store.close();
  await other.close();
  await database.drop();
});

const DSO = 'dso.example.com';
const POINT = 'ean.100000000000000001';
const AT = '2027-05-15T08:00:00.000Z';

const made = (revision: number, messageId = randomUUID()) => ({
  ...{ recipientDomain: DSO, recipientRole: 'DSO', messageId, conversationId: randomUUID() },
  ...{ type: 'D-Prognosis', version: '3.1.0', createdAt: AT },
  body: Buffer.from(`body ${revision}`),
  payload: Buffer.from(`payload ${revision}`),
});
const prognosis = (given: object = {}) => ({
  ...{ domain: 'agr.example.com', dso: DSO, congestionPoint: POINT, period: '2027-05-16' },
  ...{ timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', power: [1, -2, 3] },
  ...given,
});
const key = (step = 'D-Prognosis/1') => ({ workflowId: `d-prognosis/${randomUUID()}`, step });

describe('the Revision of D-Prognoses', () => {
  it('is given once each, in one row for the whole domain, however many count at once', async () => {
    const keys = Array.from({ length: 40 }, () => key());
    const given = await Promise.all(
      keys.flatMap((each, index) =>
        // Every step twice at the same time, from two processes' connections.
        [store, other].map((from) =>
          from.prognoses.prepare(each, prognosis(), (revision) => made(revision + index)),
        ),
      ),
    );
    const byStep = keys.map((_, index) => [given[2 * index]!, given[2 * index + 1]!] as const);
    for (const [first, second] of byStep) {
      expect(second.revision).toBe(first.revision);
      expect(second.row).toEqual(first.row);
    }
    const revisions = byStep.map(([{ revision }]) => revision).toSorted((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: 40 }, (_, index) => index + revisions[0]!));
  });

  it('stands in the message that it was made for, and in no other', async () => {
    const seen: number[] = [];
    const { row, revision } = await store.prognoses.prepare(key(), prognosis(), (given) => {
      seen.push(given);
      return made(given);
    });
    expect(seen).toEqual([revision]);
    expect(Buffer.from(row.payload).toString()).toBe(`payload ${revision}`);
    expect(await store.prognoses.byMessageId(row.messageId.toUpperCase())).toMatchObject({
      revision,
      power: [1, -2, 3],
    });
  });

  it('is not lost where the message cannot be made: nothing is kept of it', async () => {
    const first = await store.prognoses.prepare(key(), prognosis(), made);
    const failing = store.prognoses.prepare(key(), prognosis(), () => {
      throw new Error('cannot be written');
    });
    // Who sends has to see why, or would try for ever.
    await expect(failing).rejects.toMatchObject({ cause: { message: 'cannot be written' } });
    const next = await store.prognoses.prepare(key(), prognosis(), made);
    expect(next.revision).toBe(first.revision + 1);
  });

  it('jumps to a floor, and goes on from there', async () => {
    const give = (given: object = {}) => store.prognoses.prepare(key(), prognosis(given), made);
    expect((await give({ floor: 1_810_000_000_000 })).revision).toBe(1_810_000_000_000);
    expect((await give({ floor: 5 })).revision).toBe(1_810_000_000_001);
  });

  it('does not jump where the DSO took a higher one of ours meanwhile: the refused one was overtaken', async () => {
    const give = (given: object = {}) => store.prognoses.prepare(key(), prognosis(given), made);
    const [refused, other] = [await give(), await give()];
    const leap = { floor: refused.revision + 1_000, refused: refused.revision };
    const result = 'Accepted';
    const answeredAt = '2027-05-19T08:00:00.000Z';
    await store.prognoses.keepAnswer({ messageId: other.row.messageId, result, answeredAt });
    expect((await give(leap)).revision).toBe(other.revision + 1);
    // Another DSO's acceptance tells nothing of this one.
    expect((await give({ ...leap, dso: 'other.example.com' })).revision).toBe(leap.floor);
  });
});

describe('the prognosis in force', () => {
  const day = '2027-05-20';
  const send = async (power: number[]) => {
    const { row, revision } = await store.prognoses.prepare(key(), prognosis({ period: day, power }), made);
    return { messageId: row.messageId, revision };
  };
  const answer = (messageId: string, result: string, answeredAt: string) =>
    store.prognoses.keepAnswer({ messageId: messageId.toUpperCase(), result, answeredAt });

  it('is the accepted one with the highest Revision, now or by an instant', async () => {
    expect(await store.prognoses.inForce(DSO, POINT, day)).toBeUndefined();
    const [one, two, three] = [await send([1]), await send([2]), await send([3])];
    await answer(one.messageId, 'Accepted', '2027-05-19T08:00:00.000Z');
    await answer(two.messageId, 'Accepted', '2027-05-19T10:00:00.000Z');
    await answer(three.messageId, 'Rejected', '2027-05-19T11:00:00.000Z');
    expect(await store.prognoses.inForce(DSO, POINT, day)).toMatchObject({
      messageId: two.messageId,
      power: [2],
    });
    const then = await store.prognoses.inForce(DSO, POINT, day, '2027-05-19T09:59:59.999Z');
    expect(then).toMatchObject({ messageId: one.messageId, power: [1] });
    // An answer that comes twice, or changes its mind, changes nothing.
    await answer(two.messageId, 'Rejected', '2027-05-19T12:00:00.000Z');
    expect(await store.prognoses.inForce(DSO, POINT, day)).toMatchObject({ messageId: two.messageId });
    const all = await store.prognoses.ofDay(DSO, POINT, day);
    expect(all.map(({ result }) => result)).toEqual(['Accepted', 'Accepted', 'Rejected']);
  });
});

describe('a day of prognoses', () => {
  it('is what its last transition says, with its alerts, and what orders froze stays frozen', async () => {
    const workflowId = `d-prognosis/${randomUUID()}`;
    const orderMessageId = randomUUID().toUpperCase();
    const record = (transition: number, phase: string, power: number) =>
      store.prognoses.record(
        {
          ...{ workflowId, dso: DSO, congestionPoint: POINT, period: '2027-05-16', phase, transition },
          snapshot: { transition },
          updatedAt: AT,
        },
        [
          {
            ...{
              dso: DSO,
              orderMessageId,
              orderReference: 'O-1',
              congestionPoint: POINT,
              period: '2027-05-16',
            },
            isps: [{ isp: 69, base: 5000, power }],
            recordedAt: AT,
          },
        ],
        [{ key: 'rejected', at: AT, severity: 'critical', text: phase }],
      );
    await record(2, 'Pending', 1000);
    await record(1, 'None', 7);
    await record(3, 'InForce', 8);
    expect(await store.prognoses.findDay(workflowId)).toMatchObject({
      phase: 'InForce',
      snapshot: { transition: 3 },
    });
    const profile = await store.prognoses.resultingProfile(DSO, orderMessageId);
    expect(profile?.isps).toEqual([{ isp: 69, base: 5000, power: 1000 }]);
    const [alert] = await store.alerts.list({ limit: 5, source: workflowId });
    expect(alert).toMatchObject({ severity: 'critical', key: 'rejected' });
  });
});

describe('uploaded forecasts', () => {
  it('are kept by address and day; the last one recorded stands', async () => {
    const forecast = (entityAddress: string, power: number[], recordedAt = AT) => ({
      ...{ level: 'connection' as const, entityAddress, period: '2027-05-16', power, recordedAt },
    });
    const later = '2027-05-15T09:00:00.000Z';
    await store.forecasts.save([forecast('ean.1', [1, -2]), forecast('ean.2', [3, 4])]);
    await store.forecasts.save([forecast('ean.1', [9, 8], later)]);
    await store.forecasts.save([forecast('ean.1', [5, 5])]);
    const found = await store.forecasts.find('connection', ['ean.1', 'ean.2', 'ean.3'], '2027-05-16');
    expect([...found]).toEqual([
      ['ean.1', [9, 8]],
      ['ean.2', [3, 4]],
    ]);
    expect((await store.forecasts.find('congestion-point', ['ean.1'], '2027-05-16')).size).toBe(0);
  });
});
