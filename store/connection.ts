import type { PoolConfig } from 'pg';

/** How long to wait for a connection before the store counts as unavailable, in milliseconds. */
const connectionTimeoutMillis = 5_000;

/**
 * How to connect to a database. Sessions run in UTC: the adapter writes instants without an offset and drops the
 * offset it reads, so that a server or role with another `TimeZone` would shift every instant.
 */
export function connectionSettings(url: string, poolSize?: number): PoolConfig {
  const { connectionString, options } = withoutOptions(url);
  return {
    connectionString,
    options: [options, '-c TimeZone=UTC'].filter(Boolean).join(' '),
    application_name: 'flexor',
    connectionTimeoutMillis,
    ...(poolSize === undefined ? {} : { max: poolSize }),
  };
}

/** Parameters in a URL win over settings beside it; its `options` are taken out so that ours can join them. */
function withoutOptions(url: string): { connectionString: string; options: string | undefined } {
  const parsed = new URL(url);
  const options = parsed.searchParams.get('options') ?? undefined;
  parsed.searchParams.delete('options');
  return { connectionString: parsed.href, options };
}
