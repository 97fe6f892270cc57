/** One message a person and day with all that is open, sent once whoever looks, and never for what is done. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('A reminder', (test) => {
  let isma: Harness;
  let now: Date;
  const at = (moment: string) => (now = new Date(moment));
  const start = () => startHarness({ db: test.db, clock: () => now });

  beforeEach(async () => {
    at('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    await test.db.query('update person set manager_id = (select id from person where email = $1) where email in ($2, $3)', [hugo, erin, hanna]); // prettier-ignore
    isma = await start();
    await isma.runDue();
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const to = (email: string, said: Said[]) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  const give = async (lesson: string, who: string, until: string) => {
    const card = await isma.say(ines, `assign ${lesson} to ${who} until ${until}`);
    return isma.press(ines, card.at(-1)?.reply.buttons.find(({ label }) => label === 'Confirm')?.id ?? '');
  };
  const states = () => rows('select email, day::text, nudge.state, held_for from nudge join person on person.id = person_id order by day, email'); // prettier-ignore
  /** As if she had passed it. */
  const pass = (email: string, lesson = 'phishing') =>
    rows("update training set state = 'completed', completed_on = '2026-11-24', expires_on = '2027-11-24' where lesson = $2 and person_id = (select id from person where email = $1)", [email, lesson]); // prettier-ignore
  /** Each working day of hers once her hours have begun. @returns the first lines of what she gets, by day */
  const days = async (from: string, count: number, email = erin) => {
    const said: [string, string][] = [];
    for (let day = 0; day < count; day += 1) {
      now = new Date(Date.parse(`${from}T08:30:00Z`) + day * 86_400_000);
      for (const { text } of to(email, await isma.runDue())) said.push([now.toISOString().slice(0, 10), text.split('\n')[0] ?? '']); // prettier-ignore
    }
    return said;
  };

  it('gathers what comes within minutes into one message, the most urgent first, with its reason and its button', async () => {
    await give('phishing', 'Erin', '4 December');
    at('2026-11-24T09:04:00Z');
    await give('passwords', 'Erin', '27 November');
    const early = await isma.runDue();
    at('2026-11-24T09:15:00Z');
    const [card, ...others] = to(erin, await isma.runDue());
    const again = await isma.runDue();

    expect([...early, ...others, ...again]).toEqual([]);
    expect(card?.text).toBe('Lesson: Passwords, and life without them · due Friday\nabout 4 minutes with its quiz\nAnd one more thing waits for you:'); // prettier-ignore
    expect(card?.aside).toBe('Ines Isms asked you to take this lesson.');
    expect(card?.items).toMatchObject([{ text: 'Lesson: Mails that want something from you', detail: 'due Friday 4 December · about 4 minutes with its quiz', button: { label: 'Learn' } }]); // prettier-ignore
    expect(card?.buttons.map(({ label, style }) => `${label} ${style}`)).toEqual(['Learn primary', 'Later plain', 'More plain']); // prettier-ignore
    expect(await states()).toMatchObject([{ email: erin, day: '2026-11-24', state: 'delivered' }]);
    expect(await rows("select lesson, step, nudge_item.due_on::text from nudge_item join training on record = 'training:' || training.id order by 1")).toEqual([
      { lesson: 'passwords-and-passkeys', step: null, due_on: '2026-11-27' },
      { lesson: 'phishing', step: null, due_on: '2026-12-04' },
    ]); // prettier-ignore
  });

  it('comes again three working days before, on the day, two, five and nine after it, and then no more', async () => {
    await give('phishing', 'Erin', '10 December');

    expect(await days('2026-11-24', 45)).toEqual([
      ['2026-11-25', 'Lesson: Mails that want something from you · due Thursday 10 December'],
      ['2026-12-07', 'Lesson: Mails that want something from you · due Thursday'],
      ['2026-12-10', 'Lesson: Mails that want something from you · due today'],
      ['2026-12-14', 'Lesson: Mails that want something from you · 4 days overdue'],
      ['2026-12-17', 'Lesson: Mails that want something from you · 7 days overdue'],
      ['2026-12-23', 'Lesson: Mails that want something from you · 13 days overdue'],
    ]);
    expect(new Set((await states()).filter(({ email }) => email === erin).map(({ state }) => state))).toEqual(new Set(['stopped'])); // prettier-ignore
  });

  it('is one, and gathered, after three days in which nobody looked', async () => {
    await give('phishing', 'Erin', '3 December');
    await give('passwords', 'Erin', '2 December');
    at('2026-12-04T09:00:00Z');

    const said = to(erin, await isma.runDue());

    expect(said.map(({ text, items }) => [text.split('\n')[0], items.length])).toEqual([['Lesson: Passwords, and life without them · 2 days overdue', 1]]); // prettier-ignore
    expect(await days('2026-12-04', 1)).toEqual([]);
  });

  it('is sent once where two processes find it at once', async () => {
    await give('phishing', 'everyone', '4 December');
    const other = await start();
    at('2026-11-24T09:15:00Z');

    const said = (await Promise.all([isma.runDue(), other.runDue(), isma.runDue(), other.runDue()])).flat();
    const all = [...isma.delivered, ...other.delivered].filter(({ reply }) =>
      reply.text.startsWith('Lesson: '),
    );

    expect(said.length).toBeGreaterThanOrEqual(4);
    expect(all.map(({ address }) => address).sort()).toEqual([erin, hanna, hugo, ines].map(directAddress));
    expect(await rows("select count(*)::integer as n from inbox where platform = 'clock'")).toEqual([{ n: 4 }]); // prettier-ignore
    await other.stop();
  });

  it('is not sent for what is done while it is claimed', async () => {
    await give('phishing', 'Erin and Hanna', '4 December');
    at('2026-11-24T09:15:00Z');
    // Found due by a process that then stops: the job waits, and she passes the quiz meanwhile.
    await isma.stop();
    await isma.core.runDue();
    await pass(erin);
    isma = await start();

    await isma.runDue();

    expect(await rows("select email from outbox join person on person.id = person_id where outbox.state = 'sent'")).toEqual([{ email: hanna }]); // prettier-ignore
    expect(await states()).toMatchObject([
      { email: erin, state: 'done' },
      { email: hanna, state: 'delivered' },
    ]);
  });

  it('is taken back where it was not sent yet, and drawn anew where it was, once its thing is done', async () => {
    await give('phishing', 'Erin', '4 December');
    await give('passwords', 'Erin', '7 December');
    at('2026-11-24T09:15:00Z');
    await isma.runDue();
    const before = isma.delivered.length;

    await pass(erin, 'phishing');
    await isma.say(erin, 'thanks');
    await pass(erin, 'passwords-and-passkeys');
    await isma.say(erin, 'thanks');
    await isma.say(erin, 'thanks');

    const said = to(erin, isma.delivered.slice(before)).map(({ text }) => text.split('\n')[0]);
    expect(said).toEqual([
      'You are welcome.',
      'Lesson: Passwords, and life without them · due Monday 7 December',
      'You are welcome.',
      'All done. Thank you.',
      'You are welcome.',
    ]);
    const edits = await rows('select count(*)::integer as n from outbox where quiet and edits is not null');
    expect(edits).toEqual([{ n: 2 }]);
  });

  it('waits for working hours, weekends and leave, and says in the table why', async () => {
    await give('phishing', 'Erin, Hugo and Hanna', '18 December');
    await test.db.query("insert into absence (person_id, from_day, until_day, said_by, said_at) select id, '2026-11-24', '2026-12-01', 'import', now() from person where email = $1", [hanna]); // prettier-ignore
    at('2026-11-24T18:30:00Z');
    const late = await isma.runDue();

    expect(late).toEqual([]);
    expect(await states()).toEqual([
      { email: erin, day: '2026-11-25', state: 'held', held_for: 'quiet_hours' },
      { email: hugo, day: '2026-11-25', state: 'held', held_for: 'quiet_hours' },
      { email: hanna, day: '2026-12-02', state: 'held', held_for: 'leave' },
    ]);
    expect(await days('2026-11-25', 9, hanna)).toHaveLength(1);
    expect(await states()).toMatchObject([{ email: erin }, { email: hugo }, { email: hanna, day: '2026-12-02', state: 'delivered' }]); // prettier-ignore
  });
});
