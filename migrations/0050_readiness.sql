-- Whether anything has changed since a time.
create index row_history_at on row_history (at);

-- What people were to acknowledge or to learn says itself when it was asked and done. What it would not tell any more, as an earlier
-- day or a completion that has ended, is kept here until when it was so: a few words of a few rows.
create function keep_standing() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from row_history where table_name = tg_table_name || ':before' and row_id = old.id;
    return null;
  end if;
  insert into row_history (table_name, row_id, at, content, undated_in)
  select tg_table_name || ':before', old.id, now(), jsonb_object_agg(key, value), pg_current_xact_id()
  from jsonb_each(to_jsonb(old)) where key in ('state', 'state_at', 'due_on', 'assigned_at', 'expires_on');
  return null;
end $$;
create trigger training_before after update on training for each row
  when ((old.state in ('completed', 'expired', 'waived') and (new.state, new.state_at) is distinct from (old.state, old.state_at))
    or old.due_on is distinct from new.due_on or old.assigned_at is distinct from new.assigned_at)
  execute function keep_standing();
create trigger training_gone after delete on training for each row execute function keep_standing();
create trigger acknowledgement_request_before after update on acknowledgement_request for each row
  when ((old.state in ('acknowledged', 'exempt', 'cancelled') and new.state is distinct from old.state) or old.due_on is distinct from new.due_on)
  execute function keep_standing();
create trigger acknowledgement_request_gone after delete on acknowledgement_request for each row execute function keep_standing();

-- When the person was asked anew for the document: of several requests the last one says how far they are.
alter table acknowledgement_request add column followed_at timestamptz;
update acknowledgement_request request set followed_at = later.asked_at
from (select id, lead(asked_at) over (partition by document_id, person_id order by id) as asked_at from acknowledgement_request) later
where later.id = request.id and later.asked_at is not null;
create function note_following() returns trigger language plpgsql as $$
begin
  update acknowledgement_request request set followed_at = fresh.asked_at
  from fresh
  where request.document_id = fresh.document_id and request.person_id = fresh.person_id and request.id < fresh.id and request.followed_at is null;
  return null;
end $$;
create trigger acknowledgement_request_follows after insert on acknowledgement_request referencing new table as fresh
  for each statement execute function note_following();
