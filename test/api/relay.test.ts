import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledWorkflows } from '../../cli/roles/workflow-bundle.ts';
import { createActivities } from '../../activities/index.ts';
import { type Api, startApi } from '../../api/index.ts';
import { systemClock } from '../../base/index.ts';
import { configuredParticipants } from '../../cli/roles/participants.ts';
import { openTemporalConnection, startTemporal, type TemporalConnection } from '../../services/index.ts';
import { Peer } from '../../simulator/index.ts';
import { createStore } from '../../store/index.ts';
import {
  configurationSource,
  createDirectory,
  createUftpClient,
  encode,
  type MessageDraft,
  SigningKeys,
} from '../../uftp/index.ts';
import { TASK_QUEUE, workflowIds } from '../../workflows/ids.ts';
import {
  agrKey,
  AUTHORIZED,
  dsoKey,
  flexOrder,
  flexRequest,
  post,
  recordingLog,
  signed,
  startDatabase,
  story,
  testConfig,
  testMessage,
  until,
} from './support.ts';

const { log, lines } = recordingLog();
const dso = new Peer({ domain: story.DSO_DOMAIN, role: 'DSO', secretKey: dsoKey, clock: systemClock });
const uftp = createUftpClient({ clock: systemClock });
let database: Awaited<ReturnType<typeof startDatabase>>;
let config: Awaited<ReturnType<typeof testConfig>>;
let dataDir: string;
let temporal: Awaited<ReturnType<typeof startTemporal>>;
let connection: TemporalConnection;
let client: Client;
let api: Api;
let workflowBundle: { code: string };
let stopWorker: () => Promise<void> = async () => undefined;

/** The worker's real workflows and activities, in this process. */
async function startWorker(): Promise<void> {
  const native = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle,
    activities: createActivities({
      config,
      store: database.store,
      clock: systemClock,
      client: uftp,
      directory: createDirectory([configurationSource(configuredParticipants(config))]),
      signingKeys: new SigningKeys(agrKey),
      tell: async () => false,
      prognoses: { begin: async () => {}, tell: async () => false },
      log,
    }) as unknown as Record<string, (input: never) => Promise<unknown>>,
  });
  const running = worker.run();
  stopWorker = async () => {
    stopWorker = async () => undefined;
    worker.shutdown();
    await running;
    await native.close();
  };
}

const quiet = new DefaultLogger('WARN');
Runtime.install({ logger: quiet, shutdownSignals: [] });

beforeAll(async () => {
  await dso.start();
  config = await testConfig({ dsoEndpoint: dso.url });
  dataDir = await mkdtemp(join(tmpdir(), 'flexor-api-temporal-'));
  [database, temporal] = await Promise.all([startDatabase(), startTemporal({ dataDir, headless: true })]);
  connection = openTemporalConnection({ address: temporal.address });
  client = new Client(connection);
  api = await startApi({
    config,
    store: database.store,
    temporal: async () => client,
    clock: systemClock,
    log,
  });
  dso.meet({
    domain: story.AGR_DOMAIN,
    role: 'AGR',
    endpoint: { url: api.uftpUrl },
    publicKeys: [agrKey.publicKey],
  });
  workflowBundle = await bundledWorkflows(quiet);
}, 120_000);

