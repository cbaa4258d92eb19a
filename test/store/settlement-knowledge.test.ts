import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { knowledgeAbout } from '../../api/relay/knowledge.ts';
import type { Config, ContractBook } from '../../config/index.ts';
import { type PendingInbound, type Settlement, type Store } from '../../store/index.ts';
import { testStore } from '../support/store.ts';

let store: Store;
beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

const NOW = '2026-12-05T10:00:00.000Z';
const config = { participant: () => ({ market: { timeZone: 'Europe/Amsterdam' } }) } as unknown as Config;

/** What the judge of a message that came just now would be told of orders. */
const told = () =>
  knowledgeAbout({ receivedAt: NOW } as PendingInbound, config, store, {} as ContractBook).orders!;
const earliestUnsettled = (dso: string): Promise<string | undefined> => told().earliestUnsettled(dso);
const procured = async (dso: string): Promise<string[]> =>
  (await told().procured(dso, '2026-10-01', '2026-11-30')).map(({ OrderReference }) => OrderReference);

async function accept(dso: string, orderReference: string, period: string): Promise<void> {
  await store.orders.accept({
    ...{ dso, orderReference, period, orderMessageId: randomUUID() },
    workflowId: `flex-request/${dso}/1`,
    congestionPoint: 'ean.265987182507322951',
    timeZone: 'Europe/Amsterdam',
    ispDuration: 'PT15M',
    price: '10.00',
    currency: 'EUR',
    isps: [{ start: 1, duration: 4, power: -1500 }],
    acceptedAt: '2026-10-01T10:00:00.000Z',
  });
}

/** A settlement of one order, kept as it is before an operator reviewed it. */
async function settle(dso: string, orderReference: string, result: Settlement['result']): Promise<string> {
  const [id, messageId] = [randomUUID(), randomUUID()];
  await store.settlementItems.save([
    {
      ...{ messageId, dso, orderReference, period: '2026-10-10', currency: 'EUR', stated: {} },
      ...{ matchedOrder: orderReference, disposition: result, decidedAt: NOW },
    },
  ]);
  await store.settlements.keep(
    {
      ...{ id, dso, messageId, workflowId: `settlement/${dso}/${messageId}`, currency: 'EUR' },
      ...{ periodStart: '2026-10-01', periodEnd: '2026-10-31', status: 'open', result },
      ...{ orders: 1, disputed: 0, leftOut: [], computedAt: NOW, reviewUntil: '2026-12-08T10:00:00.000Z' },
    },
    [],
  );
  return id;
}

test('an order of a settlement under review is not unsettled; it is again if the answer never arrives', async () => {
  const dso = 'review.example';
  await accept(dso, 'october', '2026-10-10');
  await accept(dso, 'november', '2026-11-10');
  expect(await earliestUnsettled(dso)).toBe('2026-10-10');

  const id = await settle(dso, 'october', 'Accepted');
  expect(await earliestUnsettled(dso)).toBe('2026-11-10');
  await store.settlements.decide(id, { at: NOW, earlier: 'settled before' });
  expect(await earliestUnsettled(dso)).toBe('2026-11-10');
  expect(await procured(dso)).toEqual(['november']);

  await store.settlements.ended(id, 'undelivered', NOW);
  expect(await earliestUnsettled(dso)).toBe('2026-10-10');
  expect(await procured(dso)).toEqual(['october', 'november']);
});

test('an order of a settlement that was rejected, or of another DSO, stays unsettled', async () => {
  const dso = 'rejected.example';
  await accept(dso, 'october', '2026-10-10');
  await settle(dso, 'october', 'Rejected');
  await settle('elsewhere.example', 'october', 'Accepted');
  expect(await earliestUnsettled(dso)).toBe('2026-10-10');
});
