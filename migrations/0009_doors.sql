-- One message of a person is one turn, whichever events bring it; each edit of it is another. `draft` is the platform's
-- receipt of an answer in the making, which whoever finishes the turn completes.
alter table inbox add column message_id text, add column revision text not null default '', add column draft text;
create unique index inbox_message on inbox (platform, message_id, revision) where message_id is not null;

-- Messages of one channel wait for each other; an edit takes the place of a message that was sent; a whisper is for one person
-- of the place. What its asker took back before it was sent is withdrawn.
alter table outbox add column channel text, add column whisper_to text, add column edits bigint references outbox;
update outbox set channel = address;
alter table outbox drop constraint outbox_state_check;
alter table outbox add constraint outbox_state_check
  check (state in ('planned', 'sending', 'sent', 'unknown', 'failed', 'withdrawn'));
create index outbox_by_receipt on outbox (platform, receipt) where receipt is not null;
create index outbox_by_address on outbox (address, id);

-- Until when a platform told us to leave a channel alone: every process keeps to it, after a restart too.
create table channel_pause (
  platform text not null,
  channel text not null,
  until timestamptz not null,
  primary key (platform, channel)
);

-- What a door keeps about an address, to write there later unasked.
create table address_reference (
  platform text not null,
  address text not null,
  reference jsonb not null,
  kept_at timestamptz not null default now(),
  primary key (platform, address)
);

-- A platform's final word that a person cannot be reached; taken back when they write again.
alter table identity add column unreachable_since timestamptz, add column unreachable_reason text;
