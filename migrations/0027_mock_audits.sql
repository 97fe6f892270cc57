-- Mock audits: records and people are sampled as an auditor would. What people say when they practise is theirs alone; what others
-- may know of it is counted over groups that are large enough.
create table mock_population (
  id integer generated always as identity primary key,
  -- Of the file that it came from.
  title text not null,
  columns text[] not null,
  -- Each row as its cells, in the order of the columns.
  rows jsonb not null,
  -- SHA-256 of columns and rows: with the seed it says which cases are drawn.
  hash text not null,
  -- Null where an operator brought it.
  brought_by integer references person,
  brought_at timestamptz not null
);

create table mock_audit (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null default 'draft' check (state in ('draft', 'in_progress', 'in_review', 'final', 'superseded')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  lead_id integer not null references person,
  -- What is looked at, in words: «leavers».
  about text not null,
  requirement text,
  population_id integer references mock_population,
  -- Which column says what a case is called, from 1.
  name_at integer,
  seed text,
  -- What the invited are asked, all of them the same: `A.5.18.removed`
  criteria text[] not null default '{}'
);

create table mock_case (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null default 'open' check (state in ('open', 'conforming', 'nonconforming', 'not_applicable')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  mock_audit_id integer not null references mock_audit,
  -- In the order in which it was drawn.
  ordinal integer not null,
  -- Of the population, from 1.
  row_number integer not null,
  title text not null,
  -- What was seen.
  words text,
  unique (mock_audit_id, ordinal)
);

create table mock_interview (
  id integer generated always as identity primary key,
  person_id integer not null references person,
  -- Null where the person practises of their own accord.
  mock_audit_id integer references mock_audit,
  role text,
  stage text not null check (stage in ('documents', 'practice')),
  state text not null check (state in ('invited', 'in_progress', 'done', 'declined', 'ended')),
  criteria text[] not null,
  -- Questions and answers, which only the person reads; emptied after the retention.
  given jsonb not null default '[]',
  before text,
  begun_at timestamptz not null,
  ended_at timestamptz,
  -- The person gave what was missing to the audit, without their name.
  given_to_audit boolean not null default false
);
create index mock_interview_of on mock_interview (person_id, state);
create index mock_interview_for on mock_interview (mock_audit_id) where mock_audit_id is not null;

create table mock_interview_result (
  interview_id integer not null references mock_interview on delete cascade,
  criterion text not null,
  theme text not null,
  -- Places of the points that no answer mentioned, from 1.
  missing integer[] not null,
  points integer not null,
  -- When it was counted for others, with at least as many people as the setting says, all of them at once; null before.
  counted_at timestamptz,
  primary key (interview_id, criterion)
);
create index mock_interview_uncounted on mock_interview_result (criterion) where counted_at is null;
