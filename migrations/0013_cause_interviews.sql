-- Five whys that somebody is in the middle of: kept, so that they go on after a night or a restart.
create table cause_interview (
  id integer generated always as identity primary key,
  nonconformity_id integer not null references nonconformity,
  person_id integer not null references person,
  -- asking: the next why waits for its answer; proposed: its cause stands on a card; ended: a cause was recorded.
  state text not null default 'asking' check (state in ('asking', 'proposed', 'ended')),
  -- The why that waits for its answer.
  question text not null,
  steps jsonb not null default '[]',
  -- «Human error» and «retrain staff» are questioned once an interview.
  challenged boolean not null default false,
  -- The input that led to the question: the next words after it, in a direct conversation, answer it.
  asked_input bigint references inbox,
  changed_at timestamptz not null
);
create unique index cause_interview_open on cause_interview (nonconformity_id, person_id) where state <> 'ended';
create index cause_interview_by_person on cause_interview (person_id) where state <> 'ended';
