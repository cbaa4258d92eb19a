import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../uftp/index.ts';
import { ACCEPTED, startMeteringFloor } from './metering-floor.ts';

let floor: Awaited<ReturnType<typeof startMeteringFloor>>;
beforeAll(async () => {
  floor = await startMeteringFloor();
}, 120_000);
afterAll(() => floor.stop());

const HOUR = 3_600_000;
const ean = (number: number): string => `ean.8716859000126${String(number).padStart(5, '0')}`;
const accept = () => ACCEPTED;
const silent = () => undefined;

test.each([
  ['2026-03-29', 92],
  ['2025-10-26', 100],
  ['2026-04-01', 96],
])('%s: each connection is told once, all %d ISPs', async (period, isps) => {
  const day = await floor.day(period, [ean(1), ean(2)], accept);
  await day.read(ean(1), 1500);
  await day.read(ean(2), -250);
  await day.start();
  await day.ends();
  const told = day.told().toSorted((a, b) => (a.EAN < b.EAN ? -1 : 1));
  expect(told.map(({ EAN, Revision }) => [EAN, Revision])).toEqual([
    ['E871685900012600001', 1],
    ['E871685900012600002', 1],
  ]);
  expect(told[1]).toMatchObject({ ISPDuration: 'PT15M', TimeZone: 'Europe/Amsterdam', Period: period });
  expect(told[1]!.Profile).toEqual([
    {
      ProfileType: 'Power',
      Unit: 'kW',
      ISP: Array.from({ length: isps }, (_, index) => ({ Start: index + 1, Value: '-0.25' })),
    },
  ]);
  expect(await day.progress()).toMatchObject({ accepted: 2, pending: 0 });
  if (period === '2026-04-01') await day.record('metering-day');
});

test('a correction is a higher revision, of its connection alone; what says the same is not told again', async () => {
  const day = await floor.day('2026-04-02', [ean(1), ean(2)], accept);
  await day.read(ean(1), 100);
  await day.read(ean(2), 200);
  await day.start();
  await day.ends();
  await day.read(ean(1), 110);
  await day.start();
  await day.ends();
  await day.record('metering-corrected');
  // There and back again: the readings changed twice, the message would not.
  await day.read(ean(2), 210);
  await day.read(ean(2), 200);
  await day.start();
  await day.ends();
  const told = day
    .told()
    .map(({ EAN, Revision, Profile }) => [EAN.at(-1), Revision, Profile[0]!.ISP[0]!.Value]);
  expect(told.slice(0, 2).toSorted()).toEqual([
    ['1', 1, '0.1'],
    ['2', 1, '0.2'],
  ]);
  expect(told.slice(2)).toEqual([['1', 2, '0.11']]);
});

test('where the DSO knows a higher revision, the next ones go out until it takes one', async () => {
  const day = await floor.day('2026-04-03', [ean(1)], ({ Revision }) =>
    Revision < 3 ? 'Subordinate sequence number' : ACCEPTED,
  );
  await day.read(ean(1), 100);
  await day.start();
  await day.ends();
  expect(day.told().map(({ Revision }) => Revision)).toEqual([1, 2, 3]);
  expect(await day.progress()).toMatchObject({ accepted: 1, rejected: 0 });
  await day.record('metering-higher-revision');
});

