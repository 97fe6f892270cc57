/** What the week brings: to the ISMS manager by itself, to managers who want it, in one message a week, and nothing in a week without news. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changeSetting } from '../../../src/records/setting.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hugo, ines] = ['erin', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore

describeOnDatabases('The digest of a week', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    await test.db.query('update person set manager_id = (select id from person where email = $1) where email = $2', [hugo, erin]); // prettier-ignore
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const to = (email: string, said: Said[]) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  const objective = (title: string, who: string, dueOn: string) =>
    rows(`insert into objective (reference, state, state_at, title, measure, target, plan, owner_id, due_on) values ($1, 'open', $4, $1, '', '', '', (select id from person where email = $2), $3)`, [title, who, dueOn, now]); // prettier-ignore
  /** Each day at the same hour, several times a day. */
  const weeks = async (from: string, count: number, email: string) => {
    const said: string[] = [];
    for (let hour = 0; hour < count * 7 * 3; hour += 1) {
      now = new Date(
        Date.parse(`${from}T08:30:00Z`) + Math.floor(hour / 3) * 86_400_000 + (hour % 3) * 3_600_000,
      );
      for (const { text } of to(email, await isma.runDue())) said.push(`${now.toISOString().slice(5, 10)} ${text}`); // prettier-ignore
    }
    return said;
  };

  it('comes to the ISMS manager on a Monday, once, and not in a week with nothing to say', async () => {
    await objective('Fewer clicks', erin, '2026-12-10');

    const said = await weeks('2026-11-30', 4, ines);

    expect(said).toEqual([
      '12-07 This week one thing is due.',
      '12-14 One thing became overdue since last week.',
    ]);
    expect(await rows("select count(*)::integer as n from digest where person_id = (select id from person where email = $1)", [ines])).toEqual([{ n: 2 }]); // prettier-ignore
    // Whoever did not ask for it hears of what is overdue among their people, and of no week.
    expect(await weeks('2026-12-28', 1, hugo)).toEqual([
      '12-28 One thing of your people is overdue for a week or more.',
    ]);
  });

  it('says what is due with whom and what of readiness has changed, and leads to the calendar', async () => {
    await objective('Fewer clicks', erin, '2026-11-26');

    const card = to(ines, await isma.say(ines, 'show the weekly digest')).at(-1);
    const week = to(ines, await isma.press(ines, card?.buttons[0]?.id ?? '')).at(-1);

    expect(card?.text).toBe('This week one thing is due.');
    expect(card?.facts).toEqual([{ label: 'Due this week', value: 'Fewer clicks · objective · due Thursday · Erin Employee' }]); // prettier-ignore
    expect(card?.buttons.map(({ label }) => label)).toEqual(['Calendar']);
    expect(week?.text).toBe('1 thing is due until 30 November 2026.');
  });

  it('comes to a manager who asks for it, of what is theirs and their people’s, until they want it no more', async () => {
    await objective('Fewer clicks', erin, '2026-12-10');
    await objective('Faster patches', hugo, '2026-12-17');
    await objective('Of another', ines, '2026-12-11');

    const asked = to(hugo, await isma.say(hugo, 'Send me a weekly digest')).at(-1);
    const first = await weeks('2026-12-07', 1, hugo);
    const stopped = to(hugo, await isma.say(hugo, 'stop the weekly digest')).at(-1);
    const then = await weeks('2026-12-14', 1, hugo);
    const nobody = to(erin, await isma.say(erin, 'send me a weekly digest')).at(-1);

    expect(asked?.text).toContain('From Monday on you hear once a week');
    expect(first).toEqual(['12-07 This week one thing is due.']);
    expect(stopped?.text).toContain('no more weekly digest');
    expect(then.filter((text) => /week/i.test(text))).toEqual([]);
    expect(nobody?.text).toContain('is for whoever has people of their own');
    expect(await rows('select wanted from digest_wish')).toEqual([{ wanted: false }]);
  });

  it('stands in the one message with what is overdue among their people, and follows the setting', async () => {
    await changeSetting(test.db, 'digest.weekly', { ismsManager: false, managers: true }, 'system:test', now);
    await rows(`insert into training (reference, state, state_at, person_id, lesson, text_hash, assigned_by, assigned_at, due_on)
      values ('TR-2026-900', 'assigned', $2, (select id from person where email = $1), 'phishing', '', (select id from person where email = $1), $2, '2026-11-27')`, [erin, now]); // prettier-ignore
    await objective('Fewer clicks', erin, '2026-12-10');

    const said = await weeks('2026-12-07', 1, hugo);
    const ofInes = await rows('select count(*)::integer as n from digest where person_id = (select id from person where email = $1)', [ines]); // prettier-ignore

    expect(said).toEqual([
      '12-07 One thing of your people is overdue for a week or more.\nThis week one thing is due.',
    ]);
    expect(ofInes).toEqual([{ n: 0 }]);
  });
});
