/**
 * Auditors from outside: somebody who is no colleague, reads until a day of the organisation's, and changes nothing but what they
 * ask for. From the day after they are nobody here, as who has left: leaving.ts ends them. Writes `person`.
 */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectOne, selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { addDays, dayOf, inFull } from '../../language/calendar.ts';
import { required, requiredDay } from '../../records/command-context.ts';
import { lockPeople } from '../../records/person.ts';
import { selectSetting } from '../../records/setting.ts';

export interface AuditorAccess {
  email: string;
  name: string;
  /** The last day, as 2027-01-20. */
  until: string;
  /** The audit that they are here for; what they ask for belongs to it. Without it, none, or the one of before. */
  auditId?: number | null;
}

/** Days: nobody is let in for longer without being asked about again. */
const longestAccess = 366;
const Known = z.object({ id: z.number(), active: z.boolean(), readsUntil: z.string().nullable() });

/** Again for who was let in before, with another day. @throws Refusal for a colleague, a day that is past, and more than a year */
export async function letAuditorIn(tx: Queryable, said: AuditorAccess, actor: string, now: Date): Promise<{ id: number; isNew: boolean }> {
  await lockPeople(tx);
  const { timeZone } = await selectSetting(tx, 'working_time');
  const today = dayOf(now, timeZone);
  const until = requiredDay(said.until, 'The last day');
  if (until < today) throw new Refusal(`${inFull(until)} is past. Say a day to come.`);
  if (until > addDays(today, longestAccess)) throw new Refusal('An auditor is let in for a year at most.');
  const email = said.email.trim().toLowerCase();
  if (!z.email().safeParse(email).success) throw new Refusal(`«${said.email}» is no e-mail address.`);
  const name = storable(required(said.name, 'Their name', 200));
  const known = await selectOptional(tx, Known, 'select id, active, reads_until from person where email = $1 for update', [email]);
  if (known !== null && known.readsUntil === null)
    throw new Refusal(`${email} is somebody who works here, or did. Give them the role «auditor» with "isma people import".`);
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    known === null
      ? `insert into person (email, name, roles, time_zone, reads_until, reads_for) values ($1, $2, '{auditor}', $3, $4, $5) returning id`
      : `update person set name = $2, roles = '{auditor}', groups = '{}', time_zone = $3, reads_until = $4, reads_for = coalesce($5, reads_for), active = true, left_on = null
         where email = $1 returning id`,
    [email, name, timeZone, until, said.auditId ?? null],
  );
  await appendAudit(tx, { actor, action: 'person.let_in', record: `person:${id}`, detail: { until }, at: now });
  return { id, isNew: known === null };
} // prettier-ignore
