import { fileURLToPath } from 'node:url';
import { createProgram, runProgram } from '../cli/program.ts';
import { readMarketClock } from '../simulator/index.ts';
import { startAtMarketTime } from './skipped-time.ts';

/** The variable that names the file of the market clock which all parts of one rehearsal share. */
export const MARKET_CLOCK = 'FLEXOR_MARKET_CLOCK';

/**
 * The same roles as production's program, under a movable market clock and Temporal's skipped time. Only
 * rehearsals (the demo and the tests) start this program.
 */
const clock = readMarketClock(process.env[MARKET_CLOCK] ?? '');
await runProgram(
  createProgram(
    {
      clock,
      temporalOptions: { interceptors: startAtMarketTime(clock) },
      program: fileURLToPath(import.meta.url),
    },
    { timeSkipping: true },
  ),
  process.argv,
);
