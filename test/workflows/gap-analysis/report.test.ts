/** What an assessment hands over: a report that is read back, a picture, a roadmap, and sets of questions that it answers. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mammoth from 'mammoth';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { verifyAudit } from '../../../src/db/audit.ts';
import { readTable } from '../../../src/files/read-table.ts';
import { writeTable } from '../../../src/files/write-table.ts';
import { bringQuestions } from '../../../src/workflows/gap-analysis/import-questions.ts';
import { questionsTable } from '../../../src/workflows/gap-analysis/question-answers.ts';
import { gapReport } from '../../../src/workflows/gap-analysis/report-actions.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, type Harness } from '../../support/harness.ts';
import { talkIn } from './talk.ts';

const ines = 'ines@test.example';
describeOnDatabases('What an assessment hands over', (test) => {
  let isma: Harness;
  let folder: string;
  const now = new Date('2026-11-25T09:00:00Z');
  beforeEach(async () => {
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
    folder = await mkdtemp(join(tmpdir(), 'isma-gap-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const { shownTo, press: pressed, answerAll, begin } = talkIn(() => isma);
  const shown = () => shownTo(ines);
  const press = (label: string) => pressed(ines, label);

  /** @param choice  of each question, by the index of its choices */
  async function assess(scope: string, choice: number) {
    await begin(ines, scope);
    await answerAll(ines, choice);
  }

  it('is a report for whoever was not there, with every criterion, in their language', async () => {
    await assess('gap analysis of A.5.18', 9);
    await isma.say(ines, 'show GA-1');
    await press('More');
    await press('Report');
    const [file] = shown()?.files ?? [];
    const german = await gapReport(test.db, { record: 'GA-2026-001', language: 'de', now });

    const english = await readOutgoingFile(test.db, file?.id ?? '');
    const { value: text } = await mammoth.extractRawText({ buffer: Buffer.from(english ?? []) });
    const { value: auf } = await mammoth.extractRawText({ buffer: Buffer.from(german) });
    const { rows } = await test.db.query(
      'select count(*)::integer as n from assessment_criterion where left_out is null',
    );
    expect(file?.name).toBe('GA-2026-001.docx');
    expect(text).toContain('Ines Isms (leads the analysis)');
    expect(text).toContain('12 March 2027');
    expect(text).toMatch(/^0 of 100\. \d+ missing\.$/m);
    expect(text.match(/^A\.5\.18: /gm)?.length).toBe(rows[0]?.n);
    expect(text).toContain('are as people said');
    expect(text).toContain('How many people work for you? 10 to 49');
    expect(auf).toContain('Das Wichtigste');
    expect(auf).toContain('12. März 2027');
    expect(auf).not.toContain('as people said');
  });

  it('shows a picture of its themes, with the same numbers in words', async () => {
    await assess('quick scan', 0);
    const reply = (await isma.say(ines, 'show GA-1')).at(-1)?.reply;

    const picture = await readOutgoingFile(test.db, reply?.picture?.id ?? '');
    expect(
      Buffer.from(picture ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(reply?.picture?.alt).toContain('Written down 100 %, Done 100 %');
  });

  it('orders work packages by what they wait for, and says whether the audit is in time', async () => {
    await assess('gap analysis of A.5.18', 9);
    await isma.say(ines, 'show GA-1');
    for (let index = 0; index < 2; index += 1) {
      await isma.say(ines, 'show GA-1');
      await press('What matters most');
      await press('Plan it');
      await press('Confirm');
      await press('Put it on the roadmap');
    }
    await isma.press(ines, 'gap-analysis.packages?record=GA-2026-001');

    expect(shown()?.text).toMatch(
      /^All of it can be done by \d+ \w+ 2026, \d+ working days before the audit on 12 March 2027\.$/,
    );
    expect(shown()?.items.map(({ detail }) => detail)).toEqual([
      '25 November 2026 to 1 December 2026 · decides the end · no owner yet',
      'on 2 December 2026 · decides the end · no owner yet · waits for WP-2026-001',
    ]);
  });

  it('answers the questions of customers with what is known of the requirements that they map to', async () => {
    const file = join(folder, 'Acme_supplier_check.csv');
    await writeFile(
      file,
      'No;Question;ISO 27001;Weight\n1;Who agrees to access?;A.5.18;3\n2;Do you have a canteen?;;1\n3;Are backups tried out?;"A.8.13; 9.2";2\n',
    );
    const first = await bringQuestions(test.db, () => now, file, { beside: null, apply: false });
    const { rows: before } = await test.db.query('select * from question_set');
    await bringQuestions(test.db, () => now, file, { beside: null, apply: true });

    await assess('gap analysis of A.5.18', 0);
    const { columns, rows } = await questionsTable(test.db);

    expect(first.text).toContain('Columns that mean nothing here and are not read: Weight');
    expect(first.text).toContain(
      'Would add the set «Acme supplier check»: 3 questions, of which 2 are answered by clauses and controls and 1 is asked by itself.',
    );
    expect(before).toEqual([]);
    expect(
      rows.map((row) => [
        row[columns.indexOf('number')],
        row[columns.indexOf('requirements')],
        row[columns.indexOf('answer')],
      ]),
    ).toEqual([
      ['1', 'A.5.18', 'yes'],
      ['2', '', 'not answered yet'],
      ['3', 'A.8.13; 9.2.1; 9.2.2', 'not answered yet'],
    ]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('asks what maps to nothing beside the bank, and takes the place of an older set of the name', async () => {
    const file = join(folder, 'Acme.xlsx');
    await writeTable(file, {
      columns: ['ref', 'question', 'requirements'],
      rows: [
        ['7', 'Do you insure us?', ''],
        ['8', 'Do you train people?', '7.3'],
      ],
    });
    await bringQuestions(test.db, () => now, file, { beside: null, apply: true });
    const again = await bringQuestions(test.db, () => now, file, { beside: null, apply: true });

    await assess('gap analysis of 4.1', 0);
    await isma.press(ines, 'gap-analysis.begin?scope=theme%3Aset-2');
    await press('Yes, begin');
    const asked = shown();
    await press('In part');
    for (let step = 0; step < 5 && shown()?.progress != null; step += 1)
      await isma.press(ines, shown()?.buttons[0]?.id ?? '');

    expect(again.text).toContain('It takes the place of the set of that name, which had 2 questions.');
    expect(asked?.text).toContain('Do you insure us?');
    const { columns, rows } = await questionsTable(test.db);
    expect(rows.map((row) => row[columns.indexOf('answer')])).toEqual(['partly', 'not answered yet']);
  });

  it('refuses a set whose rows name no requirement of the standard, by line, and writes nothing', async () => {
    const file = join(folder, 'own.csv');
    await writeFile(
      file,
      'number,question,control\n1,Who agrees to access?,A.5.99\n2,,A.5.1\n1,Is there a list?,A.5.9\n',
    );

    const { text, isWhole } = await bringQuestions(test.db, () => now, file, { beside: null, apply: true });

    expect(isWhole).toBe(false);
    expect(text).toContain(
      'own.csv, line 2, control: «A.5.99» is no clause or control of ISO/IEC 27001:2022',
    );
    expect(text).toContain('own.csv, line 3, question: is missing');
    expect((await test.db.query('select * from question_set')).rows).toEqual([]);
  });

  it('goes to a file that a spreadsheet reads back', async () => {
    await assess('gap analysis of A.5.18', 0);
    await isma.press(ines, 'gap-analysis.export?record=GA-2026-001&format=csv');
    const [file] = shown()?.files ?? [];
    const path = join(folder, file?.name ?? '');
    await writeFile(path, (await readOutgoingFile(test.db, file?.id ?? '')) ?? '');

    const { header, rows } = await readTable(path);
    expect(rows.length).toBeGreaterThan(2);
    expect(new Set(rows.map(({ cells }) => cells[header.cells.indexOf('result')]))).toEqual(
      new Set(['conform']),
    );
    expect((await readFile(path, 'utf8')).length).toBeGreaterThan(100);
  });
});
