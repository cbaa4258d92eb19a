import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs, requiredTsToMs } from '@temporalio/common/lib/time.js';
import { reasonOf } from '../base/index.ts';
import { SEARCH_ATTRIBUTES } from '../base/search-attributes.ts';
import { claimDirectory, type Claim } from './claim.ts';
import { silent, type Say } from './errors.ts';
import { spawnGuarded, startFailed, type GuardedProcess } from './guarded.ts';
import { tailOf } from './log-tail.ts';
import { freePort } from './ports.ts';
import { findTemporal } from './temporal-binary.ts';
import { openTemporalConnection } from './temporal-connection.ts';
import { until } from './wait.ts';

/** How to run a Temporal server. */
export interface TemporalOptions {
  /** Where histories and the log live. Without it both are temporary and end with `stop`. */
  dataDir?: string;
  /** Preferred port of the gRPC service; the next free one is taken if it is not free. Default: any. */
  port?: number;
  /** Preferred port of the web UI. Default: any. */
  uiPort?: number;
  /** Run without the web UI. Default false. */
  headless?: boolean;
  /** Lets single workflows skip time; needs server 1.32 or later. Default false. */
  timeSkipping?: boolean;
  /** Days a closed workflow's history is kept in the namespace `default`. Default 400. */
  retentionDays?: number;
  /** Events after which a workflow's run is asked to hand over to the next. Default: the server's own, 4096. */
  eventsPerRun?: number;
  say?: Say;
}

/** A running Temporal server; stopping it also gives its data directory back. */
export interface RunningTemporal extends GuardedProcess {
  /** `host:port` of the gRPC service. */
  readonly address: string;
  /** URL of the web UI; undefined when headless. */
  readonly uiAddress?: string;
  /** The retention the server accepted, in days. */
  readonly retentionDays: number;
}

const startMs = 60_000;
const stopMs = 15_000;
const dayMs = 86_400_000;

/**
 * Starts Temporal's single-binary server on the loopback interface and waits until its namespace `default`
 * answers. What an earlier, crashed run left behind on the data directory is ended first.
 *
 * @throws ServicesError `services.no-temporal`, `services.data-in-use`, `services.start-failed`.
 */
export async function startTemporal(options: TemporalOptions = {}): Promise<RunningTemporal> {
  const say = options.say ?? silent;
  const binary = await findTemporal(options);
  const temporary = options.dataDir === undefined;
  const home = temporary
    ? await mkdtemp(path.join(tmpdir(), 'flexor-temporal-'))
    : path.resolve(options.dataDir ?? '');
  await mkdir(home, { recursive: true });
  // The log's path is no argument of the server: a temporary server needs no marker, nobody comes back to it.
  const database = path.join(home, 'temporal.db');
  const claim = await claimDirectory({
    dir: home,
    name: 'Temporal',
    marker: database,
    stopSignal: 'SIGTERM',
    say,
  });
  const tidy = async () => {
    await claim.release();
    if (temporary) await rm(home, { recursive: true, force: true });
  };
  try {
    const running = await serve({ binary, home, database: temporary ? undefined : database, claim }, options);
    const stop = async (graceMs = stopMs) => {
      const exit = await running.stop(graceMs);
      await tidy();
      return exit;
    };
    return { ...running, stop };
  } catch (failure) {
    await tidy();
    throw failure;
  }
}

interface Server {
  binary: string;
  home: string;
  /** The SQLite file, or undefined to keep everything in memory. */
  database: string | undefined;
  claim: Claim;
}

/** Starts the server and waits until it answers; a lost race for a port is run again with others. */
async function serve(server: Server, options: TemporalOptions): Promise<RunningTemporal> {
  const logFile = path.join(server.home, 'temporal.log');
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(options.port);
    const uiPort = options.headless ? undefined : await freePort(options.uiPort);
    const address = `127.0.0.1:${port}`;
    const process = await spawnGuarded({
      name: 'Temporal',
      command: server.binary,
      args: [...serverArguments(server.database, port, uiPort), ...dynamicConfig(options)],
      logFile,
      graceMs: stopMs,
      ...(server.database === undefined ? { scratch: server.home } : {}),
    });
    await server.claim.serving(process.pid);
    let gone = false;
    void process.exited.then(() => (gone = true));
    const abort = () => {
      if (gone) throw new Error('it ended while it was starting');
    };
    try {
      const retentionDays = await prepareNamespace(address, options.retentionDays ?? 400, abort);
      options.say?.(`Temporal serves on ${address}.`);
      const ui = uiPort === undefined ? {} : { uiAddress: `http://127.0.0.1:${uiPort}` };
      return { ...process, address, retentionDays, ...ui };
    } catch (failure) {
      await process.stop(stopMs);
      // The server also draws ports for itself, and panics where one is taken meanwhile: a trace of its own code.
      const retryable = /address already in use|can't bind|temporalio\/cli/i.test(await tailOf(logFile, 8));
      if (!retryable || attempt === 3) throw await startFailed('Temporal', logFile, reasonOf(failure));
    }
  }
}

function serverArguments(database: string | undefined, port: number, uiPort: number | undefined): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--log-format', 'json', '--log-level', 'warn'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)]),
    ...(database === undefined ? [] : ['--db-filename', database]),
    ...Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

function dynamicConfig({ timeSkipping, eventsPerRun }: TemporalOptions): string[] {
  return [
    ...(timeSkipping ? ['frontend.WorkflowTimeSkippingEnabled=true'] : []),
    ...(eventsPerRun ? [`limit.historyCount.suggestContinueAsNew=${eventsPerRun}`] : []),
  ].flatMap((value) => ['--dynamic-config-value', value]);
}

/** Waits for the namespace and sets its retention to `days`, or to less if the server refuses so much. */
async function prepareNamespace(address: string, days: number, abort: () => void): Promise<number> {
  // Without the client's own tries: a new connection finds a server that has just come up sooner than an old one.
  const serves = async () =>
    (await Connection.connect({ address, connectTimeout: 2_000, interceptors: [] })).close();
  await until(serves, { timeoutMs: startMs, abort });
  const { connection, close } = openTemporalConnection({ address });
  try {
    const namespace = 'default';
    const describe = () => connection.workflowService.describeNamespace({ namespace });
    await until(describe, { timeoutMs: startMs, abort });
    for (let wanted = days; ; wanted = Math.floor(wanted / 2)) {
      const config = { workflowExecutionRetentionTtl: msToTs(wanted * dayMs) };
      try {
        const updated = await connection.workflowService.updateNamespace({ namespace, config });
        const ttl = updated.config?.workflowExecutionRetentionTtl;
        return requiredTsToMs(ttl, 'workflowExecutionRetentionTtl') / dayMs;
      } catch (failure) {
        const refused = isGrpcServiceError(failure) && failure.code === invalidArgument;
        if (!refused || wanted <= 1) throw failure;
      }
    }
  } finally {
    await close();
  }
}

/** gRPC status INVALID_ARGUMENT. */
const invalidArgument = 3;
