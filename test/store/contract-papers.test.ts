import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Store } from '../../store/index.ts';
import { decode, encode, type Message, type MessageDraft } from '../../uftp/index.ts';
import { sound } from '../../uftp/rules/examples.testkit.ts';
import { testStore } from '../support/store.ts';

let store: Store;
beforeAll(async () => {
  const opened = await testStore();
  store = opened.store;
  return opened.close;
});

const AT = '2026-06-14T08:00:00.000Z';
const PERIOD = '2026-06-15';
const [DSO, CONTRACT] = ['dso.example.com', 'C-1'];

/** A conversation under a contract, as the read model has it. */
async function conversation(contractId: string, dso = DSO): Promise<string> {
  const workflowId = `flex-request/${dso}/${randomUUID()}`;
  await store.conversations.record({
    ...{
      workflowId,
      dso,
      contractId,
      congestionPoint: 'ean.1',
      period: PERIOD,
      timeZone: 'Europe/Amsterdam',
    },
    ...{ ispDuration: 'PT15M', conversationId: randomUUID(), state: 'Open', transition: 1, snapshot: {} },
    updatedAt: AT,
  });
  return workflowId;
}

const payloadOf = (message: Message, MessageID: string): Uint8Array =>
  encode({ ...message, MessageID } as unknown as MessageDraft);

/** A FlexRequest of the conversation, answered so; its MessageID. */
async function requested(workflowId: string, result: string, senderDomain = DSO): Promise<string> {
  const messageId = randomUUID();
  const payload = payloadOf(sound('FlexRequest'), messageId);
  const { id } = await store.inbox.accept({
    ...{ senderDomain, senderRole: 'DSO', recipientDomain: 'agr.example.com', messageId },
    ...{ conversationId: randomUUID(), type: 'FlexRequest', version: '3.1.0', receivedAt: AT },
    ...{ body: payload, payload },
  });
  await store.inbox.handedOver(id, workflowId, AT);
  await store.inbox.recordVerdict(id, result);
  return messageId;
}

/** A FlexOffer of the conversation, and what became of it; its MessageID. */
async function offered(
  workflowId: string,
  outcome: 'delivered' | 'permanent',
  peerResult?: string,
): Promise<string> {
  const messageId = randomUUID();
  const payload = payloadOf(sound('FlexOffer'), messageId);
  const { id } = await store.outbox.prepare({ workflowId, step: messageId }, async () => ({
    ...{ recipientDomain: DSO, recipientRole: 'DSO', messageId, conversationId: randomUUID() },
    ...{ type: 'FlexOffer', version: '3.1.0', createdAt: AT, body: payload, payload },
  }));
  await store.outbox.recordDelivery(id, { at: AT, outcome });
  if (peerResult !== undefined) await store.outbox.recordPeerVerdict(id, peerResult);
  return messageId;
}

test('under a contract on a day: requests not refused, offers that arrived and were not refused', async () => {
  const own = await conversation(CONTRACT);
  const requests = [await requested(own, 'Accepted')];
  await requested(own, 'Rejected');
  const offers = [await offered(own, 'delivered', 'Accepted'), await offered(own, 'delivered')];
  await offered(own, 'delivered', 'Rejected');
  await offered(own, 'permanent');
  const under = await conversation('C-2');
  await requested(under, 'Accepted');
  await offered(under, 'delivered', 'Accepted');
  await requested(await conversation(CONTRACT, 'other.example.com'), 'Accepted', 'other.example.com');

  const found = await store.settlements.under(DSO, CONTRACT, PERIOD);
  const ids = (payloads: readonly Uint8Array[]) => payloads.map((each) => decode(each).MessageID).sort();
  expect(ids(found.requests)).toEqual(requests.sort());
  expect(ids(found.offers)).toEqual(offers.sort());
  expect(await store.settlements.under(DSO, CONTRACT, '2026-06-16')).toEqual({ requests: [], offers: [] });
});
