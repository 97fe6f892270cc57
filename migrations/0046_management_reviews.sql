-- Management review (9.3): inputs with their figures, who was there, what was decided, and the chair's signature.
create table management_review (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('planned', 'in_progress', 'complete', 'signed', 'cancelled')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  state_reason text,
  title text not null,
  planned_on date not null,
  held_on date,
  chair_id integer not null references person,
  -- Who prepares it and writes the minutes.
  secretary_id integer not null references person,
  paper_sent_at timestamptz,
  -- The conversation in which it is walked through, as its door writes it; null where that is nobody's but their own.
  held_at text,
  -- Said outright, each with a word why.
  suitable boolean,
  adequate boolean,
  effective boolean,
  conclusion text,
  signed_by integer references person,
  signed_by_name text,
  signed_at timestamptz,
  -- SHA-256 of the minutes as they were signed.
  minutes_hash text
);
create index management_review_by_day on management_review (planned_on);
select keep_history_of('management_review');

create table review_input (
  id integer generated always as identity primary key,
  review_id integer not null references management_review,
  -- a, b, c, d1 to d4, e, f, g of 9.3.2.
  input text not null check (input in ('a', 'b', 'c', 'd1', 'd2', 'd3', 'd4', 'e', 'f', 'g')),
  -- Figures as they were when the paper was made: [{"label": …, "value": …}].
  figures jsonb not null default '[]',
  figures_at timestamptz,
  -- What was said, a line each with who noted it: several people write at once.
  notes text,
  discussed_at timestamptz,
  discussed_by integer references person,
  unique (review_id, input)
);
select keep_history_of('review_input');

create table review_attendance (
  id integer generated always as identity primary key,
  review_id integer not null references management_review,
  person_id integer references person,
  -- As they were called then; also of guests who are nobody here.
  name text not null,
  part text not null check (part in ('chair', 'secretary', 'member', 'guest')),
  -- Whom they stand in for.
  deputy_for text,
  came boolean
);
create index review_attendance_of on review_attendance (review_id);

create table review_decision (
  id integer generated always as identity primary key,
  review_id integer not null references management_review,
  input text,
  text text not null,
  kind text not null check (kind in ('decision', 'action', 'improvement', 'resources', 'change')),
  -- The record that it became, by its name in the log.
  became text,
  decided_at timestamptz not null,
  decided_by integer references person,
  decided_by_name text not null default ''
);
create index review_decision_of on review_decision (review_id);

-- What was signed stays: the review itself, and all that its minutes say. Its actions are records of their own.
create function keep_signed_review() returns trigger language plpgsql as $$
declare
  review integer;
begin
  if current_setting('isma.removing_samples', true) = 'yes' then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  if tg_table_name = 'management_review' then
    if old.minutes_hash is not null then raise exception 'Signed minutes stay as they are (%)', old.reference; end if;
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  review := case when tg_op = 'DELETE' then old.review_id else new.review_id end;
  if exists (select from management_review where id = review and minutes_hash is not null) then
    raise exception 'Signed minutes stay as they are (management review %)', review;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger management_review_is_kept before update or delete on management_review for each row execute function keep_signed_review();
create trigger review_input_is_kept before insert or update or delete on review_input for each row execute function keep_signed_review();
create trigger review_attendance_is_kept before insert or update or delete on review_attendance for each row execute function keep_signed_review();
create trigger review_decision_is_kept before insert or update or delete on review_decision for each row execute function keep_signed_review();
