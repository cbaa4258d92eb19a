import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities, startAlertSender, toldWhenFailing } from '../../activities/index.ts';
import type { Config } from '../../config/index.ts';
import { dieWithParent } from '../../services/index.ts';
import {
  configurationSource,
  createDirectory,
  createUftpClient,
  SecretKey,
  SigningKeys,
  type UftpClient,
} from '../../uftp/index.ts';
import { TASK_QUEUE } from '../../workflows/ids.ts';
import type { World } from '../world.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { openRole, temporalAddress, temporalClient, untilToldToStop } from './compose.ts';
import { configuredParticipants, configuredProfiles } from './participants.ts';
import { prognosisWorkflows } from './prognoses.ts';
import { bundledWorkflows } from './workflow-bundle.ts';

/** How long activities in flight may finish when the worker is told to stop. */
const SHUTDOWN_GRACE = '10 seconds';

/** `flexor worker`: runs the workflows, signs, and sends. The only role that reads the signing key. */
export async function runWorker(configFile: string | undefined, world: World): Promise<void> {
  dieWithParent(20_000);
  const { config, store, log } = openRole('worker', configFile);
  installRuntime(log);
  const told = untilToldToStop();
  const signingKeys = new SigningKeys(SecretKey.parse(config.secret(config.identity.signingKey)));
  const uftp = createUftpClient({ ...configuredProfiles(config), clock: world.clock });
  const temporal = temporalClient(config, world);
  const tell = teller(temporal.client);
  const connection = await connect(config, log);
  await ensureSearchAttributes(temporal.client);
  const deps = {
    config,
    store,
    clock: world.clock,
    client: uftp,
    directory: createDirectory([configurationSource(configuredParticipants(config))]),
    signingKeys,
    tell,
    prognoses: prognosisWorkflows(temporal.client, tell),
    log,
  };
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundledWorkflows(Runtime.instance().logger),
    activities: toldWhenFailing(deps, createActivities(deps)),
    maxCachedWorkflows: 500,
    shutdownGraceTime: SHUTDOWN_GRACE,
  });
  void told.then((signal) => {
    log.info({ signal }, 'worker stops');
    worker.shutdown();
  });
  const alerts = startAlertSender({ config, store, clock: world.clock, log });
  log.info({ taskQueue: TASK_QUEUE }, 'worker runs');
  await worker.run();
  await alerts.stop();
  await closeAll(
    uftp,
    temporal.close,
    () => connection.close(),
    () => store.close(),
  );
}

async function closeAll(uftp: UftpClient, ...closers: (() => Promise<void>)[]): Promise<void> {
  await uftp.close();
  for (const close of closers) await close();
}

/** Temporal's own messages go where ours go; its signal handling is left to us. */
function installRuntime(log: Logger): void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) =>
    log[levels[level]]({ temporal: meta }, message),
  );
  Runtime.install({ logger, shutdownSignals: [] });
}

/** A worker without a server has nothing to do but to try again. */
async function connect(config: Config, log: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect({ address: temporalAddress(config) });
    } catch (failure) {
      log.warn({ failure: String(failure) }, 'Temporal is not there yet');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

function teller(client: Client) {
  return async (workflowId: string, event: unknown): Promise<boolean> => {
    try {
      await client.workflow.getHandle(workflowId).signal('tell', event);
      return true;
    } catch (failure) {
      const gone =
        failure instanceof WorkflowNotFoundError || (isGrpcServiceError(failure) && failure.code === 5);
      if (gone) return false;
      throw failure;
    }
  };
}
