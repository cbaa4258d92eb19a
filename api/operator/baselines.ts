import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import { bodyInvalid, field, parseBody } from './body.ts';
import { ispsOf, type Market } from './markets.ts';

const baseline = z.strictObject({
  congestionPoint: field.entityAddress,
  period: field.day,
  reference: z.string().min(1, 'is empty'),
  power: z.array(field.power).min(1, 'is empty'),
});

/**
 * `PUT /v1/baselines`: the forecasting system's door. The expected power of a congestion point for one day, in W per
 * ISP, under the BaselineReference agreed with the DSO. Sending it again replaces it.
 */
export function baselineDoor(
  app: FastifyInstance,
  deps: { store: Pick<Store, 'baselines'>; markets: readonly Market[]; clock: Clock },
): void {
  app.put('/v1/baselines', async (request, reply) => {
    const body = parseBody(baseline, request.body);
    const markets = deps.markets.filter(({ baselineReference }) => baselineReference === body.reference);
    if (markets.length === 0) {
      throw bodyInvalid([{ path: 'reference', message: 'is not a reference that was agreed with a DSO' }]);
    }
    const counts = [...new Set(markets.map((market) => ispsOf(market, body.period)))];
    if (!counts.includes(body.power.length)) {
      const message = `has ${body.power.length} values; ${body.period} has ${counts.join(' or ')} ISPs`;
      throw bodyInvalid([{ path: 'power', message }]);
    }
    await deps.store.baselines.save({ ...body, recordedAt: instant(deps.clock) });
    return reply.code(204).send();
  });
}
