-- What is done about a non-conformity is of three kinds: it puts right what was found, it takes away the cause (the plan), or it changes
-- the management system itself (10.2 e). All have an owner, a day and evidence.
alter table corrective_action add column purpose text not null default 'corrective' check (purpose in ('correction', 'corrective', 'isms_change'));

-- A change of the management system that was found needed and is not made: who decided that, and why.
alter table nonconformity
  add column change_waived_by integer references person,
  add column change_waived_by_name text,
  add column change_waived_at timestamptz,
  add column change_waiver text;

-- A check keeps its round, and the cause that it judged.
alter table effectiveness_check
  add column round integer not null default 1,
  add column root_cause text,
  add column cause_chain jsonb not null default '[]';

update effectiveness_check held set round = coalesce(kept.round, 1), root_cause = kept.content -> 'record' ->> 'root_cause',
  cause_chain = coalesce(kept.content -> 'record' -> 'cause_chain', '[]')
from record_snapshot kept
where kept.record = 'nonconformity:' || held.nonconformity_id and kept.event = 'checked' and kept.taken_at = held.checked_at;
