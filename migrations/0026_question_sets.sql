-- Questions of the organisation's own, or of its customers, beside those of the bank. What a set has of questions that map to requirements
-- is answered by what is known of these; the others are asked with the rest.
create table question_set (
  id integer generated always as identity primary key,
  name text not null,
  imported_by text not null,
  imported_at timestamptz not null,
  -- Of two sets of one name the newer counts; assessments that asked the older one keep its questions.
  replaced_at timestamptz
);
create unique index question_set_name on question_set (lower(name)) where replaced_at is null;

create table set_question (
  set_id integer not null references question_set,
  ordinal integer not null,
  -- As the set numbers it.
  number text not null,
  question text not null,
  requirements text[] not null,
  primary key (set_id, ordinal),
  unique (set_id, number)
);
