import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { readMigrations, readSchema } from './migration-files.ts';
import { SchemaAdapterFactory } from './schema-adapter.ts';

/** Prisma's filter for tables that others manage: none. */
const everything = { externalTables: [], externalEnums: [] };

/**
 * Applies the committed migrations that a database lacks, in order, and returns their names. A script is sent as a
 * whole, so PostgreSQL ran all of it or nothing: one that failed before is simply tried again.
 */
export async function applyMigrations(url: string): Promise<string[]> {
  const migrationsList = await readMigrations();
  return withSchemaEngine(url, async (engine) => {
    const history = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: everything,
    });
    for (const migrationName of history.failedMigrationNames) {
      await engine.markMigrationRolledBack({ migrationName });
    }
    return (await engine.applyMigrations({ migrationsList, filters: everything })).appliedMigrationNames;
  });
}

/** The SQL that leads from what the committed migrations build to what `schema.prisma` says; empty if nothing. */
export async function missingFromMigrations(url: string): Promise<string> {
  const migrationsList = await readMigrations();
  const content = await readSchema();
  const { stdout, exitCode } = await withSchemaEngine(url, (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...migrationsList },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: true,
      filters: everything,
    }),
  );
  return exitCode === 2 ? (stdout ?? '') : '';
}

/**
 * Runs Prisma's schema engine on a database. It is the WebAssembly build from the package registry, so migrating
 * needs no downloaded binary.
 */
async function withSchemaEngine<T>(
  url: string,
  work: (engine: bindings.SchemaEngine) => Promise<T>,
): Promise<T> {
  await (loading ??= load());
  const adapters = new SchemaAdapterFactory(url);
  try {
    const datamodels: [string, string][] = [['schema.prisma', await readSchema()]];
    const bound = bindMigrationAwareSqlAdapterFactory(adapters);
    const engine = await bindings.SchemaEngine.new({ datamodels }, () => {}, bound);
    return await work(engine);
  } catch (thrown) {
    throw adapters.failure ?? thrown;
  } finally {
    await adapters.close();
  }
}

/** The part of the runtime's WebAssembly that is used: TypeScript declares it for browsers only. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }>;
};

let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  const directory = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const bytes = await readFile(path.join(directory, 'schema_engine_bg.wasm'));
  const panicked = (message: string) => {
    throw new Error(`Prisma's schema engine stopped: ${message}`);
  };
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: panicked } });
  const imports = { './schema_engine_bg.js': bindings };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  const wasm = instance.exports as { __wbindgen_start(): void };
  bindings.__wbg_set_wasm(wasm);
  wasm.__wbindgen_start();
}
