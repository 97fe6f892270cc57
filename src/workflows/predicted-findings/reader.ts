/** For whom the report is: all of it, what concerns their department and people, or nothing. */
import type { Context, Person } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectHistorySince } from '../../db/row-history.ts';
import { Refusal } from '../../errors.ts';
import { selectFindings, type PredictedFinding } from '../../isms/predicted-finding/finding.ts';
import type { Concern, Moment } from '../../isms/predicted-finding/select.ts';
import { audiencesOf } from '../../knowledge/search.ts';
import { addDays, dayInWords, dayOf } from '../../language/calendar.ts';
import { instantAt } from '../../language/zoned.ts';
import { selectReports } from '../../records/person.ts';

export type Asked = Pick<Context, 'person' | 'now'>;

export function readsAll({ roles }: Pick<Person, 'roles'>): boolean {
  return ['isms_manager', 'admin', 'auditor'].some((role) => roles.includes(role));
}

/** Undefined for whom the report is not. */
async function concernOf(tx: Queryable, person: Asked['person']): Promise<Concern | undefined> {
  if (readsAll(person)) return null;
  const reports = await selectReports(tx, person.id);
  if (!person.roles.includes('manager') && reports.length === 0) return undefined;
  return { people: [person.id, ...reports.map(({ id }) => id)], department: person.department };
}

/** Of a day until its end where they are; of today until now. @throws Refusal for days of which nothing is kept */
async function momentOf(tx: Queryable, { person, now }: Asked, day: string | null): Promise<Moment> {
  const today = dayOf(now, person.timeZone);
  if (day === null || day === today) return { at: now, day: today, isPast: false };
  if (day > today)
    throw new Refusal(`${dayInWords(day)} is still to come. Ask for today, or for a day behind us.`);
  const since = await selectHistorySince(tx);
  if (since === null || day < dayOf(since, person.timeZone))
    throw new Refusal(
      since === null
        ? 'Nothing is kept of earlier days yet. Ask for today.'
        : `I know how the records stood from ${dayInWords(dayOf(since, person.timeZone))} on. Ask for a later day.`,
    );
  return { at: new Date(instantAt(addDays(day, 1), '00:00', person.timeZone).getTime() - 1), day, isPast: true };
} // prettier-ignore

export interface Reported {
  moment: Moment;
  findings: PredictedFinding[];
  /** Whether it is all that there is. */
  isWhole: boolean;
}

/** @returns null for whom the report is not */
export async function reportFor(tx: Queryable, asked: Asked, day: string | null): Promise<Reported | null> {
  const concern = await concernOf(tx, asked.person);
  if (concern === undefined) return null;
  const moment = await momentOf(tx, asked, day);
  const findings = await selectFindings(tx, moment, { concern, audiences: audiencesOf(asked.person) });
  return { moment, findings, isWhole: concern === null };
}
