-- What an input waits for decides what it waits behind: nothing (quick), a platform's file or the embedding service (outside),
-- or a language model. Those who wait take turns, so it is kept whose input it is and when it was last taken.
alter table inbox add column lane text not null default 'quick' check (lane in ('quick', 'outside', 'model')),
  add column sender text, add column taken_at timestamptz;
update inbox set sender = concat_ws('/', platform, input -> 'sender' ->> 'tenant', input -> 'sender' ->> 'user')
  where state in ('received', 'running') and input -> 'sender' is not null;
create index inbox_turns on inbox (sender, taken_at) where taken_at is not null;
