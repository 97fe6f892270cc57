/** Clause 10: non-conformities and their actions, checks of whether they worked, improvements. */
import { grace, named, on, type Rule } from './rule.ts';

const oneLapse = 'The rest of the process stands.';
const controls = ['A.5.35', 'A.5.36'];

export const improvementRules: readonly Rule[] = [
  {
    key: 'nonconformity.correction_late',
    requirement: '10.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Non-conformities were not corrected in time',
    expects: 'A non-conformity is corrected, and its consequences are dealt with.',
    sql: `select reference, title, owner_id, department, correction_due_on as day from breach
      where state = 'open' and correction_due_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: its correction was due on ${on(found.day)}.`,
    promise: { words: 'correction', controls },
  },
  {
    key: 'nonconformity.plan_late',
    requirement: '10.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Non-conformities have no cause or no approved plan, past their day',
    expects: 'The cause of a non-conformity is found, and what removes it is planned.',
    sql: `select reference, title, owner_id, department, plan_due_on as day, case when root_cause is null then 'no cause' else 'no approved plan' end as note
      from breach where (state in ('open', 'contained', 'cause_found') or (state = 'action_planned' and plan_approved_at is null))
        and plan_due_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: ${found.note ?? ''}, due on ${on(found.day)}.`,
    promise: { words: 'cause', controls },
  },
  {
    key: 'nonconformity.body_late',
    requirement: '10.2',
    grade: 'major',
    why: 'The certification body can withhold or suspend the certificate.',
    title: 'Days of the certification body have passed',
    expects: 'Findings of the certification body are answered, and shown to be solved, by its days.',
    sql: `select reference, title, owner_id, department, case when not answered then body_plan_due_on else body_due_on end as day,
        case when not answered then 'answer' else 'evidence' end as note
      from (select *, body_answered_on is not null and body_answer is distinct from 'returned' as answered from breach) breach
      where source = 'external_audit' and body_closed_on is null and state <> 'closed'
        and ((not answered and body_plan_due_on < $2) or (body_due_on < $2 and state <> 'verifying'))`,
    fact: (found) => `${named(found)}: its ${found.note ?? ''} was due to the body on ${on(found.day)}.`,
    promise: { words: 'cause', controls },
  },
  {
    key: 'nonconformity.unchecked',
    requirement: '10.2',
    grade: 'minor',
    why: 'The actions were done.',
    title: 'Non-conformities were closed and nobody checked that it worked',
    expects: 'Whether the actions worked is checked before a non-conformity is closed.',
    sql: `select reference, title, owner_id, department, (closed_at)::date as day from breach
      where state = 'closed' and closed_at > $1::timestamptz - interval '36 months' and not exists (
        select from effectiveness_check done where done.nonconformity_id = breach.id and done.cycle = breach.cycle and done.result = 'effective')`,
    fact: (found) => `${named(found)}: closed on ${on(found.day)}, without a check.`,
    promise: { words: 'effectiveness', controls },
  },
  {
    key: 'nonconformity.check_late',
    requirement: '10.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Checks of whether actions worked are overdue',
    expects: 'Whether the actions worked is checked by the day of the plan.',
    sql: `select reference, title, coalesce(checker_id, owner_id) as owner_id, department, check_due_on as day from breach
      where state = 'verifying' and check_due_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: its check was due on ${on(found.day)}.`,
    promise: { words: 'effectiveness', controls },
  },
  {
    key: 'nonconformity.own_check',
    requirement: '10.2',
    grade: 'minor',
    why: 'The check was made.',
    title: 'People checked whether their own actions worked',
    expects: 'Who checks whether actions worked owns none of them.',
    sql: `select distinct breach.reference, breach.title, breach.owner_id, breach.department, done.checked_by_name as note
      from breach join effectiveness_check done on done.nonconformity_id = breach.id and done.cycle = breach.cycle
      join corrective_action action on action.nonconformity_id = breach.id and action.round = done.round
        and action.owner_id = done.checked_by and action.state = 'verified'
      where breach.state = 'closed' and closed_at > $1::timestamptz - interval '36 months'`,
    fact: (found) => `${named(found)}: ${found.note ?? ''} checked it, and owned an action of it.`,
    promise: { words: 'effectiveness', controls },
  },
  {
    key: 'nonconformity.repeated',
    requirement: '10.2',
    grade: 'minor',
    why: 'The cause was not removed the first time.',
    title: 'Findings came back after they were closed',
    expects: 'What is done about a non-conformity keeps it from coming back.',
    sql: `select again.reference, again.title, again.owner_id, again.department, first.reference as note, again.identified_on as day
      from breach again join lateral (select * from breach where breach.requirement = again.requirement and breach.id <> again.id
        and breach.state = 'closed' and (breach.closed_at)::date < again.identified_on
        and (breach.closed_at)::date > again.identified_on - interval '12 months'
        and lower(coalesce(breach.department, '')) = lower(coalesce(again.department, '')) order by closed_at desc, id desc limit 1) first on true
      where again.identified_on > $2 - interval '12 months'`,
    fact: (found) =>
      `${named(found)}: found on ${on(found.day)}, the same requirement as ${found.note ?? ''}, which was closed.`,
    promise: { words: 'effectiveness', controls },
  },
  {
    key: 'actions.late',
    requirement: '10.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Corrective actions are overdue',
    expects: 'Corrective actions are done by their day.',
    sql: `select action.reference, action.description as title, action.owner_id, person.department, action.due_on as day
      from corrective_action action join breach on breach.id = action.nonconformity_id and breach.state <> 'closed'
        and action.round = breach.round
      join person on person.id = action.owner_id
      where action.state in ('proposed', 'accepted', 'in_progress') and action.due_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: was due on ${on(found.day)}.`,
    promise: { words: 'actions', controls },
  },
  {
    key: 'improvements.late',
    requirement: '10.1',
    grade: 'ofi',
    why: 'No rule is broken.',
    title: 'Improvements that were accepted are not done',
    expects: 'Accepted improvements are done by their day.',
    sql: `select reference, title, owner_id, due_on as day from improvement where state = 'accepted' and due_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: was due on ${on(found.day)}.`,
    promise: { words: 'improvement', controls },
  },
];
