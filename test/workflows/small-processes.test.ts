import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordProcess } from '../histories/recorder.ts';
import { startSmallProcesses } from './small-processes-floor.ts';

let floor: Awaited<ReturnType<typeof startSmallProcesses>>;
beforeAll(async () => {
  floor = await startSmallProcesses();
}, 120_000);
afterAll(() => floor.stop());

test.each([
  ['capacity-check', 'capacityCheck', undefined, 'checkCapacity', { outages: 1, lost: 2 }],
  ['prognosis-round', 'prognosisRound', { dso: 'dso.example.com' }, 'startPrognoses', 3],
  ['reply', 'reply', { inboxId: 'in-1', rejections: ['Unauthorized'] }, 'reply', undefined],
  [
    'redelivery',
    'redelivery',
    { outboxId: 'out-1', askedAt: '2027-05-01T10:00:00.000Z' },
    'redeliver',
    undefined,
  ],
] as const)(
  '%s asks for one thing, as it was asked, and is over',
  async (name, type, argument, call, returned) => {
    const { handle, calls, result } = await floor.run(type, argument);
    expect(calls).toEqual([{ name: call, input: argument }]);
    expect(result ?? undefined).toEqual(returned);
    await recordProcess(name, handle);
  },
);

const NOON = '2027-05-14T12:00:00.000Z';
const DAY = '2027-05-15';
/** Midnight in Amsterdam. */
const DAY_ENDS = '2027-05-15T22:00:00.000Z';

test('each update of a reservation is judged and answered once; what counts is told, until the day is over', async () => {
  const day = floor.reservation(DAY, NOON);
  const first = await day.update();
  await day.update(first);
  await day.update({ refusals: ['ReservedPower rejected'] });
  await day.update({ rejections: ['Unauthorized', 'Unknown CongestionPoint'] });
  await expect.poll(() => day.sent.length, { timeout: 20_000 }).toBe(3);
  expect(day.sent.map(({ draft }) => [draft.Result, draft.RejectionReason])).toEqual([
    ['Accepted', undefined],
    ['Rejected', 'ReservedPower rejected'],
    ['Rejected', 'Unauthorized;Unknown CongestionPoint'],
  ]);
  // What was found wrong on the way in is not judged again.
  expect(day.calls.map(({ name }) => name)).toEqual([
    ...['applyReservation', 'announceReservation', 'applyReservation'],
  ]);
  await day.moveTo(DAY_ENDS);
  await day.handle().result();
  expect((await day.handle().describe()).closeTime!.getTime()).toBeGreaterThanOrEqual(Date.parse(DAY_ENDS));
  await recordProcess('reservation-updates', day.handle());
});

test('updates without end: the day goes on in a new run, which knows what the one before saw, and when it is over', async () => {
  const day = floor.reservation(DAY, NOON);
  const first = await day.update();
  const { runId } = await day.handle().describe();
  let updates = 1;
  const answered = () => expect.poll(() => day.sent.length, { timeout: 20_000 }).toBe(updates);
  // A run hands over once everything that waits in line is answered.
  for (; (await day.handle().describe()).runId === runId; await answered()) {
    expect(updates).toBeLessThan(100);
    await Promise.all(Array.from({ length: 4 }, () => day.update()));
    updates += 4;
  }
  await day.update(first);
  await day.update();
  updates += 1;
  await answered();
  const steps = day.sent.map(({ step }) => step);
  expect(new Set(steps).size).toBe(steps.length);
  await day.moveTo(DAY_ENDS);
  await day.handle().result();
  expect(day.sent).toHaveLength(updates);
  await recordProcess('reservation-first-run', day.handle(runId));
  await recordProcess('reservation-next-run', day.handle());
});
