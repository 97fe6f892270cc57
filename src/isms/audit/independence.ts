/** Nobody audits their own department: who would, by the departments that an audit looks at and by the talks of its plan. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import type { Audit } from './audit.ts';

const Conflict = z.object({ personId: z.number(), name: z.string(), department: z.string().nullable() });
export type Conflict = z.infer<typeof Conflict>;

/**
 * Each auditor of ours whose own department the audit looks at, or a talk of theirs does; who would talk to themselves is among them.
 * Of an audit by a certification body there are none.
 */
export function selectConflicts(tx: Queryable, { id }: Pick<Audit, 'id'>): Promise<Conflict[]> {
  return selectAll(
    tx,
    Conflict,
    `select distinct person.id as person_id, person.name, person.department from (
       select lead_id as person_id, unnest(departments) as department, null::integer as auditee_id from audit where id = $1 and kind = 'internal'
       union all
       select person_id, unnest(departments), null from audit join audit_member on audit_id = audit.id and part = 'auditor' where audit.id = $1 and kind = 'internal'
       union all
       select auditor_id, coalesce(item.department, auditee.department), auditee_id
       from audit join audit_plan_item item on audit_id = audit.id left join person auditee on auditee.id = auditee_id
       where audit.id = $1 and kind = 'internal'
     ) looked join person on person.id = looked.person_id
     where lower(trim(person.department)) = lower(trim(looked.department)) or person.id = auditee_id order by person.name`,
    [id],
  );
} // prettier-ignore

export function conflictInWords({ name, department }: Conflict, { reference }: Pick<Audit, 'reference'>): string {
  return department === null
    ? `${name} would audit their own work in ${reference}`
    : `${name} works in ${department}, which ${reference} looks at`;
} // prettier-ignore

/** @throws Refusal that names them */
export async function refuseConflicts(tx: Queryable, audit: Pick<Audit, 'id' | 'reference'>): Promise<void> {
  const [first, ...others] = await selectConflicts(tx, audit);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` So does ${others.map(({ name }) => name).join(' and ')}.`;
  throw new Refusal(`${conflictInWords(first, audit)}: nobody audits their own department.${more} Choose somebody else.`); // prettier-ignore
}
