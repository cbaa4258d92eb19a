import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { declaredPoint } from './config.ts';
import type { CRO } from './cro.ts';

/** Some hundred thousand connections on their congestion points. */
const MOST_BYTES = 64 * 1024 * 1024;

const places = z.strictObject({ congestionPoints: z.array(declaredPoint) });
const losses = z.strictObject({ connections: z.array(z.string()).min(1) });

/**
 * What befalls a registry besides messages: `POST /control/place` declares other congestion points, and
 * `POST /control/lose` loses connections.
 */
export function registryDoor(
  door: FastifyInstance,
  cro: CRO,
  read: <S extends z.ZodType>(schema: S, given: unknown) => z.output<S>,
): void {
  door.post('/control/place', { bodyLimit: MOST_BYTES }, async ({ body }) => {
    const { congestionPoints } = read(places, body);
    cro.place(congestionPoints);
    return { congestionPoints: congestionPoints.length };
  });
  door.post('/control/lose', { bodyLimit: MOST_BYTES }, async ({ body }) => {
    const { connections } = read(losses, body);
    for (const connection of connections) cro.lose(connection);
    return { connections: connections.length };
  });
}
