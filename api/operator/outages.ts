import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import type { Outage, Store } from '../../store/index.ts';
import { notFound } from '../errors.ts';
import { workflowIds } from '../../workflows/ids.ts';
import type { CapacityLook } from '../start-capacity-check.ts';
import { bodyInvalid, field, type FieldError, parseBody } from './body.ts';

const watts = z.int32('is not a whole number of watts').nonnegative('is below 0').default(0);
const moment = z.iso.datetime({ offset: true, error: 'is not an instant such as 2026-06-15T10:00:00Z' });
const id = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, 'is no name: letters, digits and . _ -, up to 100');

const outage = z.strictObject({
  connection: field.entityAddress,
  asset: z.string().min(1, 'is empty').optional(),
  from: moment,
  to: moment,
  remainingReduceW: watts,
  remainingIncreaseW: watts,
  reason: z.string().trim().min(1, 'is empty').max(500, 'is longer than 500 characters').optional(),
});

interface Dependencies {
  readonly store: Pick<Store, 'outages' | 'connections'>;
  readonly lookAtCapacity: CapacityLook;
  readonly clock: Clock;
}

/**
 * `PUT`, `GET` and `DELETE /v1/outages/{id}`, and `GET /v1/outages`: when assets can do less than usual. As soon as
 * an outage is recorded nothing is offered on the lost power, and offers that count on it are revoked; orders that do
 * become alerts. The same PUT again changes nothing.
 */
export function outageDoor(app: FastifyInstance, { store, lookAtCapacity, clock }: Dependencies): void {
  app.get('/v1/outages', async () => ({ outages: await store.outages.notOver(instant(clock)) }));

  app.get<{ Params: { id: string } }>('/v1/outages/:id', async ({ params }) => {
    const found = await store.outages.find(params.id);
    if (!found) throw notFound(`outage ${params.id}`);
    return found;
  });

  app.put<{ Params: { id: string } }>('/v1/outages/:id', async ({ params, body }, reply) => {
    const named = parseBody(z.object({ id }), params);
    const { from, to, asset, reason, ...rest } = parseBody(outage, body);
    const wanted: Outage = {
      ...{ ...named, ...rest, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
      ...(asset !== undefined && { asset }),
      ...(reason !== undefined && { reason }),
    };
    const wrong = await wrongFields(store, wanted);
    if (wrong.length > 0) throw bodyInvalid(wrong);
    const kept = await store.outages.save(wanted, instant(clock));
    if (kept.checkedAt === undefined) await lookAtCapacity(workflowIds.capacityCheck(kept.id, kept.version));
    return reply.code(kept.version === 1 ? 201 : 200).send(kept);
  });

  app.delete<{ Params: { id: string } }>('/v1/outages/:id', async ({ params }, reply) => {
    if (!(await store.outages.remove(params.id, instant(clock)))) throw notFound(`outage ${params.id}`);
    return reply.code(204).send();
  });
}

async function wrongFields({ connections }: Dependencies['store'], wanted: Outage): Promise<FieldError[]> {
  const wrong: FieldError[] = [];
  if (wanted.to <= wanted.from) wrong.push({ path: 'to', message: 'is not after from' });
  if ((await connections.unknownAmong([wanted.connection])).length > 0)
    wrong.push({ path: 'connection', message: 'was never in the portfolio' });
  else if (wanted.asset !== undefined && !(await assetsAt(connections, wanted)).includes(wanted.asset))
    wrong.push({ path: 'asset', message: 'is no asset of that connection then' });
  return wrong;
}

/** By name, on the days on which the outage begins and ends. */
async function assetsAt(
  connections: Dependencies['store']['connections'],
  { connection, from, to }: Outage,
): Promise<string[]> {
  const days = [from, to].map((moment) => moment.slice(0, 10));
  const known = await Promise.all(days.map((day) => connections.activeOn(day, [connection])));
  return known.flat().flatMap(({ assets }) => (assets as { name: string }[]).map(({ name }) => name));
}
