import { beforeAll, expect, test } from 'vitest';
import type { Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';
import { Conversation, floorConfig, openFloor, POINTS } from './trading-floor.ts';

const ISP = [{ Disposition: 'Requested' as const, MinPower: -6000, MaxPower: -4000, Start: 48, Duration: 4 }];
const log = { info() {}, warn() {}, error() {} };

let store: Store;

beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

test('a request that comes before the CRO has ever answered waits for that answer, and is offered for then', async () => {
  const talk = new Conversation('portfolio/1', { store, config: floorConfig(), log });
  await talk.open(POINTS[0], ISP);
  await expect(talk.decide()).rejects.toMatchObject({
    type: 'activities.portfolio-unknown',
    nonRetryable: false,
  });

  await openFloor(store);
  expect(await talk.decide()).toMatchObject({ kind: 'offer' });
});
