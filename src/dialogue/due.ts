/** What is due on a day: found once that day has begun where the person is who is asked, and at their working hours where it can wait. */
import type { DueJob } from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import { dayOf } from '../language/calendar.ts';
import { selectSetting } from '../records/setting.ts';

/** Hours by which the first zone of the world is ahead, where a day comes first, and the last one behind. */
const farthestEast = 14;
const farthestWest = -12;

export interface DueOnDay<Row> {
  /** Of the job, as `room.job`. */
  name: string;
  /** Those whose day has come somewhere in the world, a batch of them. @param somewhere  as 2026-11-25 */
  select(tx: Queryable, somewhere: string): Promise<Row[]>;
  day(row: Row): string;
  /** Whose day counts; where that is nobody, that of UTC. */
  asked(tx: Queryable, row: Row): Promise<{ timeZone: string } | undefined>;
  /** What of the row makes it another job: it runs once for each. */
  key(row: Row): string;
  values(row: Row): DueJob['values'];
  /** It waits for the person's working hours. */
  atWork?: boolean;
}

export async function dueOnDay<Row>(tx: Queryable, now: Date, due: DueOnDay<Row>): Promise<DueJob[]> {
  const dayAt = (hours: number) => dayOf(new Date(now.getTime() + hours * 3_600_000), 'UTC');
  const [somewhere, everywhere] = [dayAt(farthestEast), dayAt(farthestWest)];
  const jobs: DueJob[] = [];
  for (const row of await due.select(tx, somewhere)) {
    const day = due.day(row);
    if (day > everywhere || due.atWork === true) {
      const timeZone = (await due.asked(tx, row))?.timeZone ?? 'UTC';
      if (dayOf(now, timeZone) < day) continue;
      if (due.atWork === true && !(await isWorkingTime(tx, now, timeZone))) continue;
    }
    jobs.push({ key: `${due.name}:${due.key(row)}`, name: due.name, values: due.values(row) });
  }
  return jobs;
}

/** Whether people of a zone work now: by the organisation's days, hours and holidays. */
async function isWorkingTime(tx: Queryable, now: Date, timeZone: string): Promise<boolean> {
  const { days, from, until, holidays } = await selectSetting(tx, 'working_time');
  const day = dayOf(now, timeZone);
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' }).format(now);
  return days.includes(weekday) && !holidays.includes(day) && time >= from && time < until;
}
