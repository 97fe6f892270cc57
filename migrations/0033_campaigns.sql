-- The campaign that gave somebody a lesson, and when what was completed, kept for good: a training is done again and again.
alter table training add column campaign_id integer references campaign;
create index training_campaign on training (campaign_id) where campaign_id is not null;

create table training_completion (
  id integer generated always as identity primary key,
  person_id integer not null references person,
  lesson text not null,
  completed_on date not null,
  -- What another system knew comes later than its day: a rate of a day in between stays as it was.
  kept_on date not null
);
create index training_completion_of on training_completion (person_id, lesson);
insert into training_completion (person_id, lesson, completed_on, kept_on)
  select person_id, lesson, completed_on, completed_on from training where completed_on is not null;

create function keep_completion() returns trigger language plpgsql as $$
begin
  insert into training_completion (person_id, lesson, completed_on, kept_on)
    values (new.person_id, new.lesson, new.completed_on, greatest(new.completed_on, (new.state_at at time zone 'UTC')::date));
  return null;
end $$;
create trigger training_keeps_completion after update on training for each row
  when (new.completed_on is not null and new.completed_on is distinct from old.completed_on) execute function keep_completion();
create trigger training_keeps_first_completion after insert on training for each row
  when (new.completed_on is not null) execute function keep_completion();

-- Who was let off a lesson is exempt from it, as from a document.
insert into exemption (person_id, lesson, reason, from_day, granted_by, granted_by_name, granted_at)
  select person_id, lesson, coalesce(reason, ''), (state_at at time zone 'UTC')::date, state_by, coalesce(state_by_name, ''), state_at
  from training where state = 'waived' and state_by is not null;
