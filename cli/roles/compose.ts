import { Client } from '@temporalio/client';
import { pino, type Logger } from 'pino';
import { type Config, ConfigError, loadConfig } from '../../config/index.ts';
import { openTemporalConnection } from '../../services/index.ts';
import { createStore, type Store } from '../../store/index.ts';
import type { World } from '../world.ts';

/** What every role works with. */
export interface RoleContext {
  readonly config: Config;
  readonly store: Store;
  readonly log: Logger;
}

/** Reads the configuration and opens the database for a role of its own process. */
export function openRole(role: string, configFile: string | undefined): RoleContext {
  const config = loadConfig(configFile, process.env);
  const log = pino({ base: { role }, timestamp: pino.stdTimeFunctions.isoTime });
  for (const warning of config.warnings) log.warn(warning);
  return { config, store: createStore({ url: databaseUrl(config) }), log };
}

/** @throws ConfigError where a role was started alone without a database to work on. */
export function databaseUrl(config: Config): string {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  throw notSet('DATABASE_URL', 'a PostgreSQL database');
}

/** @throws ConfigError where a role was started alone without a Temporal server. */
export function temporalAddress(config: Config): string {
  if (config.temporal.address !== undefined) return config.temporal.address;
  throw notSet('TEMPORAL_ADDRESS', 'a Temporal server');
}

function notSet(variable: string, what: string): ConfigError {
  return new ConfigError(
    'config.invalid',
    `${variable} is not set: this role alone starts no services.`,
    `Set ${variable} to ${what}, or use \`flexor up\`, which brings its own.`,
  );
}

/** A client that connects when it is first used, and again after Temporal was away. */
export function temporalClient(config: Config, world: World): { client: Client; close(): Promise<void> } {
  const { connection, close } = openTemporalConnection({
    address: temporalAddress(config),
    ...world.temporalOptions,
  });
  return { client: new Client({ connection, namespace: config.temporal.namespace }), close };
}

/** Resolves with the name of the signal that asks this process to end. */
export function untilToldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}
