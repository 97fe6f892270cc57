-- What a role needs of somebody, on what it rests that they can do it, what is missing, and whether what was done about it helped (7.2).
create table competence (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('gap', 'met', 'ended')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  person_id integer not null references person,
  role text not null,
  needs text not null,
  basis text[] not null check (basis <@ array['education', 'training', 'experience']),
  -- «Degree in computer science, five years as administrator».
  shown_by text,
  -- What was missing; it stays once it is closed.
  gap text,
  effect text,
  assessed_on date not null
);
create unique index competence_of on competence (person_id, lower(role)) where state <> 'ended';

-- A course of another system stands here under its own name, and has no text of ours.
alter table training alter column text_hash drop not null;
-- How it was completed, and where that was elsewhere, in which system.
alter table training add column how text not null default 'quiz' check (how in ('quiz', 'session', 'list', 'elsewhere'));
alter table training add column source text;

-- A list that was signed, or a session that people came to: for those whom no chat reaches.
create table attendance (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('recorded')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  how text not null check (how in ('list', 'session')),
  held_on date not null,
  -- The name of its file, or the document in the version that was in force on that day.
  lesson text,
  document_id integer references document,
  version_id integer references document_version,
  -- As it was called then, with the version.
  title text not null,
  -- SHA-256 of the text.
  content_hash text not null,
  check (num_nonnulls(lesson, version_id) = 1)
);
create table attendance_person (
  attendance_id integer not null references attendance,
  person_id integer not null references person,
  name text not null,
  primary key (attendance_id, person_id)
);
create index attendance_person_of on attendance_person (person_id);

-- Mails that were sent to see who falls for them, by another system.
create table phishing_test (
  id integer generated always as identity primary key,
  name text not null,
  sent_on date not null,
  unique (name, sent_on)
);
-- What single people did, where that may be kept.
create table phishing_result (
  test_id integer not null references phishing_test,
  person_id integer not null references person,
  outcome text not null check (outcome in ('reported', 'ignored', 'clicked', 'entered_data')),
  primary key (test_id, person_id)
);
-- What all others did, in numbers alone: of the whole test, and of departments that are large enough.
create table phishing_count (
  test_id integer not null references phishing_test,
  -- Empty for all of them.
  department text not null,
  outcome text not null check (outcome in ('reported', 'ignored', 'clicked', 'entered_data')),
  people integer not null,
  primary key (test_id, department, outcome)
);
