import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/**
 * Makes a server's stop wait for what it has begun, and for nothing else: connections on which no request has come
 * would otherwise hold it up until they time out. To be called before the server listens.
 *
 * @returns ends the server: it takes no new connections, answers what is in flight, then closes every connection
 */
export function gracefulStop(app: FastifyInstance): () => Promise<void> {
  const unanswered = new Set<ServerResponse>();
  app.server.on('request', (_request, response: ServerResponse) => {
    unanswered.add(response);
    response.once('close', () => unanswered.delete(response));
  });
  return async () => {
    const closed = app.close();
    while (unanswered.size > 0) await Promise.all([...unanswered].map((response) => once(response, 'close')));
    app.server.closeAllConnections();
    await closed;
  };
}
