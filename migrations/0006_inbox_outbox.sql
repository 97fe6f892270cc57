-- What platforms brought: stored before it is acknowledged, worked on after, each under the platform's own event id.
create table inbox (
  id bigint generated always as identity primary key,
  platform text not null,
  event_id text not null,
  address text,
  raw bytea,
  input jsonb,
  state text not null check (state in ('received', 'running', 'done', 'dead', 'quarantined')),
  attempts integer not null default 0,
  run_after timestamptz not null default now(),
  lease_until timestamptz,
  problem text,
  received_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (platform, event_id)
);
create index inbox_open on inbox (address, id) where state in ('received', 'running');

-- What is to be delivered, and what became of it. A send whose outcome nobody knows is looked up before any other.
create table outbox (
  id bigint generated always as identity primary key,
  delivery_id uuid not null unique default gen_random_uuid(),
  inbox_id bigint not null references inbox,
  ordinal integer not null,
  platform text,
  address text,
  person_id integer references person,
  reply jsonb not null,
  state text not null default 'planned' check (state in ('planned', 'sending', 'sent', 'unknown', 'failed')),
  attempts integer not null default 0,
  run_after timestamptz not null default now(),
  lease_until timestamptz,
  receipt text,
  problem text,
  planned_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (inbox_id, ordinal),
  check (address is not null or person_id is not null)
);
create index outbox_open on outbox (id) where state in ('planned', 'sending', 'unknown');
