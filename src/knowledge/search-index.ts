/** What search looks things up in. Owns `lexeme`, `posting`, `search_corpus`, `embedder`, `section_vector` and `section_expansion`. */
import { createHash } from 'node:crypto';
import pgvector from 'pgvector';
import { z } from 'zod';
import type { Database, Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../db/rows.ts';
import type { Embedder } from '../model/embedding.ts';
import type { Lexicon } from './lexicon.ts';
import type { OutlineSection } from './read/outline.ts';

/** BM25: how soon repeats of a word stop to count, and how much a long section is held back. */
const saturation = 1.2;
const lengthPenalty = 0.6;
/** Weighted words of an ordinary section; a fixed pivot, so that one document's weights never depend on another's. */
const ordinaryLength = 110;
/** How much more a word counts in a heading than in the text. Chosen with `isma eval retrieval`. */
const fieldWeight = { title: 1.5, path: 1, heading: 2.5, body: 1, expansion: 1 } as const;

/** From this many sections on, an approximate vector index is faster than reading all. */
export const exactUpTo = 10_000;

/** Text longer than this many characters is embedded in parts. */
const partLength = 1_200;

export interface IndexedSection extends OutlineSection {
  id: number;
  expansion?: string;
}

/** Adds a version's sections to the full-text index. The caller's transaction holds the ingest lock. */
export async function addToTextIndex(
  tx: Queryable,
  lexicon: Lexicon,
  version: { id: number; title: string; language: string },
  sections: IndexedSection[],
): Promise<void> {
  const stems: string[] = [];
  const weights: number[] = [];
  const sectionIds: number[] = [];
  for (const section of sections) {
    for (const [stem, weight] of weigh(lexicon, version, section)) {
      stems.push(stem);
      weights.push(weight);
      sectionIds.push(section.id);
    }
  }

  await tx.query(
    `insert into lexeme (stem, section_count) select stem, count(*) from unnest($1::text[]) as fresh(stem)
     group by stem order by stem
     on conflict (stem) do update set section_count = lexeme.section_count + excluded.section_count`,
    [stems],
  );
  await tx.query(
    `insert into posting (lexeme_id, weight, section_id, version_id)
     select lexeme.id, fresh.weight, fresh.section_id, $4
     from unnest($1::text[], $2::real[], $3::integer[]) as fresh(stem, weight, section_id)
     join lexeme using (stem)`,
    [stems, weights, sectionIds, version.id],
  );
  await tx.query('update search_corpus set section_count = section_count + $1', [sections.length]);
}

/** Removes versions from both indexes, or from the full text alone. */
export async function removeFromIndex(
  tx: Queryable,
  versionIds: number[],
  which: 'both' | 'text' = 'both',
): Promise<void> {
  if (versionIds.length === 0) return;
  await tx.query(
    `with gone as (
       delete from posting where section_id in (select id from section where version_id = any($1))
       returning lexeme_id, section_id
     ), fewer as (
       update lexeme set section_count = section_count - counted.n
       from (select lexeme_id, count(*) as n from gone group by lexeme_id) counted
       where lexeme.id = counted.lexeme_id
     )
     update search_corpus set section_count = section_count - (select count(distinct section_id) from gone)`,
    [versionIds],
  );
  if (which === 'both') await tx.query('delete from section_vector where version_id = any($1)', [versionIds]);
}

function weigh(
  lexicon: Lexicon,
  { title, language }: { title: string; language: string },
  section: IndexedSection,
): Map<string, number> {
  const frequency = new Map<string, number>();
  let length = 0;
  const fields = [
    [title, fieldWeight.title],
    [section.path.join(' '), fieldWeight.path],
    [section.heading, fieldWeight.heading],
    [section.body, fieldWeight.body],
    [section.expansion ?? '', fieldWeight.expansion],
  ] as const;
  for (const [text, weight] of fields) {
    for (const stem of lexicon.stems(text, language)) {
      frequency.set(stem, (frequency.get(stem) ?? 0) + weight);
      length += weight;
    }
  }
  const norm = saturation * (1 - lengthPenalty + (lengthPenalty * length) / ordinaryLength);
  return new Map([...frequency].map(([stem, count]) => [stem, (count * (saturation + 1)) / (count + norm)]));
}

const Id = z.object({ id: z.number() });

/** An embedder that this database knows, under the number that its vectors carry. */
const Standing = z.object({ stem: z.string(), sectionCount: z.number() });

/** In how many sections each of these stems stands, of how many. */
export async function selectBackground(
  tx: Queryable,
  stems: readonly string[],
): Promise<{ sections: number; standsIn: Map<string, number> }> {
  const rows = await selectAll(tx, Standing, 'select stem, section_count from lexeme where stem = any($1)', [
    stems,
  ]);
  const corpus = await selectOptional(
    tx,
    Standing.pick({ sectionCount: true }),
    'select section_count from search_corpus',
  );
  return {
    sections: corpus?.sectionCount ?? 0,
    standsIn: new Map(rows.map(({ stem, sectionCount }) => [stem, sectionCount])),
  };
}

export interface ActiveEmbedder extends Embedder {
  id: number;
}

export async function activateEmbedder(tx: Queryable, embedder: Embedder): Promise<ActiveEmbedder> {
  const { name, dimensions } = embedder;
  const known = await selectOptional(tx, Id, 'select id from embedder where name = $1', [name]);
  if (known !== null) return { ...embedder, id: known.id };
  const { id } = await selectOne(
    tx,
    Id,
    `insert into embedder (name, dimensions) values ($1, $2)
     on conflict (name) do update set dimensions = excluded.dimensions returning id`,
    [name, dimensions],
  );
  return { ...embedder, id };
}

export interface SectionParts {
  sectionId: number;
  versionId: number;
  /** Text of each part as it is embedded, with the path that leads to it. */
  parts: string[];
}

/** Splits long sections with LangChain's splitter; each part keeps the breadcrumb that says what it is about. */
export async function partsOf(
  version: { id: number; title: string },
  sections: IndexedSection[],
): Promise<SectionParts[]> {
  const { RecursiveCharacterTextSplitter } = await import('@langchain/textsplitters');
  const splitter = new RecursiveCharacterTextSplitter({ chunkSize: partLength, chunkOverlap: 100 });
  return Promise.all(
    sections.map(async ({ id, path, number, heading, body }) => {
      const breadcrumb = [version.title, ...path, `${number} ${heading}`.trim()].join(' > ');
      const texts = body.length <= partLength ? [body] : await splitter.splitText(body);
      return { sectionId: id, versionId: version.id, parts: texts.map((text) => `${breadcrumb}\n${text}`) };
    }),
  );
}

/** Vectors for these texts, from the database where the same text was embedded before. */
export async function vectorsFor(
  tx: Queryable,
  embedder: ActiveEmbedder,
  texts: string[],
): Promise<{ vectors: string[]; embedded: number }> {
  const hashes = texts.map(hashOf);
  const known = new Map(
    (
      await selectAll(
        tx,
        z.object({ textHash: z.string(), vector: z.string() }),
        `select distinct on (text_hash) text_hash, embedding::text as vector from section_vector
         where embedder_id = $1 and text_hash = any($2)`,
        [embedder.id, hashes],
      )
    ).map((row) => [row.textHash, row.vector]),
  );
  const missing = [...new Set(texts.filter((_text, index) => !known.has(hashes[index] ?? '')))];
  const fresh = await embedder.embed(missing);
  missing.forEach((text, index) => known.set(hashOf(text), String(pgvector.toSql(fresh[index] ?? []))));
  return { vectors: hashes.map((hash) => known.get(hash) ?? ''), embedded: missing.length };
}

export async function addVectors(
  tx: Queryable,
  embedder: ActiveEmbedder,
  sections: SectionParts[],
  vectors: string[],
): Promise<void> {
  const rows = sections.flatMap(({ sectionId, versionId, parts }) =>
    parts.map((text, part) => ({ sectionId, versionId, part, hash: hashOf(text) })),
  );
  await tx.query(
    `insert into section_vector (section_id, part, embedder_id, version_id, text_hash, embedding)
     select section_id, part, $1, version_id, text_hash, embedding::vector
     from unnest($2::integer[], $3::integer[], $4::integer[], $5::text[], $6::text[])
       as fresh(section_id, part, version_id, text_hash, embedding)
     on conflict (embedder_id, section_id, part) do nothing`,
    [
      embedder.id,
      rows.map((row) => row.sectionId),
      rows.map((row) => row.part),
      rows.map((row) => row.versionId),
      rows.map((row) => row.hash),
      vectors,
    ],
  );
}

/** Building over 100,000 vectors takes minutes, on the embedded database many. */
const indexTimeout = 1_800_000;

/**
 * Builds the approximate index once there are enough vectors; below that an exact scan is both right and fast. Vectors
 * of over 2,000 dimensions, which pgvector cannot index, stay with the exact scan.
 */
export async function ensureVectorIndex(db: Database, { id, dimensions }: ActiveEmbedder): Promise<boolean> {
  const { count } = await selectOne(
    db,
    z.object({ count: z.number() }),
    'select count(*) from section_vector where embedder_id = $1',
    [id],
  );
  if (count <= exactUpTo || dimensions > 2_000) return false;
  await db.transaction(async (tx) => {
    await tx.query("set local maintenance_work_mem = '512MB'");
    await tx.query(
      `create index if not exists section_vector_hnsw_${id} on section_vector
       using hnsw ((embedding::vector(${dimensions})) vector_cosine_ops) with (m = 16, ef_construction = 128)
       where embedder_id = ${id}`,
      [],
      { timeout: indexTimeout },
    );
  });
  return true;
}

/** Tells the same text again: what was embedded or expanded before is not paid for twice. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
