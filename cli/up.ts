import { loadConfig, secretsOf } from '../config/index.ts';
import { Supervisor } from '../services/index.ts';
import { launch } from './launch.ts';
import type { World } from './world.ts';

/** `flexor up`: the orchestrator for real counterparties, until it is told to stop. */
export async function runUp(
  options: { config?: string; timeSkipping?: boolean },
  world: World,
): Promise<number> {
  const say = (line: string): void => console.error(`flexor: ${line}`);
  const config = loadConfig(options.config, process.env);
  // A missing secret is told before anything is started for it.
  for (const secret of secretsOf(config)) config.secret(secret);
  for (const warning of config.warnings) say(`Warning: ${warning}`);
  return new Supervisor({ say }).run(async (supervisor) => {
    const { timeSkipping = false } = options;
    const flexor = await launch(supervisor, { config, world, say, timeSkipping });
    say(`Counterparties post to ${flexor.uftpUrl}`);
    say(`Operators look at ${flexor.operatorUrl} (token: see operator.token in ${config.file})`);
    if (flexor.temporalUi) say(`Temporal's own interface is at ${flexor.temporalUi}`);
    say('Ready. Press Ctrl-C to stop.');
  });
}
