import { createStore, type Store } from '../../store/index.ts';
import { testDatabase } from './postgres.ts';

export interface TestStore {
  readonly store: Store;
  /** Where its database is, for whoever looks at it from another side. */
  readonly url: string;
  /** Closes it and removes its database. */
  readonly close: () => Promise<void>;
}

/** A store on a fresh database. A hook that opens one returns its `close`, which then ends it. */
export async function testStore(): Promise<TestStore> {
  const database = await testDatabase();
  const store = createStore({ url: database.url });
  return {
    store,
    url: database.url,
    async close() {
      await store.close();
      await database.drop();
    },
  };
}
