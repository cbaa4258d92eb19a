import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Dependencies } from '../../activities/dependencies.ts';
import type { Outgoing } from '../../activities/outgoing.ts';
import { portfolioActivities } from '../../activities/portfolio.ts';
import { portfolioViewActivities } from '../../activities/portfolio-view.ts';
import { type RepresentedConnection, type Store } from '../../store/index.ts';
import { encodeAsPeersDo } from '../../simulator/lenient.ts';
import { type Message, type MessageDraft } from '../../uftp/index.ts';
import { testStore } from '../support/store.ts';
import { inbound, outbound } from './samples.ts';
import { CRO, floorConfig } from './trading-floor.ts';

let store: Store;
beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

const NOW = '2026-06-14T08:00:00.000Z';
const log = { info() {}, warn() {}, error() {} };
const config = floorConfig();
let present = NOW;
const clock = { now: () => new Date(present) };
const ean = (n: number): string => `ean.8716859222${String(n).padStart(8, '0')}`;
const followed: string[] = [];
beforeEach(() => void followed.splice(0));

const deps = () => ({ store, config, clock, log }) as unknown as Dependencies;
const views = () =>
  portfolioViewActivities(deps(), {
    start: async ({ congestionPoint, period }) => void followed.push(`start ${congestionPoint} ${period}`),
    stop: async ({ congestionPoint, period }) => void followed.push(`stop ${congestionPoint} ${period}`),
  });
const represent = (connections: RepresentedConnection[]) =>
  store.connections.compare({
    ...{ origin: 'import', leavesOn: '2026-06-14', apply: true, by: 'test', at: NOW },
    connections,
  });
const since = (n: number, startPeriod = '2026-01-01') => ({ connection: ean(n), startPeriod, assets: [] });

/** An answer of the CRO that has come in. */
async function answered(
  period: string,
  minute: number,
  points: Record<string, { on: number[]; intraday?: 'AGR' | 'DSO' }>,
  nowhere: number[] = [],
  refused?: string,
): Promise<string> {
  const entity = (n: number) => ({ EntityAddress: ean(n) });
  const head = {
    ...{ Version: '3.1.0', SenderDomain: CRO, RecipientDomain: 'agr.example.com', TimeStamp: NOW },
    ...{ MessageID: randomUUID(), ConversationID: randomUUID() },
  };
  const payload = encodeAsPeersDo({
    ...{ ...head, type: 'AGRPortfolioQueryResponse', AGRPortfolioQueryMessageID: randomUUID() },
    ...(refused ? { Result: 'Rejected', RejectionReason: refused } : { Result: 'Accepted' }),
    ...{ TimeZone: 'Europe/Amsterdam', Period: period },
    DSOView: refused
      ? []
      : [
          {
            DSOPortfolio: [
              {
                DSODomain: 'dso.example.com',
                CongestionPoint: Object.entries(points).map(([id, { on, intraday }]) => ({
                  ...{ EntityAddress: `ea1.2009-01.com.example:${id}`, MutexOffersSupported: false },
                  ...{
                    DayAheadRedispatchBy: 'DSO',
                    IntradayRedispatchBy: intraday,
                    Connection: on.map(entity),
                  },
                })),
              },
            ],
            Connection: nowhere.map(entity),
          },
        ],
  } as Message<'AGRPortfolioQueryResponse'>);
  const accepted = await store.inbox.accept(
    inbound({
      ...{
        senderDomain: CRO,
        senderRole: 'CRO',
        type: 'AGRPortfolioQueryResponse',
        messageId: head.MessageID,
      },
      ...{ receivedAt: `2026-06-14T08:${String(minute).padStart(2, '0')}:00.000Z`, payload },
    }),
  );
  return (accepted as { id: string }).id;
}

const openAlerts = async () =>
  (await store.alerts.list({ limit: 50, state: 'open', source: `portfolio-sync/${CRO}` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, text }) => [key, text]);

