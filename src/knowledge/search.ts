/**
 * Finds the sections that answer a question, in one round trip: full text (BM25 over OR terms, synonyms, spelling) and
 * vectors, fused; and only what the asker may read on that day.
 */
import pgvector from 'pgvector';
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';
import { ModelUnavailable } from '../errors.ts';
import { words } from '../language/vocabulary.ts';
import { figureAskedIn } from './asked-figure.ts';
import { dayOf } from './document.ts';
import type { AnalysedQuestion, Lexicon, TermGroup } from './lexicon.ts';
import type { ActiveEmbedder } from './search-index.ts';
import { asRows, withContext } from './search-terms.ts';

/** A word of at most this many sections is rare: all of them are looked at. Of any other word, only where it weighs most. */
const rareUpTo = 1_000;
const postingsOfFrequent = 300;
/** Sections that are then scored for every word of the question: all of a small collection. */
const fullLooks = 500;
/** Candidates that each leg hands to the fusion. */
const candidates = 60;
/**
 * What each leg is worth is read from its scores, on this question: the text leg as much as its best section says of the
 * question, the vector leg as far as a section is nearer than the nearest of so many strangers would be. An encoder that knows
 * nothing of the question, or of the language, has no such section, and then the text decides alone. All three are chosen with
 * `npm run bench fusion`.
 */
const fusion = {
  /** Text score of the best section, beside ln(sections + 1), from which on the text is believed fully. */
  surely: 2.5,
  /** Standard deviations below the expected nearest stranger from which on a section counts as near. */
  margin: 0.5,
  /** What a section one deviation nearer adds, beside 1 for the best of a text leg that is believed; more adds no more. */
  nearness: 0.4,
  /** Share of that which is withheld where the text is believed fully. */
  reserve: 0.8,
};
/** Vectors that tell how near strangers are; with fewer than the second number the order alone counts. */
const strangers = 400;
const fewestStrangers = 50;
/** How much a section gains from what its whole document says of the question. Chosen with `isma eval retrieval`. */
const documentShare = 0.15;
/** From this likeness of spelling on (trigrams, 0 to 1) a word is another one mistyped: «pasword». */
const likelyTypo = 0.6;
/** What a section that only frames its document counts for: it shares words with every question on it, and answers none. */
const frameWeight = 0.6;
/** A question waits at most this long for its own vector; then it is a keyword search. */
const questionTimeout = 5_000;

const ofTheStandard = words('requirements/of the standard');
const sharedTopic = words('requirements/shared topic');

/** What a section of the guide counts for, beside 1 for one of a policy. Chosen on questions about either. */
function guideWeight(question: string, ofCertification: boolean): number {
  if (ofCertification || ofTheStandard.has(question)) return 1.25;
  return sharedTopic.has(question) ? 0.7 : 0.5;
}

export const Passage = z.object({
  sectionId: z.number(),
  versionId: z.number(),
  documentId: z.number(),
  kind: z.enum(['policy', 'guide', 'answer']),
  reference: z.string(),
  title: z.string(),
  version: z.string(),
  language: z.string(),
  ownerEmail: z.string().nullable(),
  effectiveFrom: z.string(),
  audience: z.array(z.string()),
  sourcePath: z.string().nullable(),
  number: z.string(),
  heading: z.string(),
  path: z.array(z.string()),
  page: z.number().nullable(),
  body: z.string(),
  score: z.number(),
  textScore: z.number(),
  textRank: z.number().nullable(),
  vectorRank: z.number().nullable(),
  distance: z.number().nullable(),
});
/** A section as search found it, with where it stands and how it was ranked. */
export type Passage = z.infer<typeof Passage>;

export interface Reader {
  /** Names of the audiences that the person belongs to, `everyone` among them. */
  audiences: readonly string[];
}

/** Names of the audiences that a person belongs to. */
export function audiencesOf(person: {
  department: string | null;
  groups: readonly string[];
  roles: readonly string[];
}): string[] {
  const own = [person.department, ...person.groups, ...person.roles].flatMap((name) =>
    name === null ? [] : [name.toLowerCase()],
  );
  return ['everyone', ...new Set(own)];
}

export interface SearchOptions {
  question: string;
  /** That it is asked in, where it is known: a few words tell little. */
  language?: string;
  /** Words of the question before, which a follow-up leaves unsaid; they count for less. */
  context?: string;
  /** It leaves nothing unsaid, and its strength is that of its own words. */
  standsAlone?: boolean;
  reader: Reader;
  now: Date;
  /** Sections to return, 1 to 50. */
  limit: number;
  embedder: ActiveEmbedder | null;
  /** Leaves one leg out, to measure the other. */
  legs?: 'both' | 'text' | 'vector';
}

