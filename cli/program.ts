import { Command } from 'commander';
import { tellFailure } from './failure.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { keygenCommand } from './keygen.ts';
import { messageCommand } from './message/index.ts';
import { runApi } from './roles/api.ts';
import { runMigrate } from './roles/migrate.ts';
import { runWorker } from './roles/worker.ts';
import { runUp } from './up.ts';
import type { World } from './world.ts';

const CONFIG_OPTION = ['-c, --config <file>', 'configuration file (default: FLEXOR_CONFIG)'] as const;

/** The commands that production and rehearsals have in common. */
export function createProgram(world: World, options: { timeSkipping?: boolean } = {}): Command {
  const program = new Command('flexor').description(
    'A durable flexibility orchestrator for aggregators (UFTP).',
  );
  program
    .command('up')
    .description('run the orchestrator: API and worker, with embedded services unless they are configured')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: { config?: string }) => {
      process.exitCode = await runUp({ ...options, ...(config !== undefined && { config }) }, world);
    });
  program
    .command('api')
    .description('run the API alone (needs DATABASE_URL and TEMPORAL_ADDRESS)')
    .option(...CONFIG_OPTION)
    .action(({ config }: { config?: string }) => runApi(config, world));
  program
    .command('worker')
    .description('run the worker alone (needs DATABASE_URL and TEMPORAL_ADDRESS)')
    .option(...CONFIG_OPTION)
    .action(({ config }: { config?: string }) => runWorker(config, world));
  program
    .command('migrate')
    .description('bring the database to the current schema (needs DATABASE_URL)')
    .option(...CONFIG_OPTION)
    .action(({ config }: { config?: string }) => runMigrate(config));
  program.addCommand(importCommand());
  program.addCommand(initCommand());
  program.addCommand(keygenCommand());
  program.addCommand(messageCommand());
  return program;
}

/** Runs a program; what goes wrong is told, and makes its exit code 1. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv);
  } catch (failure) {
    process.exitCode = tellFailure(failure);
  }
}
