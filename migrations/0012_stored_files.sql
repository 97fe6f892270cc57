-- Files whose bytes lie in the store of evidence, each once, under the SHA-256 of its content.
create table stored_file (
  sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size > 0),
  media_type text not null,
  -- When it was last brought: until a while later it may belong to a card that is still being made.
  stored_at timestamptz not null
);
create index stored_file_by_time on stored_file (stored_at);
