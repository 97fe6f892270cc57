-- Questions about a section of a policy, asked before it is acknowledged. Nobody is asked one that no person has approved.
create table policy_question (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('draft', 'approved', 'retired')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  document_id integer not null references document,
  -- As it stood when the question was written or last approved: it is asked only where the section still says the same.
  section_id integer not null references section,
  language text not null,
  ask text not null,
  right_answer text not null,
  wrong_answers text[] not null check (cardinality(wrong_answers) between 2 and 3),
  -- Said at once, whichever was chosen.
  why text not null,
  -- Words of the section that show the right answer.
  shown_by text,
  drafted_by text not null check (drafted_by in ('model', 'person')),
  -- It was approved, and then its section changed.
  look_again boolean not null default false
);
create index policy_question_of on policy_question (document_id, state);
create index policy_question_section on policy_question (section_id);
