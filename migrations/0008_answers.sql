-- One row a policy question answered, so that its buttons have something to point at and its owner something to learn from.
create table answer (
  id integer generated always as identity primary key,
  inbox_id bigint not null unique references inbox,
  person_id integer not null references person,
  address text not null,
  question text,
  outcome text not null check (outcome in ('answered', 'passages', 'not_covered')),
  section_ids integer[] not null,
  nearest_version_id integer references document_version,
  at timestamptz not null
);

create table answer_feedback (
  answer_id integer not null references answer,
  person_id integer not null references person,
  helpful boolean not null,
  reason text,
  at timestamptz not null,
  primary key (answer_id, person_id)
);

-- A question that the policies did not answer, on its way to a person who can.
create table open_question (
  id integer generated always as identity primary key,
  reference text not null unique,
  answer_id integer not null unique references answer,
  asker_id integer not null references person,
  asker_platform text not null,
  asker_address text not null,
  owner_id integer not null references person,
  question text not null,
  nearest_version_id integer references document_version,
  -- The input that sent it to its owner: what they say next to that message is the reply.
  routed_by_input bigint not null references inbox,
  state text not null check (state in ('new', 'routed', 'answered_by_owner', 'told_asker', 'policy_changed', 'no_change')),
  routed_at timestamptz not null,
  reply text,
  replied_by integer references person,
  replied_at timestamptz,
  approved_answer_id integer references document
);
create index open_question_by_owner on open_question (owner_id) where state = 'routed';
