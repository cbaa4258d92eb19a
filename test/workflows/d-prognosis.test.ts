import { afterAll, beforeAll, expect, test } from 'vitest';
import { day, NOON_BEFORE } from '../../market/prognosis/prognosis.testkit.ts';
import { startPrognosisFloor } from './prognosis-floor.ts';

let floor: Awaited<ReturnType<typeof startPrognosisFloor>>;
beforeAll(async () => {
  floor = await startPrognosisFloor();
}, 120_000);
afterAll(() => floor.stop());

type Point = Awaited<ReturnType<typeof floor.point>>;

/** The power that a message names, ISP by ISP. */
function profileOf({ ISP }: Awaited<ReturnType<Point['messages']>>[number]): number[] {
  return ISP.flatMap(({ Power, Duration }) => Array<number>(Duration).fill(Power));
}

const pending = (point: Point, sent = 1) =>
  point.when(
    `revision ${sent} to be delivered`,
    (state) => state.sent === sent && state.underway?.messageId !== undefined,
  );
const inForce = (point: Point, sent = 1) =>
  point.when(`revision ${sent} to be in force`, ({ inForce: one }) => one?.step === `D-Prognosis/${sent}`);

/** A point whose first prognosis is in force. */
async function planned(period: string, power = 5000): Promise<Point> {
  const point = await floor.point(period, day(period, -1, '08:00'));
  await point.forecast(point.flat(power));
  await point.start();
  await pending(point);
  await point.answer('Accepted');
  await inForce(point);
  return point;
}

test.each([
  ['2027-05-16', 96],
  ['2027-03-28', 92],
  ['2027-10-31', 100],
] as const)(
  'for %s all %i ISPs are sent, accepted, in force for everybody, and frozen in the end',
  async (period, ISPs) => {
    const point = await planned(period);
    const [message] = await point.messages();
    expect(profileOf(message!)).toEqual(Array(ISPs).fill(5000));
    expect(message).toMatchObject({ Period: period, CongestionPoint: point.key.congestionPoint });
    const { dso, congestionPoint } = point.key;
    expect(await floor.store.prognoses.inForce(dso, congestionPoint, period)).toMatchObject({
      ...{ messageId: message!.MessageID.toLowerCase(), revision: message!.Revision, result: 'Accepted' },
      power: Array(ISPs).fill(5000),
    });
    // Asked again, with nothing new: nothing is sent.
    await point.start();
    await point.moveTo(day(period, 1, '00:00'));
    expect(await point.ended()).toBe('Frozen');
    expect(await point.messages()).toHaveLength(1);
    expect(await point.alerts()).toEqual([]);
    expect(await floor.store.prognoses.findDay(point.workflowId)).toMatchObject({ phase: 'Frozen' });
    await point.record(`d-prognosis-${ISPs}-isps`);
  },
);

test('revisions rise across congestion points and days', async () => {
  const points = [await planned('2027-06-01'), await planned('2027-06-02')];
  const [first, second] = await Promise.all(
    points.map(async (point) => (await point.messages())[0]!.Revision),
  );
  expect(second).toBeGreaterThan(first!);
});

test('a rejected revision is sent again with its reason acted on', async () => {
  const period = '2027-06-03';
  const point = await floor.point(period, day(period, -1, '08:00'));
  await point.forecast(point.flat(5000));
  await point.start();
  await pending(point);
  await point.answer('Rejected', { RejectionReason: 'Subordinate sequence number' });
  await pending(point, 2);
  await point.answer('Rejected', { RejectionReason: 'Lacking ISPs' });
  await pending(point, 3);
  const [one, two, three] = await point.messages();
  expect(two!.Revision).toBe(one!.Revision + 1000);
  expect(three!.Revision).toBe(two!.Revision + 1);
  expect([one!.ISP.length, two!.ISP.length, three!.ISP.length]).toEqual([1, 1, 96]);
  await point.answer('Accepted');
  await inForce(point, 3);
  await point.forecast(point.flat(6000));
  await point.start();
  await pending(point, 4);
  await point.answer('Rejected', { RejectionReason: 'Power value rejection' });
  await point.when('the rejection to be told', ({ underway }) => underway === undefined);
  expect(await point.alerts()).toEqual(['rejected open']);
  const { dso, congestionPoint } = point.key;
  const standing = await floor.store.prognoses.inForce(dso, congestionPoint, period);
  expect(standing).toMatchObject({ revision: three!.Revision });
  await point.record('d-prognosis-rejected');
});

