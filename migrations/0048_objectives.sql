-- Objectives (6.2), what is measured (9.1), improvements (10.1) and interested parties (4.2).
create table metric (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('active', 'ended')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  title text not null,
  method text not null,
  unit text not null default '',
  cadence text not null check (cadence in ('weekly', 'monthly', 'quarterly', 'yearly')),
  owner_id integer not null references person,
  target numeric,
  -- Whether more than the target is good, or less.
  better text check (better in ('at_least', 'at_most')),
  -- The day by which the next value is to be there.
  next_due_on date not null
);
select keep_history_of('metric');

-- Append-only: a wrong value is followed by a right one for the same period.
create table measurement (
  id integer generated always as identity primary key,
  metric_id integer not null references metric,
  -- As 2026-11, 2026-Q4, 2026-W48 or 2026.
  period text not null,
  value numeric not null,
  note text,
  recorded_by integer not null references person,
  recorded_by_name text not null,
  recorded_at timestamptz not null
);
create index measurement_of on measurement (metric_id, period, id);
-- The made-up company goes with its values, in a transaction that says so.
create function keep_measurement() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('isma.removing_samples', true) = 'yes' then return old; end if;
  raise exception 'A measurement stays as it is; record another for the period (%)', old.id;
end $$;
create trigger measurement_is_kept before update or delete on measurement for each row execute function keep_measurement();

create table objective (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('open', 'met', 'missed', 'dropped')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  state_reason text,
  title text not null,
  measure text not null,
  target text not null,
  metric_id integer references metric,
  -- What is done for it, with what, and how its result is judged.
  plan text not null,
  owner_id integer not null references person,
  due_on date not null,
  result text
);
select keep_history_of('objective');

create table improvement (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('proposed', 'accepted', 'declined', 'done')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  state_reason text,
  title text not null,
  idea text not null,
  -- Where it came from: questions, review, audit, person.
  source text not null check (source in ('questions', 'management_review', 'audit', 'incident', 'person')),
  -- Of questions that the policies did not answer: the policy, and the numbers that speak for it.
  document_id integer references document,
  figures jsonb not null default '{}',
  proposed_by integer references person,
  proposed_by_name text not null,
  owner_id integer not null references person,
  due_on date,
  result text
);
select keep_history_of('improvement');

create table interested_party (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('current', 'ended')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  name text not null,
  kind text not null check (kind in ('customer', 'authority', 'owner', 'employee', 'supplier', 'partner', 'public', 'other')),
  needs text not null,
  -- Law, contract, or wish.
  basis text not null check (basis in ('law', 'contract', 'wish')),
  met_by text,
  -- Whether the management system takes it up (4.2 c).
  addressed boolean not null,
  owner_id integer not null references person,
  review_on date not null,
  reviewed_on date not null
);
select keep_history_of('interested_party');

-- The questions that an improvement answers to. Who asked them stands in `answer` alone, and is shown to nobody from here.
create table improvement_question (
  improvement_id integer not null references improvement on delete cascade,
  answer_id integer not null references answer on delete cascade,
  primary key (improvement_id, answer_id)
);
create index improvement_question_of on improvement_question (answer_id);

-- Versions of documents that were looked at for people whose answers they change; those that are there by now change nobody's.
create table recall_look (
  version_id integer primary key references document_version on delete cascade,
  looked_at timestamptz not null
);
insert into recall_look select id, now() from document_version;

-- Whoever was given an answer that says something else now, once a section.
create table answer_recall (
  id integer generated always as identity primary key,
  answer_id integer not null references answer on delete cascade,
  person_id integer not null references person,
  -- As it was cited.
  section_id integer not null references section on delete cascade,
  -- As it is now; null where it is gone.
  new_section_id integer references section on delete cascade,
  version_id integer not null references document_version on delete cascade,
  -- What is different, in a line.
  says text not null,
  found_at timestamptz not null,
  seen_at timestamptz,
  unique (person_id, section_id)
);
create index answer_recall_open on answer_recall (person_id) where seen_at is null;

-- Whether enough people asked what no policy answers is looked at each minute.
create index answer_not_covered on answer (at) where outcome = 'not_covered';
