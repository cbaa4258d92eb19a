import type { ConversationReport } from '../operator-client.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { StageOptions } from '../stage.ts';
import type { Tell } from '../steps.ts';

/** Something that can happen to an aggregator, told against everything that really runs. */
export interface Story {
  /** As `npm run demo -- --scenario NAME` calls it. */
  readonly name: string;
  /** What it is about, in one line. */
  readonly title: string;
  readonly configure?: StageOptions['configure'];
  /** Plays it. Every step is checked before it is told; what did not happen ends the story. */
  readonly play: (on: Rehearsal, tell: Tell) => Promise<ConversationReport | undefined>;
}
