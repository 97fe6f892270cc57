/** One driver, node-postgres, on a PostgreSQL server or on the embedded database. Owns the pool and transactions. */
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

/** SQLSTATEs after which the same transaction, run again, may succeed: conflict, deadlock, shutdown, lost connection. */
const retryable = /^(40001|40P01|57P0\d|08\w{3})$/;
const transactionAttempts = 3;

// A DATE is a calendar day: as a JavaScript Date it would move by a day east or west of Greenwich. Counts fit a number.
pg.types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

/**
 * The approximate vector index stops after some neighbours by itself, and a filter may leave none of them: it is told to go
 * on, and to look at more of them before it believes that it has the nearest.
 */
const sessionSettings = "set hnsw.iterative_scan = 'relaxed_order'; set hnsw.ef_search = 200";

/**
 * The embedded database spends as long on reading a statement as on running it, so it reads each once a connection. Plans are
 * made anew all the same: nothing would tell it that a table has grown since. What an earlier connection left is given up.
 */
const embeddedSettings = `deallocate all; set plan_cache_mode = 'force_custom_plan'; ${sessionSettings}`;
/** Statements that are kept so, for what may be written in endless ways. */
const mostKept = 1_000;

export interface Queryable {
  /** @param limits  `timeout` in milliseconds, for the few statements that may take longer than a minute */
  query(
    sql: string,
    parameters?: readonly unknown[],
    limits?: { timeout: number },
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
}

export interface Database extends Queryable {
  /**
   * Run `work` in one transaction. Inside it, `query` and `transaction` of this database join it, since the embedded
   * database has a single connection and a second one would wait for ever.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /**
   * Read at leisure: what others write meanwhile is not seen, and nothing can be written. The embedded database has one connection,
   * for which everybody would wait: there each statement sees what is there by then.
   */
  snapshot<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** Whether the whole database lives in this process. */
  readonly embedded: boolean;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  embedded: boolean;
  config: pg.PoolConfig;
  /** Runs after the pool has ended. */
  onClose?: () => Promise<void>;
}

export function createDatabase({ embedded, config, onClose }: ConnectionOptions): Database {
  const pool = new pg.Pool({
    max: embedded ? 1 : 10,
    query_timeout: 60_000,
    connectionTimeoutMillis: 15_000,
    // The pool waits for what this returns, whatever its type says.
    onConnect: ((client: pg.ClientBase) => client.query(embedded ? embeddedSettings : sessionSettings)) as (
      client: pg.ClientBase,
    ) => void,
    ...config,
  });
  const current = new AsyncLocalStorage<pg.PoolClient>();
  const nameOf = embedded ? createNames() : () => undefined;
  pool.on('error', () => undefined); // an idle connection that dies is replaced by the pool at its next use

  async function attempt<T>(work: (tx: Queryable) => Promise<T>, begin = 'begin'): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    // A connection that dies between two statements emits 'error' with nobody listening, which would end the process.
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    try {
      await client.query(begin);
      const result = await current.run(client, () => work(asQueryable(client, nameOf)));
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  const database: Database = {
    embedded,
    query: (sql, parameters, limits) =>
      asQueryable(current.getStore() ?? pool, nameOf).query(sql, parameters, limits),
    async transaction(work) {
      const joined = current.getStore();
      if (joined !== undefined) return work(asQueryable(joined, nameOf));

      for (let tried = 1; ; tried += 1) {
        try {
          return await attempt(work);
        } catch (error) {
          if (tried >= transactionAttempts || !retryable.test(sqlStateOf(error))) throw error;
        }
      }
    },
    async snapshot(work) {
      if (embedded) return work(database);
      return attempt((tx) => work(reading(database, tx)), 'begin isolation level repeatable read, read only');
    },
    async close() {
      await pool.end();
      await onClose?.();
    },
  };
  return database;
}

/** The same database as it is within one transaction. */
function reading(database: Database, tx: Queryable): Database {
  const within: Database = {
    ...database,
    query: (...asked) => tx.query(...asked),
    transaction: (work) => work(tx),
    snapshot: (work) => work(within),
  };
  return within;
}

export function sqlStateOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

type NameOf = (sql: string) => string | undefined;

/** The same name for the same statement, and none for what comes after too many. */
function createNames(): NameOf {
  const names = new Map<string, string>();
  return (sql) => {
    if (!names.has(sql) && names.size < mostKept) names.set(sql, `statement ${names.size}`);
    return names.get(sql);
  };
}

function asQueryable(source: pg.Pool | pg.PoolClient, nameOf: NameOf): Queryable {
  return {
    query: (sql, parameters = [], limits) =>
      source.query({
        text: sql,
        ...(parameters.length === 0 ? {} : { values: [...parameters], name: nameOf(sql) }),
        ...(limits === undefined ? {} : { query_timeout: limits.timeout }),
      }),
  };
}
