/** Facts of what is looked at every year: audits and what they covered, the management review, and the certificate with its days ahead. */
import { auditableNumbers } from '../../records/requirement-set.ts';
import { day, type PartSource } from './source.ts';

/** Within it there has to have been an internal audit and a management review. */
const recently = "interval '12 months'";
/** A certificate's time, in which audits cover everything once. */
const cycle = "interval '3 years'";

const held = 'coalesce(audit.held_until, audit.held_from, audit.planned_until)';
const isHeld = "audit.state in ('complete', 'closed')";

const internal = `select 'audit:' || audit.id as record, audit.reference, audit.title, replace(audit.state, '_', ' ') as state,
    case when audit.state in ('planned', 'prepared') then audit.planned_from else ${held} end as day, audit.lead_id as owner_id, audit.planned_until
  from audit where audit.kind = 'internal' and audit.state <> 'cancelled'`;

/** Clauses and controls, each with the last audit that covered it or a part above it. */
const coverage = `with done as materialized (
    select distinct on (audit_coverage.requirement) audit_coverage.requirement, audit.id, ${held} as day
    from audit_coverage join audit on audit.id = audit_coverage.audit_id
    where ${isHeld} and audit_coverage.state = 'covered' and ${held} > ${day} - ${cycle}
    order by audit_coverage.requirement, 3 desc, audit.id
  )
  select 'audit:' || covered.id as record, needed.requirement as reference, needed.requirement as title,
    case when covered.id is null then 'not covered' else 'covered' end as state, covered.day, null::integer as owner_id
  from jsonb_array_elements_text($4::jsonb) as needed(requirement)
  left join lateral (
    select done.id, done.day from done
    where done.requirement = needed.requirement or needed.requirement like done.requirement || '.%'
    order by done.day desc, done.id limit 1
  ) covered on true`;

export const auditFacts: PartSource = {
  part: 'audits',
  tables: ['audit', 'audit_coverage', 'audit_programme'],
  beside: auditableNumbers,
  groups: [
    {
      rows: () => internal,
      owned: true,
      facts: [
        {
          key: 'audits.internal',
          kind: 'recent',
          among: "state in ('complete', 'closed')",
          counts: `day > ${day} - ${recently} and day <= ${day}`,
          blocks: (count) => count === 0,
        },
        {
          key: 'audits.planned',
          kind: 'ahead',
          counts: `state in ('planned', 'prepared') and planned_until >= ${day}`,
        },
        {
          key: 'audits.late',
          kind: 'open',
          counts: `state in ('planned', 'prepared') and planned_until < ${day}`,
        },
      ],
    },
    {
      rows: () => `select 'audit_programme:' || id as record, reference, title, state, until_on as day, owner_id
        from audit_programme where state = 'approved' and ${day} between from_on and until_on`,
      owned: true,
      facts: [{ key: 'audits.programme', kind: 'ahead', counts: 'true' }],
    },
    {
      rows: () => coverage,
      facts: [{ key: 'audits.coverage', kind: 'share', counts: "state = 'covered'" }],
    },
  ],
};

export const reviewFacts: PartSource = {
  part: 'review',
  tables: ['management_review'],
  groups: [
    {
      rows: () => `select 'management_review:' || id as record, reference, title, replace(state, '_', ' ') as state,
          case when state in ('complete', 'signed') then coalesce(held_on, planned_on) else planned_on end as day, chair_id as chair, secretary_id as owner_id
        from management_review where state <> 'cancelled'`,
      owned: true,
      facts: [
        {
          key: 'review.held',
          kind: 'recent',
          among: "state in ('complete', 'signed')",
          counts: `day > ${day} - ${recently} and day <= ${day}`,
          blocks: (count) => count === 0,
        },
        { key: 'review.planned', kind: 'ahead', counts: `state = 'planned' and day >= ${day}` },
        { key: 'review.unsigned', kind: 'open', counts: "state = 'complete'" },
        { key: 'review.late', kind: 'open', counts: `state in ('planned', 'in progress') and day < ${day}` },
      ],
    },
  ],
};

const hasCertificate = "('certified', 'surveillance_1', 'surveillance_2', 'recertification')";

export const certificationFacts: PartSource = {
  part: 'certification',
  tables: ['certification', 'audit'],
  groups: [
    {
      rows: () => `select 'certification:' || id as record, reference, body || coalesce(' · ' || certificate_number, '') as title,
          replace(state, '_', ' ') as state, valid_until as day, owner_id, state in ${hasCertificate} as is_held
        from certification`,
      owned: true,
      facts: [
        {
          key: 'certification.valid',
          kind: 'recent',
          among: 'is_held and day is not null',
          counts: `day >= ${day}`,
        },
      ],
    },
    {
      rows: () => `select 'audit:' || id as record, reference, title, replace(state, '_', ' ') as state, planned_from as day, lead_id as owner_id
        from audit where kind <> 'internal' and state in ('planned', 'prepared') and planned_until >= ${day}
        union all select 'certification:' || id, reference, body || ': certificate ends', replace(state, '_', ' '), valid_until, owner_id
        from certification where state in ${hasCertificate} and valid_until >= ${day}`,
      owned: true,
      facts: [{ key: 'certification.ahead', kind: 'ahead', counts: 'true' }],
    },
  ],
};
