import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { FlexorError, reasonOf } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import {
  type Part,
  type RoleSpec,
  spawnRole,
  startPostgres,
  startTemporal,
  type Supervisor,
} from '../services/index.ts';
import { migrate } from '../store/index.ts';
import type { World } from './world.ts';

export interface LaunchOptions {
  readonly config: Config;
  readonly world: World;
  readonly say: (line: string) => void;
  /** Rehearsals: the embedded Temporal lets workflows skip time. */
  readonly timeSkipping?: boolean;
  /** Where the roles write their logs; without it they share this process's output. */
  readonly logDir?: string;
  /** Starts a role as a process; rehearsals of crashes bring their own. */
  readonly spawn?: (spec: RoleSpec) => Promise<Part>;
}

/** Where a launched Flexor is to be found. */
export interface Launched {
  readonly uftpUrl: string;
  readonly operatorUrl: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** The web interface of the embedded Temporal. */
  readonly temporalUi?: string;
}

/** A role should be up within this time on a slow machine; a worker bundles its workflows first. */
const READY_WITHIN_MS = 90_000;

/**
 * Brings Flexor up under a supervisor: database and Temporal (embedded unless the configuration names them),
 * migration, worker and API as processes of their own. Resolves when it can take messages.
 */
export async function launch(supervisor: Supervisor, options: LaunchOptions): Promise<Launched> {
  const { config, world, say, logDir, spawn = spawnRole } = options;
  if (logDir) await mkdir(logDir, { recursive: true });
  const [database, temporal] = await Promise.all([
    databaseOf(supervisor, options),
    temporalOf(supervisor, options),
  ]);
  say('Bringing the database to the current schema.');
  await migrate(database, { say: () => {} });

  const env = {
    DATABASE_URL: database,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: config.temporal.namespace,
    FLEXOR_CONFIG: config.file,
  };
  for (const role of ['worker', 'api']) {
    say(`Starting the ${role}.`);
    await supervisor.start(role, () =>
      spawn({
        name: role,
        program: world.program,
        args: [role],
        env,
        graceMs: 15_000,
        ...(logDir && { logFile: path.join(logDir, `${role}.log`) }),
      }),
    );
  }
  const operatorUrl = `http://${hostOf(config.operator)}`;
  await untilReady(`${operatorUrl}/readyz`, supervisor.signal);
  return {
    uftpUrl: `http://${hostOf(config.uftp)}${config.uftp.path}`,
    operatorUrl,
    databaseUrl: database,
    temporalAddress: temporal.address,
    ...(temporal.ui !== undefined && { temporalUi: temporal.ui }),
  };
}

async function databaseOf(supervisor: Supervisor, { config, say }: LaunchOptions): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  say('Starting PostgreSQL.');
  const dataDir = path.join(config.dataDir, 'postgres');
  return (await supervisor.start('PostgreSQL', () => startPostgres({ dataDir, say }))).url;
}

async function temporalOf(
  supervisor: Supervisor,
  { config, say, timeSkipping = false }: LaunchOptions,
): Promise<{ address: string; ui?: string }> {
  if (config.temporal.address !== undefined) return { address: config.temporal.address };
  say('Starting Temporal.');
  const dataDir = path.join(config.dataDir, 'temporal');
  const { address, uiAddress } = await supervisor.start('Temporal', () =>
    startTemporal({ dataDir, timeSkipping, say }),
  );
  return { address, ...(uiAddress !== undefined && { ui: uiAddress }) };
}

const hostOf = ({ host, port }: { host: string; port: number }): string =>
  `${host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * Asks until the answer is 200, the run is being stopped, or it takes too long.
 * @throws FlexorError `cli.not-ready`
 */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(READY_WITHIN_MS)]);
  let last = 'no answer';
  while (!deadline.aborted) {
    try {
      const response = await fetch(url, { signal: deadline });
      if (response.ok) return;
      last = `status ${response.status}: ${(await response.text()).slice(0, 300)}`;
    } catch (failure) {
      last = reasonOf(failure);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new FlexorError(
    'cli.not-ready',
    `Flexor did not become ready: ${last}.`,
    'Look at the logs of the api and the worker.',
  );
}
