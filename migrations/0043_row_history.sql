-- How small registers stood on any day: each row as it was, from when. Large ones (acknowledgements, training) carry their days themselves.
create table row_history (
  id bigint generated always as identity primary key,
  table_name text not null,
  row_id integer not null,
  -- When it became so: the time of the audit entry that tells of it.
  at timestamptz not null,
  -- Null for a row that was taken away.
  content jsonb,
  -- The transaction, until an audit entry of it has said when.
  undated_in xid8
);
create index row_history_of on row_history (table_name, row_id, at, id);
create index row_history_undated on row_history (undated_in) where undated_in is not null;

-- The made-up company goes without leaving its history, in a transaction that says so.
create function keep_history() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('isma.removing_samples', true) = 'yes' then
    delete from row_history where table_name = tg_table_name and row_id = old.id;
    return null;
  end if;
  if tg_op = 'DELETE' then
    insert into row_history (table_name, row_id, at, undated_in) values (tg_table_name, old.id, now(), pg_current_xact_id());
    return null;
  end if;
  if tg_op = 'UPDATE' and new is not distinct from old then return null; end if;
  insert into row_history (table_name, row_id, at, content, undated_in)
  values (tg_table_name, new.id, now(), to_jsonb(new), pg_current_xact_id());
  return null;
end $$;

create function keep_history_of(name text) returns void language plpgsql as $$
begin
  execute format('create trigger %I after insert or update or delete on %I for each row execute function keep_history()', name || '_history', name);
  execute format('insert into row_history (table_name, row_id, at, content) select %L, id, now(), to_jsonb(kept) from %I kept', name, name);
end $$;

select keep_history_of(name) from unnest(array['person', 'document', 'document_version', 'nonconformity', 'corrective_action', 'effectiveness_check',
  'evidence', 'open_question', 'incident', 'competence', 'assessment', 'work_package']) as name;
