/** `node --import tsx simulator/main.ts CONFIG`: a simulator as a process of its own. */
import { fstatSync } from 'node:fs';
import { FlexorError, reasonOf } from '../base/errors.ts';
import { runSimulator } from './server.ts';

/** Ends on a signal and, where whoever started it holds its standard input, when that is closed. */
function onSignalOrEndOfInput(stop: () => void): void {
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) process.stdin.on('close', stop).on('end', stop).resume();
}

const [configFile] = process.argv.slice(2);
if (configFile === undefined) {
  process.stderr.write('Name the configuration of the simulator.\n');
  process.exitCode = 2;
} else {
  runSimulator(configFile, onSignalOrEndOfInput).then(
    () => process.exit(),
    (error: unknown) => {
      process.stderr.write(`${reasonOf(error)}\n`);
      if (error instanceof FlexorError) process.stderr.write(`What to do: ${error.remedy}\n`);
      process.exit(1);
    },
  );
}
