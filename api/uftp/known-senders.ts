import type { Config } from '../../config/index.ts';
import { ALL_RELAXATIONS, type ParticipantDirectory } from '../../uftp/index.ts';
import type { Sender, Senders } from './senders.ts';

/**
 * The participants of the configuration. Their keys come from the directory where there is one, so that a
 * participant may rotate them, and else as they stand in the configuration.
 */
export function knownSenders(config: Config, directory?: Pick<ParticipantDirectory, 'keys'>): Senders {
  return {
    async find(domain, role): Promise<Sender | undefined> {
      const participant = config.participant(domain, role);
      if (!participant) return undefined;
      const { publicKeys, barred, relaxations } = participant;
      return {
        keys: directory ? await directory.keys(domain, role) : publicKeys,
        barred,
        relaxations: relaxations === 'all' ? ALL_RELAXATIONS : new Set(relaxations),
      };
    },
  };
}
