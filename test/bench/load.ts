/** Fills a database with the made-up collection in bulk: the product's own weights, but without its transaction a document. */
import type { Database, Queryable } from '../../src/db/database.ts';
import { messageOf } from '../../src/errors.ts';
import type { Lexicon } from '../../src/knowledge/lexicon.ts';
import { addToTextIndex, ensureVectorIndex, type ActiveEmbedder } from '../../src/knowledge/search-index.ts';
import { pick, randomFrom, type Corpus, type MadeDocument, type MadeQuestion } from './corpus.ts';

const documentsABatch = 50;
const postingsABatch = 50_000;
/** Loading that takes longer than this is given up: the measurement would not be worth the wait. Milliseconds. */
const checkTimeout = 300_000;

export interface LoadOptions {
  db: Database;
  lexicon: Lexicon;
  embedder: ActiveEmbedder;
  corpus: Corpus;
  sectionCount: number;
  questionCount: number;
}

/**
 * @returns questions about sections that everyone may read
 * @throws Error saying where it was given up, and why
 */
export async function load(options: LoadOptions): Promise<MadeQuestion[]> {
  const { db, embedder, corpus, sectionCount, questionCount } = options;
  await db.query("set session_replication_role = 'replica'"); // no look-up of a foreign key for each of millions of postings
  const indexes = await dropIndexes(db);
  const writer = createWriter(options);
  const begun = performance.now();
  const random = randomFrom(2);
  const questions: MadeQuestion[] = [];
  const chance = (1.3 * questionCount) / sectionCount;

  let batch: MadeDocument[] = [];
  for (const document of corpus.documents(sectionCount)) {
    batch.push(document);
    if (!document.superseded && document.audience.includes('everyone')) {
      const wanted = Math.ceil(chance * document.sections.length);
      if (random() * wanted < chance * document.sections.length)
        for (let n = 0; n < wanted; n += 1) questions.push(corpus.question(pick(document.sections, random)));
    }
    if (batch.length === documentsABatch) {
      await writer.add(batch);
      batch = [];
      if (performance.now() - begun > checkTimeout)
        throw new Error(`loading takes over ${checkTimeout / 60_000} minutes`);
    }
  }
  await writer.add(batch);
  await writer.finish();

  await db.query("set session_replication_role = 'origin'");
  for (const definition of indexes) await db.query(definition);
  await db.query('analyze');
  await ensureVectorIndex(db, embedder).catch((cause: unknown) => {
    throw new Error(`the vector index was not built: ${messageOf(cause)}`, { cause });
  });
  return questions.slice(0, questionCount);
}

async function dropIndexes(db: Database): Promise<string[]> {
  const { rows } = await db.query(
    `select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename in ('posting', 'section_vector')
     and indexname not in (select conname from pg_constraint)`,
  );
  for (const row of rows) await db.query(`drop index ${String(row.indexname)}`);
  return rows.map((row) => String(row.indexdef));
}