export interface SearchResult {
  /** Best first. Empty means that nothing readable shares a word with the question. */
  passages: Passage[];
  /**
   * How much of the question the best section says: its rare words, and how many of its words at all, those of the heading
   * twice; 0 to 15 or so. A question that policies answer has more of them; below the floor they are taken not to say.
   */
  strength: number;
  /** How much nearer than any stranger the best section is, 0 to 1; 0 without vectors. */
  nearness: number;
  /** It is about the standard or its certification, which no policy decides. */
  ofCertification: boolean;
  /** Weight of each stem in this search, to mark the sentences that matched. */
  terms: Map<string, number>;
  language: AnalysedQuestion['language'];
  /** Why vectors were left out, or null. */
  vectorProblem: string | null;
}

const Row = Passage.extend({
  strength: z.number(),
  nearness: z.number(),
  sections: z.number(),
  terms: z.record(z.string(), z.number()),
});

export async function search(tx: Queryable, lexicon: Lexicon, options: SearchOptions): Promise<SearchResult> {
  const analysed = lexicon.analyse(options.question, options.language);
  const before = options.context === undefined ? null : lexicon.analyse(options.context, options.language);
  const groups = withContext(analysed.groups, before?.groups ?? [], options.standsAlone === true);
  const ofCertification = analysed.ofCertification || before?.ofCertification === true;
  const { vector, problem } = await questionVector(options);
  const flat = asRows(options.legs === 'vector' ? [] : groups);

  const rows = await selectAll(tx, Row, statement({ embedder: vector === null ? null : options.embedder, weightOfGuide: guideWeight(`${options.context ?? ''} ${options.question}`, ofCertification), strengthOf: options.standsAlone === true ? analysed.groups.length : groups.length }), [
    flat.group, flat.target, flat.stem, flat.weight, dayOf(options.now), options.reader.audiences, options.limit,
    lexicon.asksForFrame(options.question) ? [] : lexicon.frames,
    ...(vector === null ? [] : [pgvector.toSql(vector)]),
  ]); // prettier-ignore
  const first = rows[0];
  const weightOf = figureAskedIn(options.question, lexicon, analysed.language);
  return {
    passages: rows
      .map(
        ({ strength: _strength, nearness: _nearness, sections: _sections, terms: _terms, ...passage }) => ({
          ...passage,
          score: passage.score * (weightOf?.(passage) ?? 1),
        }),
      )
      .toSorted((left, right) => right.score - left.score),
    strength: first === undefined ? 0 : first.strength + sharedWords(lexicon, analysed.groups, first),
    nearness: first?.nearness ?? 0,
    ofCertification,
    terms: new Map(Object.entries(first?.terms ?? {})),
    language: analysed.language,
    vectorProblem: problem,
  };
}

/** Sections that know most words that a question about them has. */
const manySections = 500;

/**
 * What a section says of the words of a question, in whatever words of its own: half a point for each, half a point more where
 * its heading or title says it, and one where it says all of them, so that a short question is no weak one. A word that no
 * document knows, nor anything that it may mean, speaks against it: the more, the more documents there are to know it.
 */
function sharedWords(
  lexicon: Lexicon,
  groups: TermGroup[],
  passage: Passage & Pick<z.infer<typeof Row>, 'terms' | 'sections'>,
): number {
  const { title, path, heading, body, language, terms: known, sections } = passage;
  const above = new Set(lexicon.stems([title, ...path, heading].join(' '), language));
  const below = new Set(lexicon.stems(body, language));
  const isSaid = (stems: string[], where: Set<string>) => stems.every((stem) => where.has(stem));
  const saidIn = (where: Set<string>) =>
    groups.filter(({ targets }) => targets.some((target) => isSaid(target.stems, where))).length;
  const anywhere = saidIn(new Set([...above, ...below]));
  const isKnown = ({ targets }: TermGroup) =>
    targets.some(({ stems }) => stems.some((stem) => stem in known));
  const strange = groups.filter((group) => !isKnown(group)).length;
  const widely = Math.min(1, Math.log(sections + 1) / Math.log(manySections));
  return (saidIn(above) + saidIn(below)) / 2 + anywhere / Math.max(groups.length, 1) - (strange / 4) * widely;
}

