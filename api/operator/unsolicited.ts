import { randomUUID } from 'node:crypto';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant, systemClock } from '../../base/index.ts';
import type { Conversation, Store } from '../../store/index.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../../workflows/ids.ts';
import { SEARCH } from '../../workflows/search-attributes.ts';
import { bodyInvalid, field, parseBody } from './body.ts';
import { commandRefused, WAIT_MS, within } from './conversation-calls.ts';
import type { Market } from './markets.ts';
import { idempotencyKeyOf, operatorOf } from './operator-name.ts';
import { proposal } from './proposal.ts';

const CALL_MS = 5_000;
const LOOK_EVERY_MS = 100;

interface Dependencies {
  readonly store: Pick<Store, 'conversations'>;
  readonly temporal: () => Promise<Client>;
  readonly markets: readonly Market[];
  readonly clock: Clock;
  readonly patienceMs?: number;
}

const unsolicited = z.strictObject({
  dso: z.string().min(1, 'is empty'),
  congestionPoint: field.entityAddress,
  period: field.day,
  contract: z.string().min(1, 'is empty').optional(),
  serviceType: z.string().min(1, 'is empty').optional(),
  proposal,
});

/** The id of a conversation may stand in it. */
const ID = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * `POST /v1/unsolicited-offers`: begins a conversation with an offer that nobody asked for. Answers as the commands
 * do; the same Idempotency-Key again finds the conversation that it began.
 */
export function unsolicitedRoutes(
  app: FastifyInstance,
  { store, temporal, markets, clock, patienceMs = WAIT_MS }: Dependencies,
): void {
  app.post('/v1/unsolicited-offers', async (request, reply) => {
    const by = operatorOf(request.headers);
    const id = idempotencyKeyOf(request.headers);
    if (!ID.test(id)) {
      const message = 'names the conversation here: letters, digits and . _ -, up to 100';
      throw bodyInvalid([{ path: 'Idempotency-Key', message }]);
    }
    const body = parseBody(unsolicited, request.body);
    const market = markets.find(({ dso }) => dso === body.dso);
    if (!market) throw bodyInvalid([{ path: 'dso', message: 'is no DSO of the configuration' }]);
    const frame = {
      ...{ dso: market.dso, conversationId: randomUUID(), version: market.version },
      ...{ ISPDuration: market.ispDuration, TimeZone: market.timeZone },
      ...{ Period: body.period, CongestionPoint: body.congestionPoint },
      ...(body.contract !== undefined && { ContractID: body.contract }),
      ...(body.serviceType !== undefined && { ServiceType: body.serviceType }),
    };
    const workflowId = workflowIds.unsolicited(market.dso, id);
    const start = { startedAt: instant(clock), unsolicited: { frame, proposal: body.proposal, by } };
    await within(temporal, CALL_MS, (client) => begin(client, workflowId, start));

    const known = await decided(store, workflowId, patienceMs);
    const location = `/v1/conversations/${encodeURIComponent(workflowId)}`;
    if (!known) return reply.code(202).header('location', location).send({ workflowId, id });
    const { offers, reason } = known;
    if (offers.length === 0) throw commandRefused(reason ?? 'No offer was made.');
    const outcome = `${offers[0]!.step} is on its way.`;
    return reply.code(201).header('location', location).send({ workflowId, id, outcome });
  });
}

async function begin(
  client: Client,
  workflowId: string,
  start: { readonly unsolicited: { readonly frame: { readonly dso: string; readonly Period: string } } },
): Promise<void> {
  const { dso, Period } = start.unsolicited.frame;
  try {
    await client.workflow.start(workflowTypes.unsolicitedFlex, {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [start],
      typedSearchAttributes: new TypedSearchAttributes([
        { key: SEARCH.dso, value: dso },
        { key: SEARCH.period, value: Period },
      ]),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    });
  } catch (thrown) {
    // It ran, and is over: what became of it is recorded.
    if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
  }
}

interface Snapshot {
  readonly reason?: string;
  readonly offers: readonly { readonly step: string }[];
}

/** The conversation as soon as its offer was decided on; undefined where that takes too long to be waited for. */
async function decided(
  store: Pick<Store, 'conversations'>,
  workflowId: string,
  patienceMs: number,
): Promise<Snapshot | undefined> {
  const until = systemClock.now().getTime() + patienceMs;
  while (systemClock.now().getTime() < until) {
    const conversation = await store.conversations.find(workflowId);
    if (conversation && isDecided(conversation)) return conversation.snapshot as Snapshot;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return undefined;
}

function isDecided({ snapshot, state }: Conversation): boolean {
  const { offers = [] } = snapshot as Partial<Snapshot>;
  return offers.length > 0 || (state !== 'Open' && state !== 'Waiting');
}
