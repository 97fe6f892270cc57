-- A certificate on its way and for its three years, and the body that gives it.
create table certification (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('preparing', 'stage1_done', 'stage2_done', 'major_open', 'certified', 'surveillance_1', 'surveillance_2',
    'recertification', 'suspended', 'withdrawn', 'expired')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  -- Why it was suspended or withdrawn.
  state_reason text,
  -- The state that a suspension leads back to.
  suspended_from text check (suspended_from in ('certified', 'surveillance_1', 'surveillance_2', 'recertification')),
  body text not null,
  -- As the body writes it; until then what is applied for.
  scope text not null,
  standard text not null default 'ISO/IEC 27001:2022',
  certificate_number text,
  -- The version of the Statement of Applicability on the certificate, as it is written there.
  soa_version text,
  -- The last day of the body's last audit.
  visited_on date,
  decided_on date,
  valid_until date,
  -- Days that the body calculated, by kind of audit: {"stage1": 2}.
  audit_days jsonb not null default '{}',
  auditors text[] not null default '{}',
  contact text,
  -- Its own numbers: days for findings and how its visits are reckoned; what is missing stands in the settings certification.nc_rules and
  -- certification.cycle.
  rules jsonb not null default '{}',
  owner_id integer not null references person,
  check ((state = 'suspended') = (suspended_from is not null))
);
select keep_history_of('certification');
