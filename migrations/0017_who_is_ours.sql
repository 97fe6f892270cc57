-- The tenant of a platform whose people are ours where no list names any: the first that was seen, for good.
create table trusted_tenant (
  platform text primary key,
  tenant text not null,
  since timestamptz not null
);
insert into trusted_tenant (platform, tenant, since)
select distinct on (platform) platform, tenant, now() from (
  select seq, (payload::jsonb) -> 'detail' ->> 'platform' as platform, (payload::jsonb) -> 'detail' ->> 'tenant' as tenant
  from audit_entry where action = 'identity.bound'
  union all
  select seq, split_part(split_part(record, ':', 2), '/', 1), split_part(record, '/', 2) from audit_entry where action = 'installation.saved'
) seen where platform <> '' and tenant <> '' order by platform, seq;

-- When the platform was last asked who somebody is, and since when it says that they are no colleague of ours.
alter table identity add column looked_at timestamptz, add column outside_since timestamptz;

-- The first day on which somebody is not here any more. `active` is the rule that everything asks; it ends on that day.
alter table person add column left_on date;
create index person_by_leaving on person (left_on) where active and left_on is not null;
