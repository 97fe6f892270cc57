-- The records of clause 10.2: non-conformities, their corrective actions, and what belongs to both.
create table nonconformity (
  id integer generated always as identity primary key,
  reference text not null unique check (reference ~ '^NC-\d{4}-\d{3,}$'),
  title text not null,
  -- A clause or control by its number (9.2, A.8.13), or a section of a policy of ours (POL-07 3.2).
  requirement text not null,
  evidence_seen text not null,
  gap text not null,
  source text not null check (source in ('internal_audit', 'external_audit', 'incident', 'monitoring', 'complaint', 'self', 'supplier')),
  audit text,
  department text,
  identified_on date not null,
  raised_by integer not null references person,
  raised_by_name text not null,
  raised_at timestamptz not null,
  -- The input that raised it: said twice by a platform, it is raised once.
  raised_input bigint unique references inbox,
  owner_id integer not null references person,
  -- Who approves its plan, later dates and cancellations.
  approver_id integer references person,
  grade text not null check (grade in ('major', 'minor', 'ofi', 'observation')),
  grade_reason text not null,
  body_due_on date,
  state text not null default 'open'
    check (state in ('open', 'contained', 'cause_found', 'action_planned', 'implemented', 'verifying', 'closed', 'rejected')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  -- Counts how often it was opened.
  cycle integer not null default 1 check (cycle > 0),
  -- Counts its plans: a plan that did not work, or a cycle that ended, is followed by another with actions of its own.
  round integer not null default 1 check (round > 0),
  version integer not null default 1,

  -- a1
  correction text,
  correction_by integer references person,
  correction_by_name text,
  correction_at timestamptz,
  correction_skipped text,
  -- a2
  consequences text,
  -- b2
  root_cause text,
  cause_method text check (cause_method in ('five_whys', 'fishbone', 'other')),
  -- Answers in the order in which they were given; of a fishbone {bone, cause}.
  cause_chain jsonb not null default '[]',
  cause_by integer references person,
  cause_by_name text,
  cause_at timestamptz,
  -- b3
  similar_searched_at timestamptz,
  similar_searched_by integer references person,
  similar_result text,
  -- c
  plan_approved_by integer references person,
  plan_approved_by_name text,
  plan_approved_at timestamptz,
  -- d
  criterion text,
  check_due_on date,
  checker_id integer references person,
  -- e
  isms_change_needed boolean,
  isms_change text,

  decision text check (decision in ('accepted', 'declined')),
  decision_reason text,
  closed_by integer references person,
  closed_by_name text,
  closed_at timestamptz,
  reopened_from timestamptz,
  reopened_reason text,
  check (grade in ('ofi', 'observation') or state <> 'closed' or closed_by is not null)
);
create index nonconformity_open on nonconformity (state, grade) where state not in ('closed', 'rejected');
create index nonconformity_by_owner on nonconformity (owner_id);
create index nonconformity_by_approver on nonconformity (approver_id);
create index nonconformity_by_raiser on nonconformity (raised_by);
create index nonconformity_by_checker on nonconformity (checker_id);
create index nonconformity_by_requirement on nonconformity (requirement);
create index nonconformity_by_check on nonconformity (check_due_on) where state = 'verifying';
create index nonconformity_words on nonconformity using gin (to_tsvector('simple', title || ' ' || gap || ' ' || coalesce(root_cause, '')));

-- What a cycle held when the non-conformity was opened again.
create table nonconformity_cycle (
  nonconformity_id integer not null references nonconformity,
  cycle integer not null,
  record jsonb not null,
  ended_at timestamptz not null,
  primary key (nonconformity_id, cycle)
);

-- b3: similar non-conformities that were found and ticked.
create table nonconformity_link (
  nonconformity_id integer not null references nonconformity,
  similar_id integer not null references nonconformity,
  same_cause boolean not null default false,
  linked_by integer not null references person,
  linked_at timestamptz not null,
  primary key (nonconformity_id, similar_id),
  check (nonconformity_id <> similar_id)
);
create index nonconformity_link_back on nonconformity_link (similar_id);

create table corrective_action (
  id integer generated always as identity primary key,
  reference text not null unique check (reference ~ '^CA-\d{4}-\d{3,}$'),
  nonconformity_id integer not null references nonconformity,
  -- The plan of its non-conformity that it belongs to.
  round integer not null,
  description text not null,
  expected_evidence text,
  owner_id integer not null references person,
  proposed_by integer not null references person,
  proposed_at timestamptz not null,
  due_on date not null,
  original_due_on date not null,
  state text not null default 'proposed'
    check (state in ('proposed', 'accepted', 'declined', 'in_progress', 'done_claimed', 'verified', 'cancelled')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  -- Why it was declined, returned or cancelled.
  state_reason text,
  progress integer not null default 0 check (progress between 0 and 100),
  done_at timestamptz,
  verified_by integer references person,
  verified_by_name text,
  verified_at timestamptz,
  version integer not null default 1,
  check (verified_by is null or verified_by <> owner_id)
);
create index corrective_action_of on corrective_action (nonconformity_id, round);
create index corrective_action_by_owner on corrective_action (owner_id, due_on);
create index corrective_action_open on corrective_action (due_on) where state in ('proposed', 'accepted', 'in_progress', 'done_claimed');
create index corrective_action_short on corrective_action ((split_part(reference, '-', 3)::integer));
create index nonconformity_short on nonconformity ((split_part(reference, '-', 3)::integer));
create index corrective_action_words on corrective_action using gin (to_tsvector('simple', description));

create table due_change (
  id integer generated always as identity primary key,
  action_id integer not null references corrective_action,
  state text not null default 'requested' check (state in ('requested', 'approved', 'refused')),
  from_due_on date not null,
  to_due_on date not null,
  reason text not null,
  requested_by integer not null references person,
  requested_at timestamptz not null,
  approver_id integer not null references person,
  decided_by integer references person,
  decided_by_name text,
  decided_at timestamptz,
  decision_reason text
);
create index due_change_of on due_change (action_id);
create unique index due_change_waiting on due_change (action_id) where state = 'requested';
create index due_change_by_approver on due_change (approver_id) where state = 'requested';

-- An action on its way to another owner, who must want it.
create table delegation (
  id integer generated always as identity primary key,
  action_id integer not null references corrective_action,
  state text not null default 'offered' check (state in ('offered', 'taken', 'declined', 'withdrawn')),
  from_id integer not null references person,
  to_id integer not null references person,
  note text not null,
  offered_at timestamptz not null,
  decided_at timestamptz,
  decision_reason text,
  check (from_id <> to_id)
);
create index delegation_of on delegation (action_id);
create unique index delegation_waiting on delegation (action_id) where state = 'offered';
create index delegation_by_taker on delegation (to_id) where state = 'offered';

create table effectiveness_check (
  id integer generated always as identity primary key,
  nonconformity_id integer not null references nonconformity,
  cycle integer not null,
  criterion text not null,
  due_on date not null,
  checked_by integer not null references person,
  checked_by_name text not null,
  checked_at timestamptz not null,
  method text not null,
  result text not null check (result in ('effective', 'partly', 'not')),
  findings text not null
);
create index effectiveness_check_of on effectiveness_check (nonconformity_id);

-- What people said happened, in their own words.
create table register_note (
  id integer generated always as identity primary key,
  nonconformity_id integer not null references nonconformity,
  action_id integer references corrective_action,
  text text not null,
  written_by integer not null references person,
  written_at timestamptz not null,
  link text
);
create index register_note_of on register_note (nonconformity_id);

create table evidence (
  id integer generated always as identity primary key,
  nonconformity_id integer not null references nonconformity,
  action_id integer references corrective_action,
  purpose text not null check (purpose in ('finding', 'correction', 'action', 'effectiveness')),
  title text not null,
  state text not null default 'submitted'
    check (state in ('requested', 'submitted', 'in_review', 'accepted', 'rejected', 'expiring', 'expired'))
);
create index evidence_of on evidence (nonconformity_id);
create index evidence_of_action on evidence (action_id);

create table evidence_revision (
  evidence_id integer not null references evidence,
  number integer not null check (number > 0),
  -- A file of ours by its content, or an address that a person gave.
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint,
  media_type text,
  file_name text,
  address text,
  uploaded_by integer not null references person,
  uploaded_by_name text not null,
  uploaded_at timestamptz not null,
  source_input bigint references inbox,
  source_link text,
  primary key (evidence_id, number),
  check ((sha256 is null) <> (address is null)),
  check (sha256 is null or (size is not null and media_type is not null and file_name is not null))
);
create index evidence_revision_by_file on evidence_revision (sha256);

-- A write that was suggested, waiting for a click of the person whose words it came from.
create table proposal (
  id integer generated always as identity primary key,
  person_id integer not null references person,
  input_id bigint not null references inbox,
  ordinal integer not null default 0,
  state text not null default 'shown' check (state in ('shown', 'confirmed', 'applied', 'cancelled', 'expired', 'conflict')),
  changes jsonb not null,
  -- Files that its evidence would keep.
  files text[] not null default '{}',
  link text,
  shown_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  unique (input_id, ordinal)
);
create index proposal_shown on proposal (expires_at) where state = 'shown';
create index proposal_by_person on proposal (person_id) where state = 'shown';

-- Rules of the organisation and its certification body that an operator may change; what is absent has its default in the code.
create table setting (
  name text primary key,
  value jsonb not null
);

-- The last number given out in a year: NC-2026-004 is followed by 005, whatever was imported meanwhile.
create table reference_counter (
  prefix text not null,
  year integer not null,
  last integer not null,
  primary key (prefix, year)
);

-- Whose manager somebody is: they read what their people work on.
create index person_by_manager on person (manager_id);
