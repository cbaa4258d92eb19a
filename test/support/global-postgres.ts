import { randomUUID } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { createDatabase, dropDatabase, startPostgres } from '../../services/index.ts';
import { migrate } from '../../store/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { url: string; template: string };
  }
}

/** One PostgreSQL for the run (the one of DATABASE_URL, if set), with a migrated database to copy from. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL;
  const running = given === undefined ? await startPostgres() : undefined;
  const url = given ?? running!.url;
  const template = `flexor_template_${randomUUID()}`;
  await migrate(await createDatabase(url, template));
  project.provide('postgres', { url, template });
  return async () => {
    await dropDatabase(url, template);
    await running?.stop();
  };
}
