import type { Config } from '../../config/index.ts';
import { ALL_RELAXATIONS } from '../../uftp/index.ts';
import type { Sender, Senders } from './senders.ts';

/** The senders that the configuration names, with their keys as they stand there. */
export function configuredSenders(config: Config): Senders {
  return {
    async find(domain, role): Promise<Sender | undefined> {
      const participant = config.participant(domain, role);
      if (!participant) return undefined;
      const { publicKeys: keys, barred, relaxations } = participant;
      return { keys, barred, relaxations: relaxations === 'all' ? ALL_RELAXATIONS : new Set(relaxations) };
    },
  };
}
