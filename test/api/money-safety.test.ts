import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createJudge } from '../../api/relay/judge.ts';
import { readStored } from '../../api/relay/message.ts';
import { systemClock } from '../../base/index.ts';
import { type Config, contractBook } from '../../config/index.ts';
import {
  encode,
  type Message,
  type MessageDraft,
  sampleOf,
  SigningKeys,
  UftpError,
} from '../../uftp/index.ts';
import {
  agrKey,
  flexRequest,
  recordingLog,
  startDatabase,
  story,
  testConfig,
  testMessage,
} from './support.ts';

const { log, lines } = recordingLog();
const posts: number[] = [];
let addressKnown = true;
let database: Awaited<ReturnType<typeof startDatabase>>;
let config: Config;
let activities: ReturnType<typeof createActivities>;

beforeAll(async () => {
  [database, config] = await Promise.all([startDatabase(), testConfig()]);
  activities = createActivities({
    config,
    store: database.store,
    clock: systemClock,
    client: {
      post: async (_endpoint, body) => {
        posts.push(body.length);
        return { outcome: 'delivered', status: 200, reason: 'HTTP 200', hops: 0 };
      },
      close: async () => undefined,
    },
    directory: {
      endpoint: async () => {
        if (addressKnown) return { url: 'https://dso.example.com/' };
        throw new UftpError('uftp.discovery-permanent', 'No source knows the endpoint.', 'Add it.');
      },
      keys: async () => [],
      lookup: () => Promise.reject(new Error('nobody looks up')),
    },
    signingKeys: new SigningKeys(agrKey),
    tell: async () => true,
    prognoses: { begin: async () => {}, tell: async () => false },
    log,
  });
}, 60_000);
afterAll(() => database?.stop());

async function inWorkflow<T>(workflowId: string, activity: () => Promise<T>): Promise<T> {
  const environment = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: randomUUID() } });
  return environment.run(activity) as Promise<T>;
}

async function received(message: MessageDraft, receivedAt = new Date().toISOString()): Promise<string> {
  const { id } = await database.store.inbox.accept({
    senderDomain: story.DSO_DOMAIN,
    senderRole: 'DSO',
    recipientDomain: story.AGR_DOMAIN,
    messageId: message.MessageID,
    conversationId: message.ConversationID,
    type: message.type,
    version: message.Version,
    receivedAt,
    body: new Uint8Array(),
    payload: encode(message),
  });
  return id;
}

const offerDraft = () => {
  const sample = sampleOf('FlexOffer', '3.1.0') as Message<'FlexOffer'>;
  return {
    to: { domain: story.DSO_DOMAIN, role: 'DSO' as const },
    ...{ version: '3.1.0', conversationId: randomUUID() },
    draft: { ...sample },
  };
};

const response = (step: string, Result: string) => ({
  step,
  to: { domain: story.DSO_DOMAIN, role: 'DSO' as const },
  version: '3.1.0',
  conversationId: randomUUID(),
  draft: { type: 'FlexRequestResponse', FlexRequestMessageID: randomUUID(), Result },
});

it('a message that the schema does not allow is given up with its reason, not tried for ever', async () => {
  const sent = await inWorkflow('flex-request/a', () => activities.send(response('wrong', 'Perhaps')));
  expect(sent).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('Result') });
  expect(lines).toContainEqual(expect.objectContaining({ code: 'uftp.schema-invalid', step: 'wrong' }));
});

it('an address that is lost is tried again within the window, and the outbox says why', async () => {
  addressKnown = false;
  const send = () => inWorkflow('flex-request/b', () => activities.send(response('lost', 'Accepted')));
  await expect(send()).rejects.toMatchObject({ type: 'uftp.delivery-temporary' });
  addressKnown = true;
  const { messageId, outcome } = await send();
  expect(outcome).toBe('delivered');
  expect(await database.store.outbox.findByMessageId(messageId)).toMatchObject({ attempts: 2 });
});

it('the answer to an offer is due while the offer can be sent once more, and an expired one is not sent', async () => {
  const workflowId = `flex-request/${randomUUID()}`;
  const offer = offerDraft();
  const step = 'FlexOffer/1';
  const sentAt = Date.now();
  const inHours = (hours: number) => new Date(sentAt + hours * 3_600_000).toISOString();
  const dueAfter = async (validUntil: string) => {
    const { replyBy } = await inWorkflow(workflowId, () => activities.send({ ...offer, step, validUntil }));
    return Math.round((Date.parse(replyBy!) - sentAt) / 600_000) / 6;
  };
  expect(await dueAfter(inHours(2))).toBe(1);
  // What is agreed, where that is sooner.
  expect(await dueAfter(inHours(20))).toBe(4);
  const again = (validUntil: string) =>
    inWorkflow(workflowId, () => activities.sendAgain({ step, askedAt: inHours(0), validUntil }));
  expect(await again(inHours(1))).toMatchObject({ outcome: 'delivered' });
  expect(await again(inHours(-1))).toMatchObject({ outcome: 'expired' });
});

