/** Each fact counted once more, by plain statements over the tables as they are, which share nothing with what they prove. */
import { z } from 'zod';
import type { Queryable } from '../../../src/db/database.ts';
import { selectAll } from '../../../src/db/rows.ts';
import { requiredDocuments } from '../../../src/isms/readiness/required.ts';
import { auditableNumbers, controlNumbers } from '../../../src/records/requirement-set.ts';

const quoted = (values: readonly string[]) => values.map((value) => `'${value}'`).join(',');
const clausesAndControls = quoted(auditableNumbers());
const allControls = quoted(controlNumbers());

const inForce = `select v.id, v.review_on, v.approver_email, v.title, v.controls from document d, document_version v
  where v.document_id = d.id and d.kind = 'policy' and d.archived_at is null and v.translates is null and v.status = 'published' and v.effective_from <= $1
    and not exists (select 1 from document_version o where o.document_id = d.id and o.translates is null and o.status = 'published' and o.effective_from <= $1
      and (o.effective_from > v.effective_from or (o.effective_from = v.effective_from and o.id > v.id)))`;

const late = "case when a.held_until is not null then a.held_until when a.held_from is not null then a.held_from else a.planned_until end"; // prettier-ignore
const major = "n.state <> 'closed' and n.state <> 'rejected'";
const breach = `${major} and (n.grade = 'major' or n.grade = 'minor')`;
const nextDay = `(select min(x) from (values
  (case n.state when 'open' then n.correction_due_on end), (case n.state when 'verifying' then n.check_due_on end),
  (case when n.state in ('open', 'contained', 'cause_found') or n.state = 'action_planned' and n.plan_approved_at is null then n.plan_due_on end),
  (case when (n.state in ('open', 'contained', 'cause_found') or n.state = 'action_planned' and n.plan_approved_at is null)
    and n.body_closed_on is null and (n.body_answered_on is null or n.body_answer = 'returned') then n.body_plan_due_on end),
  (case when n.state <> 'verifying' then n.actions_due_on end), (case when n.state <> 'verifying' and n.body_closed_on is null then n.body_due_on end)) days(x))`;

const askedFor = `acknowledgement_request r, person p where p.id = r.person_id and p.active
  and r.id = (select max(o.id) from acknowledgement_request o where o.person_id = r.person_id and o.document_id = r.document_id)`;
const notAnswered = "r.state not in ('acknowledged', 'exempt', 'cancelled')";
const learner = 'training t, person p where p.id = t.person_id and p.active and t.assigned_at is not null';
const over = "(t.state = 'expired' or t.state = 'completed' and t.expires_on <= $1)";
const lateLesson = `(${over} or t.state in ('assigned', 'started', 'failed') and t.due_on < $1)`;
const passed = "t.state = 'completed' and (t.expires_on is null or t.expires_on > $1)";
const fresh = "e.state in ('accepted', 'expiring') and (e.expires_on is null or e.expires_on >= $1)";
const newest = "(select s.id from soa s where s.state <> 'superseded' order by case s.state when 'approved' then 1 when 'in_review' then 2 else 3 end, s.id desc limit 1)"; // prettier-ignore
const applicable = `(select count(*) from unnest(array[${allControls}]) c where not exists (
  select 1 from soa_entry x join soa s on s.id = x.soa_id where s.state = 'approved' and x.control = c and x.applies is false))`;
const covered = `(select count(*) from unnest(array[${clausesAndControls}]) q where exists (select 1 from audit_coverage c, audit a where a.id = c.audit_id
  and a.state in ('complete', 'closed') and c.state = 'covered' and ${late} > ($1::date - interval '36 months') and (q = c.requirement or starts_with(q, c.requirement || '.'))))`;

