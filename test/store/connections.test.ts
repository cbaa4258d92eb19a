import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  type ListToApply,
  type RepresentedConnection,
  type StandingConnection,
  type Store,
} from '../../store/index.ts';
import { testStore } from '../support/store.ts';

let store: Store;
beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

const today = '2026-11-24';
const ean = (n: number): string => `ean.8716859000${String(n).padStart(8, '0')}`;
const day = (n: number): string => new Date(Date.UTC(2026, 10, 14 + n)).toISOString().slice(0, 10);

function list(connections: readonly RepresentedConnection[], more: Partial<ListToApply> = {}): ListToApply {
  const who = { by: 'test', at: '2026-11-24T10:00:00.000Z' };
  return { origin: 'import', leavesOn: today, apply: true, connections, show: 10, ...who, ...more };
}
const since = (n: number, startPeriod: string, more: Partial<RepresentedConnection> = {}) => ({
  connection: ean(n),
  startPeriod,
  assets: [],
  ...more,
});
const all = () => store.connections.list({ limit: 1_000 });
const empty = () => store.connections.compare(list([], { leavesOn: '2000-01-01' }));

test('a list is compared first, and what was compared is what is applied, once', async () => {
  const assets = [{ name: 'heat-pump', canReduceW: 3_000 }];
  const connections = [since(2, day(0), { assets }), since(1, day(0)), since(3, day(20))];
  const shown = await store.connections.compare(list(connections, { apply: false }));
  expect(shown).toMatchObject({ version: 0, applied: false, added: 3, changed: 0, leaving: 0, unchanged: 0 });
  expect(shown.changes.map(({ connection }) => connection)).toEqual([ean(1), ean(2), ean(3)]);
  expect(await all()).toEqual([]);

  // Something else by now: nothing is applied.
  const other = await store.connections.compare(list(connections.slice(1), { expected: shown.tag }));
  expect(other).toMatchObject({ applied: false, added: 2, version: 0 });
  expect(await store.connections.version()).toBe(0);

  const done = await store.connections.compare(list(connections, { expected: shown.tag }));
  expect(done).toMatchObject({ applied: true, version: 1, added: 3 });
  const again = await store.connections.compare(list(connections));
  expect(again).toMatchObject({ applied: true, version: 1, added: 0, unchanged: 3 });
  expect(await store.connections.version()).toBe(1);

  expect(await store.connections.idsOn(day(0))).toEqual([ean(1), ean(2)]);
  expect(await Promise.all([day(-1), day(0)].map((on) => store.connections.anyOn(on)))).toEqual([
    false,
    true,
  ]);
  expect(await store.connections.activeOn(day(20), [ean(2), ean(3), ean(9)])).toEqual([
    { ...since(2, day(0), { assets }), origin: 'import' },
    { ...since(3, day(20)), origin: 'import' },
  ]);
  expect(await store.connections.unknownAmong([ean(1), ean(9), ean(3)])).toEqual([ean(9)]);
});

test('what leaves gets a last day, what had not begun is withdrawn, and the past stays', async () => {
  await empty();
  const past = since(10, '2026-01-01', { endPeriod: '2026-06-30' });
  await store.connections.compare(
    list([past, since(10, '2026-09-01'), since(11, '2027-01-01'), since(12, '2026-01-01')]),
  );
  const accepted = await store.connections.version();
  const result = await store.connections.compare(list([since(12, '2026-01-01')]));
  expect(result).toMatchObject({ added: 0, changed: 0, leaving: 2 });
  const of = async (n: number) => (await all()).filter(({ connection }) => connection === ean(n));
  expect(await of(10)).toMatchObject([past, { startPeriod: '2026-09-01', endPeriod: today }]);
  expect(await of(11)).toMatchObject([{ startPeriod: '2027-01-01', endPeriod: '2026-11-23' }]);
  expect(await store.connections.idsOn('2027-02-01')).toEqual([ean(12)]);

  // A registry that accepted the version before is told both ends, and not what was over before.
  const told = (await store.connections.registration('2026-12-24', accepted)).map((each) => [
    each.connection,
    each.startPeriod,
    each.endPeriod,
  ]);
  expect(told).toContainEqual([ean(10), '2026-09-01', today]);
  expect(told).toContainEqual([ean(11), '2027-01-01', '2026-11-23']);
  expect(told).toContainEqual([ean(12), '2026-01-01', undefined]);
  expect(told).not.toContainEqual([ean(10), '2026-01-01', '2026-06-30']);

  // It comes back, and nothing of what was is lost.
  await store.connections.compare(list([since(11, '2027-01-01'), since(12, '2026-01-01')]));
  expect(await of(11)).toMatchObject([{ startPeriod: '2027-01-01' }]);
  const history = await store.connections.historyOf(ean(11));
  expect(history.map(({ endPeriod, by }) => [endPeriod, by])).toEqual([
    [undefined, 'test'],
    ['2026-11-23', 'test'],
    [undefined, 'test'],
  ]);
  expect(history.at(-1)).not.toHaveProperty('untilVersion');
});

