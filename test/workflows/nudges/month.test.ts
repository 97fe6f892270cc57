/** Three weeks of a small company on the real database, an hour and a half at a time: what may never happen does not. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inWeekOf, weekdayOf } from '../../../src/language/calendar.ts';
import { timeOf } from '../../../src/language/zoned.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, type Harness } from '../../support/harness.ts';

const zones = ['Europe/Berlin', 'Africa/Cairo', 'America/New_York', 'Asia/Kolkata'];

describeOnDatabases('Three weeks of reminders', (test) => {
  let isma: Harness;
  let now = new Date('2026-10-19T00:00:00Z');
  beforeEach(async () => {
    await givenPeople(test.db);
    await test.db.query(
      `insert into person (email, name, time_zone, locale, manager_id)
       select 'p' || n || '@test.example', 'Person ' || n, ($1::text[])[1 + n % 4], 'en', (select id from person where email = 'hugo@test.example')
       from generate_series(1, 12) n`,
      [zones],
    );
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  // The clocks go back in Berlin on 25 October, and in Cairo and New York in the days after it.
  it('reach everybody in their hours, once a day, three times a week, and never for what is done', async () => {
    const lessons = ['phishing', 'reporting', 'travel', 'ai-tools'];
    for (let tick = 0; tick < 21 * 16; tick += 1) {
      now = new Date(Date.parse('2026-10-19T00:00:00Z') + tick * 5_400_000);
      if (tick % 9 === 0)
        await test.db.query(
          `insert into training (reference, state, state_at, person_id, lesson, text_hash, assigned_by, assigned_at, due_on)
           select 'TR-2026-' || $1::text, 'assigned', $2::timestamptz, person.id, $3, 'x', person.id, $2::timestamptz, $2::date + $4::integer
           from person where email = $5 on conflict do nothing`,
          [
            tick + 100,
            now,
            lessons[(tick / 9 + Math.floor(tick / 108)) % 4],
            tick % 12,
            `p${1 + ((tick / 9) % 12)}@test.example`,
          ],
        );
      // Somebody is always about to finish.
      if (tick % 21 === 3)
        await test.db.query(
          `update training set state = 'completed', state_at = $1::timestamptz, completed_on = $1::date
           where id = (select id from training where state = 'assigned' order by id limit 1 offset ${tick % 5})`,
          [now],
        );
      await isma.runDue();
    }
    const sent = await rows('select person.id, time_zone, day::text, sent_at from nudge join person on person.id = person_id where sent_at is not null'); // prettier-ignore
    const outside = sent.filter(({ time_zone: zone, day, sent_at: at }) => {
      const time = timeOf(at as Date, String(zone));
      return time < '08:00' || time >= '18:00' || weekdayOf(String(day)) > 5;
    });
    const weeks = Map.groupBy(sent, ({ id, day }) => `${Number(id)} ${inWeekOf(String(day), 1)}`);

    expect(sent.length).toBeGreaterThan(30);
    expect(outside).toEqual([]);
    expect(new Set(sent.map(({ id, day }) => `${Number(id)} ${String(day)}`)).size).toBe(sent.length);
    expect([...weeks.values()].filter(({ length }) => length > 3)).toEqual([]);
    expect(await rows(`select nudge_item.record from nudge_item join training on record = 'training:' || training.id
      where training.state = 'completed' and training.state_at < nudge_item.sent_at`)).toEqual([]); // prettier-ignore
    expect(await rows(`select inbox_id from outbox where state = 'sent' and edits is null and ordinal = 0 and inbox_id in (select input_id from nudge)
      group by inbox_id having count(*) > 1`)).toEqual([]); // prettier-ignore
    expect(await rows("select id from inbox where platform = 'clock' and state = 'dead'")).toEqual([]);
  });
});
