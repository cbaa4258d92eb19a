import type { FastifyInstance } from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import { notFound } from '../errors.ts';
import { parseBody } from './body.ts';
import { operatorOf } from './operator-name.ts';

type AlertStore = Pick<Store, 'alerts'>;

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  state: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  severity: z.enum(['warning', 'critical']).optional(),
  /** A workflow's id, or the name of a part of Flexor. */
  source: z.string().min(1).optional(),
});

const uuid = z.uuid();

/**
 * `GET /v1/alerts`: what a person has to know, open ones first. `POST /v1/alerts/{id}/acknowledge`: somebody takes it
 * on; the first who does stays.
 */
export function alertRoutes(app: FastifyInstance, deps: { store: AlertStore; clock: Clock }): void {
  const { store, clock } = deps;

  app.get('/v1/alerts', async (request) => {
    const { limit, state, severity, source } = parseBody(listQuery, request.query);
    const alerts = await store.alerts.list({
      limit,
      ...(state && { state }),
      ...(severity && { severity }),
      ...(source && { source }),
    });
    return { alerts };
  });

  app.post<{ Params: { id: string } }>('/v1/alerts/:id/acknowledge', async ({ params, headers }) => {
    const by = operatorOf(headers);
    const known = uuid.safeParse(params.id).success;
    const alert = known ? await store.alerts.acknowledge(params.id, by, instant(clock)) : undefined;
    if (!alert) throw notFound(`alert ${params.id}`);
    return alert;
  });
}

/** Counts open alerts whenever somebody reads the metrics; says nothing about them while the store is away. */
export function alertGauge(registry: Registry, store: AlertStore): void {
  new Gauge({
    name: 'flexor_alerts_open',
    help: 'Alerts that hold and that nobody took on.',
    labelNames: ['severity'],
    registers: [registry],
    async collect() {
      this.reset();
      const open = await store.alerts.countOpen().catch(() => undefined);
      for (const [severity, count] of Object.entries(open ?? {})) this.set({ severity }, count);
    },
  });
}
