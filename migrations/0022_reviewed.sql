-- The day on which a document was last looked at, beside the day on which it is to be looked at next.
alter table document_version add column reviewed_on date;
