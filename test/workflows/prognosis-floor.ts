import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, Worker } from '@temporalio/worker';
import { stringify } from 'yaml';
import { bundledWorkflows } from '../../cli/roles/workflow-bundle.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { Outgoing } from '../../activities/outgoing.ts';
import { prognosisActivities } from '../../activities/prognosis.ts';
import type { PrognosisKey } from '../../activities/prognosis-contract.ts';
import { route } from '../../api/relay/route.ts';
import { prognosisWorkflows } from '../../cli/roles/prognoses.ts';
import { type Config, loadConfig } from '../../config/index.ts';
import type { Frame, OrderFacts } from '../../market/flex-request/index.ts';
import type { PrognosisState } from '../../market/prognosis/index.ts';
import { skipTimeOf } from '../../rehearsal/skipped-time.ts';
import { until } from '../../services/wait.ts';
import { createStore, type OutboxRow } from '../../store/index.ts';
import { decode, generateKeyPair, ispCount, type Message, SigningKeys } from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';
import type { ProcessName } from '../histories/processes.ts';
import { recordProcess } from '../histories/recorder.ts';
import { testDatabase } from '../support/postgres.ts';
import { openTemporalFloor } from './temporal-floor.ts';

const DSO = 'dso.example.com';
const CRO = 'cro.example.com';
const CONNECTION = 'ean.200000000000000001';
/** Far fewer than in production, and more than a day has on which little happens. */
const EVENTS_PER_RUN = 220;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** dPrognosis on a real Temporal server and a real database; only the wire to the DSO is played. */
export async function startPrognosisFloor() {
  let present = '2027-01-01T08:00:00.000Z';
  const clock = { now: () => new Date(present) };
  const database = await testDatabase();
  const store = createStore({ url: database.url });
  const floor = await openTemporalFloor({ clock, eventsPerRun: EVENTS_PER_RUN });
  const { client, gate } = floor;
  const signal = async (workflowId: string, event: unknown) => {
    await client.workflow.getHandle(workflowId).signal('tell', event);
    return true;
  };
  const told: { workflowId: string; event: unknown }[] = [];
  /** Every body that went over the wire. */
  const posted: Buffer[] = [];
  const keys = generateKeyPair();
  const deps = {
    ...{ config: configuration(), store, clock, log: quiet, signingKeys: new SigningKeys(keys.secretKey) },
    prognoses: prognosisWorkflows(client, signal),
    tell: async (workflowId: string, event: unknown) => told.push({ workflowId, event }) > 0,
    directory: { endpoint: async () => ({ url: 'http://127.0.0.1:9/' }) },
    client: {
      post: async (_endpoint: unknown, body: Uint8Array) => {
        posted.push(Buffer.from(body));
        return { outcome: 'delivered', status: 200, reason: 'OK' };
      },
    },
  } as unknown as Dependencies;
  const outgoing = new Outgoing(deps);
  const activities = {
    ...prognosisActivities(deps, outgoing),
    sendAgain: (input: { step: string; askedAt: string }) => outgoing.sendAgain(input),
  };
  await floor.work(activities);

  /** A congestion point of its own whose day is about to be planned at an instant. */
  async function point(period: string, now: string) {
    present = now;
    const congestionPoint = `ean.${String(Math.floor(Math.random() * 1e18)).padStart(18, '1')}`;
    const key: PrognosisKey = { dso: DSO, congestionPoint, period };
    const workflowId = workflowIds.dPrognosis(DSO, congestionPoint, period);
    const ISPs = ispCount(period, 'Europe/Amsterdam', 'PT15M');
    const frame: Frame = {
      ...{ dso: DSO, conversationId: randomUUID(), version: '3.1.0', ISPDuration: 'PT15M' },
      ...{ TimeZone: 'Europe/Amsterdam', Period: period, CongestionPoint: congestionPoint },
    };
    await store.portfolio.saveView({
      ...{
        cro: `${congestionPoint}.${CRO}`,
        period,
        messageId: randomUUID(),
        receivedAt: now,
        result: 'Accepted',
      },
      congestionPoints: [
        {
          ...{ dso: DSO, congestionPoint, mutexOffersSupported: false, dayAheadRedispatchBy: 'AGR' },
          connections: [CONNECTION],
        },
      ],
      connections: [],
    });
    const state = async (): Promise<PrognosisState | undefined> =>
      (await store.prognoses.findDay(workflowId))?.snapshot as PrognosisState | undefined;
    const rows = async (): Promise<OutboxRow[]> => {
      const sent = await store.prognoses.ofDay(DSO, congestionPoint, period);
      const found = await Promise.all(sent.map(({ messageId }) => store.outbox.findByMessageId(messageId)));
      return found.map((row) => row!);
    };
    return {
      ...{ key, workflowId, frame, state },
      flat: (power: number) => Array<number>(ISPs).fill(power),
      forecast: (power: readonly number[]) =>
        store.forecasts.save([
          { level: 'congestion-point', entityAddress: congestionPoint, period, power, recordedAt: present },
        ]),
      /** As the schedule does, or a new view, or an upload. */
      start: () => activities.startPrognoses(key),
      /** Waits for a recorded state. */
      when: (what: string, fits: (state: PrognosisState) => boolean) =>
        until(
          async () => {
            const now = await state();
            if (now && fits(now)) return now;
            throw new Error(`Waited in vain for ${what}; it is ${JSON.stringify(now)?.slice(0, 2_000)}.`);
          },
          { timeoutMs: 20_000 },
        ),
      /** The messages as the DSO decodes them, in the order of their Revisions. */
      messages: async () => (await rows()).map(({ payload }) => decode(payload) as Message<'D-Prognosis'>),
      /** How often the bytes of a revision (from 0) went out. */
      timesPosted: async (index: number) => {
        const { body } = (await rows())[index]!;
        return posted.filter((each) => each.equals(Buffer.from(body))).length;
      },
      /** The DSO's answer to the newest revision, routed and handed in as the relay does. */
      async answer(Result: string, more: object = {}) {
        const sent = (await rows()).at(-1)!;
        const content = {
          DPrognosisMessageID: sent.messageId.toUpperCase(),
          Result,
          FlexOrderStatus: [],
          ...more,
        };
        const messageId = randomUUID();
        const message = { type: 'D-PrognosisResponse', MessageID: messageId, ...content };
        const row = { senderDomain: DSO, senderRole: 'DSO', conversationId: sent.conversationId };
        const stored = { row, message } as unknown as Parameters<typeof route>[0];
        const destination = await route(stored, [], {
          sent: (id) => store.outbox.findByMessageId(id),
        } as Parameters<typeof route>[2]);
        if (destination.to !== 'workflow') throw new Error(`It was routed to ${destination.to}.`);
        const inbound = {
          ...{ inboxId: randomUUID(), type: message.type, sender: { domain: DSO, role: 'DSO' }, messageId },
          ...{
            conversationId: sent.conversationId,
            version: '3.1.0',
            timeStamp: present,
            receivedAt: present,
          },
          ...{ refersTo: destination.refersTo.step, rejections: [], content },
        } as unknown as Inbound;
        await gate.giveTo(destination.workflowId, inbound);
      },
      /** An order of a conversation that its workflow has just accepted. */
      async order(ISP: OrderFacts['ISP'], from = 'flex-request/one') {
        const messageId = randomUUID();
        const order = { ...frame, messageId, OrderReference: `O-${messageId}`, ISP } as unknown as OrderFacts;
        const run = new MockActivityEnvironment({ workflowExecution: { workflowId: from, runId: 'run' } });
        await run.run(activities.updatePrognosis, { frame, order });
        const fallsShort = (lost: OrderFacts['ISP']) =>
          run.run(activities.updatePrognosis, { frame, order, lost });
        return { messageId, fallsShort, told: () => told.filter(({ workflowId }) => workflowId === from) };
      },
      moveTo: async (instant: string) => {
        const ahead = Date.parse(instant) - Date.parse(present);
        present = instant;
        await skipTimeOf(client, workflowId, ahead);
      },
      alerts: async () =>
        (await store.alerts.list({ limit: 20, source: workflowId })).map(
          (alert) => `${alert.key} ${alert.state}`,
        ),
      ended: () => client.workflow.getHandle(workflowId).result() as Promise<string>,
      runId: async () => (await client.workflow.getHandle(workflowId).describe()).runId,
      /** Keeps the history of a run, the last one unless said otherwise. */
      record: (name: ProcessName, runId?: string) =>
        recordProcess(name, client.workflow.getHandle(workflowId, runId)),
    };
  }

  return {
    ...{ store, activities, point },
    /** Replays everything that happened here with the workflows as they are; says which cannot be. */
    async notReplayable(): Promise<string[]> {
      const workflowBundle = await bundledWorkflows(new DefaultLogger('ERROR'));
      const histories = [];
      for await (const { workflowId, runId } of client.workflow.list({
        query: 'WorkflowType = "dPrognosis"',
      })) {
        const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
        histories.push({ workflowId, history });
      }
      if (histories.length === 0) throw new Error('Nothing was played here.');
      const failed: string[] = [];
      for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
        if (error) failed.push(`${workflowId}: ${error.message}`);
      }
      return failed;
    },
    async stop() {
      await floor.stop();
      await store.close();
      await database.drop();
    },
  };
}

function configuration(): Config {
  const folder = mkdtempSync(join(tmpdir(), 'flexor-prognosis-'));
  const file = join(folder, 'flexor.yaml');
  const counterparty = { endpoint: 'http://127.0.0.1:9/', publicKeys: [generateKeyPair().publicKey.toCs1()] };
  const timeZone = 'Europe/Amsterdam';
  writeFileSync(
    file,
    stringify({
      identity: { domain: 'agr.example.com', signingKey: { env: 'KEY' } },
      operator: { token: { env: 'TOKEN' } },
      participants: [
        {
          ...{ domain: DSO, role: 'DSO', ...counterparty, market: { timeZone } },
          ...{ baseline: { kind: 'd-prognosis' }, delivery: { replyWithin: 'PT1H' } },
        },
        { domain: CRO, role: 'CRO', ...counterparty, timeZone },
      ],
    }),
  );
  const config = loadConfig(file, {});
  rmSync(folder, { recursive: true });
  return config;
}
