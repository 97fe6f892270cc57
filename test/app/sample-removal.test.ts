/** The made-up company is kept away from real work, and goes without a trace but in the audit log: it, and only it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { parentOf } from '../../src/isms/nonconformity/actions.ts';
import { lockNonconformity } from '../../src/isms/nonconformity/nonconformity.ts';
import { selectOptionalByEmail, type Person } from '../../src/records/person.ts';
import { addNote } from '../../src/isms/register/note.ts';
import { storeInTransaction } from '../../src/knowledge/ingest.ts';
import { holdsSamples, refuseSamples } from '../../src/app/sample-company.ts';
import { previewRemoval, removeSamples } from '../../src/app/sample-removal.ts';
import { commandOf } from '../isms/given-register.ts';
import { describeOnDatabases } from '../support/databases.ts';
import {
  givenDocument,
  givenPeople,
  startHarness,
  testConfig,
  today,
  type Harness,
} from '../support/harness.ts';
import { phonePolicy } from '../support/phone-policy.ts';
import { givenSampleCompany } from '../support/sample.ts';

const finding = "we found three leavers with live accounts in last week's audit";
const nothing = { also: [], at: today };

describeOnDatabases('the sample company in a database', (test) => {
  let isma: Harness;

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'phones.md', phonePolicy());
    isma = await startHarness({ db: test.db });
    await isma.say('erin@test.example', 'May my own phone read company mail?');
  });
  afterEach(() => isma.stop());

  /** Every row that there is, but the log of what was done, numbers that go on, and words of which no section is left. */
  async function everything(): Promise<Record<string, string[]>> {
    const { rows } = await test.db.query(
      `select tablename as name from pg_tables where schemaname = 'public'
       and tablename not in ('audit_entry', 'audit_head', 'reference_counter', 'lexeme', 'migration') order by 1`,
    );
    const tables = rows.map(({ name }) => String(name));
    const found = await Promise.all(
      tables.map((name) => test.db.query(`select to_jsonb(t)::text as row from ${name} t order by 1`)),
    );
    const words = await test.db.query('select stem as row from lexeme where section_count > 0 order by 1');
    return Object.fromEntries(
      [...tables, 'lexeme'].map((name, at) => [
        name,
        (found[at] ?? words).rows.map(({ row }) => String(row)),
      ]),
    );
  }

  async function person(email: string): Promise<Person> {
    const found = await selectOptionalByEmail(test.db, email);
    if (found === null) throw new Error(`there is no ${email}`);
    return found;
  }

  /** Says something, and presses one button of each reply after the other. */
  async function pressed(email: string, text: string, ...labels: string[]): Promise<void> {
    let said = await isma.say(email, text);
    for (const label of labels) {
      const buttons = said.flatMap(({ reply }) => [...reply.buttons, ...reply.choices]);
      expect(buttons.map((each) => each.label).join(', ')).toContain(label);
      said = await isma.press(email, buttons.find((each) => each.label.startsWith(label))?.id ?? '');
    }
  }

  it('goes with all that its people asked, said and began, and leaves every other row as it was', async () => {
    const before = await everything();
    await givenSampleCompany(test.db, isma.lexicon, today);
    await pressed('erin@demo.example', 'Is there a kangaroo on the roof terrace?', 'Ask');
    await pressed('wanda@demo.example', 'May I read work mail on my own phone?', 'Helpful');
    await isma.say('omar@demo.example', 'CA-7: vendor patch is in, testing till Friday, about 80 %');
    await pressed('mona@demo.example', finding, 'Raise it as new', 'I don’t know', 'Confirm');
    const full = await everything();
    expect(full.nonconformity).toHaveLength(14);
    for (const table of ['proposal', 'open_question', 'answer_feedback', 'outbox'])
      expect(full[table]?.length, table).toBeGreaterThan(before[table]?.length ?? 0);

    const removal = await test.db.transaction((tx) => removeSamples(tx, nothing));

    expect(await everything()).toEqual(before);
    expect(removal).toMatchObject({ people: 33, documents: 2, nonconformities: 14, kept: [], archived: [] });
    const { faults } = await verifyAudit(test.db);
    const { rows } = await test.db.query('select action, actor from audit_entry order by seq desc limit 1');
    expect([faults, rows]).toEqual([[], [{ action: 'sample_company.removed', actor: 'system:demo-remove' }]]);
  });

  it('stays as far as real people worked on it, with its people as names without rights', async () => {
    await givenSampleCompany(test.db, isma.lexicon, today);
    const ines = await person('ines@test.example');
    await test.db.transaction(async (tx) => {
      const record = await lockNonconformity(tx, 'NC-2026-004');
      await addNote(tx, commandOf(ines, today), parentOf(record), null, 'Looked at it on site');
    });
    await pressed('erin@test.example', finding, 'I don’t know', 'Confirm');
    const gustav = await person('gustav@demo.example');
    await test.db.query('update nonconformity set owner_id = $1 where raised_by_name = $2', [gustav.id, 'Erin Employee']); // prettier-ignore
    const before = await everything();

    const preview = await previewRemoval(test.db, nothing);
    expect(await everything()).toEqual(before);
    const removal = await test.db.transaction((tx) => removeSamples(tx, nothing));

    expect(removal).toEqual(preview);
    expect(removal.kept).toMatchObject([{ reference: 'NC-2026-004', by: ['Ines Isms'] }]);
    expect(removal.nonconformities).toBe(12);
    expect(removal.named).toContain(gustav.name);
    const after = await everything();
    expect(after.register_note).toEqual(before.register_note);
    const { rows } = await test.db.query('select reference from nonconformity order by reference');
    expect(rows.map(({ reference }) => reference)).toEqual(['NC-2026-004', 'NC-2026-014']);
    const { rows: left } = await test.db.query("select distinct active, left_on, roles, groups from person where email like '%@demo.example'"); // prettier-ignore
    expect(left).toEqual([{ active: false, left_on: '2026-11-24', roles: ['employee'], groups: [] }]);
    expect(await selectOptionalByEmail(test.db, 'gustav@demo.example')).toBeNull();
    expect(await holdsSamples(test.db)).toBe(false);
  });

  it('goes with what real people worked on only where the operator names it', async () => {
    await givenSampleCompany(test.db, isma.lexicon, today);
    const ines = await person('ines@test.example');
    await test.db.transaction(async (tx) => {
      const record = await lockNonconformity(tx, 'NC-2026-004');
      await addNote(tx, commandOf(ines, today), parentOf(record), null, 'Looked at it on site');
    });

    const wrong = previewRemoval(test.db, { also: ['NC-2026-099'], at: today });
    await expect(wrong).rejects.toThrow('--also names what is no record of the sample company: NC-2026-099.');
    const removal = await previewRemoval(test.db, { also: ['NC-2026-004'], at: today });

    expect(removal).toMatchObject({ nonconformities: 13, people: 33, kept: [], named: [] });
  });

  it('leaves answers of real people on record, which are told no more beside a policy that is gone', async () => {
    await givenSampleCompany(test.db, isma.lexicon, today);
    const { rows } = await test.db.query("select version.id from document_version version join document on document.id = document_id where kind = 'policy' and owner_email like '%@demo.example'"); // prettier-ignore
    const { documentId } = await test.db.transaction((tx) =>
      storeInTransaction(tx, isma.lexicon, {
        version: {
          reference: 'Q-2026-001', kind: 'answer', collection: null, sourcePath: null, title: 'Kangaroos', language: 'en', effectiveFrom: '2026-01-01',
          contentHash: 'x', basisVersionId: Number(rows[0]?.id),
          metadata: { kind: 'policy', version: '1', status: 'published', audience: ['everyone'], controls: [], owner: 'hugo@test.example' },
          sections: [{ number: '', heading: 'Kangaroos', path: [], page: null, body: 'None live here.' }],
        },
        now: today,
        actor: 'person:3',
      }),
    ); // prettier-ignore

    const removal = await test.db.transaction((tx) => removeSamples(tx, nothing));

    expect(removal).toMatchObject({ archived: ['Q-2026-001'], documents: 2 });
    const { rows: kept } = await test.db.query(
      'select status, basis_version_id, (select count(*) from section where version_id = version.id) as sections from document_version version where document_id = $1',
      [documentId],
    );
    expect(kept).toEqual([{ status: 'archived', basis_version_id: null, sections: 1 }]);
  });

  it('keeps out what serves real people, and says the ways out; an operator may let it in', async () => {
    const config = { ...testConfig, dataFolder: '/srv/isma/data' };
    await refuseSamples({ db: test.db, config });
    await givenSampleCompany(test.db, isma.lexicon, today);

    await expect(refuseSamples({ db: test.db, config })).rejects.toThrow(
      /Larkspur Robotics, is in the folder \/srv\/isma\/data\.[\s\S]*npm run isma -- demo remove --data \/srv\/isma\/data[\s\S]*mv \/srv\/isma\/data \/srv\/isma\/data-demo[\s\S]*SAMPLE_COMPANY=allowed/,
    );
    const server = { ...config, databaseUrl: 'postgres://isma:hunter2@db.internal/isma' };
    await expect(refuseSamples({ db: test.db, config: server })).rejects.toThrow(
      /is in the database db\.internal\/isma\.(?![\s\S]*hunter2)/,
    );
    await refuseSamples({ db: test.db, config: { ...config, sampleCompany: 'allowed' } });
  });

  it('is recognised in a database from before it was noted', async () => {
    const [, noting = ''] =
      /(insert into sample_company[\s\S]*)/.exec(
        await readFile(join(import.meta.dirname, '../../migrations/0018_sample_company.sql'), 'utf8'),
      ) ?? [];
    await test.db.query(noting);
    const without = await holdsSamples(test.db);
    await givenSampleCompany(test.db, isma.lexicon, today);
    await test.db.query('delete from sample_company');

    await test.db.query(noting);

    expect([without, await holdsSamples(test.db)]).toEqual([false, true]);
  });
});
