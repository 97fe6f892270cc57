-- Whether a message of ours asks something, so that the person's next words in their own conversation answer it: the id of the
-- button that would answer it too, empty where it asks nothing. Null where a version wrote it that did not say.
alter table outbox add column awaits text;
