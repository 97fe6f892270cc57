/** What beside its row decides the moves of an audit, counted. Reads only. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne } from '../../db/rows.ts';
import type { Audit, AuditFacts } from './audit.ts';
import { selectConflicts } from './independence.ts';
import { selectSigned } from './report.ts';

const people = z.array(z.number());
const Counted = z.object({
  team: people,
  covers: z.number(),
  left: z.number(),
  talks: z.number(),
  signers: people,
  openFindings: z.number(),
});

export async function selectAuditFacts(tx: Queryable, audit: Audit): Promise<AuditFacts> {
  const { openFindings, ...counted } = await selectOne(
    tx,
    Counted,
    `select array(select person_id from audit_member where audit_id = $1 and part = 'auditor' order by id) as team,
       (select count(distinct requirement) from audit_coverage where audit_id = $1) as covers,
       (select count(distinct requirement) from audit_coverage where audit_id = $1 and state = 'planned') as left,
       (select count(*) from audit_plan_item where audit_id = $1) as talks,
       array(select person.id from person where active and case
         when exists (select from person other where other.active and 'isms_manager' = any(other.roles) and other.id <> $2) then 'isms_manager' = any(roles) and person.id <> $2
         else person.id = (select manager_id from person lead where lead.id = $2) end order by person.id) as signers,
       (select count(*) from nonconformity where audit_id = $1 and state not in ('closed', 'rejected')) as open_findings`,
    [audit.id, audit.leadId],
  );
  const conflicts = (await selectConflicts(tx, audit)).length;
  const signed = audit.state === 'reporting' ? await selectSigned(tx, audit) : [];
  return { ...counted, openFindings, conflicts, signed };
} // prettier-ignore
