/** Facts of controls: what the Statement of Applicability decides of each, and what evidence of it is fresh. */
import { controlNumbers } from '../../records/requirement-set.ts';
import { day, type PartSource } from './source.ts';

/** The one that counts: what is approved, else what comes nearest. */
const statement = `(select * from soa where state <> 'superseded'
  order by array_position('{approved,in_review,draft}', state), id desc limit 1)`;

const entries = `select 'soa:' || statement.id as record, needed.control as reference, needed.control as title,
    case when entry.applies is null then 'not decided' when not entry.applies then 'left out' else coalesce(entry.implemented, 'not said how far') end as state,
    null::date as day, coalesce(entry.owner_id, statement.owner_id) as owner_id, entry.applies,
    coalesce(entry.applies is not null and entry.basis is not null and trim(entry.justification) <> ''
      and (not entry.applies or entry.implemented is not null), false) as is_decided
  from jsonb_array_elements_text($4::jsonb) as needed(control)
  left join ${statement} statement on true
  left join soa_entry entry on entry.soa_id = statement.id and entry.control = needed.control`;

export const soaFacts: PartSource = {
  part: 'soa',
  tables: ['soa', 'soa_entry'],
  beside: controlNumbers,
  groups: [
    {
      rows: () => `select 'soa:' || statement.id as record, statement.reference, 'Statement of Applicability' || coalesce(' ' || edition, '') as title,
          coalesce(replace(state, '_', ' '), 'missing') as state, coalesce(approved_at::date, review_on) as day, owner_id
        from (select 1) one left join ${statement} statement on true`,
      owned: true,
      facts: [
        {
          key: 'soa.approved',
          kind: 'share',
          counts: "state = 'approved'",
          blocks: (count) => count === 0,
        },
      ],
    },
    {
      rows: () => entries,
      owned: true,
      facts: [
        { key: 'soa.decided', kind: 'share', counts: 'is_decided' },
        { key: 'soa.implemented', kind: 'share', among: 'applies', counts: "state = 'yes'" },
      ],
    },
  ],
};

const isFresh = (row: string) =>
  `(${row}.state in ('accepted', 'expiring') and coalesce(${row}.expires_on >= ${day}, true))`;

/** Controls that apply, each with its freshest evidence. Without an approved Statement of Applicability all of them may. */
const byControl = `select 'evidence_request:' || fresh.id as record, needed.control as reference,
    needed.control || coalesce(' · ' || fresh.title, '') as title, case when fresh.id is null then 'no fresh evidence' else 'fresh' end as state,
    fresh.dated_on as day, coalesce(entry.owner_id, soa.owner_id) as owner_id
  from jsonb_array_elements_text($4::jsonb) as needed(control)
  left join soa on soa.state = 'approved'
  left join soa_entry entry on entry.soa_id = soa.id and entry.control = needed.control
  left join lateral (
    select * from evidence_request request where needed.control = any(request.requirements) and ${isFresh('request')}
    order by coalesce(request.dated_on, request.accepted_at::date) desc nulls last, request.id limit 1
  ) fresh on true
  where coalesce(entry.applies, true)`;

export const evidenceFacts: PartSource = {
  part: 'evidence',
  tables: ['evidence_request', 'soa', 'soa_entry'],
  beside: controlNumbers,
  groups: [
    {
      rows: () => `select 'evidence_request:' || request.id as record, request.reference, request.title, replace(request.state, '_', ' ') as state,
          case when request.state in ('requested', 'rejected') then request.due_on else request.expires_on end as day, request.owner_id,
          ${isFresh('request')} as is_fresh, request.due_on
        from evidence_request request where request.state <> 'withdrawn'`,
      owned: true,
      facts: [
        { key: 'evidence.fresh', kind: 'share', counts: 'is_fresh' },
        {
          key: 'evidence.overdue',
          kind: 'open',
          counts: `state in ('requested', 'rejected') and due_on < ${day}`,
        },
        {
          key: 'evidence.to_review',
          kind: 'open',
          counts: "state in ('submitted', 'in review')",
        },
      ],
    },
    {
      rows: () => byControl,
      owned: true,
      facts: [{ key: 'evidence.controls', kind: 'share', counts: "state = 'fresh'" }],
    },
  ],
};
