create table person (
  id integer generated always as identity primary key,
  email text unique,
  name text not null,
  department text,
  title text,
  manager_id integer references person,
  roles text[] not null default '{employee}' check (
    roles <@ '{employee,action_owner,manager,isms_manager,auditor,admin}'::text[] and cardinality(roles) > 0
  ),
  groups text[] not null default '{}',
  time_zone text not null default 'UTC',
  locale text not null default 'en-GB',
  active boolean not null default true
);

-- Who a platform says that someone is: a Slack user in a workspace, an Entra user in a tenant.
create table identity (
  platform text not null,
  tenant text not null,
  user_id text not null,
  person_id integer not null references person,
  -- Where a direct message reaches them; only the platform's door reads it.
  direct_address text,
  seen_at timestamptz not null,
  primary key (platform, tenant, user_id)
);
create index identity_by_person on identity (person_id);
