/** What a register held under the schema of 0018 is all there after the migrations since, and the version before goes on beside it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeSamples } from '../../src/app/sample-removal.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import type { Database, Queryable } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { lockQuestion, selectWaitingFor } from '../../src/isms/answer/open-question.ts';
import { selectActionsOf } from '../../src/isms/corrective-action/corrective-action.ts';
import { countEvidence, selectEvidenceOf } from '../../src/isms/register/evidence.ts';
import { selectCycles } from '../../src/isms/nonconformity/nonconformity.ts';
import { selectNotes } from '../../src/records/note.ts';
import { selectOptionalByEmail, type Person } from '../../src/records/person.ts';
import { nextReference } from '../../src/records/reference.ts';
import { selectSnapshots, verifyRevisions } from '../../src/records/revision.ts';
import { hasServer, openAtSchema } from '../support/databases.ts';
import { startHarness, today, type Harness } from '../support/harness.ts';

const migrations = join(import.meta.dirname, '../../migrations');
const fixture = join(import.meta.dirname, '../fixtures/register-at-0018.sql');
const newest = '0018_sample_company.sql';

describe.each(hasServer ? (['PGlite', 'PostgreSQL'] as const) : (['PGlite'] as const))(
  'a register from before records of any kind (on %s)',
  (kind) => {
    let db: Database;
    let drop: () => Promise<void>;
    let applied: string[];

    beforeAll(async () => {
      ({ db, drop } = await openAtSchema(kind, newest));
      await db.query(await readFile(fixture, 'utf8'));
      applied = await migrate(db);
    });
    afterAll(async () => {
      await db.close();
      await drop();
    });

    it('is brought to the newest schema', async () => {
      const names = (await readdir(migrations)).sort();

      expect(applied).toEqual(names.filter((name) => name > newest));
    });

    it('keeps each piece of evidence and each note on its record, and each action on its non-conformity', async () => {
      const rows = async (sql: string) => (await db.query(sql)).rows.map((row) => Object.values(row));

      expect(await rows('select id, belongs_to, nonconformity_id, action_id from evidence order by id')).toEqual([
        [1, 'corrective_action:1', 1, 1],
        [2, 'corrective_action:2', 4, 2],
        [3, 'corrective_action:3', 4, 3],
        [4, 'corrective_action:4', 5, 4],
        [5, 'corrective_action:8', 7, 8],
        [6, 'nonconformity:4', 4, null],
      ]); // prettier-ignore
      expect(await rows('select belongs_to, text from register_note order by id')).toEqual([
        ['nonconformity:4', 'The auditor wants to see both quarters'],
        ['corrective_action:7', 'The vendor promised the patch for Friday'],
      ]);
      expect(await rows('select belongs_to, count(*) from corrective_action group by 1 order by 1')).toEqual([
        ['nonconformity:1', 1],
        ['nonconformity:4', 2],
        ['nonconformity:5', 1],
        ['nonconformity:6', 2],
        ['nonconformity:7', 3],
        ['nonconformity:8', 2],
        ['nonconformity:9', 1],
      ]);
    });

    it('shows the cycle that ended as it was when it was opened again', async () => {
      const snapshots = await selectSnapshots(db, 'nonconformity:1');

      expect(snapshots).toMatchObject([
        { event: 'reopened', round: 1, cycle: 1, takenByName: null, takenAt: new Date('2026-11-24T09:01:00Z') },
      ]); // prettier-ignore
      expect(await selectCycles(db, 1)).toMatchObject([
        {
          record: {
            reference: 'NC-2026-001',
            state: 'closed',
            root_cause: 'The leaver checklist of the Lyon office has no line for devices',
          },
        },
      ]);
    });

    it('gives out no reference twice', async () => {
      await undone(db, async (tx) => {
        const next = (prefix: string) => nextReference(tx, prefix, 2026);

        expect([await next('NC'), await next('CA'), await next('Q')]).toEqual([
          'NC-2026-014',
          'CA-2026-013',
          'Q-2026-003',
        ]);
        expect(await nextReference(tx, 'Q', 2027)).toBe('Q-2027-001');
      });
    });

    it('has a log and old words that nobody touched', async () => {
      expect(await verifyAudit(db)).toMatchObject({ entries: 154, faults: [] });
      expect(await verifyRevisions(db)).toEqual([]);
    });

    it('keeps questions where they were: one waits, and one is answered since the moment of its reply', async () => {
      const ines = await person(db, 'ines');

      expect(await selectWaitingFor(db, ines)).toMatchObject([{ reference: 'Q-2026-002', version: 1 }]);
      const { rows } = await db.query('select reference, state, state_at from open_question order by id');
      expect(rows).toEqual([
        { reference: 'Q-2026-001', state: 'told_asker', state_at: new Date('2026-11-24T09:09:00Z') },
        { reference: 'Q-2026-002', state: 'routed', state_at: new Date('2026-11-24T09:06:00Z') },
      ]);
    });

    it('goes whole when the made-up company is taken out', async () => {
      await undone(db, async (tx) => {
        await removeSamples(tx, { also: [], at: today });

        for (const table of [
          'nonconformity',
          'evidence',
          'register_note',
          'record_snapshot',
          'open_question',
        ])
          expect((await tx.query(`select from ${table}`)).rowCount, table).toBe(0);
        expect(await verifyRevisions(tx)).toEqual([]);
      });
    });

    describe('in a conversation', () => {
      let isma: Harness;
      beforeAll(async () => {
        // Nobody is reminded of anything in between.
        await db.query("update nudge_agenda set look_at = 'infinity'");
        isma = await startHarness({ db });
      });
      afterAll(() => isma.stop());

      const ask = async (text: string) => {
        const [said] = await isma.say('ines@demo.example', text);
        if (said === undefined) throw new Error(`no answer to «${text}»`);
        return said.reply;
      };

      it('shows NC-2026-004 with its actions', async () => {
        const card = await ask('NC-4');

        expect(JSON.stringify(card)).toContain('Restore tests of two systems are missing');
        expect(JSON.stringify(card)).toMatch(/CA-2026-002.*CA-2026-003/s);
      });

      it.each([
        ['NC-1', 'Ines Ivyleaf opened NC-2026-001 again: «Two more laptops of leavers are missing in Lyon»'],
        ['NC-4', 'Hugo Hedgerow wrote about NC-2026-004: «The auditor wants to see both quarters»'],
        ['NC-4', 'Hugo Hedgerow added evidence to NC-2026-004: «https://wiki.larkspur.example/it/restore-records»'],
      ])('tells the history of %s: %s', async (record, step) => {
        const history = await ask(`history of ${record}`);

        expect(history.items.map(({ text }) => text)).toContain(step);
      }); // prettier-ignore

      it('shows the earlier round of NC-2026-001', async () => {
        const history = await ask('history of NC-1');
        const button = history.items.find(({ text }) => text === 'Earlier rounds')?.button;

        const [rounds] = await isma.press('ines@demo.example', button?.id ?? '');

        expect(rounds?.reply.items).toEqual([
          expect.objectContaining({ text: 'Round 1: it was opened again' }),
        ]);
      });
    });

    describe('beside the version before', () => {
      it('reads the evidence, notes and actions that it writes', async () => {
        await undone(db, async (tx) => {
          await tx.query(
            `insert into corrective_action (reference, nonconformity_id, round, description, owner_id, proposed_by, proposed_at, due_on,
               original_due_on, state_at)
             values ('CA-2026-013', 4, 1, 'Restore the archive', 6, 5, $1, '2026-12-20', '2026-12-20', $1)`,
            [today],
          );
          for (const [action, title] of [
            [null, 'of the non-conformity'],
            [3, 'of the action'],
          ]) {
            await tx.query(
              `with fresh as (
                 insert into evidence (nonconformity_id, action_id, purpose, title) values (4, $1, 'action', $2) returning id
               )
               insert into evidence_revision (evidence_id, number, address, uploaded_by, uploaded_by_name, uploaded_at)
               select id, 1, 'https://wiki.larkspur.example/new', 5, 'Hugo Hedgerow', $3 from fresh`,
              [action, title, today],
            );
            await tx.query(
              'insert into register_note (nonconformity_id, action_id, text, written_by, written_at) values (4, $1, $2, 5, $3)',
              [action, title, today],
            );
          }

          const actions = await selectActionsOf(tx, 'nonconformity:4');
          expect(actions.map(({ reference }) => reference)).toContain('CA-2026-013');
          expect((await selectEvidenceOf(tx, 'nonconformity:4')).slice(-2)).toMatchObject([
            { title: 'of the non-conformity', belongsTo: 'nonconformity:4' },
            { title: 'of the action', belongsTo: 'corrective_action:3' },
          ]);
          expect(await countEvidence(tx, { id: 3 })).toBe(2);
          const notes = await selectNotes(tx, ['nonconformity:4', 'corrective_action:3']);
          expect(notes.slice(-2).map(({ text }) => text)).toEqual(['of the non-conformity', 'of the action']);
        });
      });

      it('keeps the cycle of what it opens again', async () => {
        await undone(db, async (tx) => {
          await tx.query(
            `insert into nonconformity_cycle (nonconformity_id, cycle, record, ended_at)
             select id, cycle, to_jsonb(nonconformity), $1 from nonconformity where id = 4`,
            [today],
          );

          expect(await selectCycles(tx, 4)).toMatchObject([
            { cycle: 1, record: { reference: 'NC-2026-004' }, endedAt: today },
          ]);
        });
      });

      it('reads the question that it sends to an owner, and counts on from its reference', async () => {
        const ines = await person(db, 'ines');
        await undone(db, async (tx) => {
          await tx.query(
            `with input as (
               insert into inbox (platform, event_id, state) values ('test', 'of the old version', 'done') returning id
             ), fresh as (
               insert into answer (inbox_id, person_id, address, question, outcome, section_ids, at)
               select id, 31, 'test:dm:paul', 'Who waters the plants?', 'not_covered', '{}', $1 from input returning id, inbox_id
             )
             insert into open_question (reference, answer_id, asker_id, asker_platform, asker_address, owner_id, question,
               nearest_version_id, routed_by_input, state, routed_at)
             select 'Q-2026-003', id, 31, 'test', 'test:dm:paul', $2, 'Who waters the plants?', null, inbox_id, 'routed', $1 from fresh`,
            [today, ines.id],
          );

          const waiting = await selectWaitingFor(tx, ines);
          expect(waiting.map(({ reference }) => reference)).toEqual(['Q-2026-002', 'Q-2026-003']);
          const command = { actor: ines, at: today, inputId: null, link: null };
          expect(await lockQuestion(tx, command, 'Q-3')).toMatchObject({ question: 'Who waters the plants?', version: 1 }); // prettier-ignore
          expect(await nextReference(tx, 'Q', 2026)).toBe('Q-2026-004');
        });
      });
    });
  },
);

async function person(db: Queryable, name: string): Promise<Person> {
  const found = await selectOptionalByEmail(db, `${name}@demo.example`);
  if (found === null) throw new Error(`${name} is not there`);
  return found;
}

/** Nothing that `work` writes is there after it. */
async function undone(db: Database, work: (tx: Queryable) => Promise<void>): Promise<void> {
  const undo = new Error('undo');
  await db
    .transaction(async (tx) => {
      await work(tx);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
}
