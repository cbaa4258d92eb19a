import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Store } from '../../store/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import { notFound } from '../errors.ts';
import { parseBody } from './body.ts';

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  dso: z.string().optional(),
});

type ConversationStore = Pick<Store, 'conversations' | 'settlementItems' | 'dispatches' | 'orders'>;

/** `GET /v1/conversations` and `GET /v1/conversations/{workflowId}`: what became of each FlexRequest. */
export function conversationReads(app: FastifyInstance, { store }: { store: ConversationStore }): void {
  app.get('/v1/conversations', async (request) => {
    const { limit, dso } = parseBody(listQuery, request.query);
    return { conversations: await store.conversations.list({ limit, ...(dso !== undefined && { dso }) }) };
  });

  app.get<{ Params: { workflowId: string } }>('/v1/conversations/:workflowId', async ({ params }) => {
    const conversation = await store.conversations.find(params.workflowId);
    if (!conversation) throw notFound(`conversation ${params.workflowId}`);
    const { workflowId, dso, contractId, period } = conversation;
    const settlementItems = await store.settlementItems.forWorkflow(workflowId);
    // Reservations and settlements run in workflows of their own, and yet are part of this conversation's story.
    const involved = new Set([
      workflowId,
      ...(contractId ? [workflowIds.reservation(dso, contractId, period)] : []),
      ...settlementItems.map((item) => workflowIds.settlement(item.dso, item.messageId)),
    ]);
    const timeline = await store.conversations.timeline([...involved]);
    const dispatches = await store.dispatches.forWorkflow(workflowId);
    // A settlement that corrects a disputed one may come when the conversation is over, and its state is the last.
    const orders = (await store.orders.ofConversation(workflowId)).map(
      ({ orderReference, period: day, outcome, settledBy }) => ({
        ...{ orderReference, period: day },
        ...{ outcome, settledBy },
      }),
    );
    return { conversation, timeline, dispatches, settlementItems, orders };
  });
}
