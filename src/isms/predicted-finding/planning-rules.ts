/** Clauses 4 to 6: scope, interested parties, policy, who answers for what, the Statement of Applicability, objectives. */
import { grace, named, on, type Rule } from './rule.ts';

const certificateNeedsIt = 'Nothing can be certified without it.';
const oneLapse = 'The rest of the process stands.';

export const planningRules: readonly Rule[] = [
  {
    key: 'scope.missing',
    requirement: '4.3',
    grade: 'major',
    why: certificateNeedsIt,
    title: 'No document in force states the scope',
    expects: 'The scope of the management system is written down and in force.',
    sql: `select null::text as reference where not exists (select from in_force where '4.3' = any(controls)
      or title ~* '\\mscope\\M|geltungsbereich|anwendungsbereich|p.rim.tre|domaine d.application|\\malcance\\M')`,
    fact: () => 'No policy in force has the scope in its title, or names clause 4.3.',
    promise: { words: 'scope', controls: [] },
  },
  {
    key: 'parties.review_late',
    requirement: '4.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Interested parties were not reviewed by their day',
    expects: 'What interested parties need is looked at again by the day that was set.',
    sql: `select reference, name as title, owner_id, review_on as day from interested_party
      where state = 'current' and review_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: its review was due on ${on(found.day)}.`,
    promise: { words: 'interested parties', controls: ['A.5.31'] },
  },
  {
    key: 'parties.unmet',
    requirement: '4.2',
    grade: 'minor',
    why: 'The need comes from a law or a contract.',
    title: 'Nothing says how needs by law or contract are met',
    expects: 'For each need that the management system takes up, it is known how it is met.',
    sql: `select reference, name as title, owner_id, basis as note from interested_party
      where state = 'current' and addressed and basis in ('law', 'contract') and coalesce(trim(met_by), '') = ''`,
    fact: (found) => `${named(found)}: needed by ${found.note ?? ''}, and how it is met is empty.`,
    promise: { words: 'interested parties', controls: ['A.5.31'] },
  },
  {
    key: 'policy.missing',
    requirement: '5.2',
    grade: 'major',
    why: certificateNeedsIt,
    title: 'No information security policy is in force',
    expects: 'The management has set an information security policy.',
    sql: `select null::text as reference where not exists (select from in_force where controls && '{5.2,A.5.1}'
      or title ~* 'information security policy|informationssicherheits(leitlinie|politik|richtlinie)|politique de s.curit. de l.information|pol.tica de seguridad de la informaci.n')`,
    fact: () => 'No policy in force has it in its title, or names clause 5.2 or control A.5.1.',
    promise: { words: 'security policy', controls: ['A.5.1'] },
  },
  {
    key: 'owners.left',
    requirement: '5.3',
    grade: 'minor',
    why: 'Somebody answers for the other records.',
    title: 'Records belong to people who have left',
    expects: 'Each responsibility lies with somebody who works here.',
    sql: `select owned.reference, owned.title, person.name as note from (
        select reference, title, owner_id from nonconformity where state not in ('closed', 'rejected')
        union all select reference, description, owner_id from corrective_action where state in ('proposed', 'accepted', 'in_progress')
        union all select reference, title, owner_id from asked_for
        union all select reference, title, owner_id from metric where state = 'active'
        union all select reference, title, owner_id from objective where state = 'open'
        union all select reference, name, owner_id from interested_party where state = 'current'
        union all select in_force.reference, in_force.title, person.id from in_force join person on lower(person.email) = lower(in_force.owner_email)
      ) owned join person on person.id = owned.owner_id and not person.active`,
    fact: (found) => `${named(found)}: belongs to ${found.note ?? ''}, who has left.`,
    promise: null,
  },
  {
    key: 'soa.missing',
    requirement: '6.1.3',
    grade: 'major',
    why: certificateNeedsIt,
    title: 'No Statement of Applicability is approved',
    expects: 'The Statement of Applicability is approved.',
    sql: `select (select reference from soa order by state_at desc, id desc limit 1) as reference,
        (select owner_id from soa order by state_at desc, id desc limit 1) as owner_id,
        (select state from soa order by state_at desc, id desc limit 1) as note
      where not exists (select from current_soa)`,
    fact: ({ reference, note }) =>
      reference === null ? 'There is none.' : `${reference} is ${(note ?? '').replaceAll('_', ' ')}.`,
    promise: { words: 'statement of applicability', controls: [] },
  },
  {
    key: 'soa.incomplete',
    requirement: '6.1.3',
    grade: 'minor',
    why: 'Most controls are decided.',
    title: 'The Statement of Applicability leaves controls undecided',
    expects: 'For each control of Annex A it is said whether it applies.',
    sql: `select current_soa.reference, current_soa.owner_id, count(*) as count, string_agg(control, ', ' order by ordinal) as note
      from current_soa, unnest($5) with ordinality as known(control, ordinal)
      where not exists (select from soa_entry where soa_id = current_soa.id and soa_entry.control = known.control and applies is not null)
      group by 1, 2`,
    fact: ({ reference, count, note }) =>
      `${reference ?? ''} does not decide on ${count ?? 0}: ${listed(note)}.`,
    promise: { words: 'statement of applicability', controls: [] },
  },
  {
    key: 'soa.exclusions',
    requirement: '6.1.3',
    grade: 'minor',
    why: 'Which controls are left out is known.',
    title: 'Controls are left out without a reason',
    expects: 'The Statement of Applicability says why a control is left out.',
    sql: `select current_soa.reference, coalesce(soa_entry.owner_id, current_soa.owner_id) as owner_id, control as note
      from soa_entry join current_soa on current_soa.id = soa_id where not applies and coalesce(trim(justification), '') = ''`,
    fact: ({ reference, note }) => `${reference ?? ''} leaves out ${note ?? ''} and does not say why.`,
    promise: { words: 'exclusions', controls: [] },
  },
  {
    key: 'soa.inclusions',
    requirement: '6.1.3',
    grade: 'minor',
    why: 'Which controls apply is known.',
    title: 'Controls apply without a reason',
    expects: 'The Statement of Applicability says on what each control that applies rests.',
    sql: `select current_soa.reference, coalesce(soa_entry.owner_id, current_soa.owner_id) as owner_id, control as note
      from soa_entry join current_soa on current_soa.id = soa_id
      where applies and basis is null and coalesce(trim(justification), '') = ''`,
    fact: ({ reference, note }) => `${reference ?? ''} takes in ${note ?? ''} and does not say why.`,
    promise: { words: 'statement of applicability', controls: [] },
  },
  {
    key: 'soa.review_late',
    requirement: '6.1.3',
    grade: 'minor',
    why: oneLapse,
    title: 'The Statement of Applicability is past its review',
    expects: 'The Statement of Applicability is looked at again by the day that was set.',
    sql: `select reference, owner_id, review_on as day from current_soa where review_on < $2 - ${grace}`,
    fact: ({ reference, day }) => `The review of ${reference ?? ''} was due on ${on(day)}.`,
    promise: { words: 'statement of applicability', controls: [] },
  },
  {
    key: 'soa.unproven',
    requirement: '6.1.3',
    grade: 'minor',
    why: 'That it is done is claimed, and may be so.',
    title: 'Nothing shows that controls are in place which are said to be',
    expects: 'What is said to be in place can be shown.',
    sql: `select current_soa.reference, current_soa.owner_id, count(*) as count, string_agg(entry.control, ', ' order by ordinal) as note
      from current_soa join soa_entry entry on entry.soa_id = current_soa.id and applies and implemented = 'yes'
      join unnest($5) with ordinality as known(control, ordinal) on known.control = entry.control
      where not exists (select from asked_for where entry.control = any(requirements) and (accepted_at is not null or due_on < $2 - ${grace}))
      group by 1, 2`,
    fact: ({ reference, count, note }) =>
      `${reference ?? ''} says that ${count ?? 0} are in place, and no evidence of them was accepted: ${listed(note)}.`,
    promise: { words: 'statement of applicability', controls: [] },
  },
  {
    key: 'objectives.missing',
    requirement: '6.2',
    grade: 'minor',
    why: 'The rest of the planning can be judged without it.',
    title: 'No security objectives are recorded',
    expects: 'Security objectives are set and written down.',
    sql: `select null::text as reference where not exists (select from objective where state <> 'dropped')`,
    fact: () => 'There is none.',
    promise: { words: 'objectives', controls: [] },
  },
  {
    key: 'objectives.late',
    requirement: '6.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Objectives are past their day without a result',
    expects: 'For each objective it is judged by its day what came of it.',
    sql: `select reference, title, owner_id, due_on as day from objective where state = 'open' and due_on < $2 - ${grace}`,
    fact: (found) => `${named(found)}: was due on ${on(found.day)}.`,
    promise: { words: 'objectives', controls: [] },
  },
  {
    key: 'objectives.no_result',
    requirement: '6.2',
    grade: 'minor',
    why: oneLapse,
    title: 'Objectives were ended and nobody says with what result',
    expects: 'What an objective came to is written down.',
    sql: `select reference, title, owner_id, state as note from objective
      where state in ('met', 'missed') and coalesce(trim(result), '') = ''`,
    fact: (found) => `${named(found)}: is ${found.note ?? ''}, without a result.`,
    promise: { words: 'objectives', controls: [] },
  },
];

/** Numbers that one line has room for. */
const most = 12;

export function listed(note: string | null): string {
  const all = (note ?? '').split(', ');
  return all.length <= most
    ? all.join(', ')
    : `${all.slice(0, most).join(', ')} and ${all.length - most} more`;
}
