-- The last words of a conversation, so that «and on holiday?» is understood. Emptied after some days.
create table message (
  id bigint generated always as identity primary key,
  address text not null,
  author text not null check (author in ('person', 'isma')),
  text text not null,
  at timestamptz not null
);
create index message_by_address on message (address, id);

-- What the language model cost, a row a turn.
create table model_use (
  id bigint generated always as identity primary key,
  person_id integer not null references person,
  inbox_id bigint references inbox,
  used_on date not null,
  model text not null,
  calls integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cost double precision not null
);
create index model_use_by_day on model_use (used_on, person_id);
