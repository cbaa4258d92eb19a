import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { planFor } from '../../activities/dispatch/plan.ts';
import type { OrderFacts } from '../../market/flex-request/index.ts';
import { planOf } from '../../market/plan.ts';
import type { Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';
import { CONNECTIONS, Conversation, CRO, floorConfig, NOW, POINTS } from './trading-floor.ts';

const silent = { info() {}, warn() {}, error() {} };
const [point] = POINTS;

let store: Store;
beforeEach(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

const group = (Start: number, Duration: number, Power: number) => ({ Start, Duration, Power });
const asked = ({ Start, Duration, Power }: ReturnType<typeof group>) => ({
  ...{ Disposition: 'Requested' as const, MinPower: -9000, MaxPower: Power, Start, Duration },
});

/** One battery at the connection, which at some local times can do other than usual. */
async function openDay(Period: string): Promise<void> {
  const [{ id, from }] = CONNECTIONS as [(typeof CONNECTIONS)[0]];
  const windows = [
    // Where clocks go back, the hour is there twice; where they go forward, it is not there.
    { between: '02:00-03:00', canReduceW: 3000, canIncreaseW: 0 },
    { between: '23:00-24:00', canReduceW: 2000, canIncreaseW: 0 },
  ];
  const battery = { name: 'battery', canReduceW: 5000, canIncreaseW: 0, pricePerMWh: '90.00', windows };
  await store.connections.compare({
    ...({ origin: 'configuration', leavesOn: Period, by: 'test', at: NOW, apply: true } as const),
    connections: [{ connection: id, startPeriod: from, assets: [battery] }],
  });
  await store.portfolio.saveView({
    ...{ cro: CRO, period: Period, messageId: randomUUID(), receivedAt: NOW, result: 'Accepted' },
    congestionPoints: [
      {
        ...{ dso: point.dso, congestionPoint: point.congestionPoint, connections: [id] },
        ...{ mutexOffersSupported: false, dayAheadRedispatchBy: 'AGR' },
      },
    ],
    connections: [],
  });
}

test.each([
  // 01:30 to 02:00, and from 03:00 on to 03:30: one after the other. 23:00 begins an hour of ISPs earlier.
  {
    ...{ Period: '2027-03-28', count: 92, startsAt: '2027-03-27T23:00:00.000Z' },
    expected: [group(7, 4, -5000), group(85, 4, -5000), group(89, 4, -2000)],
    begins: ['2027-03-28T00:30:00.000Z', '2027-03-28T20:00:00.000Z', '2027-03-28T21:00:00.000Z'],
    ends: '2027-03-28T22:00:00.000Z',
  },
  // 01:45 to 02:00, twice 02:00 to 03:00, 03:00 to 03:15.
  {
    ...{ Period: '2027-10-31', count: 100, startsAt: '2027-10-30T22:00:00.000Z' },
    expected: [group(8, 1, -5000), group(9, 8, -3000), group(17, 1, -5000), group(97, 4, -2000)],
    begins: [
      ...['2027-10-30T23:45:00.000Z', '2027-10-31T00:00:00.000Z'],
      ...['2027-10-31T02:00:00.000Z', '2027-10-31T22:00:00.000Z'],
    ],
    ends: '2027-10-31T23:00:00.000Z',
  },
])('on $Period, of $count ISPs, offer, hold and plan stand on the right ISPs', async (day) => {
  const { Period, count, startsAt, expected, begins, ends } = day;
  await openDay(Period);
  const talk = new Conversation('talk', { store, config: floorConfig(), log: silent });
  talk.now = `${Period.slice(0, 7)}-01T08:00:00.000Z`;
  const ExpirationDateTime = `${Period.slice(0, 7)}-02T08:00:00.000Z`;
  const ISP = expected.map((each) => asked({ ...each, Power: -5000 }));
  await talk.open(point, ISP, { Period, ExpirationDateTime });
  const decision = await talk.decide();
  if (decision.kind !== 'offer') throw new Error(decision.kind);
  const [option] = decision.content.OfferOption;
  expect(option!.ISP).toEqual(expected);

  const hold = (await store.capacity.find({ workflowId: 'talk', step: 'FlexOffer/1' }))!;
  const held = Array.from({ length: count }, (_, index) =>
    expected
      .filter(({ Start, Duration }) => Start <= index + 1 && index + 1 < Start + Duration)
      .reduce((watts, { Power }) => watts - Power, 0),
  );
  expect(hold).toMatchObject({ startsAt, assets: [{ asset: 'battery', reduceW: held }] });

  const key = { workflowId: 'talk', step: 'FlexOffer/1' };
  const { frame } = talk.state;
  const ordered = { ...frame, ...option, OrderReference: 'O-1' } as unknown as OrderFacts;
  const plan = planFor(key, frame!, ordered, { assets: planOf(hold.assets, option!) });
  const groups = expected.map((each, index) => ({ ...each, begins: begins[index] }));
  expect(plan).toMatchObject({ ends, assets: [{ name: 'battery', ISP: groups }] });
});
