/**
 * Who leaves: from that day they are answered no more, have no role and no right, and wait for nothing. What they own stays
 * theirs on record until somebody hands it on. Writes `person`.
 */
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOptional } from '../../db/rows.ts';
import { OperatorError } from '../../errors.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { cancelRequests } from '../acknowledgement/request.ts';
import { offers } from '../corrective-action/delegation.ts';
import { lastOnes, lockPeople, neededRoles, refuseLastOnes } from '../../records/person.ts';
import { cancelProposalsOf } from '../../records/proposal.ts';
import { endCodes } from '../../records/screen-code.ts';
import { selectSetting } from '../../records/setting.ts';

const Leaver = z.object({
  id: z.number(),
  leftOn: z.string().nullable(),
  readsUntil: z.string().nullable(),
  timeZone: z.string(),
  roles: z.array(z.string()),
  groups: z.array(z.string()),
});

/**
 * Ends everybody whose day has come where they are, and auditors from outside once their last day is over where the organisation is.
 * The gate calls it before each input, and the clock each minute, so that
 * whatever asks for `active` after it is told the same. One row is ended once, by whoever is first.
 */
export async function endWhoLeft(tx: Queryable, now: Date): Promise<void> {
  const candidates = await selectAll(
    tx,
    Leaver,
    `select id, left_on, reads_until, time_zone, roles, groups from person
     where active and (left_on <= $1 or reads_until < $1)`,
    [farthestDay(now)],
  );
  if (candidates.length === 0) return;
  const today = dayOf(now, (await selectSetting(tx, 'working_time')).timeZone);
  const isOver = ({ leftOn, readsUntil, timeZone }: z.infer<typeof Leaver>) =>
    (leftOn !== null && leftOn <= dayOf(now, timeZone)) || (readsUntil !== null && readsUntil < today);
  const due = candidates.filter(isOver);
  if (due.length === 0) return;
  const ended = await selectAll(
    tx,
    z.object({ id: z.number() }),
    `update person set active = false, roles = '{employee}', groups = '{}' where id = any($1) and active
     returning id`,
    [due.map(({ id }) => id)],
  );
  const ids = ended.map(({ id }) => id);
  await cancelProposalsOf(tx, ids, now);
  await offers.withdrawFrom(tx, ids, now);
  await cancelRequests(tx, { people: ids }, 'left', now);
  await endCodes(tx, ids);
  await appendAudit(
    tx,
    ...due
      .filter(({ id }) => ids.includes(id))
      .map(({ id, leftOn, readsUntil, roles, groups }): AuditEvent => {
        const entry = { actor: 'system:leaving', record: `person:${id}`, at: now };
        return readsUntil === null
          ? { ...entry, action: 'person.left', detail: { leftOn, roles, groups } }
          : { ...entry, action: 'person.let_out', detail: { until: readsUntil } };
      }),
  );
}

/** Auditors from outside whose last day is over, and who are to be ended. */
export function selectOverstaying(tx: Queryable, now: Date): Promise<{ id: number; until: string }[]> {
  return selectAll(
    tx,
    z.object({ id: z.number(), until: z.string() }),
    `select person.id, reads_until as until from person left join setting on setting.name = 'working_time'
     where active and reads_until < ($1::timestamptz at time zone coalesce(setting.value ->> 'timeZone', 'UTC'))::date order by person.id`,
    [now],
  );
}

/** The day where it comes first, 14 hours east of Greenwich. */
function farthestDay(now: Date): string {
  return dayOf(new Date(now.getTime() + 14 * 3_600_000), 'UTC');
}

const Staying = z.object({
  id: z.number(),
  name: z.string(),
  active: z.boolean(),
  leftOn: z.string().nullable(),
  readsUntil: z.string().nullable(),
  timeZone: z.string(),
});

/** @param day  the first on which they are not here, as 2026-12-01; null for today, where they are */
export async function leave(
  tx: Queryable,
  email: string,
  day: string | null,
  actor: string,
  now: Date,
): Promise<{ id: number; name: string; leftOn: string }> {
  await lockPeople(tx);
  const { id, name, active, leftOn: before, timeZone } = await selectKnown(tx, email);
  if (!active)
    throw new OperatorError(
      `${name} has left already${before === null ? '' : `, on ${before}`}. Nothing was changed.`,
    );
  const leftOn = day ?? dayOf(now, timeZone);
  const here = await selectAll(
    tx,
    z.object({ id: z.number(), name: z.string(), roles: z.array(z.string()) }),
    'select id, name, roles from person where active and left_on is null and roles && $1',
    [neededRoles],
  );
  refuseLastOnes(
    lastOnes(
      here,
      here.filter((person) => person.id !== id),
    ),
  );
  await tx.query('update person set left_on = $2 where id = $1', [id, leftOn]);
  await appendAudit(tx, {
    actor,
    action: 'person.leaves',
    record: `person:${id}`,
    detail: { leftOn },
    at: now,
  });
  await endWhoLeft(tx, now);
  return { id, name, leftOn };
}