async function questionVector({
  question,
  context,
  embedder,
  legs,
}: SearchOptions): Promise<{ vector: number[] | null; problem: string | null }> {
  if (embedder === null || legs === 'text') return { vector: null, problem: null };
  try {
    const [vector] = await embedder.embed(
      [context === undefined ? question : `${context}\n${question}`],
      questionTimeout,
    );
    return { vector: vector ?? null, problem: null };
  } catch (error) {
    if (!(error instanceof ModelUnavailable)) throw error;
    return { vector: null, problem: error.message };
  }
}

function frameFactor(heading: string): string {
  return `case when lower(${heading}) = any($8::text[]) then ${frameWeight} else 1 end::float8`;
}

interface Statement {
  embedder: ActiveEmbedder | null;
  weightOfGuide: number;
  /** Groups, of the first ones, that tell the strength. */
  strengthOf: number;
}

/** One statement a combination of legs; only numbers of ours are written into it. */
function statement({ embedder, weightOfGuide, strengthOf }: Statement): string {
  return `
with term as (
  select * from unnest($1::integer[], $2::integer[], $3::text[], $4::real[])
    as given(grp, target, stem, weight)
), corpus as (
  select greatest(section_count, 1)::float8 as n from search_corpus
), known as (
  select term.grp, term.target, term.weight, lexeme.id, lexeme.stem, lexeme.section_count
  from term join lexeme on lexeme.stem = term.stem and lexeme.section_count > 0
), corrected as (
  -- A word that the index does not know, nor anything that it may mean, is taken for the nearest spelling.
  select term.grp, term.target,
    (term.weight * case when near.likeness >= ${likelyTypo} then 0.9 else 0.8 * near.likeness end)::real, near.id, near.stem,
    near.section_count
  from term cross join lateral (
    select lexeme.id, lexeme.stem, lexeme.section_count, similarity(lexeme.stem, term.stem) as likeness
    from lexeme where lexeme.stem % term.stem and lexeme.section_count > 0
    order by likeness desc, lexeme.section_count desc limit 1
  ) near
  where length(term.stem) >= 4 and near.likeness >= 0.4
    and not exists (select from known where known.grp = term.grp)
), wanted as (
  select grp, target, weight, id, stem, section_count,
    ln(1 + (corpus.n - section_count + 0.5) / (section_count + 0.5)) as idf
  from (select * from known union all select * from corrected) found, corpus
), in_force as (
  select distinct on (version.document_id) version.id, version.document_id, version.audience,
    version.basis_version_id,
    case document.kind when 'guide' then ${weightOfGuide} else 1 end::float8 as weight
  from document_version version join document on document.id = version.document_id
  where document.archived_at is null and version.status = 'published' and version.effective_from <= $5::date
  order by version.document_id, version.effective_from desc, version.id desc
), readable as materialized (
  select id, weight from in_force
  where audience && $6::text[] and (basis_version_id is null or basis_version_id in (select id from in_force))
), gathered as materialized (
  -- Sections worth a full look: those of rare words all, those of frequent words where the word weighs most.
  select posting.section_id, min(posting.version_id) as version_id
  from (select id, section_count, max(weight * idf) as strength from wanted group by id, section_count) word
  cross join lateral (
    select section_id, version_id, weight from posting where lexeme_id = word.id
    order by weight desc, section_id
    limit case when word.section_count <= ${rareUpTo} then ${rareUpTo} else ${postingsOfFrequent} end
  ) posting
  where (posting.version_id in (select id from readable)) is true
  group by posting.section_id
  order by sum(word.strength * posting.weight) desc, posting.section_id limit ${fullLooks}
), hit as (
  select wanted.grp, wanted.target, gathered.section_id, gathered.version_id,
    sum(wanted.weight * wanted.idf * posting.weight) as score
  from gathered cross join lateral (
    select lexeme_id, weight from posting
    where section_id = gathered.section_id and lexeme_id = any (array(select id from wanted)) offset 0
  ) posting join wanted on wanted.id = posting.lexeme_id
  group by 1, 2, 3, 4
), grouped as (
  -- Meanings of one word add up less than words do: the root of their squares.
  select grp, section_id, version_id, sqrt(sum(score * score)) as score from hit group by 1, 2, 3
), scored as (
  -- What a section says of the question itself, and what its whole document says: each word where it says it best.
  select section_id, version_id, sum(score) as own, coalesce(sum(score) filter (where grp < ${Math.trunc(strengthOf)}), 0) as told,
    sum(sum(score) filter (where nth = 1)) over (partition by version_id) as of_document
  from (select *, row_number() over (partition by version_id, grp order by score desc, section_id) as nth
    from grouped) marked
  group by section_id, version_id
), text_leg as (
  select section_id, score, row_number() over (order by score desc, section_id) as place
  from (
    select scored.section_id, (scored.own + ${documentShare} * scored.of_document) * readable.weight
      * ${frameFactor('section.heading')} as score
    from scored join readable on readable.id = scored.version_id join section on section.id = scored.section_id
    order by score desc, scored.section_id limit ${candidates}
  ) best
)${vectorLeg(embedder)}
select section.id as section_id, version.id as version_id, document.id as document_id, document.kind,
  document.reference, version.title, version.version, version.language, version.owner_email,
  version.effective_from, version.audience, version.source_path, section.number, section.heading,
  section.path, section.page, section.body, fused.score::float8 as score,
  coalesce(fused.text_score, 0)::float8 as text_score, fused.text_rank::integer as text_rank,
  fused.vector_rank::integer as vector_rank, fused.distance::float8 as distance,
  coalesce((select max(told * weight) from scored join readable on readable.id = scored.version_id)
    / ln(corpus.n + 1), 0)::float8 as strength, coalesce(fused.nearness, 0)::float8 as nearness,
  corpus.n::integer as sections,
  coalesce((select jsonb_object_agg(stem, heaviest)
    from (select stem, max(weight * idf) as heaviest from wanted group by stem) terms), '{}') as terms
from corpus, fused join section on section.id = fused.section_id
  join document_version version on version.id = section.version_id
  join document on document.id = version.document_id
order by fused.score desc, fused.section_id limit $7`;
}

