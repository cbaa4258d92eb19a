import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';
import { Conversation, floorConfig, openFloor, POINTS } from './trading-floor.ts';

const silent = { info() {}, warn() {}, error() {} };
const [point] = POINTS;
const ISP = [
  { Disposition: 'Requested' as const, MinPower: -20_000, MaxPower: -12_000, Start: 48, Duration: 4 },
];
const CONTRACT = {
  ...{ id: 'C-1', dso: point.dso, penaltyPerMWh: '1.00' },
  reserved: [{ start: 48, duration: 4, powerW: -12_000 }],
};

let store: Store;
beforeEach(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

async function called(changes: Parameters<Conversation['open']>[2] = {}): Promise<Conversation> {
  const config = floorConfig({ contracts: [CONTRACT] });
  const talk = new Conversation('talk', { store, config, log: silent });
  await talk.open(point, ISP, { ContractID: 'C-1', ...changes });
  return talk;
}

const alerts = () => store.alerts.list({ limit: 9, source: 'talk' });

test('what the assets lack of an obligation is a critical alert, until the contract releases it', async () => {
  await openFloor(store);
  const talk = await called();
  await talk.tell({ type: 'decided', step: 'FlexOffer/1', decision: await talk.decide() });
  expect(await alerts()).toMatchObject([
    {
      ...{ key: 'obligation', severity: 'critical', state: 'open' },
      text: 'Contract C-1 obliges to offer what was not offered: -1500 W in ISP 48 to 51.',
    },
  ]);
  await talk.tell({ type: 'reserved', ISP: [{ Start: 48, Duration: 4, Power: -10_000 }] });
  expect(await alerts()).toMatchObject([{ state: 'resolved' }]);
});

test('an obligation is not met where nothing stands behind the congestion point any more', async () => {
  await openFloor(store);
  const talk = await called({ CongestionPoint: 'ean.100000000000000009' });
  const decision = await talk.decide({ request: { ...talk.state.request!, ExpirationDateTime: talk.now } });
  expect(decision).toMatchObject({ kind: 'noBid', obligation: { firstISP: 1, reserved: [{ Start: 48 }] } });
});

test('there is none in ISPs whose gates are closed, and nothing more is offered for them', async () => {
  await openFloor(store, { intradayRedispatchBy: 'DSO' });
  const talk = await called({ ExpirationDateTime: '2026-06-15T09:45:00.000Z' });
  // An hour before ISP 50 begins, the gates of ISP 48 to 50 are closed.
  talk.now = '2026-06-15T09:15:00.000Z';
  const decision = await talk.decide();
  expect(decision).toMatchObject({ kind: 'offer', obligation: { firstISP: 51 } });
  await talk.tell({ type: 'decided', step: 'FlexOffer/1', decision });
  expect(await alerts()).toMatchObject([{ text: expect.stringMatching(/: -1500 W in ISP 51 to 51\.$/) }]);
  talk.now = '2026-06-15T09:30:00.000Z';
  const nothing = await talk.decide({ step: 'FlexOffer/2', why: 'reserved' });
  expect(nothing).toMatchObject({ kind: 'noBid', obligation: { firstISP: 52 } });
});
