-- A question on its way to an owner is a record like others: it counts its versions, says who brought it to its state, and its
-- reference comes from the counter that all records share.
alter table open_question
  add column version integer not null default 1,
  add column state_by integer references person,
  add column state_by_name text,
  add column state_at timestamptz not null default now();
update open_question set state_at = coalesce(replied_at, routed_at);

insert into reference_counter (prefix, year, last)
select 'Q', split_part(reference, '-', 2)::integer, max(split_part(reference, '-', 3)::integer) from open_question group by 2
on conflict (prefix, year) do update set last = greatest(reference_counter.last, excluded.last);

-- The version before this one counts by itself; what it gives out is not given out again.
create function note_question() returns trigger language plpgsql as $$
begin
  insert into reference_counter (prefix, year, last)
  values ('Q', split_part(new.reference, '-', 2)::integer, split_part(new.reference, '-', 3)::integer)
  on conflict (prefix, year) do update set last = greatest(reference_counter.last, excluded.last);
  return null;
end $$;
create trigger open_question_is_counted after insert on open_question for each row execute function note_question();