test('a new point begins prognoses, one that vanished ends them and is told, changed flags are recorded', async () => {
  await represent([since(1), since(2), since(3), since(4)]);
  const first = await answered('2026-06-15', 1, { a: { on: [1, 2] }, b: { on: [3, 4] } });
  expect(await views().keepPortfolioView({ inboxId: first })).toEqual({
    ...{ period: '2026-06-15', congestionPoints: 2, connections: 4, unallocated: 0 },
  });
  const nothing = { appeared: 0, vanished: 0, flagsChanged: 0, missing: 0 };
  const look = (inboxId: string, lastWord = false) => views().comparePortfolioView({ inboxId, lastWord });
  expect(await look(first)).toEqual({ ...nothing, appeared: 2 });
  const [a, b, c] = ['a', 'b', 'c'].map((id) => `ea1.2009-01.com.example:${id}`);
  expect(followed).toEqual([`start ${a} 2026-06-15`, `start ${b} 2026-06-15`]);
  expect(await openAlerts()).toEqual([]);

  followed.splice(0);
  const next = await answered('2026-06-16', 2, { a: { on: [1], intraday: 'AGR' }, c: { on: [2, 3] } }, [4]);
  await views().keepPortfolioView({ inboxId: next });
  const changed = { ...nothing, appeared: 1, vanished: 1, flagsChanged: 1 };
  expect(await look(next)).toEqual(changed);
  // A worker that died in between does it again, and nothing is told twice.
  expect(await look(next)).toEqual(changed);
  // A connection left point a: what is expected of it is another sum now.
  expect(followed.slice(0, 3)).toEqual([
    `start ${c} 2026-06-16`,
    `start ${a} 2026-06-16`,
    `stop ${b} 2026-06-16`,
  ]);
  expect(await openAlerts()).toEqual([
    ['unallocated', expect.stringContaining(ean(4))],
    ['vanished/2026-06-16', expect.stringContaining(`${b} of dso.example.com`)],
  ]);
  const changes = await store.portfolioSync.changesOf(CRO, '2026-06-16', 100);
  expect(
    changes.map(({ kind, congestionPoint, connection }) => [kind, connection ?? congestionPoint]),
  ).toEqual([
    ['appeared', c],
    ['flags-changed', a],
    ['unallocated', ean(4)],
    ['vanished', b],
  ]);
  expect(changes[1]).toMatchObject({ before: {}, after: { intradayRedispatchBy: 'AGR' } });

  // The next day all are on points: that alert is taken back, the one that a point vanished stays.
  const after = await answered('2026-06-17', 3, { a: { on: [1, 4], intraday: 'AGR' }, c: { on: [2, 3] } });
  await views().keepPortfolioView({ inboxId: after });
  followed.splice(0);
  expect(await look(after)).toEqual(nothing);
  // Connection 4 joined point a, which was known already.
  expect(followed).toEqual([`start ${a} 2026-06-17`]);
  expect((await openAlerts()).map(([key]) => key)).toEqual(['vanished/2026-06-16']);

  // Another point does not end it; the one that it tells of does, when it comes back.
  const later = async (minute: number, points: Record<string, { on: number[] }>) => {
    const inboxId = await answered(`2026-06-${15 + minute}`, minute, points);
    await views().keepPortfolioView({ inboxId });
    await look(inboxId);
    return (await openAlerts()).map(([key]) => key);
  };
  const [sixteenth, nineteenth] = ['vanished/2026-06-16', 'vanished/2026-06-19'];
  expect(await later(4, { a: { on: [1, 4] }, d: { on: [2, 3] } })).toEqual([sixteenth, nineteenth]);
  expect(await later(5, { a: { on: [1] }, b: { on: [4] }, d: { on: [2, 3] } })).toEqual([nineteenth]);
});