afterAll(async () => {
  await api?.stop();
  await stopWorker();
  await connection?.close();
  await uftp.close();
  await dso.stop();
  await temporal?.stop();
  await database?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const send = async (draft: MessageDraft): Promise<void> => {
  expect((await post(api.uftpUrl, signed(draft))).status).toBe(200);
};
const rowOf = async (messageId: string) =>
  (await database.store.inbox.findByMessageId(story.DSO_DOMAIN, messageId))!;
const handedOver = (messageId: string) =>
  until(async () => {
    const row = await rowOf(messageId);
    return row.handedOverAt !== undefined && row;
  });
const requestAnswer = (messageId: string) =>
  dso.record.expect({
    type: 'FlexRequestResponse',
    matches: ({ FlexRequestMessageID }) => FlexRequestMessageID === messageId,
    timeoutMs: 40_000,
  });
const orderAnswer = (messageId: string) =>
  dso.record.expect({
    type: 'FlexOrderResponse',
    matches: ({ FlexOrderMessageID }) => FlexOrderMessageID === messageId,
    timeoutMs: 40_000,
  });

describe('hand-over', { timeout: 60_000 }, () => {
  it('starts the workflow though no worker runs, and gives it the message once one does', async () => {
    const draft = flexRequest();
    await send(draft);
    const workflowId = workflowIds.flexRequest(story.DSO_DOMAIN, draft.MessageID);
    await until(async () => (await rowOf(draft.MessageID)).attempts > 0);
    expect((await rowOf(draft.MessageID)).handedOverAt).toBeUndefined();
    const { status } = await client.workflow.getHandle(workflowId).describe();
    expect(status.name).toBe('RUNNING');

    await startWorker();
    expect(await handedOver(draft.MessageID)).toMatchObject({ workflowId });
    const { message } = await requestAnswer(draft.MessageID);
    // No CRO has confirmed the congestion point yet.
    expect(message).toMatchObject({ Result: 'Rejected', RejectionReason: 'Invalid congestion point' });
    expect(dso.record.all('received', 'FlexRequestResponse')).toHaveLength(1);
  });

  it('answers a TestMessage', async () => {
    const draft = testMessage();
    await send(draft);
    await dso.record.expect({
      type: 'TestMessageResponse',
      matches: ({ ConversationID }) => ConversationID === draft.ConversationID,
    });
  });

  it('rejects a MessageID that is used again, and keeps the first conversation', async () => {
    const first = flexRequest();
    await send(first);
    await requestAnswer(first.MessageID);
    const again = { ...first, ConversationID: randomUUID(), Revision: 7 };
    await send(again);
    const { message } = await dso.record.expect({
      type: 'FlexRequestResponse',
      matches: ({ ConversationID }) => ConversationID === again.ConversationID,
    });
    expect(message.RejectionReason).toContain('Duplicate Identifier');
  });

  it('rejects an order for an offer that nobody made, and one that no contract allows', async () => {
    const unknown = flexOrder();
    const { FlexOfferMessageID: _, ...direct } = flexOrder({ Unsolicited: true });
    await send(unknown);
    await send(direct);
    const { message } = await orderAnswer(unknown.MessageID);
    expect(message.RejectionReason).toContain('Unknown reference FlexOfferMessageID');
    const { message: second } = await orderAnswer(direct.MessageID);
    expect(second.RejectionReason).toContain('Invalid congestion point');
  });

  it('rejects an order that comes after its conversation, and shows it there', async () => {
    const request = flexRequest();
    await send(request);
    await requestAnswer(request.MessageID);
    const workflowId = workflowIds.flexRequest(story.DSO_DOMAIN, request.MessageID);
    await client.workflow.getHandle(workflowId).result();
    const offer = await offerOf(workflowId, request);

    const order = flexOrder({ FlexOfferMessageID: offer, ConversationID: request.ConversationID });
    await send(order);
    const { message } = await orderAnswer(order.MessageID);
    expect(message.RejectionReason).toContain('Reference message expired');
    const timeline = await database.store.conversations.timeline([workflowId]);
    expect(timeline.map(({ type }) => type)).toEqual([
      'FlexRequest',
      'FlexRequestResponse',
      'FlexOffer',
      'FlexOrder',
      'FlexOrderResponse',
    ]);
    await endedAs(workflowId, 'Revoked');
    const another = flexOrder({ FlexOfferMessageID: offer, ConversationID: request.ConversationID });
    await send(another);
    const { message: second } = await orderAnswer(another.MessageID);
    expect(second.RejectionReason).toContain('Reference message revoked');
    expect(second.RejectionReason).not.toContain('Reference message expired');
  });

  it('sets aside a response to nothing, and never answers it', async () => {
    const { MessageID, ...envelope } = testMessage();
    const response: MessageDraft<'FlexOfferResponse'> = {
      ...envelope,
      MessageID,
      type: 'FlexOfferResponse',
      FlexOfferMessageID: randomUUID(),
      Result: 'Accepted',
    };
    await send(response);
    const row = await handedOver(MessageID);
    expect(row).toMatchObject({ result: 'Ignored', reason: 'Unknown reference FlexOfferMessageID' });
    expect(await database.store.outbox.answerTo(row.id)).toBeUndefined();
  });

  it('sends the stored answer again, byte for byte, when its message comes again', async () => {
    const draft = flexRequest();
    await send(draft);
    const first = await requestAnswer(draft.MessageID);
    await send(draft);
    const again = await dso.record.expect({
      type: 'FlexRequestResponse',
      since: first.seq,
      matches: ({ FlexRequestMessageID }) => FlexRequestMessageID === draft.MessageID,
    });
    expect(again.repeated).toBe(true);
    expect(again.wire).toBe(first.wire);
    await until(async () => (await rowOf(draft.MessageID)).repeatsAnswered === 1);
  });

  it('lets no message that cannot be handed over hide another', async () => {
    const spoilt = { ...testMessage(), MessageID: randomUUID() };
    await database.store.inbox.accept({
      senderDomain: story.DSO_DOMAIN,
      senderRole: 'DSO',
      recipientDomain: story.AGR_DOMAIN,
      messageId: spoilt.MessageID,
      conversationId: spoilt.ConversationID,
      type: 'TestMessage',
      version: '3.1.0',
      receivedAt: '2020-01-01T00:00:00.000Z',
      body: Buffer.from('spoilt'),
      payload: Buffer.from('spoilt'),
    });
    const draft = testMessage();
    await send(draft);
    await handedOver(draft.MessageID);
    await until(async () => (await rowOf(spoilt.MessageID)).attempts > 1);
    expect((await rowOf(spoilt.MessageID)).handedOverAt).toBeUndefined();
  });

  it('hands over what a process stored that is no more', async () => {
    const draft = testMessage();
    // Written beside the endpoint, so that nobody is told.
    await database.store.inbox.accept({
      senderDomain: story.DSO_DOMAIN,
      senderRole: 'DSO',
      recipientDomain: story.AGR_DOMAIN,
      messageId: draft.MessageID,
      conversationId: draft.ConversationID,
      type: 'TestMessage',
      version: '3.1.0',
      receivedAt: systemClock.now().toISOString(),
      body: signed(draft),
      payload: encode(draft),
    });
    await handedOver(draft.MessageID);
    await dso.record.expect({
      type: 'TestMessageResponse',
      matches: ({ ConversationID }) => ConversationID === draft.ConversationID,
    });
  });

  it('answers once where two processes take and relay the same message', async () => {
    const store = createStore({ url: database.url });
    const temporal = async () => client;
    const second = await startApi({ config, store, temporal, clock: systemClock, log });
    try {
      const drafts = Array.from({ length: 10 }, () => flexRequest());
      const posts = drafts.flatMap((draft) =>
        [api, second].map(({ uftpUrl }) => post(uftpUrl, signed(draft)).then(({ status }) => status)),
      );
      expect(new Set(await Promise.all(posts))).toEqual(new Set([200]));
      for (const { MessageID, ConversationID } of drafts) {
        await requestAnswer(MessageID);
        await until(async () => (await rowOf(MessageID)).repeatsAnswered === 1);
        const answers = dso.record
          .all('received', 'FlexRequestResponse')
          .filter((answer) => answer.ConversationID === ConversationID);
        expect(answers).toHaveLength(1);
      }
    } finally {
      await second.stop();
      await store.close();
    }
  });

  it('starts a portfolio sync once, however often it is asked for', async () => {
    const url = `${api.operatorUrl}/v1/portfolio/${story.CRO_DOMAIN}/sync`;
    const ask = () => fetch(url, { method: 'POST', headers: AUTHORIZED });
    const [one, other] = await Promise.all([ask(), ask()]);
    expect([one.status, other.status]).toEqual([202, 202]);
    expect(one.headers.get('location')).toBe(new URL(url).pathname);
    const status = await fetch(url, { headers: AUTHORIZED });
    expect(await status.json()).toMatchObject({ workflowId: workflowIds.portfolioSync(story.CRO_DOMAIN) });
  });

  it('still answers 200 while Temporal is down, and hands over when it is back', async () => {
    await stopWorker();
    const port = Number(temporal.address.split(':')[1]);
    await temporal.stop();
    const draft = flexRequest();
    await send(draft);
    await until(() => lines.some(({ msg }) => String(msg).startsWith('Temporal does not answer')));
    const ready = await fetch(`${api.operatorUrl}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ ready: true, temporal: { state: 'unreachable' } });
    expect((await rowOf(draft.MessageID)).handedOverAt).toBeUndefined();

    temporal = await startTemporal({ dataDir, port, headless: true });
    await startWorker();
    await handedOver(draft.MessageID);
    await requestAnswer(draft.MessageID);
  }, 90_000);
});

/** An offer of a conversation, as its workflow would have fixed it. */
/** Has the conversation's record say how its offer ended. */
async function endedAs(workflowId: string, status: string): Promise<void> {
  const recorded = (await database.store.conversations.find(workflowId))!;
  const snapshot = { ...(recorded.snapshot as object), offers: [{ step: 'FlexOffer/1', status }] };
  await database.store.conversations.record({ ...recorded, transition: recorded.transition + 1, snapshot });
}

async function offerOf(workflowId: string, request: MessageDraft<'FlexRequest'>): Promise<string> {
  const messageId = randomUUID();
  const { ISPDuration, TimeZone, Period, CongestionPoint, ConversationID, ExpirationDateTime } = request;
  const createdAt = systemClock.now().toISOString();
  const payload = encode({
    type: 'FlexOffer',
    Version: '3.1.0',
    SenderDomain: story.AGR_DOMAIN,
    RecipientDomain: story.DSO_DOMAIN,
    TimeStamp: createdAt,
    MessageID: messageId,
    ConversationID,
    ISPDuration,
    TimeZone,
    Period,
    CongestionPoint,
    ExpirationDateTime,
    FlexRequestMessageID: request.MessageID,
    BaselineReference: story.BASELINE_REFERENCE,
    Currency: 'EUR',
    OfferOption: [{ OptionReference: '1', Price: '12.00', ISP: [{ Start: 60, Duration: 8, Power: -4000 }] }],
  });
  await database.store.outbox.prepare({ workflowId, step: 'FlexOffer/1' }, async () => ({
    recipientDomain: story.DSO_DOMAIN,
    recipientRole: 'DSO',
    messageId,
    conversationId: ConversationID,
    type: 'FlexOffer',
    version: '3.1.0',
    createdAt,
    body: payload,
    payload,
  }));
  return messageId;
}
