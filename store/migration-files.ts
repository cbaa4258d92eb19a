import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The package's own directory, whether this file runs from source or from `dist/`. */
function packageRoot(from = import.meta.dirname): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  return packageRoot(path.dirname(from));
}

const prismaDirectory = path.join(packageRoot(), 'prisma');

/** Where the migrations are: one directory each, applied in the order of their names. */
export const migrationsDirectory = path.join(prismaDirectory, 'migrations');

export async function readSchema(): Promise<string> {
  return readFile(path.join(prismaDirectory, 'schema.prisma'), 'utf8');
}

/** The committed migrations, in the shape that Prisma's schema engine asks for. */
export async function readMigrations() {
  const entries = await readdir(migrationsDirectory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.toSorted().map(async (name) => {
      const value = await readFile(path.join(migrationsDirectory, name, 'migration.sql'), 'utf8');
      return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
    }),
  );
  return {
    baseDir: migrationsDirectory,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories,
  };
}
