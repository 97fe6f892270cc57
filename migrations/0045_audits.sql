-- The programme of audits, each audit, and what of the standard it has looked at.
create table audit_programme (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('draft', 'approved', 'superseded')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  title text not null,
  from_on date not null,
  until_on date not null,
  objectives text not null,
  frequency text not null,
  methods text not null,
  owner_id integer not null references person,
  check (until_on > from_on)
);
select keep_history_of('audit_programme');

create table audit (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('planned', 'prepared', 'in_progress', 'reporting', 'complete', 'closed', 'cancelled')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  state_reason text,
  kind text not null check (kind in ('internal', 'stage1', 'stage2', 'surveillance', 'recertification')),
  programme_id integer references audit_programme,
  certification_id integer references certification,
  title text not null,
  criteria text,
  scope text,
  methods text,
  -- The lead of an internal audit; of an external one whoever of ours looks after it.
  lead_id integer not null references person,
  -- Auditors who are nobody of ours: of the certification body, or hired.
  external_auditors text[] not null default '{}',
  departments text[] not null default '{}',
  sites text[] not null default '{}',
  planned_from date not null,
  planned_until date not null,
  held_from date,
  held_until date,
  conclusion text,
  completed_at timestamptz,
  check (planned_until >= planned_from)
);
create index audit_by_day on audit (planned_from);
select keep_history_of('audit');

create table audit_member (
  id integer generated always as identity primary key,
  audit_id integer not null references audit,
  person_id integer not null references person,
  part text not null check (part in ('auditor', 'observer')),
  unique (audit_id, person_id)
);

-- A requirement that the audit looks at, at a site or everywhere.
create table audit_coverage (
  id integer generated always as identity primary key,
  audit_id integer not null references audit,
  -- A clause or control by its number, of the 30 clauses and 93 controls.
  requirement text not null,
  site text not null default '',
  state text not null check (state in ('planned', 'covered', 'left_out')),
  noted_by integer references person,
  noted_at timestamptz not null,
  note text,
  unique (audit_id, requirement, site)
);
create index audit_coverage_of on audit_coverage (requirement);
select keep_history_of('audit_coverage');

-- Who talks to whom about what, and when.
create table audit_plan_item (
  id integer generated always as identity primary key,
  audit_id integer not null references audit,
  held_on date not null,
  -- As 09:00.
  begins text,
  topic text not null,
  auditor_id integer references person,
  auditee_id integer references person,
  department text
);

create table audit_sample (
  id integer generated always as identity primary key,
  audit_id integer not null references audit,
  requirement text not null,
  -- What there was, how many of how many, how they were chosen, and which.
  population text not null,
  size integer not null check (size > 0),
  of_total integer check (of_total >= size),
  chosen_by text not null,
  items text not null,
  result text,
  taken_by integer not null references person,
  taken_by_name text not null,
  taken_at timestamptz not null
);

create table audit_sign_off (
  audit_id integer not null references audit,
  person_id integer not null references person,
  name text not null,
  part text not null check (part in ('lead', 'isms_manager')),
  -- SHA-256 of the report's content as it was signed.
  content_hash text not null,
  signed_at timestamptz not null,
  primary key (audit_id, part)
);

-- The audit that a finding came from, where it is a record of ours; `audit` stays what people wrote.
alter table nonconformity add column audit_id integer references audit;
create index nonconformity_by_audit on nonconformity (audit_id);
