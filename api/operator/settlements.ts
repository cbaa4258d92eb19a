import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ItemDecision, Settlement, SettlementItem, Store } from '../../store/index.ts';
import { REVIEW } from '../../workflows/ids.ts';
import { notFound } from '../errors.ts';
import { bodyInvalid, parseBody } from './body.ts';
import { commandRefused, WAIT_MS, within } from './conversation-calls.ts';
import { idempotencyKeyOf, operatorOf } from './operator-name.ts';

interface Dependencies {
  readonly store: Pick<Store, 'settlements' | 'settlementItems'>;
  readonly temporal: () => Promise<Client>;
}

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  dso: z.string().optional(),
  status: z.enum(['open', 'decided', 'answered', 'undelivered']).optional(),
});

const reference = z.string().min(1).max(255);
/** Longest reason in characters: it goes into the DisputeReason as it is. */
const reason = z.string().trim().min(1).max(500);

/** What an operator says to a settlement; what is not named stays as it was computed. */
const reviewBody = z.strictObject({
  /** The items that are accepted whatever was computed; true: all that are not disputed here. */
  accept: z.union([z.literal(true), z.array(reference).max(100_000)]).default([]),
  dispute: z
    .array(z.strictObject({ orderReference: reference, reason }))
    .max(100_000)
    .default([]),
});
type Review = z.output<typeof reviewBody>;

/**
 * Settlements as the DSOs state them and as we have them: `GET /v1/settlements`, `GET /v1/settlements/{id}`, and the
 * operator's word about one that waits for it, `POST /v1/settlements/{id}/review`.
 */
export function settlementRoutes(app: FastifyInstance, { store, temporal }: Dependencies): void {
  /** @throws Refusal 404 */
  async function found(id: string): Promise<Settlement> {
    const isId = z.guid().safeParse(id).success;
    const settlement = isId ? await store.settlements.find(id) : undefined;
    if (!settlement) throw notFound(`settlement ${id}`);
    return settlement;
  }

  app.get('/v1/settlements', async (request) => {
    const { limit, dso, status } = parseBody(listQuery, request.query);
    const wanted = { limit, ...(dso !== undefined && { dso }), ...(status !== undefined && { status }) };
    return { settlements: await store.settlements.list(wanted) };
  });

  app.get<{ Params: { id: string } }>('/v1/settlements/:id', async ({ params }) => {
    const settlement = await found(params.id);
    const { dso, messageId } = settlement;
    const items = await store.settlementItems.forMessage(dso, messageId);
    return { settlement, items, contracts: await store.settlements.contractItems(dso, messageId) };
  });

  app.post<{ Params: { id: string } }>('/v1/settlements/:id/review', async (request, reply) => {
    const by = operatorOf(request.headers);
    const updateId = idempotencyKeyOf(request.headers);
    const given = parseBody(reviewBody, request.body ?? {});
    const { id, dso, messageId, workflowId, result, reason } = await found(request.params.id);
    const names = given.accept === true || given.accept.length + given.dispute.length > 0;
    if (result === 'Rejected' && names)
      throw commandRefused(
        `This settlement is rejected as a whole: ${reason}. A review may only let that go out.`,
      );
    const decisions = decisionsOf(given, await store.settlementItems.forMessage(dso, messageId));
    const over = () => commandRefused('This settlement was answered before.');
    await within(temporal, WAIT_MS, async (client) => {
      try {
        const handle = client.workflow.getHandle(workflowId);
        await handle.executeUpdate(REVIEW, { updateId, args: [{ by, decisions }] });
      } catch (thrown) {
        if (thrown instanceof WorkflowNotFoundError) throw over();
        if (thrown instanceof WorkflowUpdateFailedError)
          throw commandRefused(thrown.cause?.message ?? thrown.message);
        throw thrown;
      }
    });
    return reply.code(202).header('location', `/v1/settlements/${id}`).send({ id, by, decisions });
  });
}

/** @throws Refusal 422 for items that the settlement has not, that are named twice, or that may not be accepted */
function decisionsOf({ accept, dispute }: Review, items: readonly SettlementItem[]): ItemDecision[] {
  const byKey = new Map(items.map((item) => [item.orderReference, item]));
  const disputed = dispute.map(({ orderReference }) => orderReference);
  const accepted =
    accept === true
      ? items
          .filter(isOwedOnce)
          .flatMap((item) => (disputed.includes(item.orderReference) ? [] : [item.orderReference]))
      : accept;
  const problems = [...accepted, ...disputed].flatMap((each, index, all) => {
    const item = byKey.get(each);
    const path = index < accepted.length ? 'accept' : 'dispute';
    if (!item) return [{ path, message: `names ${each}, which is not in this settlement` }];
    if (all.indexOf(each) !== index) return [{ path, message: `names ${each} twice` }];
    if (path === 'accept' && !isOwedOnce(item))
      return [{ path, message: `names ${each}, which is about no order that is still to be settled` }];
    return [];
  });
  if (problems.length > 0) throw bodyInvalid(problems);
  return [
    ...accepted.map((orderReference) => ({ orderReference, disposition: 'Accepted' as const })),
    ...dispute.map((each) => ({ ...each, disposition: 'Disputed' as const })),
  ];
}

/** Money for one order is owed once: what is listed twice, or settled before, is beyond an operator's word. */
const isOwedOnce = ({ matchedOrder }: SettlementItem): boolean => matchedOrder !== undefined;
