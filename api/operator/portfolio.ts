import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { systemClock } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import { ApiError, notFound, Refusal } from '../errors.ts';
import { askForSync } from '../sync-portfolio.ts';
import { field, parseBody } from './body.ts';
import { isCalendarDay } from './scalars.ts';

const CALL_MS = 5_000;
const CHANGES_SHOWN = 1_000;
const syncBody = z.strictObject({ period: field.day.optional() });

interface Dependencies {
  readonly store: Pick<Store, 'portfolio' | 'portfolioSync'>;
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
  const standing = async (cro: string) => {
    const found = await store.portfolioSync.find(cro);
    if (!found) return {};
    const { stage, since, acceptedVersion, facts } = found;
    return { stage, since, ...(acceptedVersion !== undefined && { acceptedVersion }), facts };
  };
  const statusPath = (cro: string) => `/v1/portfolio/${encodeURIComponent(cro)}/sync`;

  app.get<{ Params: { cro: string; period: string } }>('/v1/portfolio/:cro/:period', async ({ params }) => {
    const { cro, period } = params;
    const view = isCalendarDay(period) ? await store.portfolio.latestView(known(cro), period) : undefined;
    if (!view) throw notFound(`portfolio view of ${cro} for ${period}`);
    return view;
  });

  app.get<{ Params: { cro: string; period: string } }>(
    '/v1/portfolio/:cro/:period/changes',
    async ({ params }) => {
      const { cro, period } = params;
      const changes = await store.portfolioSync.changesOf(known(cro), period, CHANGES_SHOWN);
      return { cro, period, changes };
    },
  );

  app.post<{ Params: { cro: string } }>('/v1/portfolio/:cro/sync', async ({ params, body }, reply) => {
    const cro = known(params.cro);
    const workflowId = workflowIds.portfolioSync(cro);
    const { period } = parseBody(syncBody, body ?? {});
    // Whoever asks wants it sent, whether or not the CRO is thought to know it.
    const ask = { update: true, ...(period !== undefined && { period }) };
    await orUnavailable(temporal, (client) => askForSync(client, cro, ask));
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
        ...(await standing(cro)),
      };
    });
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
