import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Clock, instant, reasonOf } from '../../base/index.ts';
import type { ListApplied, Store } from '../../store/index.ts';
import { ApiError, notFound, Refusal } from '../errors.ts';
import { gatherCsvList } from '../portfolio/csv-list.ts';
import { gatherJsonList, jsonList } from '../portfolio/json-list.ts';
import { ConnectionList } from '../portfolio/listed.ts';
import { fileRefused, inFile, jsonFileRefused, named } from '../readings/refusal.ts';
import { askForSync } from '../sync-portfolio.ts';
import { field, parseBody } from './body.ts';
import { operatorOf } from './operator-name.ts';

interface Dependencies {
  readonly store: Pick<Store, 'connections'>;
  readonly temporal: () => Promise<Client>;
  /** Domains of the configured CROs. */
  readonly cros: readonly string[];
  /** The day that it is for the portfolio. */
  readonly portfolioDay: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Some hundred thousand connections with their assets. */
const MOST_BYTES = 128 * 1024 * 1024;
/** How many changes of each kind are shown one by one. */
const SHOWN = 20;

const importQuery = z.strictObject({
  apply: z.enum(['true', 'false']).default('false'),
  source: z.string().min(1).max(200).default('portfolio.csv'),
  leavesOn: field.day.optional(),
});
const listQuery = z.strictObject({
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

/**
 * The doors by which the portfolio comes in and is looked at.
 *
 * - `POST /v1/portfolio/imports`: the complete list of connections, as CSV or JSON. Shows what it would change, with an
 *   ETag. With `?apply=true` and that tag in `If-Match` it is applied, all of it or nothing; if it would change
 *   something else by now, nothing is. What is not on the list leaves on `leavesOn` (default: today).
 * - `GET /v1/portfolio/connections`, `GET /v1/portfolio/connections/:id`: what stands, and all that ever stood of one.
 * - `GET /v1/portfolio/versions`: who changed the portfolio when, newest first.
 */
export function portfolioImportDoor(app: FastifyInstance, deps: Dependencies): void {
  const { store, clock, portfolioDay, log } = deps;
  if (!app.hasContentTypeParser('text/csv'))
    app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));

  app.post('/v1/portfolio/imports', { bodyLimit: MOST_BYTES }, async (request, reply) => {
    const { apply, source, leavesOn } = parseBody(importQuery, request.query);
    const by = operatorOf(request.headers);
    const expected = request.headers['if-match'];
    if (apply === 'true' && expected === undefined) throw comparisonFirst();
    const list = new ConnectionList();
    const connections = await gathered(request, list, source);
    const result = await store.connections.compare({
      origin: 'import',
      leavesOn: leavesOn ?? portfolioDay(),
      connections,
      apply: apply === 'true',
      ...(expected !== undefined && { expected: expected.replaceAll('"', '') }),
      by,
      at: instant(clock),
      show: SHOWN,
    });
    if (apply === 'true' && !result.applied) throw changedMeanwhile();
    if (result.applied && result.added + result.changed + result.leaving > 0) void tellCros();
    return answer(reply, result);
  });

  app.get('/v1/portfolio/connections', async ({ query }) => {
    const { after, limit } = parseBody(listQuery, query);
    const connections = await store.connections.list({ limit, ...(after !== undefined && { after }) });
    return { version: await store.connections.version(), connections };
  });

  app.get<{ Params: { id: string } }>('/v1/portfolio/connections/:id', async ({ params }) => {
    const history = await store.connections.historyOf(params.id);
    if (history.length === 0) throw notFound(`connection ${params.id} in the portfolio`);
    return { connection: params.id, history };
  });

  app.get('/v1/portfolio/versions', async ({ query }) => {
    const { limit } = parseBody(listQuery.pick({ limit: true }), query);
    return { versions: await store.connections.versions(limit) };
  });

  /** Beside the answer. What is lost here, the daily synchronisation finds: that there is something to send. */
  async function tellCros(): Promise<void> {
    for (const cro of deps.cros) {
      try {
        await askForSync(await deps.temporal(), cro);
      } catch (thrown) {
        log.warn({ cro, reason: reasonOf(thrown) }, 'a CRO could not be told yet of an imported portfolio');
      }
    }
  }
}

async function gathered(
  { body, headers }: { body: unknown; headers: { 'content-type'?: string | undefined } },
  list: ConnectionList,
  source: string,
) {
  if (headers['content-type']?.startsWith('text/csv')) {
    await gatherCsvList(body as AsyncIterable<Uint8Array>, list, MOST_BYTES);
    const connections = list.finish('from');
    if (connections.length === 0 && list.problems.length === 0)
      list.problems.push({ place: 2, field: 'line', reason: EMPTY });
    if (list.problems.length > 0) throw fileRefused(source, list.problems);
    return connections;
  }
  gatherJsonList(
    inFile(source, () => parseBody(jsonList, body)),
    list,
  );
  const connections = list.finish('from');
  if (connections.length === 0 && list.problems.length === 0)
    throw jsonFileRefused(source, [{ path: 'connections', message: EMPTY }]);
  if (list.problems.length > 0) throw jsonFileRefused(source, list.problems.map(inJson));
  return connections;
}

/** A file cut off before its first line would make everybody leave. */
const EMPTY = 'There are no connections: an import is the complete list, and this one would end all of them.';

const inJson = ({ place, field, reason }: ConnectionList['problems'][number]) => ({
  path: `connections[${place - 1}].${field}`,
  message: named(reason, (other) => `connections[${other - 1}]`),
});

function answer(reply: FastifyReply, { tag, ...result }: ListApplied): FastifyReply {
  return reply.header('etag', `"${tag}"`).send(result);
}

function comparisonFirst(): Refusal {
  const message = 'Nobody has seen yet what this would change.';
  const remedy = 'Send it without apply, look at the changes, and send it again with the ETag in If-Match.';
  return new Refusal(428, new ApiError('api.comparison-missing', message, remedy));
}

function changedMeanwhile(): Refusal {
  const message = 'This would change something else by now than what was shown. Nothing was changed.';
  const remedy = 'Send it without apply, look at the changes again, and apply those.';
  return new Refusal(412, new ApiError('api.comparison-outdated', message, remedy));
}
