import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';

const AT = '2026-06-15T08:00:00.000Z';
let store: Store;
beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

test('a plan is made once, and every try to hand it over is kept', async () => {
  const key = { workflowId: `flex-request/dso.example.com/${randomUUID()}`, step: 'FlexOffer/1' };
  let made = 0;
  const make = async () => {
    made += 1;
    return { orderReference: 'O-1', plan: { made }, preparedAt: AT };
  };
  const [first, second] = await Promise.all([
    store.dispatches.prepare(key, make),
    store.dispatches.prepare(key, make),
  ]);
  expect(first).toEqual(second);
  expect(await store.dispatches.prepare(key, make)).toEqual({
    ...{ ...key, orderReference: 'O-1', plan: first!.plan, preparedAt: AT, tries: [] },
  });

  const failed = { sentAt: AT, connector: 'webhook', outcome: 'failed', reason: 'status 500' } as const;
  await store.dispatches.record(key, { tried: failed });
  expect(await store.dispatches.find(key)).toMatchObject({ reason: 'status 500', tries: [failed] });
  const confirmed = { sentAt: AT, connector: 'webhook', outcome: 'confirmed' } as const;
  await store.dispatches.record(key, { tried: confirmed, outcome: 'confirmed' });
  expect(await store.dispatches.forWorkflow(key.workflowId)).toEqual([
    {
      ...{ ...key, orderReference: 'O-1', plan: first!.plan, preparedAt: AT, outcome: 'confirmed' },
      tries: [failed, confirmed],
    },
  ]);
  expect(await store.dispatches.forWorkflow('another')).toEqual([]);
});
