import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { Temporal } from 'temporal-polyfill';
import { type Clock, reasonOf } from '../base/index.ts';
import { type Config, contractBook } from '../config/index.ts';
import type { Store } from '../store/index.ts';
import type { ParticipantDirectory } from '../uftp/index.ts';
import { firstSync } from './first-sync.ts';
import { createMetrics } from './metrics.ts';
import type { Market } from './operator/markets.ts';
import { createOperatorServer } from './operator/server.ts';
import { periodicStarts } from './periodic.ts';
import { portfolioDay, seedPortfolio } from './portfolio-seed.ts';
import { createJudge } from './relay/judge.ts';
import { createRelay } from './relay/relay.ts';
import { ensureSchedules } from './schedules.ts';
import { meteringStarter } from './start-metering.ts';
import { prognosisStarter } from './start-prognoses.ts';
import { createUftpEndpoint } from './uftp/endpoint.ts';
import { knownSenders } from './uftp/known-senders.ts';

export interface ApiOptions {
  readonly config: Config;
  readonly store: Store;
  /** The Temporal client, connecting when it is first needed. It may fail as often as it likes. */
  readonly temporal: () => Promise<Client>;
  /** Where senders' keys are looked up; without it, only in the configuration. */
  readonly directory?: Pick<ParticipantDirectory, 'keys'>;
  readonly clock: Clock;
  /** How long an operator waits for what comes of a command, in ms; default 10,000. */
  readonly patienceMs?: number;
  readonly log: Logger;
}

export interface Api {
  /** Where counterparties post. */
  readonly uftpUrl: string;
  /** Where the operator looks. */
  readonly operatorUrl: string;
  /** Takes nothing new, finishes what is in flight, and ends. The store and Temporal stay open: they are the caller's. */
  stop(): Promise<void>;
}

/** Starts the API process's whole work: the UFTP endpoint, the relay behind it, and the operator's listener. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { config, store, temporal, directory, clock, patienceMs, log } = options;
  const metrics = createMetrics();
  const contracts = contractBook(config, store.contracts, clock);
  // With the start, so that what changed counts from this day on; whoever asks first waits for it, and tries again.
  contracts.opened().catch((failure: unknown) => {
    log.warn({ reason: reasonOf(failure) }, 'the contracts of the configuration are not in the store yet');
  });
  const relay = createRelay({
    store,
    temporal,
    judge: createJudge(config, store, contracts),
    clockToleranceMs: (domain, role) => {
      const tolerance = config.participant(domain, role)?.clockTolerance ?? 'PT0S';
      return Temporal.Duration.from(tolerance).total('milliseconds');
    },
    rounding: (dso) => config.participant(dso, 'DSO')?.market.rounding,
    contractKnown: async (contractId) => (await contracts.history(contractId)).length > 0,
    clock,
    log: log.child({ part: 'relay' }),
    metrics,
  });
  const metering = meteringStarter({ config, temporal, clock, log: log.child({ part: 'metering' }) });
  let taking = false;
  const operator = await createOperatorServer({
    ...config.operator,
    token: config.secret(config.operator.token),
    store,
    temporal,
    relay: relay.state,
    taking: () => taking,
    patienceMs,
    markets: config.dsos().map(marketOf),
    contracts,
    marketOf: (dso) => config.participant(dso, 'DSO')?.market,
    cros: config.cros().map(({ domain }) => domain),
    dso: (domain) => config.participant(domain, 'DSO'),
    onReadings: metering.onReadings,
    onForecasts: prognosisStarter({ temporal, log: log.child({ part: 'prognosis' }) }),
    portfolioDay: () => portfolioDay(config, clock),
    clock,
    log: log.child({ part: 'operator' }),
    metrics,
  });
  const { host, port, path, maxBodyBytes, rateLimit } = config.uftp;
  const uftp = await createUftpEndpoint({
    host,
    port,
    path,
    maxBodyBytes,
    rateLimit,
    senders: knownSenders(config, directory),
    store,
    clock,
    log: log.child({ part: 'uftp' }),
    metrics,
    onStored: relay.kick,
  }).catch(async (thrown: unknown) => {
    await operator.stop();
    throw thrown;
  });
  relay.start();
  const sync = firstSync({
    ...{ config, store, temporal, clock },
    seed: () => seedPortfolio(config, store, clock),
    log: log.child({ part: 'portfolio' }),
  });
  const schedules = ensureSchedules(periodicStarts(config), temporal, log.child({ part: 'schedules' }));
  taking = true;
  log.info({ uftp: uftp.url, operator: operator.url }, 'API listens');

  let stopped: Promise<void> | undefined;
  return {
    uftpUrl: uftp.url,
    operatorUrl: operator.url,
    stop: () =>
      (stopped ??= (async () => {
        // Not ready first, so that whoever balances load sends nothing more.
        taking = false;
        await sync.stop();
        await schedules.stop();
        await uftp.stop();
        await relay.stop();
        await operator.stop();
        await metering.stop();
      })()),
  };
}

function marketOf(dso: ReturnType<Config['dsos']>[number]): Market {
  const { timeZone, ispDuration } = dso.market;
  const baselineReference = dso.baseline.kind === 'reference' ? dso.baseline.reference : undefined;
  return {
    dso: dso.domain,
    version: dso.version,
    timeZone,
    ispDuration,
    baselineReference: baselineReference as string | undefined,
  };
}
