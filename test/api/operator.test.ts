import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from '../../api/index.ts';
import { instant, systemClock } from '../../base/index.ts';
import { freePort, openTemporalConnection, type TemporalConnection } from '../../services/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import {
  AUTHORIZED,
  OPERATOR_TOKEN,
  recordingLog,
  startDatabase,
  story,
  testConfig,
  testMessage,
  until,
} from './support.ts';

const { log, lines } = recordingLog();
let database: Awaited<ReturnType<typeof startDatabase>>;
let connection: TemporalConnection;
let api: Api;

async function open(store = database.store): Promise<Api> {
  const config = await testConfig();
  return startApi({
    config,
    store,
    temporal: async () => new Client(connection),
    clock: systemClock,
    log,
  });
}

beforeAll(async () => {
  database = await startDatabase();
  // Nobody listens there.
  connection = openTemporalConnection({ address: `127.0.0.1:${await freePort()}` });
  api = await open();
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await connection?.close();
  await database?.stop();
});

const get = (path: string, headers: Record<string, string> = AUTHORIZED) =>
  fetch(`${api.operatorUrl}${path}`, { headers });
const put = (path: string, body: unknown) =>
  fetch(`${api.operatorUrl}${path}`, {
    method: 'PUT',
    headers: { ...AUTHORIZED, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('who may enter', () => {
  const closed = ['/metrics', '/v1/conversations', '/v1/portfolio/x/2026-01-01', '/nowhere'];
  const wrong = [
    {},
    { authorization: OPERATOR_TOKEN },
    { authorization: 'Bearer other' },
    { authorization: '' },
  ];

  it.each(closed)('%s wants the token', async (path) => {
    for (const headers of wrong) {
      const response = await get(path, headers as Record<string, string>);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      const body = await response.text();
      expect(JSON.parse(body)).toMatchObject({ code: 'api.unauthorized' });
      expect(body).not.toContain(OPERATOR_TOKEN);
    }
    expect((await get(path)).status).not.toBe(401);
  });

  it('health does not', async () => {
    expect((await get('/livez', {})).status).toBe(200);
    expect((await get('/readyz', {})).status).toBe(200);
  });

  it('keeps the token out of the log', () => {
    expect(JSON.stringify(lines)).not.toContain(OPERATOR_TOKEN);
  });
});

describe('health', () => {
  it('is ready without Temporal, and says so', async () => {
    await until(async () => {
      const { temporal } = (await (await get('/readyz', {})).json()) as { temporal: { state: string } };
      return temporal.state === 'unreachable';
    });
    const response = await get('/readyz', {});
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      ready: true,
      checks: {
        configuration: { ok: true },
        endpoint: { ok: true },
        store: { ok: true },
        relay: { ok: true },
      },
    });
  }, 20_000);

  it('is not ready without a database', async () => {
    const own = await startDatabase();
    const other = await open(own.store);
    try {
      expect((await fetch(`${other.operatorUrl}/readyz`)).status).toBe(200);
      await own.stop();
      const response = await fetch(`${other.operatorUrl}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ ready: false, checks: { store: { ok: false } } });
      const read = await fetch(`${other.operatorUrl}/v1/conversations`, { headers: AUTHORIZED });
      expect(read.status).toBe(503);
      expect(read.headers.get('retry-after')).toBeTruthy();
    } finally {
      await other.stop();
    }
  }, 60_000);

  it('counts', async () => {
    await fetch(api.uftpUrl, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: 'x' });
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(/flexor_uftp_refused_total\{status="400",code="uftp.xml-malformed"\} 1/);
  });
});

describe('PUT /v1/baselines', () => {
  const period = '2026-06-15';
  const baseline = {
    congestionPoint: story.congestionPoint.entityAddress,
    period,
    reference: story.BASELINE_REFERENCE,
    power: Array.from({ length: 96 }, (_, i) => i * 10),
  };
  const kept = () => database.store.baselines.find(baseline.congestionPoint, period, baseline.reference);

  it('keeps a day, and the same day again', async () => {
    expect((await put('/v1/baselines', baseline)).status).toBe(200);
    expect((await put('/v1/baselines', baseline)).status).toBe(200);
    expect((await kept())?.power).toEqual(baseline.power);
  });

  it('knows the days on which clocks change', async () => {
    const spring = { ...baseline, period: '2026-03-29' };
    expect((await put('/v1/baselines', { ...spring, power: Array(92).fill(1) })).status).toBe(200);
    expect((await put('/v1/baselines', { ...spring, power: Array(96).fill(1) })).status).toBe(422);
  });

  it.each([
    ['power', { power: [1, 2, 3] }],
    ['power[1]', { power: [1, 2.5] }],
    ['power[0]', { power: [3e9] }],
    ['period', { period: '2026-02-30' }],
    ['reference', { reference: 'never agreed' }],
    ['congestionPoint', { congestionPoint: 'feeder 7' }],
  ])('refuses a wrong %s and stores nothing', async (path, change) => {
    const before = await kept();
    const response = await put('/v1/baselines', { ...baseline, ...change });
    expect(response.status).toBe(422);
    const problem = (await response.json()) as { errors: { path: string }[] };
    expect(problem.errors.map((error) => error.path)).toContain(path);
    expect(await kept()).toEqual(before);
  });

  it('refuses what is no JSON', async () => {
    const response = await fetch(`${api.operatorUrl}/v1/baselines`, {
      method: 'PUT',
      headers: { ...AUTHORIZED, 'content-type': 'application/json' },
      body: '{',
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('PUT /v1/meter-readings', () => {
  const [one, other] = story.connections.map(({ id }) => id) as [string, string];
  const isps = Array.from({ length: 96 }, (_, i) => ({ start: i + 1, power: 1000 + i }));
  const readings = {
    period: '2026-06-15',
    timeZone: 'Europe/Amsterdam',
    ispDuration: 'PT15M',
    readings: [
      { connection: one, isps },
      { connection: other, isps },
    ],
  };
  const sum = (period = readings.period) => database.store.meterReadings.sumOver([one, other], period, 96);

  it('keeps a day, takes it again, and takes corrections', async () => {
    expect((await put('/v1/meter-readings', readings)).status).toBe(200);
    expect((await put('/v1/meter-readings', readings)).status).toBe(200);
    expect(await sum()).toEqual(isps.map(({ power }) => 2 * power));
    const correction = { ...readings, readings: [{ connection: one, isps: [{ start: 1, power: -5 }] }] };
    expect((await put('/v1/meter-readings', correction)).status).toBe(200);
    expect((await sum())[0]).toBe(995);
  });

  it('takes a zone and a duration that mean the same', async () => {
    const same = { ...readings, timeZone: 'Europe/Brussels', ispDuration: 'PT15M' };
    expect((await put('/v1/meter-readings', same)).status).toBe(200);
  });

  it.each([
    [
      'readings[1].connection',
      { readings: [readings.readings[0], { connection: 'ean.111111111111', isps }] },
    ],
    [
      'readings[1].isps[0].start',
      { readings: [readings.readings[0], { connection: other, isps: [{ start: 97, power: 1 }] }] },
    ],
    ['readings[0].isps[0].start', { readings: [{ connection: one, isps: [{ start: 0, power: 1 }] }] }],
    [
      'readings[0].isps[1].power',
      { readings: [{ connection: one, isps: [isps[0], { start: 1, power: 7 }] }] },
    ],
    ['readings[0].isps[0].power', { readings: [{ connection: one, isps: [{ start: 1, power: '1' }] }] }],
    ['timeZone', { timeZone: 'Europe/London' }],
    ['timeZone', { ispDuration: 'PT30M' }],
    ['readings', { readings: [] }],
  ])('refuses a wrong %s and stores nothing', async (path, change) => {
    const period = '2026-06-20';
    const response = await put('/v1/meter-readings', { ...readings, period, ...change });
    expect(response.status).toBe(422);
    const problem = (await response.json()) as { errors: { path: string }[] };
    expect(problem.errors.map((error) => error.path)).toContain(path);
    expect((await sum(period)).every((power) => power === null)).toBe(true);
    expect(await database.store.meterReadings.sumOver([one], period, 96)).toEqual(Array(96).fill(null));
  });
});

describe('reads', () => {
  const messageId = testMessage().MessageID;
  const workflowId = workflowIds.flexRequest(story.DSO_DOMAIN, messageId);
  const conversation = {
    workflowId,
    dso: story.DSO_DOMAIN,
    congestionPoint: story.congestionPoint.entityAddress,
    period: '2026-06-15',
    timeZone: 'Europe/Amsterdam',
    ispDuration: 'PT15M',
    conversationId: testMessage().ConversationID,
    contractId: story.contract.id,
    state: 'Open',
    transition: 1,
    snapshot: { phase: 'Open' },
    updatedAt: instant(systemClock),
  };

  async function received(type: string, into: string): Promise<void> {
    const { MessageID, ConversationID } = testMessage();
    const { id } = await database.store.inbox.accept({
      senderDomain: story.DSO_DOMAIN,
      senderRole: 'DSO',
      recipientDomain: story.AGR_DOMAIN,
      messageId: MessageID,
      conversationId: ConversationID,
      type,
      version: '3.1.0',
      receivedAt: instant(systemClock),
      body: Buffer.from(MessageID),
      payload: Buffer.from(MessageID),
    });
    await database.store.inbox.handedOver(id, into, instant(systemClock));
  }

  it('tells a conversation with what its reservation and settlement brought', async () => {
    await database.store.conversations.record(conversation);
    await received('FlexRequest', workflowId);
    await received(
      'FlexReservationUpdate',
      workflowIds.reservation(story.DSO_DOMAIN, story.contract.id, conversation.period),
    );
    await received('FlexSettlement', workflowIds.settlement(story.DSO_DOMAIN, messageId));
    await received('FlexSettlement', workflowIds.settlement(story.DSO_DOMAIN, testMessage().MessageID));
    await database.store.settlementItems.save([
      {
        messageId,
        dso: story.DSO_DOMAIN,
        orderReference: 'O-1',
        workflowId,
        period: conversation.period,
        currency: 'EUR',
        stated: {},
        disposition: 'Accepted',
        decidedAt: instant(systemClock),
      },
    ]);
    const order = { dso: story.DSO_DOMAIN, orderReference: 'O-1', period: conversation.period };
    await database.store.orders.accept({
      ...{ ...order, orderMessageId: testMessage().MessageID, workflowId, price: '1.00', currency: 'EUR' },
      ...{ congestionPoint: conversation.congestionPoint, timeZone: story.market.timeZone, isps: [] },
      ...{ ispDuration: story.market.ispDuration, acceptedAt: instant(systemClock) },
    });
    await database.store.orders.setOutcome(order, 'settled', messageId);
    const response = await get(`/v1/conversations/${encodeURIComponent(workflowId)}`);
    expect(response.status).toBe(200);
    const told = (await response.json()) as { timeline: { type: string }[] };
    expect(told).toMatchObject({ conversation, settlementItems: [{ orderReference: 'O-1' }] });
    expect(told).toMatchObject({
      orders: [{ orderReference: 'O-1', period: conversation.period, outcome: 'settled' }],
    });
    expect(told.timeline.map(({ type }) => type).sort()).toEqual([
      'FlexRequest',
      'FlexReservationUpdate',
      'FlexSettlement',
    ]);
  });

  it('lists conversations, all or of one DSO', async () => {
    await database.store.conversations.record(conversation);
    const list = async (query: string) =>
      ((await (await get(`/v1/conversations${query}`)).json()) as { conversations: unknown[] }).conversations;
    expect(await list('')).toHaveLength(1);
    expect(await list(`?dso=${story.DSO_DOMAIN}&limit=1`)).toHaveLength(1);
    expect(await list('?dso=other.example.com')).toEqual([]);
    expect((await get('/v1/conversations?limit=0')).status).toBe(422);
    expect((await get('/v1/conversations?many=1')).status).toBe(422);
  });

  it('tells the last view of a CRO', async () => {
    const view = {
      cro: story.CRO_DOMAIN,
      period: '2026-06-15',
      messageId: testMessage().MessageID,
      receivedAt: instant(systemClock),
      result: 'Accepted',
      congestionPoints: [],
      connections: [story.connections[0].id],
    };
    await database.store.portfolio.saveView(view);
    const response = await get(`/v1/portfolio/${story.CRO_DOMAIN}/2026-06-15`);
    expect(await response.json()).toMatchObject(view);
  });

  it.each([
    '/v1/conversations/unknown',
    `/v1/portfolio/${story.CRO_DOMAIN}/2020-01-01`,
    `/v1/portfolio/${story.CRO_DOMAIN}/yesterday`,
    '/v1/portfolio/other.example.com/2026-06-15',
    '/v1/nothing',
  ])('%s is not there', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'api.not-found', status: 404 });
  });

  it('cannot ask for a sync without Temporal, or of a stranger', async () => {
    const ask = (cro: string) =>
      fetch(`${api.operatorUrl}/v1/portfolio/${cro}/sync`, { method: 'POST', headers: AUTHORIZED });
    expect((await ask('other.example.com')).status).toBe(404);
    const response = await ask(story.CRO_DOMAIN);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'api.temporal-unavailable' });
  }, 20_000);
});
