import type { Client } from '@temporalio/client';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Store } from '../../store/index.ts';
import { ApiError, notFound, Refusal } from '../errors.ts';
import { parseBody } from './body.ts';
import { command, commandRefused } from './conversation-calls.ts';
import { idempotencyKeyOf, operatorOf } from './operator-name.ts';
import { powers, proposal } from './proposal.ts';

interface Dependencies {
  readonly store: Pick<Store, 'conversations'>;
  readonly temporal: () => Promise<Client>;
  readonly patienceMs?: number;
}
type Call = FastifyRequest<{ Params: { workflowId: string } }>;

const reason = z.string().trim().min(1, 'is empty').max(300, 'is longer than 300 characters');
/** The step under which a message was sent, such as `FlexOffer/1`. */
const step = z.string().min(1, 'is empty').max(100);

/** What an order will still bring; without `ISP` nothing. */
const shortfall = z.strictObject({
  orderReference: z.string().min(1, 'is empty').max(100),
  reason,
  ISP: powers.optional(),
});

/** What an operator may order in a conversation: the fields of each, and the status of success. */
const COMMANDS = {
  offers: { kind: 'offer', body: z.strictObject({ proposal }), done: 201 },
  'no-bid': { kind: 'noBid', body: z.strictObject({ reason }), done: 200 },
  revocations: { kind: 'revoke', body: z.strictObject({ step, reason }), done: 200 },
  resend: { kind: 'resend', body: z.strictObject({ step }), done: 200 },
  shortfalls: { kind: 'shortfall', body: shortfall, done: 200 },
} as const;

/** Workflows that are conversations; others take no commands. */
const CONVERSATION = /^(flex-request|unsolicited)\//;

/**
 * `POST /v1/conversations/{workflowId}/offers`, `/no-bid`, `/revocations`, `/resend` and `/shortfalls`: an
 * operator's word, which overrides the strategy's. Answers with what came of it, with 202 where that takes longer than ten seconds, and with
 * 409 in the workflow's own words where it cannot be.
 */
export function commandRoutes(app: FastifyInstance, { store, temporal, patienceMs }: Dependencies): void {
  for (const [path, { kind, body, done }] of Object.entries(COMMANDS)) {
    app.post('/v1/conversations/:workflowId/' + path, async (request: Call, reply: FastifyReply) => {
      const { workflowId } = request.params;
      const by = operatorOf(request.headers);
      const id = idempotencyKeyOf(request.headers);
      const fields = parseBody<object>(body, request.body);
      if (!CONVERSATION.test(workflowId)) throw notFound(`conversation ${workflowId}`);
      const called = await command(temporal, workflowId, { id, by, kind, ...fields }, patienceMs);
      if (called === 'over') throw await gone(store, workflowId);
      const location = `/v1/conversations/${encodeURIComponent(workflowId)}`;
      if (called === 'taken') return reply.code(202).header('location', location).send({ workflowId, id });
      if (!called.done) throw commandRefused(called.text);
      return reply.code(done).header('location', location).send({ workflowId, id, outcome: called.text });
    });
  }
}

/** A conversation that takes nothing more: over, or never there. */
async function gone(store: Pick<Store, 'conversations'>, workflowId: string): Promise<Refusal> {
  const conversation = await store.conversations.find(workflowId);
  if (!conversation) return notFound(`conversation ${workflowId}`);
  const message = `The conversation is over (${conversation.state}).`;
  return new Refusal(
    409,
    new ApiError('api.conversation-over', message, 'Nothing can be done in it any more; begin another.'),
  );
}
