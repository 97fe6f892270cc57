/** Facts of documents: those that are required, and those whose review is due. */
import { day, type PartSource } from './source.ts';
import { requiredDocuments } from './required.ts';

/** Those few of everybody who own a document, found once and not for each document. */
const owners = `with owners as materialized (
    select id, email from person where active and email in (select owner_email from document_version)
  )`;

/** Policies that were in force on the day, in their original language. */
const inForce = `${owners}
  select distinct on (version.document_id) version.*, document.reference, person.id as owner_id
  from document_version version join document on document.id = version.document_id
  left join owners person on person.email = version.owner_email
  where document.kind = 'policy' and version.translates is null and version.status = 'published'
    and (document.archived_at is null or document.archived_at > $1::timestamptz) and version.effective_from <= ${day}
  order by version.document_id, version.effective_from desc, version.id desc`;

/** Not in force yet: drafts, and what is being looked at. */
const onTheWay = `${owners}
  select distinct on (version.document_id) version.*, document.reference, person.id as owner_id
  from document_version version join document on document.id = version.document_id
  left join owners person on person.email = version.owner_email
  where document.kind = 'policy' and version.translates is null and document.archived_at is null
    and (version.status in ('draft', 'in_review', 'changes_requested', 'approved') or (version.status = 'published' and version.effective_from > ${day}))
  order by version.document_id, version.id desc`;

const meets = (version: string) =>
  `(needed.requirement = any(${version}.controls) or lower(${version}.title) ~ any(needed.titles))`;
const byTitleFirst = (version: string) =>
  `order by not coalesce(lower(${version}.title) ~ any(needed.titles), false), ${version}.review_on desc nulls last, ${version}.id limit 1`;

/** A record of ours that stands for it: its name in the log, its reference, its day, and whose it is. */
const record = `
  select 'soa:' || id as record, reference, approved_at::date as day, owner_id, 'soa' as kind from soa where state = 'approved'
  union all select 'objective:' || id, reference, due_on, owner_id, 'objective' from objective where state <> 'dropped'
  union all select 'competence:' || id, reference, assessed_on, null, 'competence' from competence where state <> 'ended'
  union all select 'metric:' || metric.id, metric.reference, recorded_at::date, owner_id, 'measurement'
    from measurement join metric on metric.id = metric_id where recorded_at <= $1::timestamptz
  union all select 'audit_programme:' || id, reference, until_on, owner_id, 'audit_programme' from audit_programme
    where state = 'approved' and ${day} between from_on and until_on
  union all select 'audit:' || id, reference, coalesce(held_until, held_from, planned_until), lead_id, 'audit' from audit
    where kind = 'internal' and state in ('complete', 'closed')
  union all select 'management_review:' || id, reference, held_on, secretary_id, 'management_review' from management_review
    where state in ('complete', 'signed')
  union all select 'nonconformity:' || id, reference, identified_on, owner_id, 'nonconformity' from nonconformity where state <> 'rejected'`;

/** What is required, with what meets it. What the approved Statement of Applicability leaves out is not. */
const required = `
  with in_force as materialized (${inForce}), on_the_way as materialized (${onTheWay}), kept as materialized (${record})
  select coalesce('document:' || version.document_id, own.record, 'document:' || coming.document_id) as record,
    coalesce(version.reference, own.reference, coming.reference) as reference, needed.title || ' (' || needed.requirement || ')' as title,
    case when own.record is not null and version.id is null then 'current'
      when version.id is not null and version.review_on < ${day} then 'review overdue'
      when version.id is not null and version.approver_email is null then 'no approver named'
      when version.id is not null then 'current'
      when coming.id is not null then replace(case when coming.status = 'published' then 'approved' else coming.status end, '_', ' ')
      else 'missing' end as state,
    coalesce(version.review_on, own.day, coming.review_on) as day, coalesce(version.owner_id, own.owner_id, coming.owner_id) as owner_id,
    needed.requirement
  from jsonb_to_recordset($4::jsonb) as needed(id text, requirement text, title text, record text, titles text[])
  left join lateral (select * from in_force where ${meets('in_force')} ${byTitleFirst('in_force')}) version on true
  left join lateral (select * from kept where kept.kind = needed.record order by day desc nulls last, kept.record limit 1) own on true
  left join lateral (select * from on_the_way where ${meets('on_the_way')} ${byTitleFirst('on_the_way')}) coming on true
  where not exists (select from soa_entry join soa on soa.id = soa_id
    where soa.state = 'approved' and soa_entry.control = needed.requirement and soa_entry.applies = false)`;

export const documentFacts: PartSource = {
  part: 'documents',
  tables: [
    'person',
    'document',
    'document_version',
    'soa',
    'soa_entry',
    'objective',
    'competence',
    'metric',
    'audit_programme',
    'audit',
    'management_review',
    'nonconformity',
  ],
  beside: requiredDocuments,
  groups: [
    {
      rows: () => required,
      owned: true,
      facts: [
        { key: 'documents.required', kind: 'share', counts: "state = 'current'" },
        {
          key: 'documents.missing',
          kind: 'open',
          counts: "state not in ('current', 'review overdue', 'no approver named')",
          blocks: (count) => count > 0,
        },
      ],
    },
    {
      rows: () => `select 'document:' || document_id as record, reference, title,
          case when review_on < ${day} then 'review overdue' else 'in force' end as state, review_on as day, owner_id
        from (${inForce}) version`,
      owned: true,
      facts: [
        { key: 'documents.review_overdue', kind: 'open', ofAll: true, counts: "state = 'review overdue'" },
      ],
    },
  ],
};
