-- Who wants to hear once a week what is due, or does not, and what was said of it beside what is overdue among their people.
create table digest_wish (
  person_id integer primary key references person on delete cascade,
  wanted boolean not null,
  said_at timestamptz not null
);
alter table digest add column week jsonb;