it('an answer asked for again long after its delivery window is sent again', async () => {
  const body = new Uint8Array(1234);
  const row = await database.store.outbox.prepare({ workflowId: 'old', step: 'answer' }, async () => ({
    recipientDomain: story.DSO_DOMAIN,
    recipientRole: 'DSO',
    messageId: randomUUID(),
    conversationId: randomUUID(),
    type: 'FlexRequestResponse',
    version: '3.1.0',
    createdAt: '2020-01-01T00:00:00.000Z',
    body,
    payload: body,
  }));
  const askedAt = new Date().toISOString();
  const again = () => activities.redeliver({ outboxId: row.id, askedAt });
  expect(await inWorkflow('redelivery/x', again)).toMatchObject({ outcome: 'delivered' });
  expect(posts).toContain(1234);
});

it('a lower Revision in the same conversation about the same day and point is refused, and no other is', async () => {
  const judge = createJudge(
    config,
    database.store,
    contractBook(config, database.store.contracts, systemClock),
  );
  const ConversationID = randomUUID();
  const textsOf = async (message: MessageDraft<'FlexRequest'>, receivedAt: string) => {
    const id = await received(message, receivedAt);
    return judge(readStored((await database.store.inbox.find(id))!));
  };
  const refusal = 'Subordinate sequence number';
  const at = (second: number) => new Date(Date.now() + second * 1000).toISOString();
  expect(await textsOf(flexRequest({ ConversationID, Revision: 3 }), at(1))).not.toContain(refusal);
  expect(await textsOf(flexRequest({ ConversationID, Revision: 2 }), at(2))).toContain(refusal);
  expect(await textsOf(flexRequest({ ConversationID, Revision: 4 }), at(3))).not.toContain(refusal);
  expect(await textsOf(flexRequest({ Revision: 1 }), at(4))).not.toContain(refusal);
  for (const other of [{ CongestionPoint: 'ean.871685900012636999' }, { Period: '2027-01-02' }]) {
    const elsewhere = { ConversationID, ...other };
    expect(await textsOf(flexRequest({ ...elsewhere, Revision: 2 }), at(5))).not.toContain(refusal);
    expect(await textsOf(flexRequest({ ...elsewhere, Revision: 1 }), at(6))).toContain(refusal);
  }
});

it('a settlement of thousands is recomputed in time, and owes no order twice', async () => {
  const { type: _, ...envelope } = testMessage();
  const sample = sampleOf('FlexSettlement', '3.1.0') as Message<'FlexSettlement'>;
  const [item] = sample.FlexOrderSettlement;
  const references = Array.from({ length: 1_000 }, (_, index) => `order-${index}`);
  for (const orderReference of references)
    await database.store.orders.accept({
      dso: story.DSO_DOMAIN,
      orderReference,
      orderMessageId: randomUUID(),
      workflowId: `flex-request/${orderReference}`,
      congestionPoint: item!.CongestionPoint,
      period: item!.Period,
      timeZone: story.market.timeZone,
      ispDuration: story.market.ispDuration,
      price: '1',
      currency: 'EUR',
      isps: [{ start: 1, duration: 1, power: -1 }],
      acceptedAt: envelope.TimeStamp,
    });
  await database.store.orders.setOutcome(
    { dso: story.DSO_DOMAIN, orderReference: 'order-7' },
    'settled',
    randomUUID(),
  );
  const settlement = {
    ...sample,
    ...envelope,
    FlexOrderSettlement: [...references, 'order-8'].map((OrderReference) => ({ ...item!, OrderReference })),
  } as MessageDraft<'FlexSettlement'>;
  const inboxId = await received(settlement);
  await inWorkflow('settlement/x', () => activities.recomputeSettlement({ inboxId, rejections: [] }));
  const items = await database.store.settlementItems.forMessage(story.DSO_DOMAIN, settlement.MessageID);
  const reasons = new Map(items.map(({ orderReference, reason }) => [orderReference, reason]));
  expect(items).toHaveLength(1_001);
  expect(reasons.get('order-7')).toBe('this order was settled before');
  expect(reasons.get('#1001')).toBe('this order is listed twice');
  expect(reasons.get('order-8')).not.toBe('this order is listed twice');
});
