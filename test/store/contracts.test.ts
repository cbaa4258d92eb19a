import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeTerms, contractBook, type ContractTerms } from '../../config/index.ts';
import { contract } from '../../config/sections/contracts.ts';
import { createStore, type NewTerms, type Store } from '../../store/index.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
  store = createStore({ url: database.url });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const MARKET = { timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', currency: 'EUR' };
const written = (id: string, given: object = {}) =>
  contract.parse({ id, dso: 'dso.example', reserved: 'none', penaltyPerMWh: '250.00', ...given });
const terms = (id: string, given: object = {}): ContractTerms => completeTerms(written(id, given), MARKET);

const recorded = (contractId: string, effectiveFrom: string, given: object, source = 'operator') =>
  store.contracts.put({
    ...{ contractId, effectiveFrom, terms: terms(contractId, given), source: source as NewTerms['source'] },
    recordedAt: `${effectiveFrom}T06:00:00.000Z`,
  });
const penaltyOn = async (contractId: string, day: string) =>
  ((await store.contracts.onDay(contractId, day))?.terms as ContractTerms | undefined)?.penaltyPerMWh;

describe('the history of a contract', () => {
  it('says in July what was in force in January', async () => {
    await recorded('C-H', '2027-01-01', { penaltyPerMWh: '100.00' });
    await recorded('C-H', '2027-06-01', { penaltyPerMWh: '200.00' });
    expect(await penaltyOn('C-H', '2027-01-15')).toBe('100.00');
    expect(await penaltyOn('C-H', '2027-05-31')).toBe('100.00');
    expect(await penaltyOn('C-H', '2027-06-01')).toBe('200.00');
    expect(await penaltyOn('C-X', '2027-06-01')).toBeUndefined();
  });

  it('has a change replace everything said before about the days from its own on', async () => {
    await recorded('C-R', '2027-01-01', { penaltyPerMWh: '1.00' });
    await recorded('C-R', '2027-06-01', { penaltyPerMWh: '2.00' });
    await recorded('C-R', '2027-03-01', { penaltyPerMWh: '3.00' });
    const seen = await Promise.all(
      ['2026-12-31', '2027-02-28', '2027-03-01', '2027-07-01'].map((day) => penaltyOn('C-R', day)),
    );
    expect(seen).toEqual(['1.00', '1.00', '3.00', '3.00']);
    expect((await store.contracts.versions('C-R')).map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('does not grow when the same is said again, by however many at once', async () => {
    const again = () => recorded('C-S', '2027-01-01', { penaltyPerMWh: '5.00' });
    const outcomes = await Promise.all([again(), again(), again(), again()]);
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect((await recorded('C-S', '2027-02-01', { penaltyPerMWh: '5.00' })).created).toBe(false);
    expect(await store.contracts.versions('C-S')).toHaveLength(1);
  });

  it('has every contract once, as it counts on a day', async () => {
    const all = await store.contracts.allOnDay('2027-05-01');
    const own = all.filter(({ contractId }) => ['C-H', 'C-R', 'C-S'].includes(contractId));
    expect(own.map(({ contractId, version }) => `${contractId} ${version}`)).toEqual([
      'C-H 1',
      'C-R 3',
      'C-S 1',
    ]);
  });
});

describe('contracts of the configuration', () => {
  const day = (now: string) => ({ now: () => new Date(now) });
  /** A process that starts with these contracts and looks one up. */
  const start = (now: string, given: object) => {
    const config = {
      contracts: [written('C-CONF', given)],
      participant: () => ({ market: MARKET }),
    } as unknown as Parameters<typeof contractBook>[0];
    return contractBook(config, store.contracts, day(now));
  };

  it('are there before anything is read, once, and changed from the day of the change', async () => {
    const first = start('2027-01-10T09:00:00Z', { penaltyPerMWh: '10.00' });
    expect(await first.onDay('C-CONF', '2020-01-01')).toMatchObject({
      penaltyPerMWh: '10.00',
      timeZone: MARKET.timeZone,
    });
    await start('2027-01-11T09:00:00Z', { penaltyPerMWh: '10.00' }).onDay('C-CONF', '2027-01-11');
    expect(await store.contracts.versions('C-CONF')).toHaveLength(1);

    // Half past eleven in the evening, UTC: it is the next day where the contract's market is.
    const changed = start('2027-02-01T23:30:00Z', { penaltyPerMWh: '20.00' });
    expect((await changed.onDay('C-CONF', '2027-02-01'))?.penaltyPerMWh).toBe('10.00');
    expect((await changed.onDay('C-CONF', '2027-02-02'))?.penaltyPerMWh).toBe('20.00');
    expect((await changed.history('C-CONF')).map(({ penaltyPerMWh }) => penaltyPerMWh)).toEqual([
      '10.00',
      '20.00',
    ]);
  });

  it('do not undo what an operator changed, until they are changed themselves', async () => {
    await recorded('C-CONF', '2027-03-01', { penaltyPerMWh: '30.00' });
    const restarted = start('2027-03-02T09:00:00Z', { penaltyPerMWh: '20.00' });
    expect((await restarted.onDay('C-CONF', '2027-03-02'))?.penaltyPerMWh).toBe('30.00');
    const changed = start('2027-03-03T09:00:00Z', { penaltyPerMWh: '40.00' });
    expect((await changed.onDay('C-CONF', '2027-03-03'))?.penaltyPerMWh).toBe('40.00');
  });

  it('are brought in when the database is back, if it was away', async () => {
    let away = true;
    const shelf = {
      ...store.contracts,
      put: (next: NewTerms) => (away ? Promise.reject(new Error('away')) : store.contracts.put(next)),
    };
    const config = { contracts: [written('C-AWAY')], participant: () => ({ market: MARKET }) };
    const book = contractBook(config as never, shelf, day('2027-01-10T09:00:00Z'));
    await expect(book.onDay('C-AWAY', '2027-01-10')).rejects.toThrow('away');
    away = false;
    expect(await book.onDay('C-AWAY', '2027-01-10')).toMatchObject({ id: 'C-AWAY' });
  });
});

describe('what is reserved under a contract', () => {
  const at = { contractId: 'C-1', congestionPoint: 'ean.1', period: '2027-01-15' };
  const isps = [{ start: 69, duration: 8, power: -4000 }];
  const update = (minute: string, given: object = {}) => ({
    ...{ ...at, dso: 'dso.example', messageId: randomUUID(), isps },
    stampedAt: `2027-01-14T10:${minute}:00.000Z`,
    receivedAt: `2027-01-14T11:${minute}:00.000Z`,
    ...given,
  });
  const accepted = () => [];

  it('is what the accepted update says that was stamped last, in whatever sequence they come', async () => {
    await Promise.all(
      ['03', '05', '01', '04', '02'].map((minute) => store.reservations.take(update(minute), accepted)),
    );
    expect(await store.reservations.inForce(at)).toMatchObject({
      stampedAt: '2027-01-14T10:05:00.000Z',
      isps,
    });
    expect(await store.reservations.inForce({ ...at, contractId: 'C-2' })).toBeUndefined();
    expect(await store.reservations.inForce({ ...at, congestionPoint: 'ean.2' })).toBeUndefined();
  });

  it('is one and the same for all DSOs that call, and told by congestion point', async () => {
    const other = update('06', { dso: 'tso.example', isps: [] });
    await store.reservations.take(other, accepted);
    await store.reservations.take(update('01', { congestionPoint: 'ean.2' }), accepted);
    expect(await store.reservations.inForce(at)).toMatchObject({ dso: 'tso.example', isps: [] });
    const everywhere = await store.reservations.allInForce('C-1', at.period);
    expect(everywhere.map(({ congestionPoint, dso }) => [congestionPoint, dso])).toEqual([
      ['ean.1', 'tso.example'],
      ['ean.2', 'dso.example'],
    ]);
  });

  it('is not changed by a refused update, which stays in the history with its reason', async () => {
    const day = { ...at, period: '2027-01-16' };
    const refused = update('09', { period: day.period });
    const reasons = ['Deadline expired', 'Power value rejection'];
    expect(await store.reservations.take(refused, () => reasons)).toEqual(reasons);
    expect(await store.reservations.inForce(day)).toBeUndefined();
    expect(await store.reservations.history('C-1', day.period)).toMatchObject([
      { messageId: refused.messageId, reason: 'Deadline expired;Power value rejection' },
    ]);
  });

  it('is judged once: a message that comes again gets its first verdict', async () => {
    const message = update('10', { period: '2027-01-17' });
    const judged: unknown[] = [];
    const judge = (inForce: unknown) => {
      judged.push(inForce);
      return ['Power value rejection'];
    };
    await store.reservations.take(message, judge);
    const again = { ...message, messageId: message.messageId.toUpperCase() };
    expect(await store.reservations.take(again, judge)).toEqual(['Power value rejection']);
    expect(judged).toEqual([undefined]);
  });

  it('never sees two updates of one day judged by the same state', async () => {
    const day = { ...at, period: '2027-01-18' };
    const seen: (string | undefined)[] = [];
    await Promise.all(
      ['01', '02', '03', '04'].map((minute) =>
        store.reservations.take(update(minute, { period: day.period }), (inForce) => {
          seen.push(inForce?.messageId);
          return [];
        }),
      ),
    );
    expect(seen.filter((id) => id === undefined)).toHaveLength(1);
  });
});
