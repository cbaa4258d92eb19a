import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/index.ts';
import type { Store } from '../store/index.ts';
import type { PrognosisWorkflows } from './prognosis-workflows.ts';
import type { ParticipantDirectory, SigningKeys, UftpClient } from '../uftp/index.ts';

/** Somewhere to say what happened, in words and facts without bodies or secrets. */
export interface Log {
  info(facts: Record<string, unknown>, message: string): void;
  warn(facts: Record<string, unknown>, message: string): void;
  error(facts: Record<string, unknown>, message: string): void;
}

/** What the activities need of the world. */
export interface Dependencies {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly client: UftpClient;
  readonly directory: ParticipantDirectory;
  readonly signingKeys: SigningKeys;
  /** Tells a running workflow something; false where it is over or was never there. */
  readonly tell: (workflowId: string, event: unknown) => Promise<boolean>;
  /** The workflows of D-Prognoses. */
  readonly prognoses: PrognosisWorkflows;
  readonly log: Log;
}
