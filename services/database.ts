import { Client, escapeIdentifier } from 'pg';

/** Creates a database on the server of `url`, if it is not there yet, and returns that database's URL. */
export async function createDatabase(url: string, name: string): Promise<string> {
  await asAdministrator(url, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  });
  return withDatabase(url, name);
}

/** Drops a database, ending the connections that still use it; does nothing when it does not exist. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await asAdministrator(url, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
  });
}

/** Resolves once the server of `url` lets us in; rejects when it does not. */
export async function checkDatabase(url: string): Promise<void> {
  await asAdministrator(url, async (client) => void (await client.query('SELECT 1')));
}

async function asAdministrator(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({
    connectionString: withDatabase(url, 'postgres'),
    connectionTimeoutMillis: 5_000,
  });
  // A server that ends mid-query reports it here as well as to the query; unheard it would end this process.
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(name)}`;
  return changed.href;
}
