-- A run that was cut off is counted apart from one that failed: kills lose no event, and one that kills us still ends. Somebody
-- who is met for the first time is asked of the platform before the input runs; while it cannot say, the input waits. What it
-- leads to is of use for a while from `fresh_since` on, which an operator's second run sets anew.
alter table inbox
  add column failures integer not null default 0,
  add column cut_offs integer not null default 0,
  add column waits integer not null default 0,
  add column introduced boolean not null default false,
  add column fresh_since timestamptz not null default now();
update inbox set fresh_since = received_at;
update inbox set failures = attempts where state in ('received', 'dead');

-- `claims` tells the process that has a delivery from one that had it before. While nobody knows whether a send took effect, the
-- row stays `sending`, is looked up again and again, and `doubtful_since` says since when. An answer is tried for an hour, what
-- is owed to somebody for days; what was not said in time is told later, in one message about `missed_inputs`. `insisted` is an
-- operator's word to send even what may have arrived.
alter table outbox
  add column claims integer not null default 0,
  add column doubtful_since timestamptz,
  add column looks integer not null default 0,
  add column owed boolean not null default false,
  add column give_up_at timestamptz not null default now() + interval '1 hour',
  add column missed_inputs bigint[],
  add column insisted boolean not null default false;
create index outbox_of_missed on outbox (platform, address) where missed_inputs is not null and state = 'planned';

-- Files that we made, on their way out: every process can read them, whichever made them.
create table outgoing_file (
  id uuid primary key default gen_random_uuid(),
  bytes bytea not null,
  kept_at timestamptz not null default now()
);
-- Until now they lay on one machine, named by their path there.
update outbox set reply = reply || '{"files": [], "picture": null}' where reply -> 'files' <> '[]' or reply -> 'picture' <> 'null';
