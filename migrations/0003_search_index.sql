-- Full text: one row a word stem a section, with its BM25 weight already worked out, heaviest first.
create table lexeme (
  id integer generated always as identity primary key,
  stem text not null unique,
  section_count integer not null
);
create index lexeme_by_spelling on lexeme using gin (stem gin_trgm_ops);

-- Derived from the sections, and rebuilt from them: no foreign keys, which would be checked a thousand times a document.
create table posting (
  lexeme_id integer not null,
  weight real not null,
  section_id integer not null,
  version_id integer not null
);
create index posting_by_weight on posting (lexeme_id, weight desc, section_id) include (version_id);
create index posting_by_section on posting (section_id, lexeme_id) include (weight);

-- How many sections are in the index: the N of the inverse document frequency.
create table search_corpus (
  only_row boolean primary key default true check (only_row),
  section_count integer not null
);
insert into search_corpus (section_count) values (0);

-- Vectors of different embedders are never compared: each search names one embedder.
create table embedder (
  id integer generated always as identity primary key,
  name text not null unique,
  dimensions integer not null
);

create table section_vector (
  section_id integer not null references section,
  part integer not null,
  embedder_id integer not null references embedder,
  version_id integer not null,
  text_hash text not null,
  embedding vector not null,
  primary key (embedder_id, section_id, part)
);
-- Out of line, the planner takes an index scan for dearer than it is, and reads all rows instead.
alter table section_vector alter column embedding set storage plain;
create index section_vector_by_hash on section_vector (embedder_id, text_hash);
create index section_vector_by_version on section_vector (version_id);

-- Questions that a section answers, written by a model to widen the keyword search; never shown as policy.
create table section_expansion (
  section_id integer primary key references section,
  text_hash text not null,
  questions text not null
);
create index section_expansion_by_hash on section_expansion (text_hash);
