/** Runs tests on each real database at hand: PGlite always, PostgreSQL where TEST_DATABASE_URL names a server. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, inject } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded, openServer } from '../../src/db/open.ts';

const serverUrl = process.env.TEST_DATABASE_URL ?? '';

export interface TestDatabase {
  db: Database;
  /** Address of the server's database, or null for the embedded one. */
  url: string | null;
}

/** One database a file and kind, emptied before each test. */
export function describeOnDatabases(name: string, tests: (test: TestDatabase) => void): void {
  const kinds = serverUrl === '' ? ['PGlite'] : ['PGlite', 'PostgreSQL'];
  describe.each(kinds)(`${name} (on %s)`, (kind) => {
    const test = {} as TestDatabase;
    let drop = async () => {};

    beforeAll(async () => {
      if (kind === 'PGlite') {
        Object.assign(test, {
          db: await openEmbedded({ folder: null, template: inject('template') }),
          url: null,
        });
      } else {
        const created = await createServerDatabase();
        Object.assign(test, created);
        drop = created.drop;
      }
      await prepareEmptying(test.db);
    });
    afterAll(async () => {
      await test.db.close();
      await drop();
    });
    beforeEach(() => emptyDatabase(test.db));
    tests(test);
  });
}

/** A database of its own on the server, with the newest schema. */
export async function createServerDatabase(): Promise<{
  db: Database;
  url: string;
  drop: () => Promise<void>;
}> {
  const admin = await openServer(serverUrl);
  const name = `isma_test_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await admin.query(`create database ${name}`);
  await admin.close();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const db = await openServer(url.href);
  await migrate(db);
  return {
    db,
    url: url.href,
    async drop() {
      const again = await openServer(serverUrl);
      await again.query(`drop database if exists ${name} with (force)`);
      await again.close();
    },
  };
}

export const hasServer = serverUrl !== '';

/** Every table that a test may fill. */
const tables = [
  'document', 'document_version', 'section', 'lexeme', 'posting', 'embedder', 'section_vector', 'section_expansion', 'person', 'identity',
  'audit_entry', 'inbox', 'outbox', 'channel_pause', 'address_reference', 'installation', 'message', 'model_use', 'answer',
  'answer_feedback', 'open_question', 'nonconformity', 'nonconformity_cycle', 'nonconformity_link', 'corrective_action', 'due_change',
  'delegation', 'effectiveness_check', 'register_note', 'evidence', 'evidence_revision', 'stored_file', 'proposal', 'setting', 'reference_counter',
  'cause_interview', 'plan_request', 'outgoing_file',
]; // prettier-ignore

/**
 * Everything but the schema, numbers from 1 on again. Foreign keys and the guard of the audit log step aside for this one
 * statement, in tests alone. Rows are deleted: to truncate a score of tables takes eight times as long. It is a function of the
 * database, since one that is planned anew before each test takes three times as long.
 */
async function prepareEmptying(db: Database): Promise<void> {
  await db.query(`create function empty_for_a_test() returns void language plpgsql as $$ declare counter record; begin
    perform set_config('session_replication_role', 'replica', true);
    ${tables.map((table) => `delete from ${table};`).join(' ')}
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
