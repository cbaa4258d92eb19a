import type { Config } from '../config/index.ts';
import type { PeriodicStart } from './schedules.ts';

/** Everything that begins by itself: each process has its line here, and says the rest in a file of its own. */
export function periodicStarts(_config: Config): PeriodicStart[] {
  return [];
}
