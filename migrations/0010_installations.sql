-- What a platform's tenant let us in with, sealed with a key from the environment: no row holds it in the clear.
create table installation (
  platform text not null,
  tenant text not null,
  key_id text not null,
  sealed bytea not null,
  saved_at timestamptz not null,
  primary key (platform, tenant)
);
