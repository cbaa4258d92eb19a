import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Dependencies } from '../../activities/dependencies.ts';
import { heartbeating } from '../../activities/heartbeating.ts';
import { meteringActivities } from '../../activities/metering.ts';
import { Outgoing } from '../../activities/outgoing.ts';
import { startMetering } from '../../api/start-metering.ts';
import { instant, systemClock } from '../../base/index.ts';
import { loadConfig } from '../../config/index.ts';
import { skipTimeOf } from '../../rehearsal/skipped-time.ts';
import { createStore, type MeterReading } from '../../store/index.ts';
import {
  addDays,
  decode,
  generateKeyPair,
  ispCount,
  type Message,
  periodOf,
  readSignedMessage,
  SigningKeys,
} from '../../uftp/index.ts';
import { meteringDayOf, TASK_QUEUE, workflowIds, workflowTypes } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';
import type { ProcessName } from '../histories/processes.ts';
import { recordProcess } from '../histories/recorder.ts';
import { testDatabase } from '../support/postgres.ts';
import { runsOf } from './history.ts';
import { openTemporalFloor } from './temporal-floor.ts';

export const DSO = 'dso.example.com';
/** Far fewer than in production, and more than a day has whose DSO answers at once. */
const EVENTS_PER_RUN = 120;
const TIME_ZONE = 'Europe/Amsterdam';

/** What the DSO does with a message: answers it, says nothing, or cannot be reached. */
export type Behaviour = (message: Message<'Metering'>, times: number) => string | undefined | 'away';
export const ACCEPTED = 'Accepted';