/** By key: how many, and of how many; null where it is a plain count. `$1` is the day. */
const counts: Record<string, readonly [string, string | null]> = {
  'documents.review_overdue': [`select count(*) from (${inForce}) f where f.review_on < $1`, `select count(*) from (${inForce}) f`],
  'soa.approved': ["select count(*) from soa where state = 'approved'", 'select 1'],
  'soa.decided': [
    `select count(*) from soa_entry x where x.soa_id = ${newest} and x.applies is not null and x.basis is not null and length(replace(coalesce(x.justification, ''), ' ', '')) > 0
     and case when x.applies then x.implemented is not null else true end`,
    'select 93',
  ],
  'soa.implemented': [
    `select count(*) from soa_entry x where x.soa_id = ${newest} and x.applies and x.implemented = 'yes'`,
    `select count(*) from soa_entry x where x.soa_id = ${newest} and x.applies`,
  ],
  'audits.internal': [`select count(*) from audit a where a.kind = 'internal' and a.state in ('complete', 'closed') and ${late} between ($1::date - interval '12 months' + interval '1 day') and $1`, null],
  'audits.planned': ["select count(*) from audit a where a.kind = 'internal' and a.state in ('planned', 'prepared') and not a.planned_until < $1", null],
  'audits.late': ["select count(*) from audit a where a.kind = 'internal' and a.state in ('planned', 'prepared') and a.planned_until < $1", null],
  'audits.programme': ["select count(*) from audit_programme p where p.state = 'approved' and p.from_on <= $1 and p.until_on >= $1", null],
  'audits.coverage': [`select ${covered}`, 'select 123'],
  'review.held': [`select count(*) from management_review m where m.state in ('complete', 'signed') and coalesce(m.held_on, m.planned_on) <= $1 and coalesce(m.held_on, m.planned_on) > $1::date - interval '1 year'`, null],
  'review.planned': ["select count(*) from management_review m where m.state = 'planned' and m.planned_on >= $1", null],
  'review.unsigned': ["select count(*) from management_review m where m.state = 'complete'", null],
  'review.late': ["select count(*) from management_review m where m.state in ('planned', 'in_progress') and m.planned_on < $1", null],
  'nonconformities.major_open': [`select count(*) from nonconformity n where ${major} and n.grade = 'major'`, null],
  'nonconformities.minor_open': [`select count(*) from nonconformity n where ${major} and n.grade = 'minor'`, null],
  'nonconformities.other_open': [`select count(*) from nonconformity n where ${major} and n.grade not in ('major', 'minor')`, null],
  'nonconformities.old': [`select count(*) from nonconformity n where ${breach} and n.identified_on < $1::date - 90`, `select count(*) from nonconformity n where ${breach}`],
  'nonconformities.overdue': [`select count(*) from nonconformity n where ${breach} and ${nextDay} < $1`, `select count(*) from nonconformity n where ${breach}`],
  'actions.overdue': [
    "select count(*) from corrective_action c where c.state in ('proposed', 'accepted', 'in_progress') and c.due_on < $1",
    "select count(*) from corrective_action c where c.state not in ('declined', 'verified', 'cancelled')",
  ],
  'acknowledgements.done': [
    `select count(*) from ${askedFor} and r.state = 'acknowledged'`,
    `select count(*) from ${askedFor} and (r.state = 'acknowledged' or ${notAnswered} and r.due_on < $1)`,
  ],
  'acknowledgements.overdue': [`select count(*) from ${askedFor} and ${notAnswered} and r.due_on < $1`, null],
  'acknowledgements.waiting': [`select count(*) from ${askedFor} and ${notAnswered} and (r.due_on is null or not r.due_on < $1)`, null],
  'training.done': [`select count(*) from ${learner} and ${passed}`, `select count(*) from ${learner} and (${passed} or ${lateLesson})`],
  'training.overdue': [`select count(*) from ${learner} and ${lateLesson}`, null],
  'training.waiting': [`select count(*) from ${learner} and t.state in ('assigned', 'started', 'failed') and (t.due_on >= $1 or t.due_on is null)`, null],
  'evidence.fresh': [`select count(*) from evidence_request e where ${fresh}`, "select count(*) from evidence_request e where e.state <> 'withdrawn'"],
  'evidence.overdue': ["select count(*) from evidence_request e where e.state in ('requested', 'rejected') and e.due_on < $1", null],
  'evidence.to_review': ["select count(*) from evidence_request e where e.state in ('submitted', 'in_review')", null],
  'evidence.controls': [
    `select count(*) from unnest(array[${allControls}]) c where exists (select 1 from evidence_request e where ${fresh} and array[c] <@ e.requirements)
     and not exists (select 1 from soa_entry x join soa s on s.id = x.soa_id where s.state = 'approved' and x.control = c and x.applies is false)`,
    `select ${applicable}`,
  ],
  'certification.valid': ["select count(*) from certification c where c.state in ('certified', 'surveillance_1', 'surveillance_2', 'recertification') and c.valid_until >= $1", null],
  'certification.ahead': [
    `select (select count(*) from audit a where a.kind in ('stage1', 'stage2', 'surveillance', 'recertification') and a.state in ('planned', 'prepared') and a.planned_until >= $1)
     + (select count(*) from certification c where c.state in ('certified', 'surveillance_1', 'surveillance_2', 'recertification') and c.valid_until >= $1)`,
    null,
  ],
  'competence.gaps': [
    "select count(*) from competence c, person p where p.id = c.person_id and p.active and c.state = 'gap'",
    "select count(*) from competence c, person p where p.id = c.person_id and p.active and c.state in ('gap', 'met')",
  ],
  'objectives.open': ["select count(*) from objective o where o.state = 'open' and o.due_on >= $1", null],
  'objectives.overdue': ["select count(*) from objective o where o.state = 'open' and o.due_on < $1", null],
  'objectives.met': ["select count(*) from objective o where o.state = 'met'", "select count(*) from objective o where o.state in ('met', 'missed')"],
  'objectives.measured_late': ["select count(*) from metric m where m.state = 'active' and m.next_due_on < $1", "select count(*) from metric m where m.state = 'active'"],
  'incidents.open': ["select count(*) from incident i where i.state in ('reported', 'contained')", "select count(*) from incident i where i.state <> 'no_incident'"],
}; // prettier-ignore

