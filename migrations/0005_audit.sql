-- Everything that an entry says is in the payload, which the hash covers; the other columns are read from it.
create table audit_entry (
  seq bigint primary key,
  payload text not null,
  hash text not null,
  at text generated always as ((payload::jsonb) ->> 'at') stored,
  actor text generated always as ((payload::jsonb) ->> 'actor') stored,
  action text generated always as ((payload::jsonb) ->> 'action') stored,
  record text generated always as ((payload::jsonb) ->> 'record') stored
);
create index audit_entry_by_record on audit_entry (record);

create table audit_head (
  only_row boolean primary key default true check (only_row),
  seq bigint not null,
  hash text not null
);
insert into audit_head (seq, hash) values (0, '');

create function keep_audit() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is insert-only';
end $$;
create trigger audit_entry_is_insert_only before update or delete on audit_entry for each row execute function keep_audit();
create trigger audit_entry_is_never_emptied before truncate on audit_entry execute function keep_audit();
