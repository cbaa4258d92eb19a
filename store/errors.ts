import { FlexorError } from '../base/index.ts';

/** What can go wrong between Flexor and its database. */
export type StoreErrorCode =
  'store.unavailable' | 'store.conflict' | 'store.not-found' | 'store.migration-failed' | 'store.broken';

/** An error of the `store` room. `store.unavailable` alone is worth trying again. */
export class StoreError extends FlexorError<StoreErrorCode> {}

/**
 * SQLSTATEs and driver codes that say nothing about the request: the server is away, going away, full, does not
 * let us in, or gave up on this transaction in favour of another one.
 */
const passing = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'],
  ...['53000', '53100', '53200', '53300', '53400', '55P03', '57P01', '57P02', '57P03', '57P05', '57014'],
  ...['25006', '40001', '40P01', '55000', '3D000', '28000', '28P01'],
]);

/** The same, in the words of the database adapter and of Prisma (connection, pool and transaction timeouts). */
const passingKinds = new Set([
  ...[
    'DatabaseNotReachable',
    'ConnectionClosed',
    'SocketTimeout',
    'TooManyConnections',
    'TransactionWriteConflict',
  ],
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037'],
]);

/** Sentences of the driver for a connection that was lost or not had, which carry no code at all. */
const passingSentences =
  /connection terminated|timeout exceeded when trying to connect|connection timeout|server has closed the connection|not queryable|cannot use a pool after calling end/i;

/** Turns whatever the database client threw into a StoreError; a StoreError stays as it is. */
export function storeErrorFrom(thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const codes = [...codesOf(thrown)];
  const details = { codes };
  if (codes.some((code) => passing.has(code) || code.startsWith('08') || passingKinds.has(code))) {
    return unavailable(thrown, details);
  }
  if (thrown instanceof Error && passingSentences.test(thrown.message)) return unavailable(thrown, details);
  if (codes.some((code) => code === '23505' || code === 'P2002')) {
    return new StoreError(
      'store.conflict',
      'Another record already has this key.',
      'Read the record that is there; two different things were given one identity.',
      { cause: thrown, details },
    );
  }
  if (codes.includes('P2025')) {
    return new StoreError(
      'store.not-found',
      'The record to change does not exist.',
      'Check the id that was given.',
      {
        cause: thrown,
        details,
      },
    );
  }
  return new StoreError(
    'store.broken',
    'The database refused an operation that should always work.',
    'Check that the migrations of this version have run (flexor migrate), then report this error with its cause.',
    { cause: thrown, details },
  );
}

function unavailable(cause: unknown, details: Record<string, unknown>): StoreError {
  return new StoreError(
    'store.unavailable',
    'The database cannot be reached, or takes no more work just now.',
    'Check that PostgreSQL runs and that DATABASE_URL leads to it; the operation can be tried again.',
    { cause, details },
  );
}

/** Every code on the way down: Prisma's own, the adapter's kind, the SQLSTATE or socket error beneath. */
function* codesOf(thrown: unknown, depth = 0): Generator<string> {
  if (typeof thrown !== 'object' || thrown === null || depth > 5) return;
  const node = thrown as Record<string, unknown>;
  for (const name of ['code', 'originalCode', 'kind', 'errorCode']) {
    if (typeof node[name] === 'string') yield node[name];
  }
  for (const name of ['cause', 'meta', 'driverAdapterError']) yield* codesOf(node[name], depth + 1);
  if (Array.isArray(node.errors)) for (const error of node.errors) yield* codesOf(error, depth + 1);
}
