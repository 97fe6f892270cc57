-- What people reported, from their first words on, and what became of it.
create table incident (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('reported', 'contained', 'closed', 'no_incident')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  -- The first words, and when they were said: from then on we are aware of it.
  what text not null,
  aware_at timestamptz not null,
  reporter_id integer not null references person,
  -- What the reporter told since, and how many of the questions are behind them.
  details text,
  began text,
  since text,
  asked integer not null default 0,
  -- Who may act on it beside the ISMS manager, in the order in which they are told, and who was told so far.
  on_call integer[] not null,
  told integer[] not null,
  told_at timestamptz not null,
  taken_by integer references person,
  taken_at timestamptz,
  severity text check (severity in ('critical', 'high', 'medium', 'low')),
  personal_data boolean,
  containment text,
  cause text,
  lessons text,
  -- Why it was none.
  reason text,
  -- Who is to hear of it by law or contract, by when, and whether they did.
  notices jsonb not null default '[]'
);
create index incident_open on incident (told_at) where state = 'reported' and taken_by is null;
create index incident_of on incident (reporter_id, aware_at);
