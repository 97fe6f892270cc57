/**
 * SQL for what has a day, a statement each: `kind`, `record`, `reference`, `title`, `opens_on`, `due_on`, `person_id` (who has the
 * next step), `others` (who has a part in it). `$1` is the viewer, `$3` today.
 */
import { wantedOnSql } from '../certification/findings.ts';
import { ownDeadlineSql } from '../nonconformity/deadlines.ts';

interface Source {
  kind: string;
  table: string;
  title?: string;
  opensOn?: string;
  dueOn: string;
  person: string;
  others?: string;
  where: string;
}

/** Of a record with a reference. */
function dated({ kind, table, title = 'title', opensOn = 'null::date', dueOn, person, others = "'{}'::integer[]", where }: Source): string {
  return `select ${kind} as kind, '${table}:' || ${table}.id as record, ${table}.reference, ${table}.${title} as title, ${opensOn} as opens_on,
    ${dueOn} as due_on, ${person} as person_id, ${others} as others from ${table} where ${where}`;
} // prettier-ignore

const open = "not in ('closed', 'rejected')";

export const sources: readonly string[] = [
  dated({
    kind: "'audit_' || kind", table: 'audit', opensOn: 'planned_from', dueOn: 'planned_until', person: 'lead_id',
    others: 'array(select person_id from audit_member where audit_id = audit.id)', where: "state in ('planned', 'prepared', 'in_progress')",
  }),
  dated({
    kind: "'management_review'", table: 'management_review', dueOn: 'planned_on', person: 'chair_id',
    others: 'array[secretary_id] || array(select person_id from review_attendance where review_id = management_review.id and person_id is not null)',
    where: "state in ('planned', 'in_progress')",
  }),
  `select 'policy_review', 'document:' || document.id, document.reference, version.title, null::date, version.review_on,
     (select person.id from person where person.email = version.owner_email and person.active), '{}'::integer[]
   from document join lateral (select * from document_version version where version.document_id = document.id and version.translates is null
     and version.status = 'published' and version.effective_from <= $3::date order by version.effective_from desc, version.id desc limit 1) version on true
   where document.kind = 'policy' and document.archived_at is null`,
  dated({ kind: "'evidence_due'", table: 'evidence_request', dueOn: 'due_on', person: 'owner_id', where: "state in ('requested', 'rejected')" }),
  dated({ kind: "'evidence_ends'", table: 'evidence_request', dueOn: 'expires_on', person: 'owner_id', where: "state in ('accepted', 'expiring', 'expired')" }),
  dated({ kind: "'finding'", table: 'nonconformity', dueOn: ownDeadlineSql, person: 'owner_id', where: `state ${open}` }),
  dated({ kind: "'finding_body'", table: 'nonconformity', dueOn: wantedOnSql, person: 'owner_id', where: 'true' }),
  dated({ kind: "'finding_check'", table: 'nonconformity', dueOn: 'check_due_on', person: 'coalesce(checker_id, owner_id)', others: 'array[owner_id]', where: "state = 'verifying'" }),
  dated({ kind: "'action'", table: 'corrective_action', title: 'description', dueOn: 'due_on', person: 'owner_id', where: "state in ('proposed', 'accepted', 'in_progress')" }),
  dated({ kind: "'objective'", table: 'objective', dueOn: 'due_on', person: 'owner_id', where: "state = 'open'" }),
  dated({ kind: "'metric'", table: 'metric', dueOn: 'next_due_on', person: 'owner_id', where: "state = 'active'" }),
  dated({ kind: "'improvement'", table: 'improvement', dueOn: 'due_on', person: 'owner_id', where: "state = 'accepted'" }),
  dated({ kind: "'soa_review'", table: 'soa', title: 'edition', dueOn: 'review_on', person: 'owner_id', where: "state = 'approved'" }),
  dated({ kind: "'interested_party'", table: 'interested_party', title: 'name', dueOn: 'review_on', person: 'owner_id', where: "state = 'current'" }),
  dated({ kind: "'campaign'", table: 'campaign', dueOn: 'due_on', person: 'owner_id', where: "state in ('running', 'paused')" }),
  dated({ kind: "'work_package'", table: 'work_package', dueOn: 'due_on', person: 'owner_id', where: "state in ('planned', 'in_progress')" }),
  `select 'incident_notice', 'incident:' || incident.id, incident.reference, notice ->> 'to', null::date,
     ((notice ->> 'dueAt')::timestamptz at time zone 'UTC')::date, incident.taken_by, incident.on_call
   from incident cross join jsonb_array_elements(notices) notice where incident.state in ('reported', 'contained') and notice ->> 'settledAt' is null`,
  // A person's own, which nobody else is told here.
  `select 'acknowledgement', 'acknowledgement_request:' || request.id, document.reference, version.title, null::date, request.due_on, person_id, '{}'::integer[]
   from acknowledgement_request request join document on document.id = request.document_id join document_version version on version.id = version_id
   where person_id = $1 and request.state in ('pending', 'viewed', 'quiz_passed')`,
  `select 'training', 'training:' || id, reference, lesson, null::date, due_on, person_id, '{}'::integer[]
   from training where person_id = $1 and state in ('assigned', 'started', 'failed')`,
  `select 'auditor_access', 'person:' || id, null, name, null::date, reads_until, null::integer, '{}'::integer[]
   from person where active and reads_until >= $3::date`,
]; // prettier-ignore