function createWriter({ db, lexicon, embedder, sectionCount }: LoadOptions) {
  const cached = withCache(lexicon);
  const lexemes = new Map<string, { id: number; count: number }>();
  let postings: { lexeme: number[]; weight: number[]; section: number[]; version: number[] } =
    emptyPostings();
  let documentId = 0;
  let sectionId = 0;

  async function flushPostings(): Promise<void> {
    const { lexeme, weight, section, version } = postings;
    postings = emptyPostings();
    await db.query(
      'insert into posting (lexeme_id, weight, section_id, version_id) select * from unnest($1::integer[], $2::real[], $3::integer[], $4::integer[])',
      [lexeme, weight, section, version].map(arrayOf),
    );
  }

  /** The product computes the weights and writes its rows here instead of into the database. */
  function collector(versionId: number): Queryable {
    return {
      async query(sql, parameters = []) {
        if (sql.startsWith('insert into posting')) {
          const [stems, weights, sections] = parameters as [string[], number[], number[]];
          for (const [at, stem] of stems.entries()) {
            const known = lexemes.get(stem) ?? { id: lexemes.size + 1, count: 0 };
            known.count += 1;
            lexemes.set(stem, known);
            postings.lexeme.push(known.id);
            postings.weight.push(weights[at] ?? 0);
            postings.section.push(sections[at] ?? 0);
            postings.version.push(versionId);
          }
        }
        return { rows: [], rowCount: 0 };
      },
    };
  }

  return {
    async add(documents: MadeDocument[]): Promise<void> {
      if (documents.length === 0) return;
      const versions: { id: number; document: MadeDocument }[] = [];
      const sections: { id: number; version: number; ordinal: number; heading: string; body: string; vector: number[] }[] = []; // prettier-ignore
      for (const document of documents) {
        documentId += 1;
        versions.push({ id: documentId, document });
        const own = document.sections.map((section, ordinal) => ({
          ...section, id: (sectionId += 1), version: documentId, ordinal, number: `${ordinal + 1}`, path: [], page: null,
        })); // prettier-ignore
        sections.push(...own);
        await addToTextIndex(
          collector(documentId),
          cached,
          { id: documentId, title: document.title, language: 'en' },
          own,
        );
      }
      await insertDocuments(db, versions);
      await db.query(
        `insert into section (id, version_id, ordinal, number, heading, path, body) overriding system value
         select id, version_id, ordinal, (ordinal + 1)::text, heading, '{}', body
         from unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::text[]) as fresh(id, version_id, ordinal, heading, body)`,
        [
          sections.map(({ id }) => id),
          sections.map(({ version }) => version),
          sections.map(({ ordinal }) => ordinal),
          sections.map(({ heading }) => heading),
          sections.map(({ body }) => body),
        ],
      );
      await db.query(
        `insert into section_vector (section_id, part, embedder_id, version_id, text_hash, embedding)
         select section_id, 0, $1, version_id, section_id::text, embedding::vector
         from unnest($2::integer[], $3::integer[], $4::text[]) as fresh(section_id, version_id, embedding)`,
        [
          embedder.id,
          sections.map(({ id }) => id),
          sections.map(({ version }) => version),
          sections.map(({ vector }) => `[${vector.join(',')}]`),
        ],
      );
      if (postings.lexeme.length >= postingsABatch) await flushPostings();
    },
    async finish(): Promise<void> {
      await flushPostings();
      await db.query(
        'insert into lexeme (id, stem, section_count) overriding system value select * from unnest($1::integer[], $2::text[], $3::integer[])',
        [
          [...lexemes.values()].map(({ id }) => id),
          [...lexemes.keys()],
          [...lexemes.values()].map(({ count }) => count),
        ],
      );
      await db.query('update search_corpus set section_count = $1', [sectionCount]);
      for (const table of ['document', 'document_version', 'section', 'lexeme'])
        await db.query(
          `select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`,
        );
    },
  };
}

/** A superseded document gets a second, empty version that is in force in its place. */
async function insertDocuments(
  db: Database,
  versions: { id: number; document: MadeDocument }[],
): Promise<void> {
  await db.query(
    `insert into document (id, reference, kind, collection) overriding system value
     select id, reference, 'policy', '/bench' from unnest($1::integer[], $2::text[]) as fresh(id, reference)`,
    [versions.map(({ id }) => id), versions.map(({ document }) => document.reference)],
  );
  const rows = versions.flatMap(({ id, document }) => [
    { id, documentId: id, version: '1.0', effective: '2025-01-01', document },
    ...(document.superseded
      ? [{ id: 10_000_000 + id, documentId: id, version: '2.0', effective: '2026-01-01', document }]
      : []),
  ]);
  await db.query(
    `insert into document_version (id, document_id, version, status, title, language, effective_from, audience, controls, content_hash, stored_at)
     overriding system value
     select id, document_id, version, 'published', title, 'en', effective_from, array[audience], '{}', reference, '2025-01-01'
     from unnest($1::integer[], $2::integer[], $3::text[], $4::date[], $5::text[], $6::text[], $7::text[])
       as fresh(id, document_id, version, effective_from, title, audience, reference)`,
    [
      rows.map(({ id }) => id),
      rows.map((row) => row.documentId),
      rows.map(({ version }) => version),
      rows.map(({ effective }) => effective),
      rows.map(({ document }) => document.title),
      rows.map(({ document }) => document.audience[0] ?? ''),
      rows.map(({ document }) => document.reference),
    ],
  );
}

/** Each of twenty thousand words is stemmed once, not millions of times; made-up text is words with one blank between. */
function withCache(lexicon: Lexicon): Lexicon {
  const known = new Map<string, string[]>();
  return {
    ...lexicon,
    stems: (text, language) =>
      text.split(' ').flatMap((word) => {
        let stems = known.get(word);
        if (stems === undefined) known.set(word, (stems = lexicon.stems(word, language)));
        return stems;
      }),
  };
}

function emptyPostings() {
  return { lexeme: [] as number[], weight: [] as number[], section: [] as number[], version: [] as number[] };
}

/** PostgreSQL's own text of an array, many times faster to build than the driver's. */
function arrayOf(numbers: number[]): string {
  return `{${numbers.join(',')}}`;
}