test('a point that others overtake, at a DSO that orders revisions over all points, takes the next number each time', async () => {
  const period = '2027-06-10';
  const [late, other] = [
    await floor.point(period, day(period, -1, '08:00')),
    await floor.point(period, day(period, -1, '08:00')),
  ];
  await late.forecast(late.flat(5000));
  await late.start();
  await pending(late);
  for (const sent of [1, 2, 3, 4, 5]) {
    await other.forecast(other.flat(sent));
    await other.start();
    await pending(other, sent);
    await other.answer('Accepted');
    await inForce(other, sent);
    await late.answer('Rejected', { RejectionReason: 'Subordinate sequence number' });
    await pending(late, sent + 1);
  }
  const revisions = async (point: Point) => (await point.messages()).map(({ Revision }) => Revision);
  expect((await revisions(late)).slice(1)).toEqual((await revisions(other)).map((one) => one + 1));
  await late.answer('Accepted');
  await inForce(late, 6);
  expect(await late.alerts()).toEqual([]);
  await late.record('d-prognosis-overtaken');
});

test('without a reply the same bytes go out again, then people are told; the gate closes loudly', async () => {
  const period = '2027-06-04';
  const point = await floor.point(period, day(period, -1, '08:00'));
  await point.forecast(point.flat(5000));
  await point.start();
  await pending(point);
  await point.moveTo(day(period, -1, '09:05'));
  await point.when('the second try', ({ underway }) => underway?.repeated === true);
  await point.moveTo(day(period, -1, '10:10'));
  await point.when('giving up', ({ unanswered }) => unanswered.length === 1);
  expect(await point.timesPosted(0)).toBe(2);
  // The second alert is louder than the first.
  expect(await point.alerts()).toEqual(['no-reply open', 'no-reply resolved']);
  await point.moveTo(day(period, -1, '11:01'));
  await point.when('the warning', ({ alerts }) => alerts.some(({ key }) => key === 'gate-near'));
  await point.moveTo(NOON_BEFORE(period));
  await point.when('the alarm', ({ alerts }) => alerts.some(({ key }) => key === 'gate-missed'));
  // It was accepted after all, late: that is better than nothing.
  await point.answer('Accepted');
  await inForce(point);
  expect((await point.alerts()).every((alert) => alert.endsWith('resolved'))).toBe(true);
  expect(await point.messages()).toHaveLength(1);
  await point.record('d-prognosis-unanswered');
});

test('an accepted order is held by the next revision, looked for in the answer, and frozen for settlement', async () => {
  const point = await planned('2027-06-05');
  const order = await point.order([{ Start: 69, Duration: 2, Power: -2000 }], 'flex-request/held');
  await pending(point, 2);
  const [, revised] = await point.messages();
  expect(profileOf(revised!).slice(66, 72)).toEqual([5000, 5000, 3000, 3000, 5000, 5000]);
  const found = (IsValidated: boolean) => ({
    FlexOrderStatus: [{ FlexOrderMessageID: order.messageId.toUpperCase(), IsValidated }],
  });
  await point.answer('Accepted', found(false));
  // Once more, made anew.
  await pending(point, 3);
  await point.answer('Accepted', found(true));
  await point.when('the order to be found', ({ orders }) => orders[0]?.status === 'Confirmed');
  // What is lost of it is said at once, and taken back as soon as it comes after all.
  await order.fallsShort([{ Start: 70, Duration: 1, Power: 1500 }]);
  await pending(point, 4);
  expect(profileOf((await point.messages())[3]!).slice(67, 71)).toEqual([5000, 3000, 4500, 5000]);
  await point.answer('Accepted', found(true));
  await order.fallsShort([]);
  await pending(point, 5);
  await point.answer('Accepted', found(true));
  await inForce(point, 5);
  await point.moveTo(day('2027-06-05', 0, '20:00'));
  expect(order.told()).toEqual([
    {
      workflowId: 'flex-request/held',
      event: { type: 'prognosed', orderMessageId: order.messageId, validated: true },
    },
  ]);
  // What is forecast later moves neither the ordered ISPs nor the closed ones.
  await point.forecast(point.flat(9000));
  await point.start();
  await pending(point, 6);
  const after = profileOf((await point.messages())[5]!);
  expect([after[67], after[68], after[84], after[85]]).toEqual([5000, 3000, 5000, 9000]);
  const [first] = await point.messages();
  const profile = await floor.store.prognoses.resultingProfile(point.key.dso, order.messageId);
  expect(profile).toMatchObject({
    prognosisId: first!.MessageID.toLowerCase(),
    isps: [
      { isp: 69, base: 5000, power: 3000 },
      { isp: 70, base: 5000, power: 3000 },
    ],
  });
  await point.record('d-prognosis-ordered');
});

