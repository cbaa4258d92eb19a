/**
 * Writes the next migration, for developers. Change `prisma/schema.prisma`, then run
 *
 *     DATABASE_URL=postgresql://… npx tsx store/new-migration.ts NAME
 *
 * It builds what the committed migrations build in a database of its own beside the one of DATABASE_URL (whose
 * role therefore needs CREATEDB), and writes what is missing to `prisma/migrations/<time>_NAME/migration.sql`.
 * Read that file before committing it; triggers and check constraints, which the schema cannot say, are added to
 * it by hand. A committed migration is never changed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { instant, systemClock } from '../base/index.ts';
import { migrationsDirectory } from './migration-files.ts';
import { missingFromMigrations } from './schema-engine.ts';

const name = process.argv[2];
const url = process.env.DATABASE_URL;
if (name === undefined || !/^[a-z0-9_]+$/.test(name) || url === undefined) {
  console.error('Usage: DATABASE_URL=postgresql://… npx tsx store/new-migration.ts name_in_lower_case');
  process.exit(2);
}

const sql = await missingFromMigrations(url);
if (sql === '') {
  console.log('The migrations already build what prisma/schema.prisma says.');
} else {
  const stamp = instant(systemClock).replaceAll(/\D/g, '').slice(0, 14);
  const directory = path.join(migrationsDirectory, `${stamp}_${name}`);
  await mkdir(directory);
  await writeFile(path.join(directory, 'migration.sql'), sql);
  console.log(`Wrote ${path.join(directory, 'migration.sql')}.`);
}
