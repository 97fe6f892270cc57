/** Lessons that people are given to do, and who sees how far they are. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lessonNamed } from '../../../src/isms/training/lesson-bank.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { trainingRows } from '../../../src/workflows/awareness/standings.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('A lesson that is assigned', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-25T09:00:00Z');
    await givenPeople(test.db);
    await test.db.query(
      `update person set department = 'Sales and Marketing', manager_id = (select id from person where email = $1)
       where email in ($2, $3)`,
      [hugo, erin, hanna],
    );
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const idOf = (said: Said[], label: string) => last(said)?.buttons.find((each) => each.label === label)?.id ?? ''; // prettier-ignore
  const assigned = () =>
    rows("select email, lesson, training.state, due_on::text from training join person on person.id = person_id order by email"); // prettier-ignore
  /** As whoever passes the quiz. */
  const completed = (email: string, score = 80) =>
    rows(
      `insert into training (reference, state, state_at, person_id, lesson, text_hash, completed_on, score, expires_on)
       select 'TR-2026-9' || id, 'completed', now(), id, 'phishing', 'x', '2026-11-01', ${score}, '2027-11-01' from person where email = $1`,
      [email],
    );

  it('is shown on a card with who and how many, and sent to each once it is confirmed', async () => {
    const card = await isma.say(ines, 'assign phishing to Sales until Friday');
    expect(last(card)?.text).toContain('Assign «Mails that want something from you» to 2 people');
    expect(last(card)?.facts).toContainEqual({ label: 'Asked', value: 'Erin Employee, Hanna Human' }); // prettier-ignore
    expect(await assigned()).toEqual([]);

    const done = await isma.press(ines, idOf(card, 'Confirm'));
    expect(await assigned()).toEqual([
      { email: erin, lesson: 'phishing', state: 'assigned', due_on: '2026-11-27' },
      { email: hanna, lesson: 'phishing', state: 'assigned', due_on: '2026-11-27' },
    ]);
    expect(done.filter(({ address }) => address === directAddress(erin))).toEqual([]);
    now = new Date('2026-11-25T09:15:00Z');
    const told = (await isma.runDue()).filter(({ address }) => address === directAddress(erin));
    expect(told.map(({ reply }) => reply.text)).toEqual(['Lesson: Mails that want something from you · due Friday\nabout 4 minutes with its quiz']); // prettier-ignore
    expect(await rows("select count(*)::integer as n from audit_entry where action = 'training.assigned'")).toEqual([{ n: 2 }]); // prettier-ignore

    now = new Date('2026-11-30T09:00:00Z');
    const plate = await isma.say(erin, "what's on my plate?");
    expect(last(plate)?.items).toMatchObject([{ text: 'Lesson: Mails that want something from you', detail: '3 days overdue · about 4 minutes with its quiz', button: { label: 'Learn' } }]); // prettier-ignore
  });

  it('leaves out who has passed it, and is given again by the form with another day', async () => {
    await completed(erin);
    const none = await isma.say(ines, 'assign phishing to Erin');
    expect(last(none)?.text).toContain('All of them have passed «Mails that want something from you»');
    const card = await isma.say(ines, 'assign phishing to everyone');
    expect(last(card)?.text).toContain('to 3 people');
    expect(last(card)?.facts).toContainEqual({ label: 'Have passed it', value: '1 person' });

    const form = await isma.press(ines, idOf(card, 'Change'));
    const again = await isma.press(ines, last(form)?.form?.id ?? '', { lesson: 'phishing', who: 'Hanna and Erin', due: '2026-12-04' }); // prettier-ignore
    const done = await isma.press(ines, idOf(again, 'Confirm'));

    expect(done.map(({ reply }) => reply.text)).toContain('✓ «Mails that want something from you» is to be done by 1 person until Friday 4 December 2026.\nEach is told in their hours, in one message with all that is open for them.\n1 person passed it before, and it still counts.'); // prettier-ignore
    expect((await assigned()).map(({ email, state }) => `${String(email)} ${String(state)}`)).toEqual([
      `${erin} completed`,
      `${hanna} assigned`,
    ]);
  });

  it('is a manager’s for their own people only, and nobody else’s', async () => {
    const own = await isma.say(hugo, 'assign passwords to Hanna');
    const other = await isma.say(hugo, 'assign passwords to Ines');
    const none = await isma.say(erin, 'assign passwords to Hanna');

    expect(last(own)?.text).toContain('to 1 person');
    expect(last(other)?.text).toContain('Ines Isms does not report to you.');
    expect(last(none)?.text).toContain('for the ISMS manager, and for managers of their own people');
    // Whoever stops being their manager before the press writes nothing.
    await test.db.query('update person set manager_id = null');
    await isma.press(hugo, idOf(own, 'Confirm'));
    expect(await assigned()).toEqual([]);
  });

  it.each([
    'assign phishing to Erin until 4 December',
    'weise Phishing Erin zu',
    'bitte weise Phishing an Erin zu bis 4. Dezember',
    'attribue hameçonnage à Erin',
    'asigna phishing a Erin',
  ])('is understood in «%s»', async (said) => {
    expect(last(await isma.say(ines, said))?.text).toContain('Assign «Mails that want something from you» to 1 person'); // prettier-ignore
  });

  it('is told of to those who answer for people, and every look is on record', async () => {
    await completed(erin, 100);
    await isma.press(
      ines,
      idOf(await isma.say(ines, 'assign phishing to Hanna until 26 November'), 'Confirm'),
    );
    now = new Date('2026-11-30T09:00:00Z');

    const missing = await isma.say(hugo, "who hasn't done phishing?");
    const sales = await isma.say(ines, 'training in Sales');
    const refused = await isma.say(erin, 'Wer hat Phishing noch nicht gemacht?');

    expect(last(missing)?.text).toBe('1 of 2 people has not done «Mails that want something from you». 1 overdue.'); // prettier-ignore
    expect(last(missing)?.table?.rows).toEqual([['Hanna Human', 'Sales and Marketing', 'assigned, overdue', '26 November 2026']]); // prettier-ignore
    expect(last(sales)?.text).toBe('2 lessons of 2 people in Sales and Marketing: 1 done. 1 overdue.');
    expect(last(refused)?.text).toContain('is for the ISMS manager');
    const looks = await rows("select actor from audit_entry where action = 'training.seen' order by seq");
    expect(looks).toHaveLength(2);
    const file = await isma.press(ines, idOf(sales, 'Excel file'));
    expect(last(file)?.files[0]?.name).toBe('training-2026-11-30.xlsx');
  });

  it('is let off by the ISMS manager with a reason, and given anew', async () => {
    const give = async () => isma.press(ines, idOf(await isma.say(ines, 'assign phishing to Hanna'), 'Confirm')); // prettier-ignore
    await give();
    const letOff = async (email: string, reason: string) => {
      const form = await isma.press(email, idOf(await isma.say(email, 'exempt Hanna from phishing'), 'Exempt Hanna Human')); // prettier-ignore
      return isma.press(email, last(form)?.form?.id ?? '', { reason });
    };
    expect(last(await letOff(hugo, 'Busy'))?.text).toContain('Only the ISMS manager exempts');
    const done = await letOff(ines, 'Works on the line, without a mailbox');

    expect(last(done)?.text).toBe('Hanna Human need not do «Mails that want something from you».');
    expect(await rows('select state, reason from training')).toEqual([{ state: 'waived', reason: 'Works on the line, without a mailbox' }]); // prettier-ignore
    expect((await trainingRows(test.db, now)).rows[0]?.slice(5)).toEqual(['waived', '', '', '', 'Works on the line, without a mailbox', '', '']); // prettier-ignore
    expect(last(await isma.say(hanna, "what's on my plate?"))?.items).toEqual([]);
    await give();
    expect(await rows('select state, reason from training')).toEqual([{ state: 'assigned', reason: null }]);
  });

  it('tells nobody who may not let others off whether they have done it', async () => {
    await completed(hanna);
    const [{ id } = {}] = await rows('select id from person where email = $1', [hanna]);
    const said: (string | undefined)[] = [];
    for (const lesson of ['phishing', 'reporting'])
      said.push(last(await isma.press(erin, `awareness.send-exempt?person=${Number(id)}&lesson=${lesson}`, { reason: 'Busy' }))?.text); // prettier-ignore

    expect(said[0]).toContain('Only the ISMS manager exempts somebody from a lesson.');
    expect(said[1]).toBe(
      said[0]?.replace('Mails that want something from you', lessonNamed('reporting')?.title.en ?? ''),
    );
  });

  it('has its score in the file only where it is not for the person alone', async () => {
    await completed(erin, 100);
    await completed(hanna, 80);
    await test.db.query("update person set locale = 'de-DE' where email = $1", [hanna]);
    await test.db.query("update training set state = 'failed' where score = 80");
    const scores = async () =>
      (await trainingRows(test.db, now)).rows.map((row) => [row[0], row[5], row[7]].join(' '));

    expect(await scores()).toEqual(['Erin Employee completed 100', 'Hanna Human started ']);
    await changeSetting(test.db, 'awareness.works_council', 'off', 'test', now);
    expect(await scores()).toEqual(['Erin Employee completed 100', 'Hanna Human failed 80']);
    await changeSetting(test.db, 'awareness.works_council', 'on', 'test', now);
    expect(await scores()).toEqual(['Erin Employee completed ', 'Hanna Human started ']);
  });
});
