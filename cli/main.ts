import { fileURLToPath } from 'node:url';
import { systemClock } from '../base/index.ts';
import { addDevelopmentCommands } from './development.ts';
import { createProgram, runProgram } from './program.ts';

/** `flexor`: production's program. Its clock is the machine's, and nothing can choose another. */
const program = createProgram({
  clock: systemClock,
  temporalOptions: {},
  program: fileURLToPath(import.meta.url),
});
addDevelopmentCommands(program);
await runProgram(program, process.argv);
