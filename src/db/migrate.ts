/** Brings a database to the newest schema: numbered SQL files, each run once, in order, checked by its hash. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError, messageOf } from '../errors.ts';
import { sqlStateOf, type Database, type Queryable } from './database.ts';

const ours = join(import.meta.dirname, '../../migrations');

/** Any number that no other program uses on this database: it keeps two starting replicas apart. */
const migrationLock = 7_246_913;
const noSuchTable = '42P01';

/**
 * @param folder  where the files lie
 * @returns the names of the migrations that were applied, empty when the schema was up to date.
 * @throws OperatorError naming the file that failed; nothing of that run is kept.
 */
export async function migrate(db: Database, folder = ours): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const files = await Promise.all(names.map((name) => readMigration(folder, name)));
  if (await isNewest(db, files)) return [];

  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await tx.query(
      `create table if not exists migration (name text primary key, sha256 text not null,
         applied_at timestamptz not null default now())`,
    );
    const applied = await selectApplied(tx);
    const fresh: string[] = [];

    for (const { name, sql, sha256 } of files) {
      const before = applied.get(name);
      if (before === sha256) continue;
      if (before !== undefined) {
        throw new OperatorError(
          `Migration ${name} was edited after this database applied it. Put the file back as it was, and write the change as a new migration.`,
        );
      }
      try {
        await tx.query(sql);
      } catch (cause) {
        throw new OperatorError(
          `Migration ${name} failed: ${messageOf(cause)}.${adviceFor(messageOf(cause))} Nothing was changed.`,
          { cause },
        );
      }
      await tx.query('insert into migration (name, sha256) values ($1, $2)', [name, sha256]);
      fresh.push(name);
    }
    return fresh;
  });
}

interface Migration {
  name: string;
  sql: string;
  sha256: string;
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const sql = await readFile(join(folder, name), 'utf8');
  return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
}

/** Most starts find it so, and need no lock. */
async function isNewest(db: Database, files: readonly Migration[]): Promise<boolean> {
  try {
    const applied = await selectApplied(db);
    return files.every(({ name, sha256 }) => applied.get(name) === sha256);
  } catch (error) {
    if (sqlStateOf(error) === noSuchTable) return false;
    throw error;
  }
}

async function selectApplied(tx: Queryable): Promise<Map<string, string>> {
  const { rows } = await tx.query('select name, sha256 from migration');
  return new Map(rows.map((row) => [String(row.name), String(row.sha256)]));
}

function adviceFor(reason: string): string {
  if (!reason.includes('extension')) return '';
  return (
    ' Isma needs the extensions vector (pgvector 0.8 or newer) and pg_trgm: install pgvector on the server, or let a' +
    ' superuser run "create extension vector; create extension pg_trgm;" in this database.'
  );
}
