import type { FastifyInstance } from 'fastify';
import type { Store } from '../../store/index.ts';
import type { RelayState } from '../relay/relay.ts';

const PING_MS = 2_000;

interface Dependencies {
  readonly store: Pick<Store, 'ping'>;
  readonly relay: () => RelayState;
  /** True from the moment the UFTP endpoint listens until it is told to stop. */
  readonly taking: () => boolean;
}

/**
 * `GET /livez`: the process answers. `GET /readyz`: messages can be taken, or which check says that they cannot.
 * Temporal is reported and does not count: without it messages are stored and acknowledged all the same.
 */
export function healthRoutes(app: FastifyInstance, { store, relay, taking }: Dependencies): void {
  app.get('/livez', async () => ({ alive: true }));

  app.get('/readyz', async (_request, reply) => {
    const { running, temporal, inFlight, resting } = relay();
    const checks = {
      // The process does not begin without a valid configuration.
      configuration: { ok: true },
      endpoint: { ok: taking() },
      store: { ok: await answers(store) },
      relay: { ok: running, inFlight, resting },
    };
    const ready = Object.values(checks).every(({ ok }) => ok);
    return reply.code(ready ? 200 : 503).send({ ready, checks, temporal: { state: temporal } });
  });
}

async function answers(store: Pick<Store, 'ping'>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), PING_MS)));
  try {
    return await Promise.race([
      store.ping().then(
        () => true,
        () => false,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
