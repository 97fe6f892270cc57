-- The log is written a page of requests at a time, each with what was said to it.
create index acknowledgement_given on acknowledgement (request_id);
