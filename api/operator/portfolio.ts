import {
  type Client,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { systemClock } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import { TASK_QUEUE, workflowIds, workflowTypes } from '../../workflows/ids.ts';
import { ApiError, notFound, Refusal } from '../errors.ts';
import { isCalendarDay } from './scalars.ts';

const CALL_MS = 5_000;

interface Dependencies {
  readonly store: Pick<Store, 'portfolio'>;
  readonly temporal: () => Promise<Client>;
  /** Domains of the configured CROs. */
  readonly cros: readonly string[];
}

/** What the CRO answered about the portfolio, and the way to ask it again. */
export function portfolioRoutes(app: FastifyInstance, { store, temporal, cros }: Dependencies): void {
  const known = (cro: string): string => {
    if (!cros.includes(cro)) throw notFound(`CRO ${cro} in the configuration`);
    return cro;
  };
  const statusPath = (cro: string) => `/v1/portfolio/${encodeURIComponent(cro)}/sync`;

  app.get<{ Params: { cro: string; period: string } }>('/v1/portfolio/:cro/:period', async ({ params }) => {
    const { cro, period } = params;
    const view = isCalendarDay(period) ? await store.portfolio.latestView(known(cro), period) : undefined;
    if (!view) throw notFound(`portfolio view of ${cro} for ${period}`);
    return view;
  });

  app.post<{ Params: { cro: string } }>('/v1/portfolio/:cro/sync', async ({ params }, reply) => {
    const cro = known(params.cro);
    const workflowId = workflowIds.portfolioSync(cro);
    await orUnavailable(temporal, (client) => startSync(client, cro));
    return reply.code(202).header('location', statusPath(cro)).send({ workflowId });
  });

  app.get<{ Params: { cro: string } }>('/v1/portfolio/:cro/sync', async ({ params }) => {
    const cro = known(params.cro);
    const workflowId = workflowIds.portfolioSync(cro);
    return orUnavailable(temporal, async (client) => {
      const { status, startTime, closeTime } = await client.workflow.getHandle(workflowId).describe();
      return {
        workflowId,
        status: status.name,
        startedAt: startTime.toISOString(),
        ...(closeTime && { endedAt: closeTime.toISOString() }),
      };
    });
  });
}

/** Starts the synchronisation with a CRO; one under way serves everyone who asks for one. */
export async function startSync(client: Client, cro: string): Promise<void> {
  await client.workflow.start(workflowTypes.portfolioSync, {
    workflowId: workflowIds.portfolioSync(cro),
    taskQueue: TASK_QUEUE,
    args: [{ cro }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
  });
}

async function orUnavailable<T>(
  temporal: () => Promise<Client>,
  call: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    const client = await temporal();
    return await client.withDeadline(systemClock.now().getTime() + CALL_MS, () => call(client));
  } catch (cause) {
    if (cause instanceof WorkflowNotFoundError) throw notFound('sync that was ever asked for');
    throw new Refusal(
      503,
      new ApiError('api.temporal-unavailable', 'Temporal does not answer.', 'Try again later.', { cause }),
      { 'retry-after': '5' },
    );
  }
}
