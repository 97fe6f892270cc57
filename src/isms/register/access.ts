/** Who may read which records of the register: the whole of it, or what one has a place on. */
import type { Queryable } from '../../db/database.ts';
import type { Actor } from '../../records/command-context.ts';

/** ISMS managers and auditors read everything. */
export function readsAll({ roles }: Pick<Actor, 'roles'>): boolean {
  return roles.includes('isms_manager') || roles.includes('auditor');
}

/**
 * SQL that is true for the non-conformities that the person may read, who is parameter `$1` (their id) and `$2` (whether they
 * read all): those that they raised, lead, approve, check or own an action of, and a manager's those of their own people. For
 * lists: it gathers all of them by index.
 */
export const mayRead = `($2::boolean or nonconformity.id in (
  select id from nonconformity theirs where theirs.raised_by = $1
  union all select id from nonconformity theirs where theirs.owner_id = $1
  union all select id from nonconformity theirs where theirs.approver_id = $1
  union all select id from nonconformity theirs where theirs.checker_id = $1
  union all select theirs.nonconformity_id from corrective_action theirs where theirs.owner_id = $1
  union all select offered.nonconformity_id from request offer
    join corrective_action offered on offered.id = offer.record_id
    where offer.kind = 'delegation' and offer.asked_of = $1 and offer.state = 'waiting'
  union all select led.id from person report join nonconformity led on led.owner_id = report.id
    where report.manager_id = $1
  union all select theirs.nonconformity_id from person report
    join corrective_action theirs on theirs.owner_id = report.id where report.manager_id = $1))`;

/** The same for a few rows that are found already: it looks at each, whatever else the person may read. */
export const mayReadThis = `($2::boolean or $1 in (nonconformity.raised_by, nonconformity.owner_id,
    nonconformity.approver_id, nonconformity.checker_id)
  or exists (select from corrective_action theirs where theirs.nonconformity_id = nonconformity.id
    and theirs.owner_id = $1)
  or exists (select from request offer join corrective_action offered on offered.id = offer.record_id
    where offered.nonconformity_id = nonconformity.id and offer.kind = 'delegation'
      and offer.asked_of = $1 and offer.state = 'waiting')
  or exists (select from person report where report.manager_id = $1 and (report.id = nonconformity.owner_id
    or exists (select from corrective_action theirs where theirs.nonconformity_id = nonconformity.id
      and theirs.owner_id = report.id))))`;

export async function isReadable(
  tx: Queryable,
  person: Pick<Actor, 'id' | 'roles'>,
  { id }: { id: number },
): Promise<boolean> {
  const { rowCount } = await tx.query(`select from nonconformity where id = $3 and ${mayReadThis}`, [
    person.id,
    readsAll(person),
    id,
  ]);
  return rowCount !== null && rowCount > 0;
}