/** The same person again, as an employee: roles and groups are given anew. */
export async function comeBack(
  tx: Queryable,
  email: string,
  actor: string,
  now: Date,
): Promise<{ name: string }> {
  const { id, name, active, leftOn, readsUntil } = await selectKnown(tx, email);
  if (readsUntil !== null)
    throw new OperatorError(
      `${name} is an auditor from outside: give them another day with "isma people auditor". Nothing was changed.`,
    );
  if (active && leftOn === null)
    throw new OperatorError(`${name} is here, and no day is set on which they leave. Nothing was changed.`);
  await tx.query('update person set active = true, left_on = null where id = $1', [id]);
  await appendAudit(tx, {
    actor,
    action: 'person.returned',
    record: `person:${id}`,
    detail: { leftOn },
    at: now,
  });
  return { name };
}

async function selectKnown(tx: Queryable, email: string): Promise<z.infer<typeof Staying>> {
  const person = await selectOptional(
    tx,
    Staying,
    'select id, name, active, left_on, reads_until, time_zone from person where email = $1 for update',
    [email.trim().toLowerCase()],
  );
  if (person === null) throw new OperatorError(`Nobody is known here as ${email}. Look at the address.`);
  return person;
}

/** Days after which nobody is told any more that somebody left: a database that was long away brings no old news. */
const newsDays = 30;

/** Whose day has come lately, for whoever hands on what they own. */
export async function selectLeavers(tx: Queryable, now: Date): Promise<{ id: number; leftOn: string }[]> {
  const leavers = await selectAll(
    tx,
    Leaver.pick({ id: true, timeZone: true }).extend({ leftOn: z.string() }),
    'select id, left_on, time_zone from person where left_on between $1 and $2 order by id',
    [addDays(farthestDay(now), -newsDays), farthestDay(now)],
  );
  return leavers.filter(({ leftOn, timeZone }) => leftOn <= dayOf(now, timeZone));
}

export const OwnedItem = z.object({
  what: z.enum(['leads', 'does', 'approves', 'checks', 'decides', 'answers', 'brings', 'manages', 'owns']),
  reference: z.string(),
  title: z.string(),
});
export type OwnedItem = z.infer<typeof OwnedItem>;

/** What waits for nobody else while it is theirs, by reference: records of the register, questions, people and documents. */
export function selectOwned(tx: Queryable, personId: number): Promise<OwnedItem[]> {
  return selectAll(
    tx,
    OwnedItem,
    `select 'leads' as what, reference, title from nonconformity
     where owner_id = $1 and state not in ('closed', 'rejected')
     union all select 'does', reference, description from corrective_action
       where owner_id = $1 and state not in ('verified', 'declined', 'cancelled')
     union all select 'approves', reference, title from nonconformity
       where approver_id = $1 and state not in ('closed', 'rejected')
     union all select 'checks', reference, title from nonconformity
       where checker_id = $1 and state not in ('closed', 'rejected')
     union all select 'decides', action.reference, action.description from request
       join corrective_action action on action.id = record_id
       where kind = 'due_change' and asked_of = $1 and request.state = 'waiting'
     union all select 'brings', reference, title from evidence_request
       where owner_id = $1 and state in ('requested', 'rejected', 'expiring', 'expired')
     union all select 'answers', reference, question from open_question
       where owner_id = $1 and state = 'routed'
     union all select 'leads', reference, 'a gap analysis' from assessment
       where lead_id = $1 and state in ('draft', 'in_progress', 'in_review')
     union all select 'answers', assessment.reference, about from assignment
       join assessment on assessment.id = assessment_id
       where person_id = $1 and assignment.state in ('in_progress', 'changes_requested', 'reopened')
     union all select 'manages', report.name, '' from person report
       where report.manager_id = $1 and report.active
     union all select 'owns', document.reference, version.title from document_version version
       join document on document.id = version.document_id
       join person on person.email = version.owner_email
       where person.id = $1 and document.archived_at is null and version.status = 'published'`,
    [personId],
  );
}
