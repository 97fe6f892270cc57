-- People without chat use a browser, on a shared screen or a phone, with a code of their own.
create table screen_code (
  person_id integer primary key references person on delete cascade,
  -- The beginning of the code, by which it is found; of the rest there is but its scrypt hash.
  selector text not null unique,
  salt bytea not null,
  hash bytea not null,
  made_at timestamptz not null
);

-- Somebody sits there: until they are done, or press nothing for some minutes.
create table screen_session (
  -- SHA-256 of what the browser's cookie holds.
  token_hash text primary key,
  person_id integer not null references person on delete cascade,
  opened_at timestamptz not null,
  seen_at timestamptz not null
);
create index screen_session_of on screen_session (person_id);

-- Codes that were wrong, or are being looked at: counted by all processes together. No code is kept here.
create table screen_try (
  id bigint generated always as identity primary key,
  -- SHA-256 of the network address.
  source text not null,
  tried_at timestamptz not null
);
create index screen_try_at on screen_try (tried_at);
