-- Words that answer a question of ours may have to wait for a model that reads them. Which question it was stays with them.
alter table inbox add column answers_input bigint;
