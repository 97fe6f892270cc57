-- Whether the made-up company of the demonstration is in this database: one row from the moment in which its loading begins
-- until it is taken out. Nothing of it is marked: the audit log says which documents `system:demo` brought, its people have
-- addresses at demo.example, which can be nobody's, and its register is what they raised.
create table sample_company (
  only_row boolean primary key default true check (only_row),
  loaded_at timestamptz not null
);

insert into sample_company (loaded_at)
select now() where exists (select from audit_entry where actor = 'system:demo')
  and (exists (select from person where active and email like '%@demo.example')
    or exists (select from document_version where owner_email like '%@demo.example' and status not in ('superseded', 'archived')));
