/** What shows that controls work, incidents, and what the certificate itself rests on. */
import { grace, named, on, type Rule } from './rule.ts';

const certificateAtStake = 'The certificate itself is at stake.';
/** Risks are asked for by a rule of their own. */
const notRisks = "requirement not in ('8.2', '8.3')";
const valid = "certification.state in ('certified', 'surveillance_1', 'surveillance_2', 'recertification')";

export const practiceRules: readonly Rule[] = [
  {
    key: 'evidence.expired',
    requirement: null,
    grade: 'minor',
    why: 'There was evidence before.',
    title: 'Its evidence has expired',
    expects: 'What shows that it works is recent enough to count.',
    sql: `select reference, title, owner_id, requirement, expires_on as day from asked_for, unnest(requirements) as requirement
      where ${notRisks} and accepted_at is not null and expires_on < $2
        and not exists (select from asked_for newer where newer.id <> asked_for.id and requirement = any(newer.requirements)
          and newer.accepted_at is not null and (newer.expires_on is null or newer.expires_on >= $2))`,
    fact: (found) => `${named(found)}: expired on ${on(found.day)}.`,
    promise: null,
  },
  {
    key: 'evidence.late',
    requirement: null,
    grade: 'minor',
    why: 'That it is done is claimed, and may be so.',
    title: 'Its evidence was asked for and did not come',
    expects: 'What shows that it works can be shown when it is asked for.',
    sql: `select reference, title, owner_id, requirement, due_on as day from asked_for, unnest(requirements) as requirement
      where ${notRisks} and state in ('requested', 'rejected') and accepted_at is null and due_on < $2 - ${grace}
        and not exists (select from asked_for other where other.id <> asked_for.id and requirement = any(other.requirements)
          and other.accepted_at is not null)`,
    fact: (found) => `${named(found)}: was due on ${on(found.day)}.`,
    promise: null,
  },
  {
    key: 'incidents.unassessed',
    requirement: 'A.5.25',
    grade: 'minor',
    why: 'The incidents are known.',
    title: 'Incidents have no severity',
    expects: 'Each report is judged: is it an incident, and how grave?',
    sql: `select reference, left(what, 80) as title, coalesce(taken_by, on_call[1]) as owner_id, (aware_at)::date as day from incident
      where state <> 'no_incident' and severity is null and aware_at < $1::timestamptz - interval '${grace} days'`,
    fact: (found) => `${named(found)}: known since ${on(found.day)}.`,
    promise: { words: 'severity', controls: ['A.5.24', 'A.5.25', 'A.5.26'] },
  },
  {
    key: 'incidents.notices',
    requirement: 'A.5.26',
    grade: 'minor',
    why: 'The incident itself was dealt with.',
    title: 'Notices that incidents owed were not sent in time',
    expects: 'Who is to hear of an incident by law or contract hears of it in time.',
    sql: `select reference, left(what, 80) as title, coalesce(taken_by, on_call[1]) as owner_id, notice ->> 'to' as note,
        ((notice ->> 'dueAt')::timestamptz)::date as day
      from incident, jsonb_array_elements(notices) as notice
      where state <> 'no_incident' and (notice ->> 'dueAt')::timestamptz < $1
        and coalesce((notice ->> 'settledAt')::timestamptz, $1) > (notice ->> 'dueAt')::timestamptz
        and aware_at > $1::timestamptz - interval '12 months'`,
    fact: (found) => `${named(found)}: ${found.note ?? ''}, due on ${on(found.day)}.`,
    promise: { words: 'notices', controls: ['A.5.24', 'A.5.25', 'A.5.26'] },
  },
  {
    key: 'incidents.lessons',
    requirement: 'A.5.27',
    grade: 'minor',
    why: 'The incident itself was dealt with.',
    title: 'Nothing was learned in writing from incidents that are closed',
    expects: 'What an incident taught is written down and used.',
    sql: `select reference, left(what, 80) as title, coalesce(taken_by, on_call[1]) as owner_id, (state_at)::date as day from incident
      where state = 'closed' and severity in ('critical', 'high', 'medium') and coalesce(trim(lessons), '') = ''
        and state_at > $1::timestamptz - interval '12 months' and state_at < $1::timestamptz - interval '${grace} days'`,
    fact: (found) => `${named(found)}: closed on ${on(found.day)}, without lessons.`,
    promise: { words: 'lessons', controls: ['A.5.27', 'A.5.24'] },
  },
  {
    key: 'certificate.expired',
    requirement: 'certificate',
    grade: 'major',
    why: certificateAtStake,
    title: 'The certificate has expired',
    expects: 'The certificate is renewed before it ends.',
    sql: `select reference, body as title, owner_id, valid_until as day from certification where ${valid} and valid_until < $2`,
    fact: (found) => `${named(found)}: was valid until ${on(found.day)}.`,
    promise: null,
  },
  {
    key: 'certificate.surveillance_late',
    requirement: 'certificate',
    grade: 'major',
    why: certificateAtStake,
    title: 'The surveillance audit is late',
    expects:
      'A surveillance audit is held within twelve months of the decision, and then in each calendar year.',
    sql: `select certification.reference, body as title, certification.owner_id, coalesce(last.held_from, decided_on) as day,
        case when last.held_from is null then 'decision' else 'visit' end as note
      from certification left join lateral (select greatest(max(held_from), case when visited_on >= decided_on then visited_on end) as held_from
        from audit where certification_id = certification.id
        and kind in ('surveillance', 'recertification') and state <> 'cancelled' and held_from between decided_on and $2) last on true
      where ${valid} and valid_until >= $2 and case when last.held_from is null then decided_on + interval '12 months' < $2
        else extract(year from $2) > extract(year from last.held_from) + 1 end`,
    fact: (found) => `${named(found)}: the last ${found.note ?? ''} was on ${on(found.day)}.`,
    promise: null,
  },
  {
    key: 'certificate.renewal_late',
    requirement: 'certificate',
    grade: 'minor',
    why: 'There is still time.',
    title: 'The certificate ends soon and its renewal is not planned',
    expects: 'The audit for recertification is planned well before the certificate ends.',
    sql: `select certification.reference, body as title, certification.owner_id, valid_until as day from certification
      where ${valid} and valid_until between $2 and $2 + 120 and not exists (select from audit where certification_id = certification.id
        and kind = 'recertification' and audit.state <> 'cancelled' and audit.planned_from between valid_until - 400 and valid_until)`,
    fact: (found) => `${named(found)}: is valid until ${on(found.day)}.`,
    promise: null,
  },
  {
    key: 'certificate.soa_differs',
    requirement: 'certificate',
    grade: 'ofi',
    why: 'Which controls apply is known; the body has to hear of it by its next visit.',
    title: 'The certificate names another Statement of Applicability than the approved one',
    expects: 'The certification body knows the version that is in force.',
    sql: `select certification.reference, body as title, certification.owner_id, soa_version || ', and ' || edition || ' is approved' as note
      from certification, current_soa where ${valid} and soa_version is not null and trim(soa_version) <> trim(edition)`,
    fact: (found) => `${named(found)}: names ${found.note ?? ''}.`,
    promise: { words: 'statement of applicability', controls: [] },
  },
];