export interface Figure {
  key: string;
  count: number;
  of: number | null;
}

/** In the order of the alphabet. */
export async function countIndependently(tx: Queryable, day: string): Promise<Figure[]> {
  const entries = Object.entries(counts);
  const sql = entries.map(
    ([key, [count, of]]) => `select '${key}' as key, (${count})::integer as count, (${of ?? 'select null'})::integer as of, $1::date`,
  );
  const { rows } = await tx.query(sql.join(' union all '), [day]);
  const figures = rows.map(({ key, count, of }) => ({
    key: String(key),
    count: Number(count),
    of: of === null ? null : Number(of),
  }));
  return [...figures, ...(await countRequired(tx, day))].toSorted((one, other) =>
    one.key < other.key ? -1 : 1,
  );
} // prettier-ignore

const Document = z.object({
  id: z.number(),
  title: z.string(),
  controls: z.array(z.string()),
  approverEmail: z.string().nullable(),
  reviewOn: z.string().nullable(),
});

/** What is required in writing, a requirement at a time. */
async function countRequired(tx: Queryable, day: string): Promise<Figure[]> {
  const isThere = async (sql: string) => (await tx.query(`${sql} limit 1`)).rows.length > 0;
  const documents = await selectAll(tx, Document, inForce, [day]);
  const { rows } = await tx.query("select control from soa_entry x join soa s on s.id = x.soa_id where s.state = 'approved' and not x.applies");
  const leftOut = new Set(rows.map(({ control }) => String(control)));
  const records: Record<string, string> = {
    soa: "select 1 from soa where state = 'approved'",
    objective: "select 1 from objective where state in ('open', 'met', 'missed')",
    competence: "select 1 from competence where state in ('gap', 'met')",
    measurement: 'select 1 from measurement',
    audit_programme: `select 1 from audit_programme where state = 'approved' and from_on <= '${day}' and until_on >= '${day}'`,
    audit: "select 1 from audit where kind = 'internal' and state in ('complete', 'closed')",
    management_review: "select 1 from management_review where state in ('complete', 'signed')",
    nonconformity: "select 1 from nonconformity where state <> 'rejected'",
  };
  let [count, missing, of] = [0, 0, 0];
  for (const { requirement, titles, record } of requiredDocuments()) {
    if (leftOut.has(requirement)) continue;
    of += 1;
    const said = titles.map((title) => new RegExp(title.replaceAll(/\\[mM]/g, '\\b')));
    const named = documents.filter(({ title }) => said.some((each) => each.test(title.toLowerCase())));
    const shown = named.length > 0 ? named : documents.filter(({ controls: own }) => own.includes(requirement));
    const kept = record !== null && (await isThere(records[record] ?? ''));
    if (shown.length === 0 && !kept) missing += 1;
    const latest = shown.map(({ reviewOn }) => reviewOn ?? '').toSorted().at(-1);
    const [best] = shown.filter(({ reviewOn }) => (reviewOn ?? '') === latest).toSorted((one, other) => one.id - other.id);
    const isCurrent = best === undefined ? kept : best.approverEmail !== null && (best.reviewOn ?? day) >= day;
    if (isCurrent) count += 1;
  }
  return [
    { key: 'documents.required', count, of },
    { key: 'documents.missing', count: missing, of: null },
  ];
} // prettier-ignore
