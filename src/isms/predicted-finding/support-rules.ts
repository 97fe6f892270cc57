/** Clauses 7 and 8: competence, awareness, documents, questions that nobody answered, the age of the risk assessment. */
import { grace, longOverdue, named, on, people, type Rule } from './rule.ts';

const oneLapse = 'The rest of the process stands.';

export const supportRules: readonly Rule[] = [
  {
    key: 'competence.missing',
    requirement: '7.2',
    grade: 'minor',
    why: 'Whether people can do their work is not in doubt, only that it is shown.',
    title: 'Nothing shows what people in security roles can do',
    expects: 'For roles that bear on security there is a record of what they need and who has it.',
    sql: `select null::text as reference where not exists (select from competence where state <> 'ended')`,
    fact: () => 'There is no record of anybody’s competence.',
    promise: { words: 'competence', controls: ['A.6.3'] },
  },
  {
    key: 'competence.gap',
    requirement: '7.2',
    grade: 'minor',
    why: 'The gap is known.',
    title: 'Gaps in competence have no action',
    expects: 'Where somebody lacks what their role needs, something is done about it.',
    sql: `select competence.reference, role as title, coalesce(person.manager_id, person.id) as owner_id, person.department,
        assessed_on as day
      from competence join person on person.id = competence.person_id
      where state = 'gap' and assessed_on < $2 - ${grace} and not exists (
        select from corrective_action action where action.belongs_to = 'competence:' || competence.id
          and action.state not in ('declined', 'cancelled'))`,
    fact: (found) => `${named(found)}: the gap was seen on ${on(found.day)}, and nothing is planned.`,
    promise: { words: 'competence', controls: ['A.6.3'] },
  },
  {
    key: 'training.late',
    requirement: 'A.6.3',
    grade: 'minor',
    why: 'Most people have it.',
    title: 'Training is long overdue',
    expects: 'People finish the training that their work needs by its day.',
    counted: true,
    sql: `select lesson as title, person.id as owner_id, person.department, least(training.due_on, training.expires_on) as day
      from training join person on person.id = training.person_id and person.active
      where (((training.state in ('assigned', 'started', 'failed') or (training.state = 'completed' and training.state_at > $1))
          and training.assigned_at <= $1 and training.due_on < $2 - ${longOverdue})
        or (training.state = 'expired' and training.expires_on < $2 - ${longOverdue}))`,
    fact: ({ title, count, day }) =>
      `«${(title ?? '').replaceAll('-', ' ')}»: ${people(count)}, the longest since ${on(day)}.`,
    promise: { words: 'training', controls: ['A.6.3'] },
  },
  {
    key: 'acknowledgements.late',
    requirement: '7.3',
    grade: 'minor',
    why: 'The policies are there for everybody to read.',
    title: 'Policies were not acknowledged, long after their day',
    expects: 'People know the policies that apply to them.',
    counted: true,
    sql: `select document.reference || ' ' || version.title as title, person.id as owner_id, person.department, request.due_on as day
      from acknowledgement_request request
      join person on person.id = request.person_id and person.active
      join document on document.id = request.document_id
      join document_version version on version.id = request.version_id
      where (request.state in ('pending', 'viewed', 'quiz_passed') or (request.state in ('acknowledged', 'exempt', 'cancelled') and request.state_at > $1))
        and request.asked_at <= $1 and request.due_on < $2 - ${longOverdue}`,
    fact: ({ title, count, day }) => `«${title ?? ''}»: ${people(count)}, the longest since ${on(day)}.`,
    promise: { words: 'acknowledgement', controls: ['A.5.1', 'A.6.3'] },
  },
  {
    key: 'questions.unanswered',
    requirement: '7.4',
    grade: 'ofi',
    why: 'No rule is broken; people wait for an answer.',
    title: 'Questions about the rules wait for their answer',
    expects: 'Who asks what a rule means hears from its owner.',
    sql: `select reference, owner_id, (routed_at)::date as day from open_question
      where state in ('new', 'routed') and routed_at < $1::timestamptz - interval '${longOverdue} days'`,
    fact: ({ reference, day }) => `${reference ?? ''} was asked on ${on(day)}.`,
    promise: { words: 'questions', controls: [] },
  },
  {
    key: 'documents.review_late',
    requirement: '7.5',
    grade: 'minor',
    why: 'What they say is still in force.',
    title: 'Documents in force are past their review',
    expects: 'Documents are looked at again by the day that was set.',
    sql: `select in_force.reference, in_force.title, person.id as owner_id, review_on as day
      from in_force left join person on lower(person.email) = lower(in_force.owner_email) where review_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: its review was due on ${on(found.day)}.`,
    promise: { words: 'document review', controls: ['A.5.1', 'A.5.37'] },
  },
  {
    key: 'documents.no_approver',
    requirement: '7.5',
    grade: 'minor',
    why: oneLapse,
    title: 'Documents are in force and nobody approved them',
    expects: 'Documents are approved before they are in force.',
    sql: `select in_force.reference, in_force.title, person.id as owner_id
      from in_force left join person on lower(person.email) = lower(in_force.owner_email) where approver_email is null`,
    fact: (found) => `${named(found)}: no approver is named.`,
    promise: { words: 'document approval', controls: ['A.5.1', 'A.5.37'] },
  },
  {
    key: 'documents.draft_in_use',
    requirement: '7.5',
    grade: 'minor',
    why: oneLapse,
    title: 'Drafts are used as if they were in force',
    expects: 'What people are to follow is approved and published.',
    sql: `select document.reference, draft.title, person.id as owner_id, draft.effective_from as day, draft.status as note
      from document join document_version draft on draft.document_id = document.id
      left join person on lower(person.email) = lower(draft.owner_email)
      where document.kind = 'policy' and document.archived_at is null and draft.translates is null
        and draft.status in ('draft', 'in_review', 'changes_requested', 'approved') and draft.effective_from < $2 - ${grace}
        and not exists (select from in_force where in_force.document_id = document.id)`,
    fact: (found) =>
      `${named(found)}: is to apply since ${on(found.day)}, and is ${(found.note ?? '').replaceAll('_', ' ')}.`,
    promise: { words: 'document approval', controls: ['A.5.1', 'A.5.37'] },
  },
  {
    key: 'risks.old',
    requirement: null,
    grade: 'minor',
    why: 'Risks were assessed before.',
    title: 'No newer record of the risk assessment or its treatment',
    expects: 'Risks are assessed, and their treatment is followed, at least once in twelve months.',
    sql: `select reference, title, owner_id, requirement, coalesce(dated_on, accepted_at::date) as day
      from asked_for, unnest(requirements) as requirement
      where requirement in ('8.2', '8.3') and (coalesce(dated_on, accepted_at::date) < $2 - interval '12 months'
          or (accepted_at is null and due_on < $2 - ${grace}))
        and not exists (select from asked_for newer where requirement = any(newer.requirements) and newer.accepted_at is not null
          and coalesce(newer.dated_on, newer.accepted_at::date) >= $2 - interval '12 months')`,
    fact: (found) =>
      found.day === null
        ? `${named(found)}: was asked for and is not there.`
        : `${named(found)}: the last is of ${on(found.day)}.`,
    promise: { words: 'risk assessment', controls: ['A.5.7', 'A.5.8'] },
  },
];
