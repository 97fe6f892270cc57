-- Evidence that a requirement asks for: asked of its owner, brought, looked at, accepted for a time, and brought anew.
create table evidence_request (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('requested', 'submitted', 'in_review', 'accepted', 'rejected', 'expiring', 'expired', 'withdrawn')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  state_reason text,
  title text not null,
  -- Clauses and controls by their numbers; an auditor may ask for something that is of none.
  requirements text[] not null,
  what text not null,
  owner_id integer not null references person,
  asked_by integer not null references person,
  asked_by_name text not null,
  asked_at timestamptz not null,
  due_on date not null,
  -- When its owner was told of it in a message of its own; what was not is gathered with all else that waits for them.
  told_at timestamptz,
  -- Of whom it was asked for by an auditor: the audit, and whether it is on the auditor's list.
  audit_id integer references audit,
  for_auditor boolean not null default false,
  check (cardinality(requirements) > 0 or for_auditor),
  -- Given to the auditor, by whom and when.
  given_at timestamptz,
  given_by integer references person,
  given_by_name text,
  -- Months that it counts once accepted; null for as long as nobody says otherwise.
  months integer check (months > 0),
  -- The day from which what was brought speaks.
  dated_on date,
  accepted_at timestamptz,
  accepted_by integer references person,
  accepted_by_name text,
  -- The last day on which it counts.
  expires_on date
);
create index evidence_request_by_owner on evidence_request (owner_id) where state in ('requested', 'rejected', 'expiring', 'expired');
create index evidence_request_expires on evidence_request (expires_on) where state in ('accepted', 'expiring');
create index evidence_request_requirements on evidence_request using gin (requirements);
select keep_history_of('evidence_request');

-- An auditor from outside reads until a day, and then no more.
alter table person add column reads_until date;
