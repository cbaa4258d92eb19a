import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledWorkflows } from '../../cli/roles/workflow-bundle.ts';
import type { Activities } from '../../activities/contract.ts';
import { type Api, startApi } from '../../api/index.ts';
import { createGate } from '../../api/relay/temporal.ts';
import { instant, systemClock } from '../../base/index.ts';
import type { DecideInput, FlexRequestState, OfferDecision } from '../../market/flex-request/index.ts';
import { startTemporal } from '../../services/index.ts';
import { createStore, type Store } from '../../store/index.ts';
import { TASK_QUEUE, workflowIds } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { AUTHORIZED, flexRequest, recordingLog, story, testConfig } from './support.ts';

const ISP = [{ Start: 60, Duration: 8, Power: -4000 }];
const proposal = { options: [{ Price: '12.00', ISP }] };

let database: TestDatabase;
let store: Store;
let temporal: Awaited<ReturnType<typeof startTemporal>>;
let connection: Connection;
let client: Client;
let native: NativeConnection;
let worker: Worker;
let ran: Promise<void>;
let options: Parameters<typeof startApi>[0];
let api: Api;
/** What the operator's offers become, and what was asked. */
let decide: (input: DecideInput) => OfferDecision;
let asked: DecideInput[];
let sent: { workflowId: string; step: string }[];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  [database, temporal] = await Promise.all([testDatabase(), startTemporal({ headless: true })]);
  store = createStore({ url: database.url });
  connection = await Connection.connect({ address: temporal.address });
  client = new Client({ connection });
  native = await NativeConnection.connect({ address: temporal.address });
  await startWorker();
  // Without a CRO and a D-Prognosis nothing else runs here.
  const config = { ...(await testConfig()), cros: () => [] };
  options = {
    ...{ config, store, clock: systemClock, log: recordingLog().log },
    temporal: () => Promise.resolve(client),
  };
  api = await startApi(options);
});
beforeEach(() => {
  [asked, sent] = [[], []];
  decide = ({ proposal }) =>
    proposal ? { kind: 'offer', content: contentOf(proposal) } : { kind: 'noBid', reason: 'nothing to give' };
});
afterAll(async () => {
  await api?.stop();
  worker?.shutdown();
  await ran;
  await native?.close();
  await connection?.close();
  await store?.close();
  await Promise.all([temporal?.stop(), database?.drop()]);
});

async function startWorker(): Promise<void> {
  worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundledWorkflows(new DefaultLogger('ERROR')),
    activities: activities() as Record<string, (input: never) => Promise<unknown>>,
    shutdownGraceTime: '1 second',
  });
  ran = worker.run();
}

const contentOf = ({ options }: NonNullable<DecideInput['proposal']>) => ({
  ...{ ExpirationDateTime: instant({ now: () => new Date(Date.now() + 3_600_000) }), Currency: 'EUR' },
  ...{ BaselineReference: story.BASELINE_REFERENCE },
  OfferOption: options.map(({ Price, ISP }, index) => {
    return { OptionReference: String(index + 1), Price, MinActivationFactor: '1.00', ISP };
  }),
});

/** The read model is real; messages arrive at once. */
function activities() {
  const workflowId = () => Context.current().info.workflowExecution!.workflowId;
  const record = (state: FlexRequestState) => {
    const { frame } = state;
    return store.conversations.record({
      ...{ workflowId: workflowId(), dso: frame!.dso, congestionPoint: frame!.CongestionPoint },
      ...{ period: frame!.Period, timeZone: frame!.TimeZone, ispDuration: frame!.ISPDuration },
      ...{ conversationId: frame!.conversationId, state: state.phase, transition: state.transition },
      ...{ snapshot: state, updatedAt: instant(systemClock) },
    });
  };
  const messageId = randomUUID;
  return {
    async send({ step, conversation }) {
      if (conversation) await record(conversation);
      sent.push({ workflowId: workflowId(), step });
      const replyBy = instant({ now: () => new Date(Date.now() + 3_600_000) });
      return { messageId: messageId(), outcome: 'delivered', replyBy };
    },
    async sendAgain({ step }) {
      sent.push({ workflowId: workflowId(), step: `${step} again` });
      return { messageId: messageId(), outcome: 'delivered' };
    },
    async decideAtOnce(input) {
      asked.push(input);
      return decide(input);
    },
    async decideOffer(input) {
      return decide(input);
    },
    async recordConversation(state) {
      await record(state);
    },
  } satisfies Partial<Activities>;
}

