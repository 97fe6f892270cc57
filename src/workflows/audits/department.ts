/** What somebody who audits nothing sees of audits: that one of their department is planned, and when they are asked. */
import { z } from 'zod';
import type { Context, ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { audits } from '../../isms/audit/audit.ts';
import { dayInWords } from '../../language/calendar.ts';
import { daysInWords, lookButton } from './buttons.ts';

const Coming = z.object({
  title: z.string(),
  plannedFrom: z.string(),
  plannedUntil: z.string(),
  lead: z.string(),
  /** When they are asked themselves. */
  talks: z.array(z.string()),
});

/** Those that they have a part in, and those that come to their department or to those who report to them. */
export async function auditsOfDepartment(tx: Queryable, { person }: Context): Promise<ReplyParts> {
  const own = await audits.selectSeen(tx, person, 'not state = any($3)', [audits.ended]);
  const coming = await selectAll(
    tx,
    Coming,
    `select audit.title, planned_from, planned_until, lead.name as lead, array(
       select held_on::text || coalesce(', ' || begins, '') || ': ' || topic from audit_plan_item where audit_id = audit.id and auditee_id = $1 order by held_on, begins
     ) as talks
     from audit join person lead on lead.id = lead_id
     where audit.state in ('planned', 'prepared', 'in_progress') and not audit.id = any($2) and (
       exists (select from unnest(departments) department join person theirs on lower(theirs.department) = lower(department.department)
         where theirs.active and (theirs.id = $1 or theirs.manager_id = $1))
       or exists (select from audit_plan_item item left join person auditee on auditee.id = auditee_id where audit_id = audit.id
         and (auditee_id = $1 or auditee.manager_id = $1)))
     order by planned_from, audit.id`,
    [person.id, own.map(({ id }) => id)],
  );
  const count = own.length + coming.length;
  if (count === 0) return { text: 'No audit of your department is planned.' };
  return {
    text: count === 1 ? '1 audit concerns you.' : `${count} audits concern you.`,
    items: [
      ...own.map(({ reference, title, plannedFrom, plannedUntil, state }) => ({
        text: title,
        detail: `${reference} · ${state.replaceAll('_', ' ')} · ${daysInWords(plannedFrom, plannedUntil)}`,
        button: lookButton(reference),
      })),
      ...coming.map(({ title, plannedFrom, plannedUntil, lead, talks }) => ({
        text: title,
        detail: [`${daysInWords(plannedFrom, plannedUntil)}, led by ${lead}`, ...talks.map(talkLine)].join('. You are asked on '),
      })),
    ],
  };
} // prettier-ignore

function talkLine(talk: string): string {
  return `${dayInWords(talk.slice(0, 10))}${talk.slice(10)}`;
}
