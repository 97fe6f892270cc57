-- What people may be told from: policies, our guide to the standard, and answers that an owner approved.
create table document (
  id integer generated always as identity primary key,
  reference text not null unique,
  kind text not null check (kind in ('policy', 'guide', 'answer')),
  -- The folder that the operator ingested it from; a file that leaves the folder archives its document.
  collection text,
  archived_at timestamptz
);

create table document_version (
  id integer generated always as identity primary key,
  document_id integer not null references document,
  version text not null,
  -- Grows when a file's text changes while its version stays: published text itself never changes.
  revision integer not null default 1,
  status text not null check (status in ('draft', 'in_review', 'changes_requested', 'approved', 'published', 'superseded', 'archived')),
  title text not null,
  language text not null,
  owner_email text,
  approver_email text,
  effective_from date,
  review_on date,
  audience text[] not null,
  classification text,
  controls text[] not null,
  changes text,
  source_path text,
  content_hash text not null,
  -- An approved answer may be cited only while the policy version that it was given beside is in force.
  basis_version_id integer references document_version,
  stored_at timestamptz not null,
  unique (document_id, version, revision),
  check (status <> 'published' or effective_from is not null)
);

create table section (
  id integer generated always as identity primary key,
  version_id integer not null references document_version,
  ordinal integer not null,
  -- The number that the document itself gives, as 3.2; empty where it gives none.
  number text not null,
  heading text not null,
  path text[] not null,
  page integer,
  body text not null,
  unique (version_id, ordinal)
);

create function keep_published_text() returns trigger language plpgsql as $$
begin
  raise exception 'A stored section never changes; store a new version or revision (section %)', old.id;
end $$;
create trigger section_is_immutable before update on section for each row execute function keep_published_text();
