import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { type Clock, FlexorError, instant, reasonOf } from '../../base/index.ts';
import type { PendingInbound, Store } from '../../store/index.ts';
import { meteringDayOf, workflowIds } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';
import type { Metrics } from '../metrics.ts';
import { clip } from '../problem.ts';
import type { Judge } from './judge.ts';
import { isResponse, readStored, type StoredMessage, toInbound } from './message.ts';
import { redeliverAnswers } from './repeats.ts';
import { type Destination, type Inward, type Outward, route, routeLate, type RouteLookups } from './route.ts';
import { createGate, type Given } from './temporal.ts';

export interface RelayOptions {
  readonly store: Pick<Store, 'inbox' | 'outbox' | 'conversations'>;
  readonly temporal: () => Promise<Client>;
  readonly judge: Judge;
  /** How far the clock of a counterparty may differ from ours (ms). */
  readonly clockToleranceMs?: (domain: string, role: string) => number;
  /** How far a partial order of a DSO may be from the exact part of the offer. */
  readonly rounding?: (dso: string) => Inbound['rounding'];
  readonly contractKnown: (contractId: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How many messages are handed over at the same time. */
  readonly concurrency?: number;
  /** How often the inbox is looked through unasked: the net below `kick`. */
  readonly pollMs?: number;
  /** How long a workflow may take to accept a message. */
  readonly callMs?: number;
}

export interface RelayState {
  readonly running: boolean;
  readonly temporal: 'unknown' | 'reachable' | 'unreachable';
  readonly inFlight: number;
  /** Messages that were tried in vain and will be tried again. */
  readonly resting: number;
}

export interface Relay {
  start(): void;
  /** Begins nothing new, and ends when what is in flight is done. */
  stop(): Promise<void>;
  /** Something was stored: look now. Returns at once. */
  kick(): void;
  state(): RelayState;
}

/** Rows looked at in one go. */
const WINDOW = 100;
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 30_000;

/**
 * Hands stored messages to their workflows: the second half of the way in, after the 200.
 *
 * Nothing is claimed, although several processes may run: whoever is second does no harm, because every workflow id
 * and update id derives from the message. A message that fails rests, longer each time, and never holds up another.
 */
export function createRelay(options: RelayOptions): Relay {
  const { store, clock, log, metrics } = options;
  const { concurrency = 16, pollMs = 3_000 } = options;
  const gate = createGate(options.temporal, options.callMs);
  const lookups: RouteLookups = {
    sent: (messageId) => store.outbox.findByMessageId(messageId),
    contractKnown: options.contractKnown,
  };

  const inFlight = new Map<string, Promise<void>>();
  const conversations = new Map<string, PendingInbound>();
  const tries = new Map<string, number>();
  const resting = new Map<string, NodeJS.Timeout>();
  let temporal: RelayState['temporal'] = 'unknown';
  let probeDue = true;
  let running: Promise<void> | undefined;
  let stopping = false;
  let awake = false;
  let wake: () => void = () => {};

  const kick = (): void => {
    awake = true;
    wake();
  };

  async function run(): Promise<void> {
    while (!stopping) {
      awake = false;
      await round().catch((thrown: unknown) =>
        log.warn({ reason: reasonOf(thrown) }, 'relay round broken off'),
      );
      if (!stopping) await sleepUntilKicked();
    }
    await Promise.all(inFlight.values());
  }

  function sleepUntilKicked(): Promise<void> {
    if (awake) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        probeDue = true;
        resolve();
      }, pollMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function round(): Promise<void> {
    if (probeDue || temporal !== 'reachable') await probe();
    // With every place taken there is nothing to begin; the first that is free again comes back here.
    if (temporal !== 'reachable' || inFlight.size >= concurrency) return;
    // What ends while the query runs may still be in its answer.
    const underWay = new Set(inFlight.keys());
    // Neither what rests nor a busy conversation, however long, may hide the messages behind it.
    const rows = await store.inbox.pending(WINDOW, {
      ids: [...underWay, ...resting.keys()],
      conversations: [...conversations.values()],
    });
    const eligible = rows.filter(({ id }) => !underWay.has(id) && !inFlight.has(id) && !resting.has(id));
    // What failed before stands back; the sort keeps the oldest first otherwise.
    eligible.sort((a, b) => (tries.get(a.id) ?? 0) - (tries.get(b.id) ?? 0));
    for (const row of eligible) {
      if (inFlight.size >= concurrency) break;
      // One conversation's messages go one after the other, in the order in which they came.
      if (!conversations.has(conversationOf(row))) launch(row);
    }
    // The window was full of few conversations, perhaps, and others stand behind it.
    if (rows.length === WINDOW && inFlight.size < concurrency) kick();
    const redelivered = await redeliverAnswers(store, gate, instant(clock));
    if (redelivered > 0) metrics.redelivered.inc(redelivered);
  }

  async function probe(): Promise<void> {
    probeDue = false;
    const now = (await gate.reachable()) ? 'reachable' : 'unreachable';
    if (now !== temporal) {
      if (now === 'reachable') log.info('Temporal answers');
      else log.warn('Temporal does not answer: stored messages wait');
    }
    temporal = now;
    metrics.temporalReachable.set(now === 'reachable' ? 1 : 0);
  }

  function launch(row: PendingInbound): void {
    const conversation = conversationOf(row);
    conversations.set(conversation, row);
    const handedOver = handOver(row)
      .then(
        () => void tries.delete(row.id),
        (thrown: unknown) => failed(row, thrown),
      )
      .finally(() => {
        inFlight.delete(row.id);
        conversations.delete(conversation);
        kick();
      });
    inFlight.set(row.id, handedOver);
  }

  async function handOver(row: PendingInbound): Promise<void> {
    const stored = readStored(row, options.clockToleranceMs?.(row.senderDomain, row.senderRole));
    const rejections = await options.judge(stored);
    const destination = await route(stored, rejections, lookups);
    if (destination.to !== 'own-workflow' && destination.to !== 'workflow') {
      return settle(stored, destination);
    }
    const given = await give(stored, rejections, destination);
    const { workflowId } = destination;
    if (given === 'taken' || (await wasAnswered(stored))) await done(stored, destination.to, workflowId);
    else await settle(stored, routeLate(stored, rejections, workflowId, await endOf(destination)));
  }

  async function give(
    stored: StoredMessage,
    rejections: readonly string[],
    destination: Inward,
  ): Promise<Given> {
    if (destination.to === 'own-workflow') {
      const { workflowType, workflowId } = destination;
      return gate.giveToOwn(workflowType, workflowId, toInbound(stored, rejections));
    }
    const { workflowId, refersTo } = destination;
    const { row, message } = stored;
    const rounding = message.type === 'FlexOrder' ? options.rounding?.(row.senderDomain) : undefined;
    const inbound = toInbound(stored, rejections, { refersTo: refersTo.step, rounding });
    const day = meteringDayOf(workflowId);
    const given = await (day ? gate.giveToDay(day, inbound) : gate.giveTo(workflowId, inbound));
    if (given === 'taken' && isResponse(message) && 'Result' in message && message.Result) {
      await store.outbox.recordPeerVerdict(refersTo.id, message.Result, message.RejectionReason);
    }
    return given;
  }

  /** How an offer ended, as its conversation was last recorded. */
  async function endOf(destination: Inward): Promise<string | undefined> {
    if (destination.to !== 'workflow') return undefined;
    const { workflowId, refersTo } = destination;
    return store.conversations.offerStatus(workflowId, refersTo.step);
  }

  /** Brings to an end what no conversation takes: it is answered, or only recorded. */
  async function settle(stored: StoredMessage, destination: Outward): Promise<void> {
    const { row } = stored;
    if (destination.to === 'nobody') {
      await store.inbox.recordVerdict(row.id, 'Ignored', destination.reason);
      return done(stored, 'nobody', destination.about ?? NOBODY);
    }
    const workflowId = workflowIds.reply(row.senderDomain, row.id);
    await gate.startOnce('reply', workflowId, { inboxId: row.id, rejections: destination.rejections });
    await done(stored, 'reply', destination.about ?? workflowId);
  }

  async function done({ row }: StoredMessage, to: Destination['to'], workflowId: string): Promise<void> {
    await store.inbox.handedOver(row.id, workflowId, instant(clock));
    metrics.handedOver.inc({ type: row.type, to });
    log.info({ id: row.id, type: row.type, to, workflowId }, 'message handed over');
  }

  /** After continue-as-new Temporal forgets the updates of earlier runs; an answer proves that it was seen. */
  async function wasAnswered({ row, message }: StoredMessage): Promise<boolean> {
    return !isResponse(message) && (await store.outbox.answerTo(row.id)) !== undefined;
  }

  async function failed(row: PendingInbound, thrown: unknown): Promise<void> {
    const count = (tries.get(row.id) ?? 0) + 1;
    const restMs = Math.min(FIRST_REST_MS * 2 ** (count - 1), LONGEST_REST_MS);
    tries.set(row.id, count);
    probeDue = true;
    if (!stopping) {
      const timer = setTimeout(() => {
        resting.delete(row.id);
        kick();
      }, restMs);
      resting.set(row.id, timer);
    }
    metrics.handOverFailed.inc({ type: row.type });
    const reason = clip(describe(thrown));
    log.warn({ id: row.id, type: row.type, tries: count, restMs, reason }, 'message not handed over yet');
    // The store may be what failed: the note is for the reader, and not worth failing again.
    await store.inbox.handOverFailed(row.id, reason).catch(() => undefined);
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping = true;
      kick();
      await running;
      for (const timer of resting.values()) clearTimeout(timer);
      resting.clear();
    },
    kick,
    state: () => ({
      running: running !== undefined && !stopping,
      temporal,
      inFlight: inFlight.size,
      resting: resting.size,
    }),
  };
}

/** Stands where a workflow's id would, on a message that no workflow was told of. */
const NOBODY = 'nobody';

const conversationOf = (row: PendingInbound): string => `${row.senderDomain}/${row.conversationId}`;

/** The reason at the root: gRPC's own words stand there. */
function describe(thrown: unknown): string {
  const cause = thrown instanceof Error && !(thrown instanceof FlexorError) ? thrown.cause : undefined;
  return cause instanceof Error ? `${reasonOf(thrown)}: ${describe(cause)}` : reasonOf(thrown);
}
