import { randomBytes, randomUUID } from 'node:crypto';
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
import {
  configurationSource,
  createDirectory,
  createUftpClient,
  encode,
  type MessageDraft,
  sampleOf,
  SigningKeys,
} from '../../uftp/index.ts';
import { TASK_QUEUE } from '../../workflows/ids.ts';
import {
  agrKey,
  dsoKey,
  flexRequest,
  post,
  recordingLog,
  startDatabase,
  story,
  testConfig,
  testMessage,
  until,
  wrapped,
} from './support.ts';

const { log } = recordingLog();
const dso = new Peer({ domain: story.DSO_DOMAIN, role: 'DSO', secretKey: dsoKey, clock: systemClock });
const uftp = createUftpClient({ clock: systemClock });
let database: Awaited<ReturnType<typeof startDatabase>>;
let temporal: Awaited<ReturnType<typeof startTemporal>>;
let connection: TemporalConnection;
let native: NativeConnection;
let worker: Worker;
let running: Promise<void>;
let api: Api;

const quiet = new DefaultLogger('ERROR');
Runtime.install({ logger: quiet, shutdownSignals: [] });

beforeAll(async () => {
  await dso.start();
  const config = await testConfig({ dsoEndpoint: dso.url });
  [database, temporal] = await Promise.all([startDatabase(), startTemporal({ headless: true })]);
  connection = openTemporalConnection({ address: temporal.address });
  const client = new Client(connection);
  await database.store.portfolio.saveView({
    cro: story.CRO_DOMAIN,
    period: '2020-01-01',
    messageId: randomUUID(),
    receivedAt: '2020-01-01T00:00:00.000Z',
    result: 'Accepted',
    congestionPoints: [
      {
        dso: story.DSO_DOMAIN,
        congestionPoint: story.congestionPoint.entityAddress,
        mutexOffersSupported: true,
        dayAheadRedispatchBy: 'AGR',
        connections: story.connections.map(({ id }) => id),
      },
    ],
    connections: [],
  });
  native = await NativeConnection.connect({ address: temporal.address });
  worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundledWorkflows(new DefaultLogger('ERROR')),
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
  running = worker.run();
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
}, 120_000);

afterAll(async () => {
  await api?.stop();
  worker?.shutdown();
  await running;
  await native?.close();
  await connection?.close();
  await uftp.close();
  await dso.stop();
  await temporal?.stop();
  await database?.stop();
}, 60_000);

/** Posts a payload whose text was changed behind the back of the encoder; resolves with what we answer to it. */
async function answerTo(
  draft: MessageDraft,
  change: (xml: string) => string = (xml) => xml,
): Promise<string> {
  const { status } = await post(
    api.uftpUrl,
    wrapped(Buffer.from(change(Buffer.from(encode(draft)).toString()))),
  );
  expect(status).toBe(200);
  const { store } = database;
  const { id } = (await store.inbox.findByMessageId(story.DSO_DOMAIN, draft.MessageID))!;
  const answer = await until(async () => {
    const row = await store.outbox.answerTo(id);
    return row?.status === 'delivered' && row;
  });
  return `${answer.result}: ${answer.reason ?? ''}`;
}

function reservationUpdate(
  overrides: Partial<MessageDraft<'FlexReservationUpdate'>> = {},
): MessageDraft<'FlexReservationUpdate'> {
  const { Revision: _r, ExpirationDateTime: _e, ISP: _i, ...common } = flexRequest();
  return {
    ...common,
    type: 'FlexReservationUpdate',
    ContractID: story.contract.id,
    Reference: 'lower',
    ISP: [{ Start: 1, Duration: 1, Power: 0 }],
    ...overrides,
  } as MessageDraft<'FlexReservationUpdate'>;
}

function settlement(orderReference: string): MessageDraft<'FlexSettlement'> {
  const { type: _, ...envelope } = testMessage();
  const sample = sampleOf('FlexSettlement', '3.1.0') as MessageDraft<'FlexSettlement'>;
  const [item] = sample.FlexOrderSettlement;
  return {
    ...sample,
    ...envelope,
    FlexOrderSettlement: [1, 2].map(() => ({ ...item!, OrderReference: orderReference })),
  };
}

describe(
  'every message that was acknowledged is answered, be it ever so bizarre',
  { timeout: 30_000 },
  () => {
    it('a reservation for the last day there is, in a time zone that there is not', async () => {
      const update = reservationUpdate({ Period: '9999-12-31', TimeZone: 'Europe/Nowhere' });
      expect(await answerTo(update)).toContain('Rejected: ');
    });

    it('a reservation for the last day there is', async () => {
      expect(await answerTo(reservationUpdate({ Period: '9999-12-31' }))).toContain('Rejected: ');
    });

    it('a reservation written before the first year, and one written after the last', async () => {
      const stamped = (instant: string) => (xml: string) =>
        xml.replace(/TimeStamp="[^"]*"/, `TimeStamp="${instant}"`);
      expect(await answerTo(reservationUpdate(), stamped('0001-01-01T00:00:00+14:00'))).toContain(
        'Rejected: ',
      );
      expect(await answerTo(reservationUpdate(), stamped('9999-12-31T23:59:59-14:00'))).toContain(
        'Rejected: ',
      );
    });

    it('a reservation from a clock that is ahead, which does not outrank the next one', async () => {
      const ahead = reservationUpdate({ TimeStamp: '2999-01-01T00:00:00Z' });
      expect(await answerTo(ahead)).toBe('Accepted: ');
      const next = reservationUpdate({ Reference: 'next' });
      expect(await answerTo(next)).toBe('Accepted: ');
      const held = await database.store.reservations.inForce({
        contractId: story.contract.id,
        congestionPoint: next.CongestionPoint,
        period: next.Period,
      });
      expect(held).toMatchObject({ messageId: next.MessageID });
    });

    it('a request with the largest numbers there are', async () => {
      const most = Number.MAX_SAFE_INTEGER;
      const ISP = [
        { Start: most, Duration: most, Disposition: 'Requested' as const, MinPower: -most, MaxPower: -most },
      ];
      expect(await answerTo(flexRequest({ ISP, Revision: most }))).toContain('Rejected: ');
    });

    it('a settlement of an order whose reference is longer than an index can hold', async () => {
      const reference = randomBytes(6_000).toString('base64');
      expect(await answerTo(settlement(reference))).toContain('Rejected: ');
    });

    it('text that databases and JSON are afraid of', async () => {
      const ContractID = `\u{1F600} \uFFFD \u0085 \u2028 ' " ; -- \\u0000 ${randomUUID()}`;
      expect(await answerTo(flexRequest({ ContractID }))).toContain('Rejected: ');
    });
  },
);
