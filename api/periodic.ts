import type { Config } from '../config/index.ts';
import { meteringStarts } from './start-metering.ts';
import { portfolioStarts } from './portfolio-schedule.ts';
import { capacityStarts } from './start-capacity-check.ts';
import { prognosisStarts } from './start-prognoses.ts';
import type { PeriodicStart } from './schedules.ts';

/** Everything that begins by itself: each process has its line here, and says the rest in a file of its own. */
export function periodicStarts(config: Config): PeriodicStart[] {
  return [
    ...portfolioStarts(config),
    ...meteringStarts(config),
    ...capacityStarts(),
    ...prognosisStarts(config),
  ];
}
