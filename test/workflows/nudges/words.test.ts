/** What people say to reminders: later, away, back, why, stop, more time; and what their managers hear. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { importPeopleFile } from '../../../src/app/people-file.ts';
import { bringAbsences } from '../../../src/workflows/nudges/import-absences.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('To a reminder', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    await test.db.query('update person set manager_id = (select id from person where email = $1) where email in ($2, $3)', [hugo, erin, hanna]); // prettier-ignore
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const to = (email: string, said: Said[]) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  const labels = (said: Said[]) => last(said)?.buttons.map(({ label }) => label);
  const idOf = (said: Said[], label: string) => said.flatMap(({ reply }) => reply.buttons).findLast((each) => each.label === label)?.id ?? `no ${label}`; // prettier-ignore
  const give = async (lesson: string, who: string, until: string) =>
    isma.press(ines, idOf(await isma.say(ines, `assign ${lesson} to ${who} until ${until}`), 'Confirm'));
  const days = async (from: string, count: number, email = erin) => {
    const said: string[] = [];
    for (let day = 0; day < count; day += 1) {
      now = new Date(Date.parse(`${from}T08:30:00Z`) + day * 86_400_000);
      for (const { text } of to(email, await isma.runDue())) said.push(`${now.toISOString().slice(5, 10)} ${text.split('\n')[0] ?? ''}`); // prettier-ignore
    }
    return said;
  };

  it.each([
    [
      "I'm on leave until 3 January",
      'Away until Sunday, 3 January 2027: no reminder before you are back. Right?',
    ],
    [
      'ich bin bis 3. Januar im Urlaub',
      'Away until Sunday, 3 January 2027: no reminder before you are back. Right?',
    ],
    [
      'I am on holiday from 7 December until 18 December',
      'Away from Monday 7 December until Friday 18 December: no reminder in that time. Right?',
    ],
    [
      'je suis en vacances jusqu’au 4 décembre',
      'Away until Friday 4 December: no reminder before you are back. Right?',
    ],
  ])('«%s» is shown, and holds once it is pressed', async (said, shown) => {
    const card = await isma.say(erin, said);
    expect(last(card)?.text).toBe(shown);
    expect(await rows('select * from absence')).toEqual([]);

    const done = await isma.press(erin, idOf(card, 'Yes, I am away'));

    expect(last(done)?.text).toContain('Enjoy it. No reminder until you are back;');
    expect(await rows('select said_by from absence')).toEqual([{ said_by: 'person' }]);
  });

  it.each(['What is the policy on leave?', 'am I allowed to be on leave until Friday?', 'my leaving date'])(
    '«%s» says nothing of a leave',
    async (said) => {
      const answer = await isma.say(erin, said);

      expect(
        last(answer)
          ?.buttons.map(({ id }) => id)
          .filter((id) => id.startsWith('nudges.')),
      ).toEqual([]);
    },
  );

  it('«I’m back» ends a leave that has begun, and what waited comes in one message', async () => {
    await give('phishing', 'Erin', '18 December');
    await isma.press(erin, idOf(await isma.say(erin, "I'm on leave until 11 December"), 'Yes, I am away'));
    expect(await days('2026-11-24', 3)).toEqual([]);

    const card = await isma.say(erin, "I'm back");
    await isma.press(erin, idOf(card, 'I am back'));

    expect(last(card)?.text).toBe('I have you away until Friday 11 December. Are you back today?');
    expect(await days('2026-11-27', 1)).toEqual(['11-27 Lesson: Mails that want something from you · due Friday 18 December']); // prettier-ignore
    expect(await rows('select until_day::text from absence')).toEqual([{ until_day: '2026-11-25' }]);
  });

  it('«Later» offers tomorrow, next Monday and a day, and then nothing comes before it', async () => {
    await give('phishing', 'Erin', '30 November');
    now = new Date('2026-11-25T09:00:00Z');
    const card = await isma.runDue();
    const later = await isma.press(erin, idOf(card, 'Later'));
    expect(labels(later)).toEqual(['Tomorrow', 'Next Monday', 'Another day']);

    const done = await isma.press(erin, idOf(later, 'Next Monday'));

    expect(last(done)?.text).toContain('you hear from me again on Monday.');
    expect(await days('2026-11-26', 5)).toEqual([
      '11-30 Lesson: Mails that want something from you · due today',
    ]);
    const words = await isma.say(erin, 'snooze until Friday');
    expect(await rows('select until_day::text from snooze')).toEqual([{ until_day: '2026-11-30' }]);
    await isma.press(erin, idOf(words, 'Yes'));
    expect(await rows('select until_day::text from snooze')).toEqual([{ until_day: '2026-12-04' }]);
    expect(last(await isma.say(erin, 'snooze until 30 January'))?.text).toContain(
      'That is more than 14 days.',
    );
  });

  it('«why did you message me?» has the reason of each thing, and «stop» who can end it', async () => {
    await give('phishing', 'Erin', '30 November');
    const why = last(await isma.say(erin, 'why did you message me?'));
    const stop = last(await isma.say(erin, 'stop reminding me about the lesson'));

    expect(why?.items).toMatchObject([{ text: 'Lesson: Mails that want something from you', detail: 'Ines Isms asked you to take this lesson. · due Monday' }]); // prettier-ignore
    expect(why?.aside).toContain('One message a day at most, 3 a week');
    expect(stop?.text).toContain('only Ines Isms can take it from you');
    expect(last(await isma.say(hanna, 'why am I getting this?'))?.text).toBe('Nothing is open for you, so I remind you of nothing.'); // prettier-ignore
  });

  it('more time is asked for with a reason, and given by the line manager alone, or the ISMS manager', async () => {
    await give('phishing', 'Erin', '30 November');
    await give('passwords', 'Erin', '4 December');
    const offer = await isma.say(
      erin,
      'more time for the passwords lesson until 11 December because I am ill',
    );
    expect(last(offer)?.text).toContain('More time for «Lesson: Passwords, and life without them»?');
    const form = last(await isma.press(erin, idOf(offer, 'Ask')))?.form;
    const values = Object.fromEntries(form?.fields.map(({ name, value }) => [name, value ?? '']) ?? []);
    expect(values).toMatchObject({ until: '2026-12-11', reason: 'I am ill' });
    const sent = await isma.press(erin, form?.id ?? '', values);

    expect(to(erin, sent)[0]?.text).toBe('Asked: Hugo Owner decides. Until then the day stays.');
    expect(to(hugo, sent)[0]).toMatchObject({ text: 'Erin Employee asks for more time: Lesson: Passwords, and life without them', facts: [{ value: 'I am ill' }, {}, {}] }); // prettier-ignore
    const yes = to(hugo, sent)[0]?.buttons[0]?.id ?? '';
    const other = await isma.press(hanna, yes);
    expect(last(other)?.text).toContain('More time here is decided by Hugo Owner or the ISMS manager only.');
    const twice = await isma.press(erin, form?.id ?? '', { ...values, until: '2026-12-14' });
    expect(last(twice)?.text).toContain('was asked for already, and Hugo Owner has not decided yet.');
    const waiting = last(await isma.say(hugo, "what's on my plate?"));
    expect(waiting?.items[0]).toMatchObject({ text: 'More time? Lesson: Passwords, and life without them', button: { label: 'Look' } }); // prettier-ignore

    const given = await isma.press(hugo, yes);

    expect(to(erin, given)[0]?.text).toBe('Hugo Owner gave you more time, until Friday 11 December 2026: Lesson: Passwords, and life without them'); // prettier-ignore
    expect(await rows('select due_on::text from training order by due_on')).toEqual([{ due_on: '2026-11-30' }, { due_on: '2026-12-11' }]); // prettier-ignore
    expect(await rows("select action from audit_entry where action like 'more_time.%' order by seq")).toEqual([{ action: 'more_time.requested' }, { action: 'more_time.approved' }]); // prettier-ignore
    expect(last(await isma.press(hugo, yes))?.text).toContain('More time was approved already by you');
  });

  it('a manager hears on Mondays of what is overdue for a week, with their own things, and of what is resolved', async () => {
    await give('phishing', 'Erin and Hanna', '1 December');
    await give('passwords', 'Hugo', '14 December');
    // On 7 December it is four working days overdue: nothing yet.
    expect(await days('2026-11-24', 20, hugo)).toEqual([
      '11-25 Lesson: Passwords, and life without them · due Monday 14 December',
      '12-09 Lesson: Passwords, and life without them · due Monday',
    ]);
    now = new Date('2026-12-14T08:30:00Z');
    const [card] = to(hugo, await isma.runDue());
    const escalated = await rows("select distinct email from nudge join person on person.id = person_id where nudge.state = 'escalated' order by 1"); // prettier-ignore
    expect(escalated).toEqual([{ email: erin }, { email: hanna }]);
    await rows("update training set state = 'waived' where person_id = (select id from person where email = $1)", [hanna]); // prettier-ignore
    expect(card?.text).toBe('Lesson: Passwords, and life without them · due today\nabout 4 minutes with its quiz\n2 things of your people are overdue for a week or more.'); // prettier-ignore
    expect(card?.table?.rows).toEqual([
      ['Erin Employee', 'Lesson: Mails that want something from you', '13 days overdue'],
      ['Hanna Human', 'Lesson: Mails that want something from you', '13 days overdue'],
    ]);
    expect(last(await isma.say(hugo, "what's on my plate?"))?.table?.rows).toHaveLength(2);
    now = new Date('2026-12-21T08:30:00Z');
    const next = to(hugo, await isma.runDue()).at(-1);

    expect(next?.table?.rows).toEqual([['Erin Employee', 'Lesson: Mails that want something from you', '20 days overdue']]); // prettier-ignore
    expect(next?.facts).toEqual([{ label: 'Resolved since last week', value: 'Hanna Human: Lesson: Mails that want something from you' }]); // prettier-ignore
    expect(await rows("select count(*)::integer as n from audit_entry where action = 'digest.sent' and record = 'person:' || (select id from person where email = $1)", [hugo])).toEqual([{ n: 2 }]); // prettier-ignore
  });

  it('the ISMS manager stands in for whoever has no manager here', async () => {
    await test.db.query('update person set manager_id = null');
    await give('phishing', 'Erin', '25 November');

    expect(await days('2026-12-07', 1, ines)).toEqual(['12-07 One thing of your people is overdue for a week or more.']); // prettier-ignore
  });

  it('leave comes from a file too, all or nothing, as does the region of people', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isma-absences-'));
    const file = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    };
    const bring = async (text: string, apply: boolean) =>
      bringAbsences(test.db, () => now, await file('a.csv', text), { beside: null, apply });
    const good = `email,from,until\n${erin},2026-12-01,2026-12-11\n${hanna},24.12.2026,06.01.2027\n`;

    expect(await bring(`${good}nobody@test.example,2026-12-01,2026-12-02\n${hugo},2026-12-05,2026-12-01\n`, true)).toMatchObject({ isWhole: false }); // prettier-ignore
    expect((await bring(good, false)).text).toContain('Would keep 2 absences.');
    expect(await rows('select * from absence')).toEqual([]);
    expect((await bring(good, true)).text).toBe(
      'from is read as days, day-first: «24.12.2026» is 24 December 2026\nuntil is read as days, day-first: «06.01.2027» is 6 January 2027\nKept 2 absences.\n',
    );
    expect((await bring(good, true)).text).toContain('There is nothing to write.');
    expect(await rows('select from_day::text, until_day::text, said_by from absence order by 1')).toEqual([
      { from_day: '2026-12-01', until_day: '2026-12-11', said_by: 'import' },
      { from_day: '2026-12-24', until_day: '2027-01-06', said_by: 'import' },
    ]);

    await importPeopleFile(
      test.db,
      await file('p.csv', `email,region\n${erin},de-hh\n${hanna},\n`),
      'test',
      now,
    );
    expect(await rows('select region from person where email in ($1, $2) order by email', [erin, hanna])).toEqual([{ region: 'DE-HH' }, { region: null }]); // prettier-ignore
    await expect(importPeopleFile(test.db, await file('q.csv', `email,region\n${erin},Hamburg\n`), 'test', now)).rejects.toThrow('must be a country or a part of one such as DE or DE-HH'); // prettier-ignore
  });
});
