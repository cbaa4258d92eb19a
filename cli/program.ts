import { Command } from 'commander';
import { tellFailure } from './failure.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { keygenCommand } from './keygen.ts';
import { messageCommand } from './message/index.ts';
import type { World } from './world.ts';

const CONFIG_OPTION = ['-c, --config <file>', 'configuration file (default: FLEXOR_CONFIG)'] as const;

/**
 * The commands that production and rehearsals have in common. Each role is read when it is asked for: none of them
 * needs all that the others need, and reading it takes seconds.
 */
export function createProgram(world: World, options: { timeSkipping?: boolean } = {}): Command {
  const program = new Command('flexor').description(
    'A durable flexibility orchestrator for aggregators (UFTP).',
  );
  program
    .command('up')
    .description('run the orchestrator: API and worker, with embedded services unless they are configured')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: { config?: string }) => {
      const { runUp } = await import('./up.ts');
      process.exitCode = await runUp({ ...options, ...(config !== undefined && { config }) }, world);
    });
  program
    .command('api')
    .description('run the API alone (needs DATABASE_URL and TEMPORAL_ADDRESS)')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: { config?: string }) => {
      const { runApi } = await import('./roles/api.ts');
      await runApi(config, world);
    });
  program
    .command('worker')
    .description('run the worker alone (needs DATABASE_URL and TEMPORAL_ADDRESS)')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: { config?: string }) => {
      const { runWorker } = await import('./roles/worker.ts');
      await runWorker(config, world);
    });
  program
    .command('migrate')
    .description('bring the database to the current schema (needs DATABASE_URL)')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: { config?: string }) => {
      const { runMigrate } = await import('./roles/migrate.ts');
      await runMigrate(config);
    });
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
