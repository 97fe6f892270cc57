-- Plans on their way to whoever approves them: who sent which plan when, and why it came back.
create table plan_request (
  id integer generated always as identity primary key,
  nonconformity_id integer not null references nonconformity,
  -- The plan that was sent, by its round.
  round integer not null,
  sent_by integer not null references person,
  sent_by_name text not null,
  sent_at timestamptz not null,
  returned_by integer references person,
  returned_by_name text,
  returned_at timestamptz,
  return_reason text,
  check ((returned_at is null) = (return_reason is null))
);
create index plan_request_of on plan_request (nonconformity_id, round);
