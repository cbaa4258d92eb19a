import { startApi } from '../../api/index.ts';
import { dieWithParent } from '../../services/index.ts';
import type { World } from '../world.ts';
import { openRole, temporalClient, untilToldToStop } from './compose.ts';

/** `flexor api`: takes messages, hands them to workflows, and opens the operator's door. */
export async function runApi(configFile: string | undefined, world: World): Promise<void> {
  dieWithParent();
  const { config, store, log } = openRole('api', configFile);
  const temporal = temporalClient(config, world);
  const told = untilToldToStop();
  const api = await startApi({
    config,
    store,
    temporal: () => Promise.resolve(temporal.client),
    clock: world.clock,
    log,
  });
  log.info({ signal: await told }, 'API stops');
  await api.stop();
  await temporal.close();
  await store.close();
}