test('the configuration is a seed: it leaves imported connections alone, and imports leave its own', async () => {
  await empty();
  const seed = (connections: RepresentedConnection[]) =>
    store.connections.compare(list(connections, { origin: 'configuration' }));
  await seed([since(20, day(0)), since(21, day(0))]);
  await store.connections.compare(list([since(21, day(1)), since(22, day(0))]));
  expect(await seed([since(20, day(0)), since(21, day(0))])).toMatchObject({
    added: 0,
    changed: 0,
    leaving: 0,
  });
  expect((await store.connections.activeOn(today)).map((each) => [each.connection, each.origin])).toEqual([
    [ean(20), 'configuration'],
    [ean(21), 'import'],
    [ean(22), 'import'],
  ]);
  expect(await seed([])).toMatchObject({ leaving: 1 });
});

test('two imports at once come one after the other', async () => {
  await empty();
  const results = await Promise.all(
    [1, 2, 3, 4].map((n) => store.connections.compare(list([since(30, day(n)), since(31, day(0))]))),
  );
  expect(new Set(results.map(({ version }) => version)).size).toBe(4);
  expect((await all()).filter(({ connection }) => connection === ean(30))).toHaveLength(1);
});

const days = fc.record({
  startPeriod: fc.integer({ min: 0, max: 20 }).map(day),
  endPeriod: fc.option(fc.integer({ min: 21, max: 40 }).map(day), { nil: undefined }),
  assets: fc.constantFrom([], [{ name: 'a' }], [{ name: 'b', canReduceW: 1 }]),
});
const portfolio = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 100, max: 130 }), days), { maxLength: 25, selector: ([n]) => n })
  .map((entries) =>
    entries.map(([n, { endPeriod, ...rest }]): RepresentedConnection => ({
      connection: ean(n),
      ...rest,
      ...(endPeriod && { endPeriod }),
    })),
  );

test('after a list was applied, each later day has exactly what the list says, whatever was there before', async () => {
  await fc.assert(
    fc.asyncProperty(portfolio, portfolio, async (first, second) => {
      await store.connections.compare(list(first));
      const shown = await store.connections.compare(list(second, { apply: false }));
      const applied = await store.connections.compare(list(second, { expected: shown.tag }));
      expect(applied).toMatchObject({ applied: true, tag: shown.tag });
      for (const later of ['2026-11-25', day(19), day(30)].filter((each) => each > today)) {
        const wanted = second.filter(
          ({ startPeriod, endPeriod }) => startPeriod <= later && (!endPeriod || later <= endPeriod),
        );
        expect(plain(await store.connections.activeOn(later))).toEqual(plain(wanted));
      }
      expect(await store.connections.compare(list(second))).toMatchObject({
        added: 0,
        changed: 0,
        leaving: 0,
      });
    }),
    { numRuns: 40 },
  );
});

const plain = (connections: readonly (RepresentedConnection | StandingConnection)[]) =>
  connections
    .map(({ connection, startPeriod, endPeriod, assets }) => ({ connection, startPeriod, endPeriod, assets }))
    .sort((a, b) => (a.connection < b.connection ? -1 : 1));
