-- Reminders: at most one message a person and day, what it was about, who is away, who put things off, and what managers were told.

-- Of whose public holidays: DE, or DE-HH; null where it is worked out from the time zone.
alter table person add column region text check (region ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$');

-- Everybody has their place in the agenda: who is new, or comes back, is looked at at once.
alter table nudge_agenda
  -- The day for which a manager was last looked at for what is overdue among their people.
  add column digest_on date,
  drop constraint nudge_agenda_person_id_fkey,
  add foreign key (person_id) references person on delete cascade;
create function look_at_person() returns trigger language plpgsql as $$
begin
  insert into nudge_agenda (person_id, look_at) values (new.id, '-infinity')
  on conflict (person_id) do update set look_at = '-infinity';
  return null;
end $$;
create trigger person_is_looked_at after insert or update of active, time_zone, region on person
  for each row when (new.active) execute function look_at_person();
insert into nudge_agenda (person_id, look_at) select id, '-infinity' from person where active on conflict do nothing;

create table absence (
  id integer generated always as identity primary key,
  person_id integer not null references person,
  from_day date not null,
  -- The last day.
  until_day date not null,
  said_by text not null check (said_by in ('person', 'import')),
  said_at timestamptz not null,
  check (until_day >= from_day)
);
create unique index absence_of on absence (person_id, from_day);

-- Until when somebody wants to hear nothing of what is theirs: the first day on which they do again.
create table snooze (
  person_id integer primary key references person,
  until_day date not null,
  said_at timestamptz not null
);

create table nudge (
  id integer generated always as identity primary key,
  person_id integer not null references person,
  -- Where the person is; of one that is planned or held, the day on which it is looked at again.
  day date not null,
  state text not null check (state in ('planned', 'held', 'sent', 'delivered', 'failed', 'done', 'escalated', 'stopped')),
  state_at timestamptz not null,
  held_for text check (held_for in ('quiet_hours', 'leave', 'budget', 'snooze')),
  -- The job whose message it is: the outbox says what became of it, and these columns keep that.
  input_id bigint references inbox,
  sent_at timestamptz,
  delivered_at timestamptz,
  problem text,
  check ((sent_at is null) = (input_id is null))
);
-- Nobody gets two messages on a day of theirs.
create unique index nudge_of_day on nudge (person_id, day) where sent_at is not null;
create unique index nudge_waiting on nudge (person_id) where state in ('planned', 'held');
create index nudge_open on nudge (person_id) where state in ('sent', 'delivered', 'failed', 'escalated');
create index nudge_sent on nudge (input_id) where sent_at is not null and delivered_at is null and problem is null;

-- What made it due: which record, and which of its steps, counted in working days from the day on which it is due.
create table nudge_item (
  nudge_id integer not null references nudge on delete cascade,
  person_id integer not null,
  -- As in the log: `training:7`.
  record text not null,
  -- Null for the first word of it.
  step integer,
  due_on date,
  sent_at timestamptz not null,
  primary key (nudge_id, record)
);
create index nudge_item_of on nudge_item (record, person_id);

-- What a manager was told of their people.
create table digest (
  id integer generated always as identity primary key,
  person_id integer not null references person,
  nudge_id integer not null references nudge on delete cascade,
  day date not null,
  -- Each thing that was overdue: record, person, name, text, due.
  items jsonb not null,
  -- What had been overdue in the one before and is done: name and text.
  resolved jsonb not null,
  unique (person_id, day)
);

-- A card that is drawn anew where it stands: where that cannot be done it is let go, and nobody is told anew.
alter table outbox add column quiet boolean not null default false;
