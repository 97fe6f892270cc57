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
  review_on date,
  -- The edition that it began from.
  begun_from integer references soa,
  -- Who wrote in it: none of them approves it.
  authors integer[] not null default '{}'
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
-- The made-up company goes all the same, in a transaction that says so.
create function keep_soa_entry() returns trigger language plpgsql as $$
begin
  if current_setting('isma.removing_samples', true) = 'yes' then
    return coalesce(new, old);
  end if;
  if exists (select from soa where id in (old.soa_id, new.soa_id) and state in ('approved', 'superseded')) then
    raise exception 'An approved statement of applicability stays as it is (soa_entry %)', coalesce(old.id, new.id);
  end if;
  return coalesce(new, old);
end $$;
create trigger soa_entry_is_kept before insert or update or delete on soa_entry for each row execute function keep_soa_entry();

create function keep_soa() returns trigger language plpgsql as $$
begin
  if old.state in ('approved', 'superseded') and current_setting('isma.removing_samples', true) is distinct from 'yes'
    and (new.edition, new.approver_id, new.approved_by, new.approved_by_name, new.approved_at, new.content_hash, new.authors)
      is distinct from (old.edition, old.approver_id, old.approved_by, old.approved_by_name, old.approved_at, old.content_hash, old.authors) then
    raise exception 'An approved statement of applicability stays as it is (soa %)', old.id;
  end if;
  return new;
end $$;
create trigger soa_is_kept before update on soa for each row execute function keep_soa();
select keep_history_of('soa_entry');

-- Auditors' packs that were taken: by whom, with what kept back, and the hash by which each is known again.
create table pack (
  id integer generated always as identity primary key,
  taken_by integer references person,
  taken_by_name text not null,
  taken_at timestamptz not null,
  choices jsonb not null,
  files integer not null,
  bytes bigint not null,
  -- Of the archive, and of SHA256SUMS in it, which covers every other file.
  sha256 text not null,
  sums_sha256 text not null
);

-- What the ISMS manager chose to show to an auditor from outside, who may take it and nothing more.
create table pack_choice (
  person_id integer primary key references person,
  choices jsonb not null,
  chosen_by integer not null references person,
  chosen_by_name text not null,
  chosen_at timestamptz not null
);