test('an order that the DSO does not find twice is told to its conversation and to people', async () => {
  const point = await planned('2027-06-06');
  const order = await point.order([{ Start: 69, Duration: 2, Power: -2000 }], 'flex-request/lost');
  await pending(point, 2);
  await point.answer('Accepted');
  await pending(point, 3);
  await point.answer('Accepted');
  await point.when('the verdict', ({ orders }) => orders[0]?.status === 'Refused');
  await expect.poll(() => order.told().length).toBe(1);
  expect(order.told()[0]!.event).toMatchObject({ type: 'prognosed', validated: false });
  expect(await point.alerts()).toEqual([expect.stringMatching(/^order\/O-.* open$/)]);
  await point.record('d-prognosis-order-not-found');
});

test('a forecast that is missing is an alert, until it is uploaded', async () => {
  const period = '2027-06-07';
  const point = await floor.point(period, day(period, -1, '08:00'));
  await point.start();
  await point.when('the alert', ({ alerts }) => alerts.length > 0);
  expect(await point.alerts()).toEqual(['no-forecast open']);
  await point.forecast(point.flat(100));
  await point.start();
  await pending(point);
  expect(await point.alerts()).toEqual(['no-forecast resolved']);
  await point.record('d-prognosis-no-forecast');
});

test('a point that is gone is left alone until it comes back', async () => {
  const point = await planned('2027-06-08');
  await floor.activities.stopPrognoses({ ...point.key, reason: 'nobody is there' });
  await point.when('withdrawal', ({ withdrawn }) => withdrawn !== undefined);
  await point.forecast(point.flat(1));
  await point.start();
  await pending(point, 2);
  expect(profileOf((await point.messages())[1]!)).toEqual(point.flat(1));
  await point.record('d-prognosis-withdrawn');
});

test('new forecasts without end: the day goes on in a new run, which knows what the one before knew, and when it is over', async () => {
  const point = await planned('2027-06-09');
  const first = await point.runId();
  let sent = 1;
  const revised = async () => {
    sent += 1;
    await point.forecast(point.flat(5000 + sent));
    await point.start();
    await pending(point, sent);
    await point.answer('Accepted');
    await inForce(point, sent);
  };
  while ((await point.runId()) === first) {
    expect(sent).toBeLessThan(50);
    await revised();
  }
  await revised();
  // Nothing new: what is in force was handed over.
  await point.start();
  await point.moveTo(day('2027-06-09', 1, '00:00'));
  expect(await point.ended()).toBe('Frozen');
  const messages = await point.messages();
  expect(messages.map((message) => profileOf(message)[0])).toEqual([
    5000,
    ...messages.slice(1).map((_, index) => 5002 + index),
  ]);
  expect(messages).toHaveLength(sent);
  expect(await point.alerts()).toEqual([]);
  await point.record('d-prognosis-first-run', first);
  await point.record('d-prognosis-next-run');
});

test('all of this replays', async () => {
  expect(await floor.notReplayable()).toEqual([]);
});
