-- Training. A row is a person and a lesson, kept over the years; each quiz, and each look months later, is an attempt of its own.
create table training (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('assigned', 'started', 'completed', 'failed', 'expired', 'waived')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  person_id integer not null references person,
  -- The name of its file: `phishing`.
  lesson text not null,
  -- SHA-256 of the lesson's text as it was read, and once completed as it was passed.
  text_hash text not null,
  -- Cards of it that were read.
  cards integer not null default 0,
  -- Null for what somebody learns of their own accord.
  assigned_by integer references person,
  assigned_at timestamptz,
  due_on date,
  completed_on date,
  -- Percent, of the quiz that completed it.
  score integer,
  expires_on date,
  reason text,
  unique (person_id, lesson)
);
create index training_expires on training (expires_on) where state = 'completed';

create table quiz_attempt (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('started', 'submitted', 'passed', 'failed', 'abandoned')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  training_id integer not null references training,
  person_id integer not null references person,
  purpose text not null check (purpose in ('quiz', 'check')),
  -- Of the choices' order; 0 once it is forgotten.
  seed integer not null,
  questions text[] not null,
  text_hash text not null,
  given jsonb not null default '[]',
  before text,
  begun_at timestamptz not null,
  -- Percent.
  score integer,
  -- The day on which two of its questions are asked again, if it is the last that was passed.
  check_on date,
  -- Of a check: the quiz that was passed months before.
  checks integer unique references quiz_attempt
);
create index quiz_attempt_of on quiz_attempt (training_id);
create unique index quiz_attempt_open on quiz_attempt (training_id, purpose) where state = 'started';
create index quiz_attempt_check on quiz_attempt (check_on) where check_on is not null;
