import { loadConfig } from '../../config/index.ts';
import { migrate } from '../../store/index.ts';
import { databaseUrl } from './compose.ts';

/** `flexor migrate`: brings the database to this version's schema, and ends. */
export async function runMigrate(configFile: string | undefined): Promise<void> {
  const url = process.env['DATABASE_URL'] || databaseUrl(loadConfig(configFile, process.env));
  await migrate(url, { say: (line) => console.log(line) });
}
