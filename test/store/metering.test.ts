import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type MeterReading, type MeterValue, type Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';

let store: Store;
beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

const period = '2027-03-01';
const at = (hour: number) => `2027-03-02T0${hour}:00:00.000Z`;
const power = (connection: string, isp: number, watts: number, hour = 1): MeterReading => ({
  connection,
  period,
  isp,
  power: watts,
  recordedAt: at(hour),
});
const energy = (connection: string, isp: number, value: string, hour = 1): MeterValue => ({
  connection,
  period,
  isp,
  kind: 'importEnergy',
  value,
  recordedAt: at(hour),
});
const own = () => `ean.${randomUUID().replaceAll(/\D/g, '').padEnd(18, '0').slice(0, 18)}`;

describe('readings', () => {
  test('what says the same changes nothing; a correction is a revision, and what it replaced stays', async () => {
    const one = own();
    const first = await store.meterReadings.save([power(one, 1, 100)], [energy(one, 1, '0.025')]);
    expect(first).toEqual({ added: 2, changed: 0, unchanged: 0, days: [{ connection: one, period }] });
    const again = await store.meterReadings.save([power(one, 1, 100, 2)], [energy(one, 1, '0.0250', 2)]);
    expect(again).toEqual({ added: 0, changed: 0, unchanged: 2, days: [] });
    expect(await store.meterReadings.revisionOf(one, period)).toBe(1);

    const corrected = await store.meterReadings.save([power(one, 1, 120, 3)], [energy(one, 1, '0.03', 3)]);
    expect(corrected).toMatchObject({ added: 0, changed: 2, unchanged: 0 });
    expect(await store.meterReadings.revisionOf(one, period)).toBe(2);
    expect([...(await store.meterReadings.powerOf(one, period))]).toEqual([[1, 120]]);
    expect(await store.meterReadings.correctionsOf(one, period)).toEqual([
      { isp: 1, kind: 'power', value: '100', recordedAt: at(1), supersededAt: at(3) },
      { isp: 1, kind: 'importEnergy', value: '0.025', recordedAt: at(1), supersededAt: at(3) },
    ]);
  });

  test('corrections at the same time leave one trace each, and count the day once each', async () => {
    const one = own();
    await store.meterReadings.save([power(one, 1, 0)]);
    const watts = Array.from({ length: 8 }, (_, index) => index + 1);
    await Promise.all(watts.map((value) => store.meterReadings.save([power(one, 1, value)])));
    expect(await store.meterReadings.revisionOf(one, period)).toBe(9);
    const [now] = (await store.meterReadings.powerOf(one, period)).values();
    const before = (await store.meterReadings.correctionsOf(one, period)).map(({ value }) => Number(value));
    expect([...before, now!].toSorted((a, b) => a - b)).toEqual([0, ...watts]);
  });

  test('an import is recorded with its digest in the same transaction', async () => {
    const one = own();
    const file = { digest: randomUUID(), source: 'march.csv', lines: 3 };
    const take = (watts: number, digest = file.digest) =>
      store.meterReadings.take({ ...file, digest }, [one], async () => {
        return { powers: [power(one, 1, watts)], values: [], at: at(4) };
      });
    const saved = await take(1);
    expect(saved).toMatchObject({ added: 1, changed: 0, unchanged: 0, repeated: false });
    expect(await take(2)).toEqual({ ...saved, days: [], repeated: true });
    const broken = randomUUID();
    await expect(take(2 ** 40, broken)).rejects.toThrow();
    expect(await take(2, broken)).toMatchObject({ changed: 1, repeated: false });
    const unsound = { ...file, digest: randomUUID() };
    expect(await store.meterReadings.take(unsound, [one], async () => undefined)).toBeUndefined();
    expect(await take(3, unsound.digest)).toMatchObject({ changed: 1, repeated: false });
  });
});

describe('what DSOs are told', () => {
  const dso = 'dso.example.com';
  const day = { dso, period, kinds: ['power' as const], isps: 2 };
  const [whole, partly, unread, elsewhere] = [own(), own(), own(), own()].toSorted();
  const page = { limit: 10, partial: false };

  beforeAll(async () => {
    await store.portfolio.saveView({
      cro: 'cro.example.com',
      period,
      messageId: randomUUID(),
      receivedAt: at(0),
      result: 'Accepted',
      congestionPoints: [
        {
          dso,
          congestionPoint: 'ean.000000000001',
          mutexOffersSupported: false,
          dayAheadRedispatchBy: 'AGR',
          connections: [whole!, partly!, unread!],
        },
      ],
      connections: [elsewhere!],
    });
    await store.meterReadings.save([
      ...[whole!, elsewhere!].flatMap((connection) => [power(connection, 1, 5), power(connection, 2, 6)]),
      power(partly!, 2, 7),
    ]);
  });

  test('only whole days of connections on its congestion points are due, or all that is known', async () => {
    expect(await store.meterings.due(day, page)).toEqual([whole]);
    expect(await store.meterings.due(day, { ...page, partial: true })).toEqual([whole, partly].toSorted());
    expect(await store.meterings.due(day, { ...page, partial: true, limit: 1 })).toHaveLength(1);
    expect(await store.meterings.due({ ...day, kinds: ['power', 'importEnergy'] }, page)).toEqual([]);
    expect(await store.meterings.due({ ...day, dso: 'other.example.com' }, page)).toEqual([]);
  });

  test('what is missing is named', async () => {
    const { connections, missing, first } = await store.meterings.incomplete(day, 1);
    expect({ connections, missing }).toEqual({ connections: 2, missing: 3 });
    expect(first).toHaveLength(1);
    expect((await store.meterings.incomplete(day, 10)).first).toEqual(
      [
        { connection: partly, missing: 1 },
        { connection: unread, missing: 2 },
      ].toSorted((a, b) => (a.connection! < b.connection! ? -1 : 1)),
    );
  });

  test('revisions rise strictly, are claimed once, and follow the readings', async () => {
    const claims = await Promise.all(
      Array.from({ length: 6 }, () => store.meterings.claim(dso, period, whole!, 1)),
    );
    expect(new Set(claims.map(({ revision }) => revision))).toEqual(new Set([1]));
    const [first] = claims;
    await store.meterings.update(first!, { status: 'pending', sentAt: at(5) });
    expect(await store.meterings.due(day, page)).toEqual([]);
    expect(await store.meterings.progress(dso, period)).toMatchObject({ pending: 1, waitingSince: at(5) });
    expect(await store.meterings.waiting(dso, period, at(4), 10)).toEqual([]);
    expect(await store.meterings.waiting(dso, period, at(5), 10)).toMatchObject([{ connection: whole }]);

    await store.meterings.answered(first!, { accepted: false, reason: 'Unknown EAN', at: at(6) });
    await store.meterings.answered(first!, { accepted: true, at: at(6) });
    expect(await store.meterings.troubled(dso, period, 10)).toMatchObject([
      { connection: whole, revision: 1, status: 'rejected', reason: 'Unknown EAN' },
    ]);

    await store.meterReadings.save([power(whole!, 1, 8, 7)]);
    expect(await store.meterings.due(day, page)).toEqual([whole]);
    expect(await store.meterings.claim(dso, period, whole!, 2)).toMatchObject({ revision: 2, readings: 2 });
  });
});
