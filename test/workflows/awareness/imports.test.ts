/** What other systems know of people's training comes in: completions, and results of phishing tests; and the matrix that holds it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exportTable } from '../../../src/cli/tables.ts';
import { readTable } from '../../../src/files/read-table.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { bringPhishing, phishingTable } from '../../../src/workflows/awareness/import-phishing.ts';
import { awarenessRoom } from '../../../src/workflows/awareness/room.ts';
import { bringTraining } from '../../../src/workflows/awareness/import-training.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, today, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('What another system knows', (test) => {
  let isma: Harness;
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db });
    folder = await mkdtemp(join(tmpdir(), 'isma-training-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const at = (name: string) => join(folder, name);
  const bring = async (
    what: typeof bringTraining,
    name: string,
    apply: boolean,
    lines: readonly string[],
  ) => {
    await writeFile(at(name), `${lines.join('\n')}\n`);
    return what(test.db, () => today, at(name), { beside: null, apply });
  };
  const kept = () =>
    rows(`select person.email, lesson, completed_on::text as "on", score, expires_on::text as until, how, source
          from training join person on person.id = person_id order by training.id`);
  const lms = [
    'User Email;Course Name;Completion Date;Status;Score;Valid until',
    `${erin.toUpperCase()};Phishing Awareness Training 2026;2026-10-05 14:03;Completed;85.5;`,
    `${erin};Phishing Awareness Training 2026;01.03.2026;Completed;60;`,
    `${hanna};GDPR for managers;12.10.2026;Passed;0.9;2027-10-12`,
    `${hanna};Secure passwords;;In progress;;`,
  ];

  it('is tried first, kept once with our lessons and others under their own names, and the same file again changes nothing', async () => {
    const tried = await bring(bringTraining, 'lms.csv', false, lms);
    expect(tried.text.split('\n')).toEqual([
      'Completion Date is read as days, day-first: «01.03.2026» is 1 March 2026, «12.10.2026» is 12 October 2026',
      '  «Phishing Awareness Training 2026» counts as our lesson «Mails that want something from you».',
      '  «GDPR for managers» is no lesson of ours: it stands in the matrix under its own name.',
      '1 row is not completed, and left out.',
      'Would note 2 of 3 completions of 2 people; the others are known already.',
      'Nothing was written yet. Say --apply to write it.',
      '',
    ]);
    expect(await kept()).toEqual([]);

    expect((await bring(bringTraining, 'lms.csv', true, lms)).isWhole).toBe(true);
    const first = await kept();
    expect(first).toEqual([
      { email: erin, lesson: 'phishing', on: '2026-10-05', score: 85, until: '2027-10-05', how: 'elsewhere', source: 'lms.csv' }, // prettier-ignore
      { email: hanna, lesson: 'GDPR for managers', on: '2026-10-12', score: 90, until: '2027-10-12', how: 'elsewhere', source: 'lms.csv' }, // prettier-ignore
    ]);
    expect((await bring(bringTraining, 'lms.csv', true, lms)).text).toContain('There is nothing to write.');
    expect(await kept()).toEqual(first);
    expect(await rows("select actor, payload::jsonb -> 'detail' ->> 'completions' as n from audit_entry where action = 'training.imported'")).toEqual([{ actor: 'system:training-import', n: '2' }]); // prettier-ignore
  });

  it('ends what was assigned, stands back behind what somebody did later, and counts as long as its course says', async () => {
    await changeSetting(test.db, 'awareness.course', { passMark: 80, passMarks: {}, questions: 5, months: 12, monthsOf: { phishing: 6 }, abandonedAfterDays: 14 }, 'test', today); // prettier-ignore
    const card = await isma.say(ines, 'assign phishing to Erin and Hanna until 4 December');
    await isma.press(ines, last(card)?.buttons.find(({ label }) => label === 'Confirm')?.id ?? '');
    await test.db.query("update training set state = 'completed', completed_on = '2026-11-01', score = 100 where person_id = (select id from person where email = $1)", [hanna]); // prettier-ignore

    await bring(bringTraining, 'lms.csv', true, ['email,course,completed,lesson', `${erin},Hook 1,2026-10-05,phishing`, `${hanna},Hook 1,2026-10-05,Phishing`]); // prettier-ignore

    expect(await kept()).toMatchObject([
      { email: erin, on: '2026-10-05', until: '2027-04-05', how: 'elsewhere' },
      { email: hanna, on: '2026-11-01', score: 100, how: 'quiz' },
    ]);
    expect(last(await isma.say(erin, "what's on my plate?"))?.items).toEqual([]);
  });

  it('is refused whole with what to do at each line', async () => {
    const { text, isWhole } = await bring(bringTraining, 'lms.csv', true, [
      'email,course,completed on,score,lesson',
      `${erin},Hook 1,2026-10-05,85,`,
      'nobody@test.example,Hook 1,2026-10-05,85,',
      `${erin},Hook 1,13/25/2026,85,`,
      `${erin},Hook 2,2026-10-05,85,knitting`,
    ]);

    expect(isWhole).toBe(false);
    expect(text).toContain('  lms.csv, line 3, email: «nobody@test.example» is nobody that I know; add them with "isma people import", or take the line out\n'); // prettier-ignore
    expect(text).toContain('  lms.csv, line 4, completed on: «13/25/2026» is no date');
    expect(text).toContain(
      '  lms.csv, line 5, lesson: «knitting» is no lesson of ours; write one of ai-tools, ',
    );
    expect(await kept()).toEqual([]);
  });

  it('has no score of whoever’s it is theirs alone', async () => {
    await test.db.query("update person set locale = 'de-DE' where email = $1", [erin]);
    const { text } = await bring(bringTraining, 'lms.csv', true, lms);

    expect(text).toContain('The scores of 1 person are not kept: works-council mode.');
    expect((await kept()).map(({ score }) => score)).toEqual([null, 90]);
  });

  it('stands in the matrix of people and courses, whose export is on record, and which an auditor reads in chat', async () => {
    await bring(bringTraining, 'lms.csv', true, lms);
    await test.db.query("insert into person (email, name, roles, time_zone, locale) values ('aud@test.example', 'Audrey Audit', '{employee,auditor}', 'UTC', 'en-GB')"); // prettier-ignore
    await exportTable({ db: test.db, clock: () => today }, 'training', at('matrix.csv'));

    const { header, rows: cells } = await readTable(at('matrix.csv'));
    expect(header.cells).toEqual(['person', 'email', 'department', 'GDPR for managers', 'Mails that want something from you']); // prettier-ignore
    expect(cells.map((row) => row.cells.filter((_, column) => column !== 1 && column !== 2))).toEqual([
      ['Erin Employee', '', 'completed 2026-10-05, counts until 2027-10-05, by lms.csv'],
      ['Hanna Human', 'completed 2026-10-12, counts until 2027-10-12, by lms.csv', 'not begun'],
      ['Hugo Owner', '', 'not begun'],
      ['Ines Isms', '', 'not begun'],
    ]);
    expect(await rows("select actor, payload::jsonb -> 'detail' ->> 'people' as n from audit_entry where action = 'training.exported'")).toEqual([{ actor: 'system:export', n: '4' }]); // prettier-ignore

    const shown = await isma.say('aud@test.example', 'training status');
    expect(last(shown)?.text).toContain('2 lessons of 4 people: 2 done.');
    const matrix = last(shown)?.buttons.find(({ label }) => label === 'Matrix')?.id ?? '';
    expect(last(await isma.press('aud@test.example', matrix))?.files[0]?.name).toBe('training-2026-11-24-matrix.xlsx'); // prettier-ignore
    expect(await rows("select count(*)::integer as n from audit_entry where action = 'training.seen'")).toEqual([{ n: 2 }]); // prettier-ignore
    expect(last(await isma.say('aud@test.example', 'assign phishing to everyone'))?.text).toContain('You are here as an auditor'); // prettier-ignore
  });

  const vendor = [
    'first_name,email,campaign,send_date,status,reported',
    `Erin,${erin},Parcel,2026-11-03T08:00:01.123456Z,Clicked Link,FALSE`,
    `Erin,${erin},Parcel,2026-11-03T08:00:01.123456Z,Submitted Data,FALSE`,
    `Hanna,${hanna},Parcel,2026-11-03T08:00:02Z,Email Opened,TRUE`,
    `Hugo,${hugo},Parcel,2026-11-04T08:00:02Z,Email Sent,FALSE`,
    `Ines,${ines},Parcel,2026-11-04T08:00:02Z,Clicked Link,TRUE`,
  ];

  it('has what came of a phishing test, the gravest of each person, once', async () => {
    const tried = await bring(bringPhishing, 'gophish.csv', false, vendor);
    expect(tried.text).toBe(
      'Columns that mean nothing here and are not read: first_name\n' +
        '  «Parcel», sent 3 November 2026: 4 people, 1 did nothing, 1 reported it, 1 clicked, 1 entered data.\n' +
        'Would keep 1 phishing test.\nNothing was written yet. Say --apply to write it.\n',
    );
    expect(await rows('select * from phishing_test')).toEqual([]);

    await bring(bringPhishing, 'gophish.csv', true, vendor);
    expect((await bring(bringPhishing, 'gophish.csv', true, vendor)).text).toContain('There is nothing to write.'); // prettier-ignore
    expect((await phishingTable(test.db)).rows).toEqual([['Parcel', '2026-11-03', 'all', 4, 1, 1, 1, 1]]);
    const shown = last(await isma.say(ines, 'phishing tests'));
    expect(shown?.text).toBe(
      '«Parcel», 3 November 2026: 2 (50 %) of 4 people clicked, 1 (25 %) reported it.',
    );
    const card = await isma.press(ines, shown?.buttons[0]?.id ?? '');
    expect(last(card)?.facts).toContainEqual({ label: 'Asked', value: 'Erin Employee, Ines Isms' }); // prettier-ignore
    expect(last(await isma.say(erin, 'phishing tests'))?.text).toContain(
      'for the ISMS manager and for auditors',
    );
  });

  it('keeps nobody’s click in works-council mode, only how many, and by departments of at least ten', async () => {
    await changeSetting(test.db, 'awareness.works_council', 'on', 'test', today);
    const departments = [...Array.from({ length: 12 }, () => 'Sales'), ...Array.from({ length: 11 }, () => 'IT'), 'Legal', 'Legal']; // prettier-ignore
    for (const [index, department] of departments.entries())
      await test.db.query("insert into person (email, name, department, roles, time_zone, locale) values ($1, $1, $2, '{employee}', 'UTC', 'en-GB')", [`p${index}@test.example`, department]); // prettier-ignore
    const lines = ['email,campaign,sent,clicked', ...departments.map((_, index) => `p${index}@test.example,Parcel,2026-11-03,${index % 4 === 0 ? 'yes' : ''}`)]; // prettier-ignore

    const { text } = await bring(bringPhishing, 'vendor.csv', true, lines);

    expect(text).toContain('of 25 people no single result is kept');
    expect(text).toContain('Counted together, since they are too small: Legal, IT.');
    expect(await rows('select * from phishing_result')).toEqual([]);
    expect((await phishingTable(test.db)).rows).toEqual([
      ['Parcel', '2026-11-03', 'all', 25, 0, 18, 7, 0],
      ['Parcel', '2026-11-03', 'Sales', 12, 0, 9, 3, 0],
    ]);
    expect(last(await isma.say(ines, 'phishing tests'))?.buttons).toEqual([]);
    expect((await bring(bringPhishing, 'vendor.csv', true, lines)).text).toContain('known already');
    const log = JSON.stringify(await rows('select payload from audit_entry'));
    expect(log).not.toContain('clicked');
  });

  it('forgets single clicks once the mode is on, and keeps how many there were', async () => {
    await bring(bringPhishing, 'gophish.csv', true, vendor);
    await changeSetting(test.db, 'awareness.works_council', 'on', 'test', today);

    await test.db.transaction((tx) => awarenessRoom.forget?.(tx, today) ?? Promise.resolve());
    await test.db.transaction((tx) => awarenessRoom.forget?.(tx, today) ?? Promise.resolve());

    expect(await rows('select * from phishing_result')).toEqual([]);
    expect((await phishingTable(test.db)).rows).toEqual([['Parcel', '2026-11-03', 'all', 4, 1, 1, 1, 1]]);
  });

  it('drops what so few did that a number would tell who', async () => {
    await test.db.query("update person set locale = 'de-AT' where email = $1", [erin]);
    const { text } = await bring(bringPhishing, 'gophish.csv', true, vendor);

    expect(text).toContain('Dropped: the results of 1 person.');
    expect((await phishingTable(test.db)).rows).toEqual([['Parcel', '2026-11-03', 'all', 3, 1, 1, 1, 0]]);
    expect(await rows("select * from phishing_result where outcome = 'entered_data'")).toEqual([]);
  });
});