test('days further ahead that have prognoses already follow too, unless they have a view of their own', async () => {
  const point = 'ea1.2009-01.com.example:f';
  const ahead = ['2035-06-15', '2035-06-16', '2035-06-17', '2035-06-18'] as const;
  const shown = async (period: string, minute: number, on: number[]) => {
    const inboxId = await answered(period, minute, on.length > 0 ? { f: { on } } : { g: { on: [1] } });
    await views().keepPortfolioView({ inboxId });
    followed.splice(0);
    await views().comparePortfolioView({ inboxId, lastWord: false });
    return followed;
  };
  await shown(ahead[0], 10, [1]);
  // What was forecast ahead had its prognoses made; one of these days is over.
  for (const [index, period] of ahead.entries()) {
    const place = { dso: 'dso.example.com', congestionPoint: point, period };
    const phase = index === 3 ? 'Frozen' : 'InForce';
    const day = { ...place, workflowId: randomUUID(), phase, transition: 1, snapshot: {}, updatedAt: NOW };
    await store.prognoses.record(day, [], []);
  }
  expect(await shown(ahead[0], 11, [1, 2])).toEqual(ahead.slice(0, 3).map((day) => `start ${point} ${day}`));
  await shown(ahead[2], 12, [1, 2, 3]);
  expect(await shown(ahead[0], 13, [])).toEqual([
    'start ea1.2009-01.com.example:g 2035-06-15',
    ...[`stop ${point} ${ahead[0]}`, `stop ${point} ${ahead[1]}`],
    `start ${point} ${ahead[2]}`,
  ]);
});

test('nothing registered is a view where nobody is represented: all points vanish; where somebody is, it is none', async () => {
  // Long after everybody's last day.
  const [before, after] = ['2036-06-15', '2036-06-16'];
  const inboxId = await answered(before, 7, { e: { on: [1] } });
  await views().keepPortfolioView({ inboxId });
  const nothing = await answered(after, 8, {}, [], 'No connections available');
  await represent([since(1)]);
  expect(await views().keepViewOfNobody({ inboxId: nothing })).toBeUndefined();
  await represent([{ ...since(1), endPeriod: '2036-06-15' }]);
  expect(await views().keepViewOfNobody({ inboxId: nothing })).toMatchObject({ congestionPoints: 0 });
  followed.splice(0);
  expect(await views().comparePortfolioView({ inboxId: nothing, lastWord: false })).toMatchObject({
    ...{ vanished: 1, missing: 0 },
  });
  expect(followed).toEqual([`stop ea1.2009-01.com.example:e ${after}`]);
  expect((await openAlerts()).map(([key]) => key)).toContain(`vanished/${after}`);
  const point = await store.portfolio.activeCongestionPoint(
    'dso.example.com',
    'ea1.2009-01.com.example:e',
    after,
  );
  expect(point).toBeUndefined();
});

test('tomorrow is asked about first and today after it: each has its points, and their prognoses', async () => {
  await represent([since(1)]);
  const point = 'ea1.2009-01.com.example:first';
  for (const [period, minute] of [
    ['2026-05-02', 1],
    ['2026-05-01', 2],
  ] as const) {
    const inboxId = await answered(period, minute, { first: { on: [1] } });
    await views().keepPortfolioView({ inboxId });
    await views().comparePortfolioView({ inboxId, lastWord: false });
    const active = await store.portfolio.activeCongestionPoint('dso.example.com', point, period);
    expect(active).toMatchObject({ viewPeriod: period, connections: [ean(1)] });
  }
  expect(followed).toEqual([`start ${point} 2026-05-02`, `start ${point} 2026-05-01`]);
});

