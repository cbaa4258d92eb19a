import type { ConnectionOptions } from '@temporalio/client';
import type { Clock } from '../base/clock.ts';

/**
 * What differs between production and a rehearsal: which clock time comes from, and how calls to Temporal are
 * made. Chosen by the program that is started, never by a setting, so that nothing can move production's time.
 */
export interface World {
  readonly clock: Clock;
  /** Added to every connection of a client to Temporal. */
  readonly temporalOptions: Pick<ConnectionOptions, 'interceptors'>;
  /** The program that roles are started from as processes of their own. */
  readonly program: string;
}
