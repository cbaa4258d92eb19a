import { PrismaPg } from '@prisma/adapter-pg';
import { connectionSettings } from './connection.ts';
import { storeErrorFrom } from './errors.ts';
import { PrismaClient } from './generated/client.ts';

/**
 * Opens Prisma's client on a database; it connects with the first query. Whatever a query throws is a StoreError.
 * Its messages are kept short, because the long ones quote the values, and so the bodies of messages.
 */
export function openClient(url: string, poolSize?: number) {
  const adapter = new PrismaPg(connectionSettings(url, poolSize));
  return new PrismaClient({ adapter, errorFormat: 'minimal' }).$extends({
    query: {
      $allOperations: async ({ args, query }) => {
        try {
          return await query(args);
        } catch (thrown) {
          throw storeErrorFrom(thrown);
        }
      },
    },
  });
}

export type Db = ReturnType<typeof openClient>;

/** What is done on it stands together, or not at all. */
export type Transaction = Parameters<Parameters<Db['$transaction']>[0]>[0];

/** Runs a transaction, so that what beginning and ending it throws is a StoreError too. */
export async function inTransaction<T>(transaction: () => Promise<T>): Promise<T> {
  try {
    return await transaction();
  } catch (thrown) {
    throw storeErrorFrom(thrown);
  }
}
