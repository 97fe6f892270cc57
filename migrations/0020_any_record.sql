-- Evidence, notes and actions belong to a record of any kind, by its name in the audit log (`nonconformity:12`). The version of Isma
-- before this one goes on beside it for a while: it names the two old columns, and the trigger keeps both ways of saying it the same.
create function name_record() returns trigger language plpgsql as $$
begin
  if new.belongs_to is null then
    new.belongs_to := case when new.action_id is null then 'nonconformity:' || new.nonconformity_id else 'corrective_action:' || new.action_id end;
  elsif new.belongs_to like 'nonconformity:%' then
    new.nonconformity_id := split_part(new.belongs_to, ':', 2)::integer;
  elsif new.belongs_to like 'corrective_action:%' then
    new.action_id := split_part(new.belongs_to, ':', 2)::integer;
    new.nonconformity_id := (select nonconformity_id from corrective_action where id = new.action_id);
  end if;
  return new;
end $$;

alter table evidence add column belongs_to text;
update evidence set belongs_to = case when action_id is null then 'nonconformity:' || nonconformity_id else 'corrective_action:' || action_id end;
alter table evidence alter column belongs_to set not null, alter column nonconformity_id drop not null, drop constraint evidence_purpose_check;
create index evidence_by_record on evidence (belongs_to);
create trigger evidence_names_record before insert on evidence for each row execute function name_record();

alter table register_note add column belongs_to text;
update register_note set belongs_to = case when action_id is null then 'nonconformity:' || nonconformity_id else 'corrective_action:' || action_id end;
alter table register_note alter column belongs_to set not null, alter column nonconformity_id drop not null;
create index register_note_by_record on register_note (belongs_to);
create trigger register_note_names_record before insert on register_note for each row execute function name_record();

create function name_parent() returns trigger language plpgsql as $$
begin
  if new.belongs_to is null then
    new.belongs_to := 'nonconformity:' || new.nonconformity_id;
  elsif new.belongs_to like 'nonconformity:%' then
    new.nonconformity_id := split_part(new.belongs_to, ':', 2)::integer;
  end if;
  return new;
end $$;

alter table corrective_action add column belongs_to text;
update corrective_action set belongs_to = 'nonconformity:' || nonconformity_id;
alter table corrective_action alter column belongs_to set not null, alter column nonconformity_id drop not null;
create index corrective_action_by_record on corrective_action (belongs_to);
create trigger corrective_action_names_parent before insert on corrective_action for each row execute function name_parent();

-- What a person wrote into a record before somebody changed it: the audit entry of the change holds the hash.
create table record_revision (
  record text not null,
  -- The record's version that the change made.
  version integer not null,
  -- {"gap": {"from": "as it was", "to": "as it is"}}, by column.
  fields jsonb not null,
  changed_by integer not null references person,
  changed_by_name text not null,
  changed_at timestamptz not null,
  -- The press or message that it came from, and where that can be opened again.
  input_id bigint,
  link text,
  hash text not null,
  primary key (record, version)
);

-- A record with all that hung on it, as it was when a round of its work ended.
create table record_snapshot (
  id integer generated always as identity primary key,
  record text not null,
  -- As `planned`, `checked`, `reopened`.
  event text not null,
  -- Which of several rounds and cycles it was, where the record counts them.
  round integer,
  cycle integer,
  content jsonb not null,
  taken_by integer references person,
  taken_by_name text,
  taken_at timestamptz not null,
  hash text not null
);
create index record_snapshot_of on record_snapshot (record, id);

insert into record_snapshot (record, event, round, cycle, content, taken_at, hash)
select 'nonconformity:' || nonconformity_id, 'reopened', (record ->> 'round')::integer, cycle, jsonb_build_object('record', record), ended_at,
  encode(sha256(convert_to(jsonb_build_object('record', record)::text, 'UTF8')), 'hex')
from nonconformity_cycle order by ended_at, nonconformity_id, cycle;

-- The version before this one keeps cycles in their old table.
create function keep_cycle() returns trigger language plpgsql as $$
begin
  insert into record_snapshot (record, event, round, cycle, content, taken_at, hash)
  values ('nonconformity:' || new.nonconformity_id, 'reopened', (new.record ->> 'round')::integer, new.cycle, jsonb_build_object('record', new.record),
    new.ended_at, encode(sha256(convert_to(jsonb_build_object('record', new.record)::text, 'UTF8')), 'hex'));
  return null;
end $$;
create trigger nonconformity_cycle_is_kept after insert on nonconformity_cycle for each row execute function keep_cycle();
