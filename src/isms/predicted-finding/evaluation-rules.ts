/** Clause 9: what is measured, internal audits, management reviews. */
import { listed } from './planning-rules.ts';
import { grace, named, on, type Rule } from './rule.ts';

const certificateNeedsIt = 'Nothing can be certified without it.';
const oneLapse = 'The rest of the process stands.';

/** Internal audits of the last year that were held. */
const recentAudits = `audit.kind = 'internal' and audit.held_from > $2 - interval '12 months' and audit.held_from <= $2
  and audit.state in ('in_progress', 'reporting', 'complete', 'closed')`;

/** Of 9.3.2. */
const inputs = "array['a', 'b', 'c', 'd1', 'd2', 'd3', 'd4', 'e', 'f', 'g']";

export const evaluationRules: readonly Rule[] = [
  {
    key: 'metrics.missing',
    requirement: '9.1',
    grade: 'minor',
    why: 'The rest of the evaluation can be judged without it.',
    title: 'Nothing is measured',
    expects: 'It is decided what is measured, how, when and by whom.',
    sql: `select null::text as reference where not exists (select from metric where state = 'active')`,
    fact: () => 'No metric is active.',
    promise: { words: 'measuring', controls: [] },
  },
  {
    key: 'metrics.late',
    requirement: '9.1',
    grade: 'minor',
    why: oneLapse,
    title: 'Measurements are missing',
    expects: 'What is measured is measured as often as was decided.',
    sql: `select reference, title, owner_id, next_due_on as day from metric where state = 'active' and next_due_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: its next value was due on ${on(found.day)}.`,
    promise: { words: 'measuring', controls: [] },
  },
  {
    key: 'audit.missing',
    requirement: '9.2',
    grade: 'major',
    why: certificateNeedsIt,
    title: 'No internal audit in the last twelve months',
    expects: 'Internal audits are held at planned intervals, at least once in twelve months.',
    sql: `select last.reference, last.title, last.lead_id as owner_id, last.held_from as day
      from (select) once left join lateral (select * from audit where kind = 'internal' and held_from <= $2
        and state in ('in_progress', 'reporting', 'complete', 'closed') order by held_from desc, id desc limit 1) last on true
      where not exists (select from audit where ${recentAudits} and state in ('complete', 'closed'))`,
    fact: (found) =>
      found.reference === null
        ? 'None was held so far.'
        : `${named(found)}: the last one, held on ${on(found.day)}.`,
    promise: { words: 'internal audit', controls: ['A.5.35'] },
  },
  {
    key: 'audit.no_programme',
    requirement: '9.2',
    grade: 'minor',
    why: 'Audits can be held without it; what they leave out is not seen.',
    title: 'No audit programme is approved for today',
    expects: 'Audits follow an approved programme that says how often, how and by whom.',
    sql: `select (select reference from audit_programme order by id desc limit 1) as reference,
        (select owner_id from audit_programme order by id desc limit 1) as owner_id
      where not exists (select from programme)`,
    fact: ({ reference }) =>
      reference === null ? 'There is none.' : `${reference} is not approved, or not for this time.`,
    promise: { words: 'audit programme', controls: ['A.5.35'] },
  },
  {
    key: 'audit.own_department',
    requirement: '9.2',
    grade: 'minor',
    why: 'The findings of others stand.',
    title: 'Auditors audited their own department',
    expects: 'Auditors are impartial: nobody audits their own work.',
    sql: `select distinct audit.reference, audit.title, audit.lead_id as owner_id, person.name || ' of ' || person.department as note
      from audit join lateral (
        select audit.lead_id as id, department from unnest(audit.departments) as department
        union select person_id, department from audit_member, unnest(audit.departments) as department
          where audit_id = audit.id and part = 'auditor'
        union select auditor_id, department from audit_plan_item where audit_id = audit.id
      ) auditor on true
      join person on person.id = auditor.id and lower(person.department) = lower(auditor.department)
      where ${recentAudits}`,
    fact: (found) => `${named(found)}: ${found.note ?? ''} looked at their own department.`,
    promise: { words: 'own work', controls: ['A.5.35'] },
  },
  {
    key: 'audit.uncovered',
    requirement: '9.2',
    grade: 'minor',
    why: 'Most of the standard is planned.',
    title: 'The audit programme leaves out clauses or controls',
    expects: 'Over its years the programme looks at every clause, and at every control that applies.',
    sql: `select programme.reference, programme.owner_id, count(*) as count, string_agg(needed.id, ', ' order by ordinal) as note
      from programme join unnest($6 || $5) with ordinality as needed(id, ordinal) on true
      where not exists (select from soa_entry join current_soa on current_soa.id = soa_id where control = needed.id and not applies)
        and not exists (select from audit join audit_coverage covered on covered.audit_id = audit.id
          where audit.state <> 'cancelled' and audit.kind = 'internal' and covered.state in ('planned', 'covered')
            and (audit.programme_id = programme.id or audit.planned_from between programme.from_on and programme.until_on)
            and (needed.id = covered.requirement or needed.id like covered.requirement || '.%'))
      group by 1, 2`,
    fact: ({ reference, count, note }) =>
      `${reference ?? ''}: no audit of it is to look at ${count ?? 0}: ${listed(note)}.`,
    promise: { words: 'audit coverage', controls: ['A.5.35'] },
  },
  {
    key: 'audit.late',
    requirement: '9.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Planned internal audits were not held',
    expects: 'Audits are held when the programme says so.',
    sql: `select reference, title, lead_id as owner_id, planned_until as day from audit
      where kind = 'internal' and state in ('planned', 'prepared') and planned_until < $2 - ${grace}`,
    fact: (found) => `${named(found)}: was planned until ${on(found.day)}.`,
    promise: { words: 'internal audit', controls: ['A.5.35'] },
  },
  {
    key: 'audit.unreported',
    requirement: '9.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Internal audits were held and not reported',
    expects: 'What an audit found is reported to those who answer for it.',
    sql: `select reference, title, lead_id as owner_id, held_until as day from audit
      where kind = 'internal' and state in ('in_progress', 'reporting') and held_until < $2 - ${grace}`,
    fact: (found) => `${named(found)}: ended on ${on(found.day)}, without a conclusion.`,
    promise: { words: 'audit report', controls: ['A.5.35'] },
  },
  {
    key: 'audit.unsigned',
    requirement: '9.2',
    grade: 'minor',
    why: 'The report itself is there.',
    title: 'Reports of internal audits are not signed',
    expects: 'Whoever led an audit signs its report.',
    sql: `select reference, title, lead_id as owner_id, (completed_at)::date as day from audit
      where ${recentAudits} and state in ('complete', 'closed') and completed_at < $1::timestamptz - interval '${grace} days'
        and not exists (select from audit_sign_off signed where signed.audit_id = audit.id and signed_at <= $1)`,
    fact: (found) => `${named(found)}: complete since ${on(found.day)}, and nobody signed it.`,
    promise: { words: 'audit report', controls: ['A.5.35'] },
  },
  {
    key: 'review.missing',
    requirement: '9.3',
    grade: 'major',
    why: certificateNeedsIt,
    title: 'No management review in the last twelve months',
    expects: 'The management reviews the system at planned intervals, at least once in twelve months.',
    sql: `select last.reference, last.title, last.chair_id as owner_id, last.held_on as day
      from (select) once left join lateral (select * from management_review where held_on <= $2
        and state in ('complete', 'signed') order by held_on desc, id desc limit 1) last on true
      where not exists (select from management_review where state in ('complete', 'signed') and held_on > $2 - interval '12 months')`,
    fact: (found) =>
      found.reference === null
        ? 'None was held so far.'
        : `${named(found)}: the last one, held on ${on(found.day)}.`,
    promise: { words: 'management review', controls: ['A.5.1', 'A.5.4'] },
  },
  {
    key: 'review.inputs',
    requirement: '9.3',
    grade: 'minor',
    why: 'The review was held.',
    title: 'The management review left inputs out',
    expects: 'A management review looks at every input that 9.3.2 names.',
    sql: `select review.reference, review.title, review.secretary_id as owner_id, string_agg(input, ', ' order by input) as note
      from management_review review join unnest(${inputs}) as input on true
      where review.state in ('complete', 'signed') and review.held_on > $2 - interval '12 months'
        and not exists (select from review_input discussed where discussed.review_id = review.id and discussed.input = input.input
          and discussed.discussed_at is not null)
      group by 1, 2, 3`,
    fact: (found) => `${named(found)}: nobody discussed 9.3.2 ${found.note ?? ''}.`,
    promise: { words: 'review inputs', controls: ['A.5.1', 'A.5.4'] },
  },
  {
    key: 'review.unsigned',
    requirement: '9.3',
    grade: 'minor',
    why: 'The minutes are there.',
    title: 'Minutes of the management review are not signed',
    expects: 'The chair signs what the review decided.',
    sql: `select reference, title, chair_id as owner_id, held_on as day from management_review
      where state = 'complete' and held_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: held on ${on(found.day)}, not signed since.`,
    promise: { words: 'review minutes', controls: ['A.5.1', 'A.5.4'] },
  },
  {
    key: 'review.decisions',
    requirement: '9.3',
    grade: 'minor',
    why: 'What was decided is written down.',
    title: 'Decisions of the management review have no action',
    expects: 'What the management decides is done by somebody by a day.',
    sql: `select review.reference, review.secretary_id as owner_id, decision.text as note
      from review_decision decision join management_review review on review.id = decision.review_id
      where decision.kind = 'action' and decision.became is null and decision.decided_at < $1::timestamptz - interval '${grace} days'
        and review.state in ('complete', 'signed')`,
    fact: ({ reference, note }) => `${reference ?? ''}: «${note ?? ''}» became no action.`,
    promise: { words: 'review actions', controls: ['A.5.1', 'A.5.4'] },
  },
];
