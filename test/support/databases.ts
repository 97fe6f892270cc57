/** Runs tests on each real database at hand: PGlite always, PostgreSQL where TEST_DATABASE_URL names a server. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, inject } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded, openServer } from '../../src/db/open.ts';

const serverUrl = process.env.TEST_DATABASE_URL ?? '';
export const hasServer = serverUrl !== '';

type Kind = 'PGlite' | 'PostgreSQL';
export const kinds: Kind[] = hasServer ? ['PGlite', 'PostgreSQL'] : ['PGlite'];

export interface TestDatabase {
  db: Database;
  /** Address of the server's database, or null for the embedded one. */
  url: string | null;
}

/**
 * One database of each kind a worker, lent to one `describe` after the other: to start an embedded one takes two seconds of
 * CPU, to empty it a hundredth. They end with the worker.
 */
const ofWorker = new Map<Kind, TestDatabase>();

/** A database that is empty before each test. What was started on it must be stopped before the next `describe`. */
export function describeOnDatabases(name: string, tests: (test: TestDatabase) => void): void {
  describe.each(kinds)(`${name} (on %s)`, (kind) => {
    const test = {} as TestDatabase;
    let lent: Lent | undefined;

    beforeAll(async () => {
      const { db, url } = await takeEmpty(kind);
      lent = lend(db, `${expect.getState().testPath} > ${name}`);
      Object.assign(test, { db: lent.db, url });
    });
    afterAll(() => lent?.end());
    beforeEach(() => emptyDatabase(test.db));
    tests(test);
  });
}

/**
 * Opens the worker's embedded database and leaves it open, for tests that open others beside it: what was compiled for one is
 * used by all of a process while one of them is open, which halves the cost of each.
 */
export async function keepEmbeddedOpen(): Promise<void> {
  await takeEmpty('PGlite');
}

/** A data folder with the newest schema: unpacked by `tar`, which takes a third of what the embedded database itself would. */
export async function givenDataFolder(folder: string): Promise<void> {
  const data = join(folder, 'postgres');
  await mkdir(data, { recursive: true });
  await promisify(execFile)('tar', ['-xzf', inject('template'), '-C', data]);
}

/** A database of its own on the server, with the newest schema. */
export async function createServerDatabase(): Promise<{
  db: Database;
  url: string;
  drop: () => Promise<void>;
}> {
  const template = inject('serverTemplate');
  const name = `${template}_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const onServer = async (sql: string) => {
    const admin = await openServer(serverUrl);
    await admin.query(sql).finally(() => admin.close());
  };
  await onServer(`create database ${name} template ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    db: await openServer(url.href),
    url: url.href,
    drop: () => onServer(`drop database if exists ${name} with (force)`),
  };
}

/** An empty database of its own with the schema that a migration left. @param last  as `0018_sample_company.sql` */
export async function openAtSchema(
  kind: Kind,
  last: string,
): Promise<{ db: Database; drop: () => Promise<void> }> {
  const opened =
    kind === 'PGlite'
      ? {
          db: await openEmbedded({ folder: null, template: inject('template') }),
          drop: () => Promise.resolve(),
        }
      : await createServerDatabase();
  await opened.db.query('drop schema public cascade; create schema public');
  const all = join(import.meta.dirname, '../../migrations');
  const folder = await mkdtemp(join(tmpdir(), 'isma-migrations-'));
  for (const name of await readdir(all)) if (name <= last) await cp(join(all, name), join(folder, name));
  await migrate(opened.db, folder);
  return opened;
}

async function takeEmpty(kind: Kind): Promise<TestDatabase> {
  const kept = ofWorker.get(kind);
  if (kept !== undefined && (await canBeEmptied(kept.db))) return kept;
  const opened =
    kind === 'PGlite'
      ? { db: await openEmbedded({ folder: null, template: inject('template') }), url: null }
      : await createServerDatabase();
  await prepareEmptying(opened.db);
  ofWorker.set(kind, opened);
  return opened;
}

/** A test that failed half-way may have left a schema that is none; then the next one begins with another database. */
async function canBeEmptied(db: Database): Promise<boolean> {
  try {
    await emptyDatabase(db);
    await removeTheDead(db);
    return true;
  } catch {
    await db.close();
    return false;
  }
}

/**
 * Everything but the schema and what its migrations put there, numbers from 1 on again. Foreign keys and the guard of the audit
 * log step aside for this one statement, in tests alone. Rows are deleted: to truncate a score of tables takes eight times as
 * long. It is a function of the database, since one that is planned anew before each test takes three times as long.
 */
async function prepareEmptying(db: Database): Promise<void> {
  // Tables of tests stay small, so that a plan which was right once is right again: this halves what a query costs.
  if (db.embedded) await db.query("set plan_cache_mode = 'auto'");
  const { rows } = await db.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public' order by tablename`,
  );
  const tables: string[] = [];
  for (const { name } of rows) {
    const { rowCount } = await db.query(`select from ${String(name)} limit 1`);
    if (rowCount === 0) tables.push(String(name));
  }
  await db.query(`create function empty_for_a_test() returns void language plpgsql as $$ declare counter record; begin
    perform set_config('session_replication_role', 'replica', true);
    ${tables.map((table) => `if pg_relation_size('${table}') > 0 then delete from ${table}; end if;`).join(' ')}
    for counter in select schemaname, sequencename from pg_sequences where last_value is not null loop
      perform setval(format('%I.%I', counter.schemaname, counter.sequencename)::regclass, 1, false);
    end loop;
    update audit_head set seq = 0, hash = '' where seq > 0;
    update search_corpus set section_count = 0 where section_count > 0;
  end $$`);
}

async function emptyDatabase(db: Database): Promise<void> {
  await db.query('select empty_for_a_test()');
}

/** Bytes of deleted rows that a table may drag along before they are removed: the embedded database does not do so itself. */
const dead = 32 * 1024;

async function removeTheDead(db: Database): Promise<void> {
  const { rows } = await db.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname = 'public' and pg_relation_size(format('%I.%I', schemaname, tablename)::regclass) > $1`,
    [dead],
  );
  if (rows.length > 0) await db.query(`vacuum ${rows.map(({ name }) => String(name)).join(', ')}`);
}

interface Lent {
  db: Database;
  end(): void;
}

/** Whoever still asks it after its end is refused and named, as an error of the whole run: it would disturb others. */
function lend(db: Database, borrower: string): Lent {
  let ended = false;
  let named = false;
  function refuseTheLate() {
    if (!ended) return;
    const error = new Error(`«${borrower}» still uses its database after its end: stop what it started.`);
    if (!named) void Promise.reject(error);
    named = true;
    throw error;
  }
  return {
    db: {
      embedded: db.embedded,
      async query(...statement) {
        refuseTheLate();
        return db.query(...statement);
      },
      async transaction(work) {
        refuseTheLate();
        return db.transaction(work);
      },
      async snapshot(work) {
        refuseTheLate();
        return db.snapshot(work);
      },
      close: () => Promise.reject(new Error('The database of a worker is not for a test to close.')),
    },
    end: () => void (ended = true),
  };
}