/** `is true` keeps the filter a filter: as a join it would read and sort every vector instead of asking the index. */
function vectorLeg(embedder: ActiveEmbedder | null): string {
  if (embedder === null) {
    return `, fused as (
  select section_id, score, score as text_score, place as text_rank, null::integer as vector_rank,
    null::float8 as distance, null::float8 as nearness
  from text_leg
)`;
  }
  const size = Math.trunc(embedder.dimensions);
  const id = Math.trunc(embedder.id);
  const nearness = `case when stranger.n < ${fewestStrangers} then 1.0 / vector_leg.place
    else least(1, greatest(0, (stranger.mean - vector_leg.distance) / stranger.deviation - worth.nearest_stranger)) end`;
  return `, vector_leg as (
  select nearest.section_id, min(distance) as distance, max(readable.weight * ${frameFactor('section.heading')}) as weight,
    rank() over (order by min(distance), nearest.section_id) as place
  from (
    select section_id, version_id, embedding::vector(${size}) <=> $9::vector(${size}) as distance
    from section_vector
    where embedder_id = ${id} and (version_id in (select id from readable)) is true
    order by embedding::vector(${size}) <=> $9::vector(${size}) limit ${candidates}
  ) nearest join readable on readable.id = nearest.version_id join section on section.id = nearest.section_id
  group by nearest.section_id
), stranger as (
  select count(*) as n, avg(distance) as mean, nullif(stddev_pop(distance), 0) as deviation
  from (
    select embedding::vector(${size}) <=> $9::vector(${size}) as distance from section_vector
    where embedder_id = ${id} and section_id = any (array(
      select generate_series(1, last.id, greatest(1, last.id / ${strangers})) from (select max(id) as id from section) last
    )) limit ${2 * strangers}
  ) sampled
), worth as (
  select least(1, coalesce((select max(score) from text_leg), 0) / (${fusion.surely} * ln(corpus.n + 1))) as of_text,
    sqrt(2 * ln(corpus.n + 1)) - ${fusion.margin} as nearest_stranger
  from corpus
), fused as (
  select coalesce(text_leg.section_id, vector_leg.section_id) as section_id,
    worth.of_text * coalesce(text_leg.score / (select max(score) from text_leg), 0)
    + ${fusion.nearness} * (1 - ${fusion.reserve} * worth.of_text) * coalesce(vector_leg.weight * ${nearness}, 0)
    + 0.001 * coalesce(vector_leg.weight / vector_leg.place, 0) as score,
    text_leg.score as text_score, text_leg.place as text_rank, vector_leg.place as vector_rank,
    vector_leg.distance, ${nearness} as nearness
  from text_leg full join vector_leg using (section_id) cross join stranger cross join worth
)`;
}
