import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import fastify from 'fastify';
import type { Logger } from 'pino';
import { type Clock, FlexorError, reasonOf } from '../../base/index.ts';
import type { Dso } from '../../config/index.ts';
import type { ConnectionDay, Store } from '../../store/index.ts';
import { notFound, storeUnavailable } from '../errors.ts';
import { gracefulStop } from '../graceful-stop.ts';
import type { Metrics } from '../metrics.ts';
import { clip, refusalOf, sendProblem } from '../problem.ts';
import type { RelayState } from '../relay/relay.ts';
import { capacityLook } from '../start-capacity-check.ts';
import { alertGauge, alertRoutes } from './alerts.ts';
import { assetProfileDoor } from './asset-profiles.ts';
import { bearerOnly } from './auth.ts';
import { baselineDoor } from './baselines.ts';
import { contractDoor, type ContractDesk } from './contracts.ts';
import { commandRoutes } from './commands.ts';
import { conversationReads } from './conversations.ts';
import { healthRoutes } from './health.ts';
import type { Market } from './markets.ts';
import { meterReadingDoor } from './meter-readings.ts';
import { meteringRoutes } from './metering.ts';
import { outageDoor } from './outages.ts';
import { portfolioRoutes } from './portfolio.ts';
import { unsolicitedRoutes } from './unsolicited.ts';
import { settlementRoutes } from './settlements.ts';
import { statementRoutes } from './statements.ts';
import { portfolioImportDoor } from './portfolio-imports.ts';

export interface OperatorServerOptions extends Omit<ContractDesk, 'store'> {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly token: string;
  readonly store: Pick<
    Store,
    | 'ping'
    | 'alerts'
    | 'assetProfiles'
    | 'dispatches'
    | 'contracts'
    | 'reservations'
    | 'baselines'
    | 'forecasts'
    | 'meterReadings'
    | 'meterings'
    | 'conversations'
    | 'settlementItems'
    | 'orders'
    | 'settlements'
    | 'statements'
    | 'portfolio'
    | 'portfolioSync'
    | 'connections'
    | 'outages'
  >;
  readonly temporal: () => Promise<Client>;
  readonly relay: () => RelayState;
  readonly taking: () => boolean;
  readonly markets: readonly Market[];
  readonly cros: readonly string[];
  readonly dso: (domain: string) => Dso | undefined;
  /** Hears of days whose readings changed. */
  readonly onReadings?: (days: readonly ConnectionDay[]) => void;
  /** Hears of days whose forecasts changed. */
  readonly onForecasts?: (periods: readonly string[]) => Promise<void>;
  /** The day that it is for the portfolio. */
  readonly portfolioDay: () => string;
  readonly clock: Clock;
  /** How long a caller waits for what comes of a command, in ms. */
  readonly patienceMs?: number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface OperatorServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A day of quarter hours of some thousand connections. */
const BODY_LIMIT = 32 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;
const OPEN = new Set(['/livez', '/readyz']);

/** The operator's own listener: health, metrics, doors for baselines and readings, and what became of each request. */
export async function createOperatorServer(options: OperatorServerOptions): Promise<OperatorServer> {
  const { log, metrics } = options;
  const authorize = bearerOnly(options.token);
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // A workflow id stands in one path segment, encoded.
    routerOptions: { maxParamLength: 2_000 },
  });

  app.setErrorHandler((thrown, request, reply) => {
    const refusal = thrown instanceof FlexorError ? storeUnavailable(thrown) : refusalOf(thrown);
    const { status, error } = refusal;
    const facts = { status, code: error.code, method: request.method, route: request.routeOptions.url };
    if (status >= 500)
      log.error({ ...facts, reason: clip(reasonOf(error.cause ?? error)) }, 'operator request failed');
    else log.info(facts, 'operator request refused');
    return sendProblem(reply, refusal);
  });
  app.setNotFoundHandler(() => {
    throw notFound('such address');
  });
  app.addHook('onRequest', async ({ routeOptions, headers }) => {
    if (!OPEN.has(routeOptions.url ?? '')) authorize(headers.authorization);
  });

  healthRoutes(app, options);
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  baselineDoor(app, options);
  meterReadingDoor(app, options);
  const lookAtCapacity = capacityLook(options);
  outageDoor(app, { ...options, lookAtCapacity });
  assetProfileDoor(app, { ...options, lookAtCapacity });
  meteringRoutes(app, options);
  contractDoor(app, options);
  conversationReads(app, options);
  commandRoutes(app, options);
  unsolicitedRoutes(app, options);
  alertRoutes(app, options);
  alertGauge(metrics.registry, options.store);
  portfolioRoutes(app, options);
  settlementRoutes(app, options);
  statementRoutes(app, options);
  portfolioImportDoor(app, options);

  const stop = gracefulStop(app);
  await app.listen({ host: options.host, port: options.port });
  const { address, family, port } = app.server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    stop,
  };
}