/** The metering workflows with their real activities, database and Temporal; the DSO is played. */
export async function startMeteringFloor() {
  const database = await testDatabase();
  const store = createStore({ url: database.url });
  const floor = await openTemporalFloor({ eventsPerRun: EVENTS_PER_RUN });
  const { client, gate } = floor;
  let ahead = 0;
  const clock = { now: () => new Date(systemClock.now().getTime() + ahead) };
  const behaviours = new Map<string, Behaviour>();
  const bodies = new Map<string, string[]>();
  const received: Message<'Metering'>[] = [];

  const deps = {
    config: await configuration(),
    store,
    clock,
    signingKeys: new SigningKeys(generateKeyPair().secretKey),
    directory: { endpoint: async () => ({ url: 'https://dso.example.com/' }) },
    client: { post: (_: unknown, body: Uint8Array) => take(body) },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  } as unknown as Dependencies;
  const activities = meteringActivities(deps, new Outgoing(deps));

  async function take(body: Uint8Array) {
    const payload = Buffer.from(readSignedMessage(body).Body, 'base64').subarray(64);
    const message = decode(payload) as Message<'Metering'>;
    const sent = [...(bodies.get(message.MessageID) ?? []), Buffer.from(body).toString('base64')];
    bodies.set(message.MessageID, sent);
    const answer = behaviours.get(message.Period)!(message, sent.length);
    if (answer === 'away') return { outcome: 'temporary', reason: 'away', hops: 0 };
    received.push(message);
    if (answer !== undefined) await answerTo(message, answer);
    return { outcome: 'delivered', status: 200, reason: 'taken', hops: 0 };
  }

  /** As the relay hands it over: to the workflow that sent what it answers. */
  async function answerTo(message: Message<'Metering'>, answer: string): Promise<void> {
    const row = (await store.outbox.findByMessageId(message.MessageID))!;
    const now = instant(clock);
    const inbound = {
      ...{ inboxId: randomUUID(), type: 'MeteringResponse', sender: { domain: DSO, role: 'DSO' } },
      ...{ messageId: randomUUID(), conversationId: message.ConversationID, version: '3.1.0' },
      ...{ timeStamp: now, receivedAt: now, refersTo: row.step, rejections: [] },
      content: {
        MeteringMessageID: message.MessageID,
        Result: answer === ACCEPTED ? 'Accepted' : 'Rejected',
        ...(answer !== ACCEPTED && { RejectionReason: answer }),
      },
    } as unknown as Inbound;
    await gate.giveToDay(meteringDayOf(row.workflowId)!, inbound);
  }

  await floor.work({
    ...activities,
    sendDueMeterings: heartbeating(activities.sendDueMeterings),
    chaseMeterings: heartbeating(activities.chaseMeterings),
  });

  return {
    store,
    client,
    received,
    bodies,
    yesterday: (): string => addDays(periodOf(instant(clock), TIME_ZONE), -1),
    /** A day on which these connections are on the DSO's congestion point. */
    async day(period: string, connections: readonly string[], behaviour: Behaviour) {
      behaviours.set(period, behaviour);
      // Workflows begin at the machine's time: every day of a test begins with both clocks together.
      ahead = 0;
      await store.portfolio.saveView({
        cro: 'cro.example.com',
        period,
        messageId: randomUUID(),
        receivedAt: instant(clock),
        result: 'Accepted',
        congestionPoints: [
          {
            ...{ dso: DSO, congestionPoint: 'ean.871685900012636543', mutexOffersSupported: false },
            ...{ dayAheadRedispatchBy: 'AGR', connections },
          },
        ],
        connections: [],
      });
      const id = workflowIds.metering(DSO, period);
      return {
        isps: ispCount(period, TIME_ZONE, 'PT15M'),
        /** Watts of every ISP of a connection, or of those up to `last`. */
        read: (connection: string, watts: number, last = ispCount(period, TIME_ZONE, 'PT15M')) =>
          store.meterReadings.save(
            Array.from({ length: last }, (_, index): MeterReading => {
              return { connection, period, isp: index + 1, power: watts, recordedAt: instant(clock) };
            }),
          ),
        start: () => startMetering(client, { dso: DSO, period }, instant(clock)),
        ends: () => client.workflow.getHandle(id).result(),
        /** The histories of all runs, in their order. */
        runs: () => runsOf(client, id),
        /** Keeps the history of a run, the last one unless said otherwise. */
        record: (name: ProcessName, runId?: string) =>
          recordProcess(name, client.workflow.getHandle(id, runId)),
        told: () => received.filter((message) => message.Period === period),
        progress: () => store.meterings.progress(DSO, period),
        behave: (next: Behaviour) => behaviours.set(period, next),
        answerTo,
        /** Time goes on, for the workflow and for everybody else. */
        async moveBy(milliseconds: number) {
          ahead += milliseconds;
          await skipTimeOf(client, id, milliseconds);
        },
      };
    },
    async round(name?: ProcessName): Promise<number> {
      const workflowId = `metering-round/${randomUUID()}`;
      const args = [{ dso: DSO }];
      const handle = await client.workflow.start(workflowTypes.meteringRound, {
        ...{ workflowId, taskQueue: TASK_QUEUE, args },
      });
      const days = (await handle.result()) as number;
      if (name) await recordProcess(name, handle);
      return days;
    },
    alerts: async (key: string) =>
      (await store.alerts.list({ limit: 100, source: `metering/${DSO}` })).filter(
        (alert) => alert.key === key,
      ),
    async stop() {
      await floor.stop();
      await store.close();
      await database.drop();
    },
  };
}

async function configuration() {
  const folder = await mkdtemp(join(tmpdir(), 'flexor-metering-'));
  const file = join(folder, 'flexor.yaml');
  const settings = {
    identity: { domain: 'agr.example.com', signingKey: { env: 'UNUSED' } },
    operator: { token: { env: 'UNUSED' } },
    participants: [
      {
        domain: DSO,
        role: 'DSO',
        endpoint: 'https://dso.example.com/',
        publicKeys: [generateKeyPair().secretKey.publicKey.toString()],
        market: { timeZone: TIME_ZONE },
        baseline: { reference: 'BL-2026' },
        metering: { required: true },
      },
    ],
  };
  await writeFile(file, stringify(settings));
  const config = loadConfig(file, {});
  await rm(folder, { recursive: true });
  return config;
}
