-- The audit for which an auditor from outside reads here: what they ask for belongs to it.
alter table person add column reads_for integer references audit on delete set null;

-- A request outlives the audit that it was made in.
alter table evidence_request drop constraint evidence_request_audit_id_fkey;
alter table evidence_request add constraint evidence_request_audit_id_fkey foreign key (audit_id) references audit on delete set null;
create index evidence_request_by_audit on evidence_request (audit_id) where audit_id is not null;