test('after many corrections too, a revision that is too low is raised', async () => {
  const day = await floor.day('2026-04-17', [ean(1)], accept);
  for (const watts of [100, 101, 102, 103]) {
    await day.read(ean(1), watts);
    await day.start();
    await day.ends();
  }
  day.behave(({ Revision }) => (Revision < 7 ? 'Subordinate sequence number' : ACCEPTED));
  await day.read(ean(1), 104);
  await day.start();
  await day.ends();
  expect(day.told().map(({ Revision }) => Revision)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(await day.progress()).toMatchObject({ accepted: 1, rejected: 0 });
});

test('any other rejection is an alert, until corrected readings are accepted', async () => {
  const period = '2026-04-04';
  const day = await floor.day(period, [ean(1)], ({ Revision }) =>
    Revision === 1 ? 'Unknown EAN' : ACCEPTED,
  );
  await day.read(ean(1), 100);
  await day.start();
  await day.ends();
  expect(await floor.alerts(`not-accepted/${period}`)).toMatchObject([
    { state: 'open', severity: 'warning', text: expect.stringContaining(`${ean(1)} rejected: Unknown EAN`) },
  ]);
  await day.record('metering-rejected');
  await day.read(ean(1), 101);
  await day.start();
  await day.ends();
  expect(await day.progress()).toMatchObject({ accepted: 1, rejected: 0 });
  expect(await floor.alerts(`not-accepted/${period}`)).toMatchObject([{ state: 'resolved' }]);
});

test('a DSO that is away gets the same bytes when it is back', async () => {
  const day = await floor.day('2026-04-05', [ean(1)], (_, times) => (times === 1 ? 'away' : ACCEPTED));
  await day.read(ean(1), 100);
  await day.start();
  await day.ends();
  const [told] = day.told();
  const sent = floor.bodies.get(told!.MessageID)!;
  expect(sent).toHaveLength(2);
  expect(new Set(sent).size).toBe(1);
});

test.each([
  ['2026-04-06', ACCEPTED],
  ['2026-04-16', 'Already Submitted'],
])('%s: without an answer the same bytes go out again; %s to those will do', async (period, answer) => {
  const day = await floor.day(period, [ean(1)], (_, times) => (times === 2 ? answer : undefined));
  await day.read(ean(1), 100);
  await day.start();
  await expect.poll(() => day.told().length, { timeout: 20_000 }).toBe(1);
  await expect.poll(async () => (await day.progress()).pending, { timeout: 20_000 }).toBe(1);
  await day.moveBy(4 * HOUR + 60_000);
  await day.ends();
  expect(new Set(floor.bodies.get(day.told()[0]!.MessageID)).size).toBe(1);
  expect(await day.progress()).toMatchObject({ accepted: 1, unanswered: 0 });
});

test('without an answer to those either it is an alert', async () => {
  const period = '2026-04-07';
  const day = await floor.day(period, [ean(1)], silent);
  await day.read(ean(1), 100);
  await day.start();
  await expect.poll(async () => (await day.progress()).pending, { timeout: 20_000 }).toBe(1);
  await day.moveBy(4 * HOUR + 60_000);
  await expect.poll(() => day.told().length, { timeout: 20_000 }).toBe(2);
  await day.moveBy(4 * HOUR + 60_000);
  await day.ends();
  expect(await day.progress()).toMatchObject({ unanswered: 1 });
  expect(await floor.alerts(`not-accepted/${period}`)).toMatchObject([
    { state: 'open', text: expect.stringContaining('no answer within PT4H, asked twice') },
  ]);
  await day.record('metering-unanswered');

  // Later than anybody waits for: it counts all the same.
  await day.answerTo(day.told()[0]!, ACCEPTED);
  // The workflow that is begun anew starts at the machine's time.
  await day.moveBy(9 * HOUR);
  await day.ends();
  expect(await day.progress()).toMatchObject({ accepted: 1, unanswered: 0 });
  expect(await floor.alerts(`not-accepted/${period}`)).toMatchObject([{ state: 'resolved' }]);
  expect(day.told()).toHaveLength(2);
});

test('a connection without an EAN in the notation is named', async () => {
  const period = '2026-04-08';
  const stranger = 'ea1.2009-01.com.example:7';
  const day = await floor.day(period, [stranger], accept);
  await day.read(stranger, 100);
  await day.start();
  await day.ends();
  expect(day.told()).toEqual([]);
  expect(await floor.alerts(`not-accepted/${period}`)).toMatchObject([
    { text: expect.stringContaining('has no EAN in the notation E18: set its meteringEAN') },
  ]);

  // Readings stay as they are; what the message lacked is there now.
  const named = { connection: stranger, startPeriod: '2026-01-01', meteringEAN: 'E871685900012699999' };
  const connections = [{ ...named, assets: [], origin: 'import' as const }];
  const list = { origin: 'import' as const, leavesOn: '2026-01-01', connections, apply: true };
  await floor.store.connections.compare({ ...list, by: 'Ines', at: '2026-04-09T00:00:00.000Z' });
  await day.start();
  await day.ends();
  expect(day.told().map(({ EAN, Revision }) => [EAN, Revision])).toEqual([['E871685900012699999', 2]]);
  expect(await day.progress()).toMatchObject({ accepted: 1, refused: 0 });
  expect(await floor.alerts(`not-accepted/${period}`)).toMatchObject([{ state: 'resolved' }]);
});

test('what is missing after the deadline of its month is a critical alert, until it is there', async () => {
  // A month that was over long enough ago, whatever day it is today.
  const month = addDays(floor.yesterday(), -40).slice(0, 7);
  const period = `${month}-15`;
  await floor.day(`${month}-01`, [], accept);
  await floor.day(`${month}-16`, [], accept);
  const day = await floor.day(period, [ean(1)], accept);
  await day.read(ean(1), 100, day.isps - 1);
  await floor.round();
  await day.ends();
  const key = `missing-for-settlement/${month}`;
  expect(await floor.alerts(key)).toMatchObject([
    { state: 'open', severity: 'critical', text: expect.stringContaining(`${ean(1)} on ${period}`) },
  ]);
  await day.read(ean(1), 100);
  await floor.round();
  await day.ends();
  expect(await floor.alerts(key)).toMatchObject([{ state: 'resolved' }]);
  expect(day.told().map(({ Revision, Profile }) => [Revision, Profile[0]!.ISP.length])).toEqual([
    [1, day.isps - 1],
    [2, day.isps],
  ]);
});

test('the round: whole days are told at once, others at their deadline with what is known, and what is missing is an alert', async () => {
  const yesterday = floor.yesterday();
  const late = addDays(yesterday, -5);
  const recent = await floor.day(yesterday, [ean(1), ean(2)], accept);
  const overdue = await floor.day(late, [ean(1), ean(2)], accept);
  await recent.read(ean(1), 100);
  await recent.read(ean(2), 100, 10);
  await overdue.read(ean(1), 100);
  await overdue.read(ean(2), 100, 10);
  expect(await floor.round('metering-round-starts')).toBe(2);
  await Promise.all([recent.ends(), overdue.ends()]);
  expect(recent.told().map(({ EAN }) => EAN.at(-1))).toEqual(['1']);
  expect(
    overdue
      .told()
      .map(({ EAN, Profile }) => `${EAN.at(-1)}: ${Profile[0]!.ISP.length}`)
      .toSorted(),
  ).toEqual([`1: ${overdue.isps}`, '2: 10']);
  const key = `incomplete/${late.slice(0, 7)}`;
  expect(await floor.alerts(key)).toMatchObject([
    {
      state: 'open',
      severity: 'warning',
      text: expect.stringMatching(/^\d+ meter readings of \d+ days in /),
    },
  ]);
  expect(await floor.round('metering-round-idle')).toBe(0);
});

test('hundreds of connections: every one told and answered, in several runs whose histories hold none of them', async () => {
  const connections = Array.from({ length: 200 }, (_, index) => ean(1_000 + index));
  const day = await floor.day('2026-04-10', connections, silent);
  const { isps } = day;
  await floor.store.meterReadings.save(
    connections.flatMap((connection) =>
      Array.from({ length: isps }, (_, index) => {
        const recordedAt = '2026-04-11T00:00:00.000Z';
        return { connection, period: '2026-04-10', isp: index + 1, power: index, recordedAt };
      }),
    ),
  );
  await day.start();
  await expect.poll(async () => (await day.progress()).pending, { timeout: 50_000 }).toBe(200);
  // As the relay does: a few at a time. A workflow takes ten updates at once.
  const told = day.told();
  for (let from = 0; from < told.length; from += 8) {
    await Promise.all(told.slice(from, from + 8).map((message) => day.answerTo(message, ACCEPTED)));
  }
  await day.ends();
  expect(await day.progress()).toMatchObject({ accepted: 200 });
  expect(day.told()).toHaveLength(200);
  const runs = await day.runs();
  expect(runs.length).toBeGreaterThan(1);
  const events = runs.flatMap((run) => run.events);
  const scheduled = events.filter(({ activityTaskScheduledEventAttributes: activity }) => activity);
  const largest = Math.max(...scheduled.map((event) => JSON.stringify(event).length));
  expect(scheduled.length).toBeLessThan(60);
  expect(largest).toBeLessThan(60_000);
  await day.record('metering-first-run', runs[0]!.runId);
  await day.record('metering-next-run', runs.at(-1)!.runId);
});
