import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

/** Commands that are programs of their own: started only when asked for, and never imported by production. */
const PROGRAMS = {
  demo: ['../rehearsal/demo.ts', 'watch Flexor do its whole job against a simulated DSO and CRO'],
  test: ['../test/run.ts', 'run all tests'],
  bench: ['../bench/run.ts', 'measure the protocol room beside its peers'],
  interop: ['../test/interop/run.ts', 'let the Python library shapeshifter-uftp trade with Flexor'],
} as const;

export function addDevelopmentCommands(program: Command): void {
  for (const [name, [file, description]] of Object.entries(PROGRAMS)) {
    program
      .command(name, { hidden: false })
      .description(description)
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
      .action(async (_options, command: Command) => {
        process.exitCode = await runProgramFile(file, command.args);
      });
  }
}

/**
 * Ctrl-C reaches the child through the terminal; this process waits for it to clean up. A SIGINT
 * that comes without a terminal is passed on. The channel between
 * them tells the child when this process is gone, by whatever death.
 */
function runProgramFile(file: string, args: readonly string[]): Promise<number> {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', forward);
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  process.on('SIGINT', () => terminal || forward('SIGINT'));
  process.on('disconnect', () => child.disconnect());
  process.channel?.unref(); // listening alone must not keep this process running
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
