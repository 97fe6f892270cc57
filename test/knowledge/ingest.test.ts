/** A folder becomes documents: what changed and nothing else, one document at a time, and never half of one. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/database.ts';
import { ingest, type IngestOptions } from '../../src/knowledge/ingest.ts';
import { search } from '../../src/knowledge/search.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { docx } from '../support/documents.ts';
import { lexicon, reader } from '../support/shared.ts';

const now = new Date('2026-11-24T09:00:00Z');

const policy = (ref: string, version: string, text: string, more = '') =>
  `---\nref: ${ref}\nversion: "${version}"\n${more}---\n# ${ref} Policy\n\n## 1 Purpose\n\nThis is about ${ref}.\n\n## 2 Rule\n\n${text}\n`;

describeOnDatabases('a folder', (test) => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-ingest-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    await expectCountsOfWordsToBeRight(test.db);
  });

  async function given(files: Record<string, string | Uint8Array>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  }
  const run = (options: Partial<IngestOptions> = {}) =>
    ingest({ db: test.db, lexicon, embedder: null, folder, now, actor: 'system:test', reader, ...options });
  const found = async (question: string) => {
    const options = { question, reader: { audiences: ['everyone'] }, now, limit: 5, embedder: null };
    return (await search(test.db, lexicon, options)).passages.map((passage) => passage.body);
  };
  const stored = async () =>
    (
      await test.db.query(
        `select document.reference, version.version, version.revision, version.status from document_version version
         join document on document.id = version.document_id order by version.id`,
      )
    ).rows.map((row) => Object.values(row).join(' '));

  it('is read with all its folders, and what is no document is passed over', async () => {
    await given({
      'b.md': policy('POL-2', '1.0', 'Lock doors.'),
      'deep/er/a.docx': docx([{ style: 'heading 1', text: 'Keys' }, { text: 'Keep keys.' }]),
      '.hidden.md': '# H\n\nNo.',
      '~$open.docx': 'no',
      'notes.xlsx': 'no',
      'picture.png': 'no',
    });
    await symlink('/etc/hostname', join(folder, 'link.md'));

    const report = await run();

    expect(report).toMatchObject({
      added: ['b.md', 'deep/er/a.docx'],
      changed: [],
      unchanged: 0,
      failed: [],
    });
  });

  it('that has not changed is left alone: nothing is read, stored or audited', async () => {
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors.'), 'b.md': '# B\n\nText.' });
    await run();
    const before = await test.db.query(
      'select (select count(*) from document_version) as versions, seq from audit_head',
    );
    const progress: string[] = [];

    const report = await run({ onProgress: (_done, _total, name) => progress.push(name) });

    expect(report).toMatchObject({ added: [], changed: [], archived: [], unchanged: 2, embedded: 0 });
    expect(progress).toEqual([]);
    const after = await test.db.query(
      'select (select count(*) from document_version) as versions, seq from audit_head',
    );
    expect(after.rows).toEqual(before.rows);
  });

  it('publishes a file that says nothing about itself: 1.0, for everyone, from today, with its first heading for a title', async () => {
    await given({ 'notes/wifi.md': '# Wi-Fi Rules\n\nUse the guest net.' });

    await run();

    const { rows } = await test.db.query(
      'select reference, title, version, status, effective_from, audience, stored_at from document_version version join document on document.id = version.document_id',
    );
    expect(rows).toEqual([
      { reference: 'notes/wifi.md', title: 'Wi-Fi Rules', version: '1.0', status: 'published', effective_from: '2026-11-24', audience: ['everyone'], stored_at: now },
    ]); // prettier-ignore
  });

  it('gives a changed text under the same version a new revision, and keeps the old text', async () => {
    await given({ 'a.md': policy('POL-1', '2.0', 'Lock doors at seven.') });
    await run();
    await given({ 'a.md': policy('POL-1', '2.0', 'Lock doors at eight.') });

    const report = await run();

    expect(report.changed).toEqual(['a.md']);
    expect(await stored()).toEqual(['POL-1 2.0 1 superseded', 'POL-1 2.0 2 published']);
    expect(await found('when are doors locked?')).toContain('Lock doors at eight.');
    expect(await found('when are doors locked?')).not.toContain('Lock doors at seven.');
    const { rows } = await test.db.query("select body from section where body like 'Lock%' order by id");
    expect(rows.map((row) => row.body)).toEqual(['Lock doors at seven.', 'Lock doors at eight.']);
  });

  it('never lets a stored text be changed', async () => {
    await given({ 'a.md': policy('POL-1', '2.0', 'Lock doors.') });
    await run();

    const writing = test.db.query("update section set body = 'Leave them open.'");

    await expect(writing).rejects.toThrow('A stored section never changes; store a new version or revision');
  });

  it('archives a removed file, which is then found no more, and takes it back when it returns', async () => {
    await given({
      'a.md': policy('POL-1', '1.0', 'Lock doors.'),
      'b.md': policy('POL-2', '1.0', 'Shut windows.'),
    });
    await run();
    await rm(join(folder, 'a.md'));

    const gone = await run();
    const whileGone = await found('lock doors');
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors.') });
    await run();

    expect(gone.archived).toEqual(['a.md']);
    expect(whileGone).toEqual([]);
    expect(await found('lock doors')).toContain('Lock doors.');
    expect(await stored()).toEqual([
      'POL-1 1.0 1 superseded',
      'POL-2 1.0 1 published',
      'POL-1 1.0 2 published',
    ]);
  });

  it('reports a broken file by its name, and takes in the others', async () => {
    await given({
      'a.md': '---\nowner: nobody\n---\n# A\n\nText.',
      'b.docx': 'no Word file',
      'c.md': policy('POL-3', '1.0', 'Lock doors.'),
      'd.md': '',
    });

    const report = await run();

    expect(report.added).toEqual(['c.md']);
    expect(report.failed).toEqual([
      { name: 'a.md', reason: 'its front matter is wrong: owner: must be an e-mail address' },
      { name: 'b.docx', reason: 'it is not a Word file, whatever its name says' },
      { name: 'd.md', reason: 'it is empty' },
    ]);
    expect(await found('lock doors')).toContain('Lock doors.');
  });

  it('keeps the version before in force where the new file is broken', async () => {
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors.') });
    await run();
    await given({ 'a.md': policy('POL-1', '2.0', 'Lock gates.', 'status: publishd\n') });

    const report = await run();

    expect(report.failed.map(({ name }) => name)).toEqual(['a.md']);
    expect(report.archived).toEqual([]);
    expect(await found('lock doors')).toContain('Lock doors.');
  });

  it('reports a second file of the same document and version', async () => {
    await given({
      'a.md': policy('POL-1', '1.0', 'Lock doors.'),
      'copy.md': policy('POL-1', '1.0', 'Lock gates.'),
    });

    const first = await run();
    const second = await run();

    for (const report of [first, second])
      expect(report.failed).toEqual([
        {
          name: 'copy.md',
          reason: 'it is POL-1 version 1.0, and so is a.md; give one of them another version',
        },
      ]);
    expect(await stored()).toEqual(['POL-1 1.0 1 published']);
  });

  it('puts an older version out of force when a newer one takes effect', async () => {
    await given({
      'v1.md': policy('POL-1', '1.0', 'Lock doors at seven.', 'effective: 2025-01-01\n'),
      'v2.md': policy('POL-1', '2.0', 'Lock doors at eight.', 'effective: 2026-01-01\n'),
    });

    await run();

    expect(await found('lock doors')).toContain('Lock doors at eight.');
    expect(await found('lock doors')).not.toContain('Lock doors at seven.');
  });

  it('follows a file to its new name', async () => {
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors.') });
    await run();
    await rm(join(folder, 'a.md'));
    await given({ 'b.md': policy('POL-1', '1.0', 'Lock doors.') });

    await run();

    expect(await stored()).toEqual(['POL-1 1.0 1 superseded', 'POL-1 1.0 2 published']);
    expect((await found('lock doors')).filter((body) => body === 'Lock doors.')).toHaveLength(1);
  });

  it('from which a newer version is taken out again falls back to the older one that still lies there', async () => {
    await given({
      'v1.md': policy('POL-1', '1.0', 'Lock doors at seven.', 'effective: 2025-01-01\n'),
      'v2.md': policy('POL-1', '2.0', 'Lock doors at eight.', 'effective: 2026-01-01\n'),
    });
    await run();
    await rm(join(folder, 'v2.md'));

    await run();

    expect(await stored()).toEqual(['POL-1 1.0 1 published', 'POL-1 2.0 1 archived']);
    expect(await found('lock doors')).toContain('Lock doors at seven.');
  });

  it('whose file goes back to an earlier version puts the later one out of force', async () => {
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors at seven.', 'effective: 2025-01-01\n') });
    await run();
    await given({ 'a.md': policy('POL-1', '2.0', 'Lock doors at eight.', 'effective: 2026-01-01\n') });
    await run();
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors at seven.', 'effective: 2025-01-01\n') });

    await run();

    expect(await stored()).toEqual([
      'POL-1 1.0 1 superseded',
      'POL-1 2.0 1 superseded',
      'POL-1 1.0 2 published',
    ]);
    expect(await found('lock doors')).not.toContain('Lock doors at eight.');
  });

  it('leaves the answers of owners alone', async () => {
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors.') });
    await test.db.query("insert into document (reference, kind) values ('Q-2026-001', 'answer')");

    await run();

    const { rows } = await test.db.query("select archived_at from document where kind = 'answer'");
    expect(rows).toEqual([{ archived_at: null }]);
  });

  it('says what nobody could see in a file', async () => {
    await given({ 'a.md': '# A\n\nRead\u200B this\u202E.' });

    const report = await run();

    expect(report.hidden).toEqual([{ name: 'a.md', removed: 2 }]);
    expect(await found('read this')).toContain('Read this.');
  });

  it('writes of each document what was stored, by whom and when', async () => {
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors.') });

    await run({ actor: 'person:7' });

    const { rows } = await test.db.query('select payload from audit_entry');
    expect(rows.map((row) => JSON.parse(String(row.payload)) as unknown)).toMatchObject([
      { actor: 'person:7', action: 'document.published', at: now.toISOString(), detail: { reference: 'POL-1', version: '1.0', revision: 1, sections: 2 } },
    ]); // prettier-ignore
  });

  it('whose reading is cut off leaves what was in force in force, and the next run goes on from there', async () => {
    await given({
      'a.md': policy('POL-1', '1.0', 'Lock doors.'),
      'b.md': policy('POL-2', '1.0', 'Shut windows.'),
    });
    await run();
    await given({
      'a.md': policy('POL-1', '2.0', 'Lock gates.'),
      'b.md': policy('POL-2', '2.0', 'Shut skylights.'),
    });

    const cutOff = run({
      onProgress(_done, _total, name) {
        if (name === 'b.md') throw new Error('killed');
      },
    });
    await expect(cutOff).rejects.toThrow('killed');
    const between = [await found('lock gates'), await found('shut windows')];
    const report = await run();

    expect(between).toMatchObject([
      expect.arrayContaining(['Lock gates.']),
      expect.arrayContaining(['Shut windows.']),
    ]);
    expect(report).toMatchObject({ changed: ['b.md'], unchanged: 1 });
    expect(await found('shut skylights')).toContain('Shut skylights.');
  });

  it('whose storing fails half-way keeps the version before, whole', async () => {
    await given({ 'a.md': policy('POL-1', '1.0', 'Lock doors.') });
    await run();
    await given({ 'a.md': policy('POL-1', '2.0', 'Lock gates.') });

    const report = await run({ db: failingAfter(test.db, 'insert into posting') });

    expect(report.failed).toEqual([{ name: 'a.md', reason: 'the disk is full' }]);
    expect(await stored()).toEqual(['POL-1 1.0 1 published']);
    expect(await found('lock doors')).toContain('Lock doors.');
  });

  it('that is not there, or is a file, is refused with what to do', async () => {
    await given({ 'a.md': '# A\n\nText.' });

    await expect(run({ folder: join(folder, 'nowhere') })).rejects.toThrow(
      `There is no folder ${folder}/nowhere.`,
    );
    await expect(run({ folder: join(folder, 'a.md') })).rejects.toThrow(
      'Give the folder that holds the documents.',
    );
  });

  it('may stand beside another whose files have the same names', async () => {
    await given({
      'one/a.md': policy('POL-1', '1.0', 'Lock doors.'),
      'two/a.md': policy('POL-2', '1.0', 'Shut windows.'),
    });

    await run({ folder: join(folder, 'one') });
    const report = await run({ folder: join(folder, 'two') });

    expect(report).toMatchObject({ added: ['a.md'], archived: [] });
    expect(await stored()).toEqual(['POL-1 1.0 1 published', 'POL-2 1.0 1 published']);
  });
});

/** A database whose transactions fail right after a statement. */
function failingAfter(db: Database, statement: string): Database {
  return {
    ...db,
    transaction: (work) =>
      db.transaction((tx) =>
        work({
          async query(sql, parameters) {
            const result = await tx.query(sql, parameters);
            if (sql.includes(statement)) throw new Error('the disk is full');
            return result;
          },
        }),
      ),
  };
}

/** The counts that weigh words are kept by hand: they must be what counting gives. */
async function expectCountsOfWordsToBeRight(db: Database): Promise<void> {
  const wrong = await db.query(
    `select stem, section_count, (select count(distinct section_id) from posting where lexeme_id = lexeme.id) as counted from lexeme
     where section_count <> (select count(distinct section_id) from posting where lexeme_id = lexeme.id)`,
  );
  const corpus = await db.query(
    'select section_count, (select count(distinct section_id) from posting) as counted from search_corpus',
  );
  expect(wrong.rows).toEqual([]);
  expect(corpus.rows[0]?.section_count).toBe(corpus.rows[0]?.counted);
}
