-- A finding that another record has already, by the reference of that.
alter table nonconformity add column duplicate_of text;
