-- When what is open for a person is looked at next, to see whether they are to be reminded.
create table nudge_agenda (
  person_id integer primary key references person,
  look_at timestamptz not null
);
create index nudge_agenda_by_time on nudge_agenda (look_at);