/** A conversation for which the strategy has decided to make no offer. */
async function open(): Promise<string> {
  const message = flexRequest();
  const { type, ISPDuration, TimeZone, Period, CongestionPoint, Revision, ...rest } = message;
  const { ExpirationDateTime, ISP: bands, ContractID } = rest;
  const workflowId = workflowIds.flexRequest(story.DSO_DOMAIN, message.MessageID);
  const now = instant(systemClock);
  const content = {
    ISPDuration,
    TimeZone,
    Period,
    CongestionPoint,
    Revision,
    ExpirationDateTime,
    ContractID,
  };
  const inbound = {
    ...{ inboxId: randomUUID(), type, sender: { domain: story.DSO_DOMAIN, role: 'DSO' }, version: '3.1.0' },
    ...{ messageId: message.MessageID, conversationId: message.ConversationID, timeStamp: now },
    ...{ receivedAt: now, rejections: [], content: { ...content, ISP: bands } },
  } as unknown as Inbound;
  await createGate(() => Promise.resolve(client)).giveToOwn('flexRequest', workflowId, inbound);
  await until(workflowId, ({ decisions, deciding }) => decisions === 1 && deciding.length === 0);
  return workflowId;
}

async function until(workflowId: string, fits: (state: FlexRequestState) => boolean): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  while (!fits(await handle.query<FlexRequestState>('state'))) {
    await new Promise((soon) => setTimeout(soon, 20));
  }
}

interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly body: Record<string, unknown>;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${api.operatorUrl}${path}`, {
    method: 'POST',
    headers: { ...AUTHORIZED, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, location: response.headers.get('location'), body: answer };
}
const give = (workflowId: string, name: string, body: unknown, headers: Record<string, string> = {}) =>
  post(`/v1/conversations/${encodeURIComponent(workflowId)}/${name}`, body, headers);

describe("an operator's offer", () => {
  it('goes out, whatever the strategy said, under the name of who made it', async () => {
    const workflowId = await open();
    const { status, body, location } = await give(workflowId, 'offers', { proposal }, { Operator: 'Ada L.' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { workflowId, outcome: 'FlexOffer/2 is on its way.' },
    });
    expect(location).toBe(`/v1/conversations/${encodeURIComponent(workflowId)}`);
    expect(asked.at(-1)).toMatchObject({ why: 'operator', proposal });
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    expect(Buffer.from(JSON.stringify(history)).toString()).toContain('UpdateAccepted');
    const read = await fetch(`${api.operatorUrl}${location}`, { headers: AUTHORIZED });
    expect(read.status).toBe(200);
    expect(await read.json()).toMatchObject({ conversation: { workflowId }, dispatches: [] });
  });

  it('is made once, however often it is sent under one key', async () => {
    const workflowId = await open();
    const key = { 'Idempotency-Key': 'offer-1' };
    const [first, second] = await Promise.all([
      give(workflowId, 'offers', { proposal }, key),
      give(workflowId, 'offers', { proposal }, key),
    ]);
    expect(first).toEqual(second);
    expect(await give(workflowId, 'offers', { proposal }, key)).toEqual(first);
    expect(asked.filter(({ why }) => why === 'operator')).toHaveLength(1);
    await until(workflowId, ({ offers }) => offers.length === 1 && offers[0]?.status === 'Sent');
    expect(sent.filter((each) => each.workflowId === workflowId && each.step === 'FlexOffer/2')).toHaveLength(
      1,
    );
  });

  it('that cannot be delivered is refused in words', async () => {
    const workflowId = await open();
    decide = () => ({ kind: 'noBid', reason: 'the cold store has 3000 W' });
    expect(await give(workflowId, 'offers', { proposal })).toMatchObject({
      status: 409,
      body: { code: 'api.command-refused', detail: 'the cold store has 3000 W' },
    });
  });

  it.each([
    ['proposal.options', { proposal: { options: [] } }],
    ['proposal.options[0].Price', { proposal: { options: [{ Price: 12, ISP }] } }],
    ['proposal.options[0].ISP[0].Power', { proposal: { options: [{ Price: '1', ISP: [{ Start: 1 }] }] } }],
    [
      'proposal.options[0].ISP[0].Start',
      { proposal: { options: [{ Price: '1', ISP: [{ ...ISP[0], Start: 0 }] }] } },
    ],
    ['proposal.ExpirationDateTime', { proposal: { ...proposal, ExpirationDateTime: 'soon' } }],
    ['proposal', {}],
  ])('with a wrong %s goes nowhere', async (path, body) => {
    const answer = await give('flex-request/x/y', 'offers', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'api.body-invalid' } });
    expect((answer.body['errors'] as { path: string }[]).map((each) => each.path)).toContain(path);
  });
});

describe('other commands', () => {
  it.each([
    ['of Latin-1', 'José'],
    ['of UTF-8', Buffer.from('José').toString('latin1')],
  ])('no bid is remembered with who said so, in bytes %s', async (_, Operator) => {
    const workflowId = await open();
    const answer = await give(workflowId, 'no-bid', { reason: 'maintenance' }, { Operator });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'No offer will be made.' } });
    await until(workflowId, ({ reason }) => reason === 'No offer: maintenance (José)');
  });

  it('an offer that waits is sent again, and revoked; what is neither is refused', async () => {
    const workflowId = await open();
    await give(workflowId, 'offers', { proposal });
    await until(workflowId, ({ offers }) => offers[0]?.status === 'Sent');
    expect(await give(workflowId, 'resend', { step: 'FlexOffer/2' })).toMatchObject({ status: 200 });
    await until(workflowId, () => sent.some(({ step }) => step === 'FlexOffer/2 again'));
    await until(workflowId, ({ sending }) => sending.length === 0);
    expect(await give(workflowId, 'revocations', { step: 'FlexOffer/2', reason: 'broken' })).toMatchObject({
      status: 200,
    });
    expect(await give(workflowId, 'revocations', { step: 'FlexOffer/9', reason: 'broken' })).toMatchObject({
      status: 409,
      body: { detail: 'There is no FlexOffer/9 in this conversation.' },
    });
    expect(await give(workflowId, 'resend', { step: 'FlexOffer/9' })).toMatchObject({ status: 409 });
  });

  it('a conversation that is over takes none, but knows those it took', async () => {
    const workflowId = await open();
    const key = { 'Idempotency-Key': randomUUID() };
    const taken = await give(workflowId, 'no-bid', { reason: 'maintenance' }, key);
    await client.workflow.getHandle(workflowId).terminate();
    expect(await give(workflowId, 'no-bid', { reason: 'maintenance' }, key)).toEqual(taken);
    expect(await give(workflowId, 'no-bid', { reason: 'maintenance' })).toMatchObject({
      status: 409,
      body: { code: 'api.conversation-over' },
    });
  });

  it.each(['flex-request/dso.example.com/nobody', 'settlement/dso.example.com/x', 'unknown'])(
    '%s is not there',
    async (workflowId) => {
      const answer = await give(workflowId, 'no-bid', { reason: 'x' });
      expect(answer).toMatchObject({ status: 404, body: { code: 'api.not-found' } });
    },
  );

  it.each([
    ['Operator', { Operator: '<script>' }],
    ['Idempotency-Key', { 'Idempotency-Key': 'a b' }],
  ])('a wrong %s is refused', async (path, headers) => {
    const answer = await give('flex-request/x/y', 'no-bid', { reason: 'x' }, headers);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });
});

describe('an unsolicited offer', () => {
  const offer = {
    ...{ dso: story.DSO_DOMAIN, congestionPoint: story.congestionPoint.entityAddress },
    ...{ period: '2027-01-15', proposal },
  };

  it('begins a conversation, once under one key', async () => {
    const key = { 'Idempotency-Key': randomUUID(), Operator: 'Ada' };
    const answer = await post('/v1/unsolicited-offers', offer, key);
    const workflowId = workflowIds.unsolicited(story.DSO_DOMAIN, key['Idempotency-Key']);
    expect(answer).toMatchObject({
      status: 201,
      location: `/v1/conversations/${encodeURIComponent(workflowId)}`,
      body: { workflowId, outcome: 'FlexOffer/1 is on its way.' },
    });
    expect(asked).toMatchObject([
      {
        ...{ why: 'unsolicited', proposal },
        frame: { dso: story.DSO_DOMAIN, Period: '2027-01-15', version: '3.1.0', ISPDuration: 'PT15M' },
      },
    ]);
    expect(await post('/v1/unsolicited-offers', offer, key)).toEqual(answer);
    expect(asked).toHaveLength(1);
  });

  it('that cannot be delivered is refused in words', async () => {
    decide = () => ({ kind: 'noBid', reason: 'the battery is empty' });
    const answer = await post('/v1/unsolicited-offers', offer);
    expect(answer).toMatchObject({ status: 409, body: { detail: 'No offer: the battery is empty' } });
  });

  it.each([
    ['dso', { dso: 'other.example.com' }],
    ['period', { period: 'tomorrow' }],
    ['congestionPoint', { congestionPoint: 'feeder 7' }],
    ['proposal', { proposal: undefined }],
  ])('with a wrong %s is none', async (path, change) => {
    const answer = await post('/v1/unsolicited-offers', { ...offer, ...change });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });
});

describe('without a worker', () => {
  it('a command is not lost silently: it says that nobody took it', async () => {
    const workflowId = await open();
    await api.stop();
    api = await startApi({ ...options, patienceMs: 500 });
    worker.shutdown();
    await ran;
    const refused = await give(workflowId, 'no-bid', { reason: 'x' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'api.temporal-unavailable' } });
    const begun = await post('/v1/unsolicited-offers', {
      ...{ dso: story.DSO_DOMAIN, congestionPoint: story.congestionPoint.entityAddress },
      ...{ period: '2027-01-16', proposal },
    });
    // The conversation is begun all the same, and goes on when a worker is back.
    expect(begun).toMatchObject({
      status: 202,
      body: { workflowId: expect.stringMatching(/^unsolicited\//) },
    });
    await startWorker();
    await until(begun.body['workflowId'] as string, ({ offers }) => offers.length === 1);
  });
});