test('what tomorrow lacks is not taken back by today, which is asked about after it', async () => {
  // The same matter again at another time is another alert.
  present = '2026-06-14T08:30:00.000Z';
  await represent([since(1), since(2, '2037-08-02')]);
  const look = async (period: string, minute: number, on: number[], nowhere: number[]) => {
    const inboxId = await answered(period, minute, { late: { on } }, nowhere);
    await views().keepPortfolioView({ inboxId });
    await views().comparePortfolioView({ inboxId, lastWord: false });
    return (await openAlerts()).map(([key]) => key);
  };
  expect(await look('2037-08-02', 1, [1], [2])).toContain('unallocated');
  expect(await look('2037-08-01', 2, [1], [])).toContain('unallocated');
  expect(await look('2037-08-03', 3, [1, 2], [])).not.toContain('unallocated');
});

test('a connection that no list has is missing: told only when it was registered again', async () => {
  await represent([since(1), since(2), since(5), since(6, '2026-12-01')]);
  const inboxId = await answered('2026-06-21', 6, { a: { on: [1, 2] } });
  await views().keepPortfolioView({ inboxId });
  expect(await views().comparePortfolioView({ inboxId, lastWord: false })).toMatchObject({ missing: 1 });
  expect((await openAlerts()).map(([key]) => key)).not.toContain('missing');
  expect(await views().comparePortfolioView({ inboxId, lastWord: true })).toMatchObject({ missing: 1 });
  expect((await openAlerts()).find(([key]) => key === 'missing')?.[1]).toContain(ean(5));
});

test('an update names who is represented and who leaves, until the CRO accepted it; a large one is told', async () => {
  const drafts: MessageDraft<'AGRPortfolioUpdate'>[] = [];
  const environment = new MockActivityEnvironment({
    workflowExecution: { workflowId: `sync/${CRO}`, runId: 'r' },
  });
  const outgoing = {
    async send({ draft, step }: { draft: MessageDraft<'AGRPortfolioUpdate'>; step: string }) {
      drafts.push(draft);
      const body = new Uint8Array(config.portfolio.warnMessageBytes + 1);
      await store.outbox.prepare({ workflowId: `sync/${CRO}`, step }, async () => outbound({ body }));
      return { messageId: randomUUID(), outcome: 'delivered' };
    },
  } as unknown as Outgoing;
  const activities = portfolioActivities(deps(), outgoing);
  await represent([since(1), since(2), since(6, '2026-12-01')]);
  await activities.recordSync({
    cro: CRO,
    stage: 'updating',
    acceptedVersion: await store.connections.version(),
  });
  expect(await activities.portfolioStanding({ cro: CRO })).toMatchObject({ dirty: false });

  await represent([since(1)]);
  const standing = await activities.portfolioStanding({ cro: CRO });
  expect(standing).toMatchObject({ dirty: true });
  const to = { cro: CRO, step: 'AGRPortfolioUpdate/r/1', conversationId: randomUUID() };
  await environment.run(activities.sendPortfolioUpdate, to);
  expect(
    drafts[0]!.Connection.filter(({ EntityAddress }) => [1, 2, 6].some((n) => ean(n) === EntityAddress)),
  ).toEqual([
    { EntityAddress: ean(1), StartPeriod: '2026-01-01' },
    { EntityAddress: ean(2), StartPeriod: '2026-01-01', EndPeriod: '2026-06-14' },
    // Never to be represented after all: one day that is over.
    { EntityAddress: ean(6), StartPeriod: '2026-06-13', EndPeriod: '2026-06-13' },
  ]);
  expect((await openAlerts()).map(([key]) => key)).toContain('message-size');

  await activities.recordSync({ cro: CRO, stage: 'stopped', facts: { reason: 'Unauthorized' } });
  expect((await openAlerts()).find(([key]) => key === 'sync')?.[1]).toContain('Unauthorized');
  await activities.recordSync({ cro: CRO, stage: 'synced', acceptedVersion: standing.version });
  expect((await openAlerts()).map(([key]) => key)).not.toContain('sync');
  // An answer that was late does not bring an older version back.
  await activities.recordSync({ cro: CRO, stage: 'synced', acceptedVersion: 1 });
  expect(await activities.portfolioStanding({ cro: CRO })).toMatchObject({ dirty: false });
});
