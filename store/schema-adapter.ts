import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { Pool, type PoolConfig, type QueryArrayResult } from 'pg';
import { connectionSettings } from './connection.ts';

/**
 * PostgreSQL's internal one-byte type `"char"`, which the catalogue is full of. Prisma's adapter refuses it, though
 * it knows its array type, under which such columns pass the adapter here.
 */
const charType = 18;
const charArrayType = 1002;

/**
 * Prisma's PostgreSQL adapter, made fit for its schema engine:
 * scripts go to the server whole (the adapter cuts them at every semicolon, also inside a function's body),
 * the catalogue's `"char"` columns can be read, and the shadow database really is another database
 * (the adapter lets the connection string lead back to the main one).
 */
export class SchemaAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = 'flexor';
  /** What the database last said against a script; the engine itself only reports "external error". */
  failure: unknown;
  readonly #url: string;
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async connect(): Promise<SqlDriverAdapter> {
    return this.#open(this.#url);
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const name = `flexor_shadow_${randomUUID()}`;
    const administrator = await this.#open(this.#url);
    await administrator.executeScript(`CREATE DATABASE "${name}"`);
    this.#closing.push(() => administrator.executeScript(`DROP DATABASE "${name}" WITH (FORCE)`));
    const elsewhere = new URL(this.#url);
    elsewhere.pathname = `/${name}`;
    return this.#open(elsewhere.href);
  }

  /** Ends the connections, which the engine leaves open, and drops the shadow database. */
  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
  }

  async #open(url: string): Promise<SqlDriverAdapter> {
    const pool = new CataloguePool(connectionSettings(url));
    const adapter = await new PrismaPg(pool).connect();
    this.#closing.push(() => pool.end());
    const executeScript = async (script: string) => {
      await pool.query(script).catch((failure: unknown) => {
        this.failure = failure;
        throw failure;
      });
    };
    const queryRaw = adapter.queryRaw.bind(adapter);
    const queryCatalogue = async (query: SqlQuery): Promise<SqlResultSet> => {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type) =>
        type === ColumnTypeEnum.CharacterArray ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return Object.assign(adapter, { executeScript, queryRaw: queryCatalogue });
  }
}

class CataloguePool extends Pool {
  constructor(settings: PoolConfig) {
    super(settings);
    // A server that ends an idle connection reports it here; the engine listens only until it is done with the pool.
    this.on('error', () => {});
    const query = this.query.bind(this) as (...request: unknown[]) => Promise<QueryArrayResult>;
    const reading = async (...request: unknown[]) => {
      const result = await query(...request);
      for (const field of result.fields ?? [])
        if (field.dataTypeID === charType) field.dataTypeID = charArrayType;
      return result;
    };
    this.query = reading as typeof this.query;
  }
}
