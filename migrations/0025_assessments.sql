-- Gap analyses. An assessment keeps the questions that it began with; its criteria, what people are asked of them and what they answer
-- are rows, so that the four-hundredth question is found as quickly as the first.
create table question_bank (
  -- SHA-256 of the content: each set of questions is kept once, however many assessments ask it.
  hash text primary key,
  version text not null,
  content jsonb not null,
  kept_at timestamptz not null
);

-- What an organisation said of itself: the last that is confirmed is what the next assessment begins with.
create table organisation_profile (
  id integer generated always as identity primary key,
  given jsonb not null default '[]',
  before text,
  tags text[] not null default '{}',
  audit_on date,
  state text not null default 'asking' check (state in ('asking', 'confirmed')),
  person_id integer not null references person,
  changed_at timestamptz not null
);

create table assessment (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null default 'draft' check (state in ('draft', 'in_progress', 'in_review', 'final', 'superseded')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  lead_id integer not null references person,
  -- `quick`, `all`, `theme:access`, `part:9`, `part:A.8`, `part:A.8.13`
  scope text not null,
  -- What part of the organisation, in words; null for the whole.
  covers text,
  profile_id integer references organisation_profile,
  profile text[] not null default '{}',
  goal text check (goal in ('certified', 'preparing', 'looking')),
  audit_on date,
  bank text references question_bank
);
create index assessment_of_scope on assessment (scope, state);

create table assessment_criterion (
  assessment_id integer not null references assessment,
  ordinal integer not null,
  -- `A.5.18.reviewed`
  criterion text not null,
  requirement text not null,
  theme text not null,
  -- Why the profile leaves it out; null where it is asked.
  left_out text,
  -- The answer that the lead says holds, where several differ.
  holds_id integer,
  primary key (assessment_id, criterion)
);

-- Some of its criteria, for somebody to answer.
create table assignment (
  id integer generated always as identity primary key,
  assessment_id integer not null references assessment,
  person_id integer not null references person,
  part text not null check (part in ('lead', 'owner', 'doer', 'manager')),
  -- What was asked, in words.
  about text not null,
  due_on date,
  state text not null default 'draft'
    check (state in ('draft', 'in_progress', 'submitted', 'changes_requested', 'closed', 'reopened')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  -- What the lead wrote with the last change of its state.
  word text,
  asked_by integer not null references person,
  asked_at timestamptz not null,
  -- Where its interview stands: the criterion that the person went back to, what is said of the present one, and what came with it.
  at integer,
  given jsonb not null default '[]',
  before text,
  evidence integer[] not null default '{}',
  -- Of a quick scan, which asks once for all of it: whether there is something to show.
  proven text check (proven in ('yes', 'partly', 'no'))
);
create index assignment_of on assignment (assessment_id);
create index assignment_waiting on assignment (person_id) where state in ('in_progress', 'changes_requested', 'reopened');

create table assignment_criterion (
  assignment_id integer not null references assignment,
  ordinal integer not null,
  criterion text not null,
  -- Still to be asked, or to be asked again.
  open boolean not null default true,
  -- The answer that counts.
  answer_id integer,
  primary key (assignment_id, ordinal)
);
create index assignment_criterion_open on assignment_criterion (assignment_id, ordinal) where open;

-- Never changed: what takes an answer's place names it.
create table assessment_answer (
  id integer generated always as identity primary key,
  assessment_id integer not null references assessment,
  assignment_id integer not null references assignment,
  criterion text not null,
  state text not null check (state in ('answered', 'challenged', 'confirmed', 'delegated', 'skipped', 'not_applicable')),
  supersedes integer references assessment_answer,
  -- Each question as it was asked, with what was chosen and said.
  steps jsonb not null,
  -- In their own words; or why it was passed over, does not apply, or is asked again.
  words text not null,
  defined text check (defined in ('yes', 'partly', 'no')),
  practised text check (practised in ('yes', 'partly', 'no')),
  proven text check (proven in ('yes', 'partly', 'no')),
  -- Which of the three an assessor saw for themselves; the others are claimed.
  seen text[] not null default '{}',
  evidence integer[] not null default '{}',
  -- How old what could be shown was said to be.
  evidence_age text,
  by_id integer not null references person,
  by_name text not null,
  at timestamptz not null,
  input_id bigint,
  link text
);
create index assessment_answer_of on assessment_answer (assessment_id, criterion);
alter table assignment_criterion add foreign key (answer_id) references assessment_answer;
alter table assessment_criterion add foreign key (holds_id) references assessment_answer;

create function keep_answer() returns trigger language plpgsql as $$
begin
  raise exception 'An answer never changes; a new one takes its place (assessment_answer %)', old.id;
end $$;
create trigger assessment_answer_is_kept before update on assessment_answer for each row execute function keep_answer();

-- What closes a gap, before anybody certifies: planned, ordered and done, and no non-conformity.
create table work_package (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null default 'proposed' check (state in ('proposed', 'planned', 'in_progress', 'done', 'dropped')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null default now(),
  assessment_id integer not null references assessment,
  criterion text not null,
  requirement text not null,
  title text not null,
  effort text not null check (effort in ('hours', 'days', 'weeks')),
  owner_id integer references person,
  due_on date,
  -- In which order they are done, where nothing else decides.
  position integer not null,
  created_by integer not null references person,
  created_at timestamptz not null
);
create unique index work_package_of on work_package (assessment_id, criterion) where state <> 'dropped';

create table work_package_wait (
  package_id integer not null references work_package,
  waits_for_id integer not null references work_package,
  primary key (package_id, waits_for_id),
  check (package_id <> waits_for_id)
);
