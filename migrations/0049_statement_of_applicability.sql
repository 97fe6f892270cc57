-- The Statement of Applicability (6.1.3 d): each control, whether it applies, why, and how far it is there. Frozen once it is approved.
create table soa (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('draft', 'in_review', 'approved', 'superseded')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  -- As people write it: 2.0.
  edition text not null,
  owner_id integer not null references person,
  -- Who has the last word.
  approver_id integer not null references person,
  approved_by integer references person,
  approved_by_name text,
  approved_at timestamptz,
  -- SHA-256 of its entries as they were approved.
  content_hash text,
  review_on date
);
create unique index soa_approved on soa ((true)) where state = 'approved';
select keep_history_of('soa');

create table soa_entry (
  id integer generated always as identity primary key,
  soa_id integer not null references soa,
  control text not null check (control like 'A.%'),
  applies boolean,
  -- On what the decision rests, and where that is written down.
  basis text check (basis in ('risk', 'law', 'contract', 'decision')),
  basis_reference text,
  justification text,
  implemented text check (implemented in ('yes', 'partly', 'planned', 'no')),
  how text,
  owner_id integer references person,
  unique (soa_id, control)
);
create function keep_soa() returns trigger language plpgsql as $$
begin
  if (select state from soa where id = old.soa_id) in ('approved', 'superseded') then
    raise exception 'An approved statement of applicability stays as it is (soa_entry %)', old.id;
  end if;
  return new;
end $$;
create trigger soa_entry_is_kept before update on soa_entry for each row execute function keep_soa();
select keep_history_of('soa_entry');
