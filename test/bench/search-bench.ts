/** Filtered hybrid search beside LangChain's PGVectorStore on the same sections, and how much the approximate index misses. */
import type { Database, Queryable } from '../../src/db/database.ts';
import { loadLexicon, type Lexicon } from '../../src/knowledge/lexicon.ts';
import { search } from '../../src/knowledge/search.ts';
import { activateEmbedder, exactUpTo, type ActiveEmbedder } from '../../src/knowledge/search-index.ts';
import { createCorpus, dimensions, everyone, restrictedAudience, type MadeQuestion } from './corpus.ts';
import { createBenchDatabase, type BenchDatabase, type Kind } from './databases.ts';
import { load } from './load.ts';
import { duration, printTable, progress, ratio, summarise, timed, type Times } from './measure.ts';
import { createPeerStore, type PeerStore } from './peer.ts';

const now = new Date('2026-11-24T09:00:00Z');
const wanted = 10;
const warmUp = 10;
const questionCount = 200;
const recallQuestions = 60;

interface Measured {
  hybrid: Times;
  vector: Times;
  peer: Times;
  peerByRule: Times;
  recall: number;
  recallOfFew: number;
  recallOfPeer: number;
  plan: string;
  peerPlan: string;
}

export async function benchSearch(kinds: Kind[], sizes: number[]): Promise<void> {
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const sectionCount of sizes) {
    for (const kind of kinds) {
      const label = `${sectionCount / 1_000}k ${kind}`;
      progress(`search: ${label}`);
      const { ms: loading, result } = await timed(() => measure(kind, sectionCount));
      if (typeof result === 'string') {
        notes.push(`${label}: skipped, ${result}`);
        continue;
      }
      const { hybrid, vector, peer, peerByRule, recall, recallOfFew, recallOfPeer, plan, peerPlan } = result;
      rows.push([
        label, duration(hybrid.p50), duration(hybrid.p99), duration(vector.p50), duration(vector.p99), duration(peer.p50),
        duration(peer.p99), duration(peerByRule.p50), ratio(hybrid.p50, peerByRule.p50), ratio(hybrid.p50, peer.p50), ratio(hybrid.p99, peer.p99), ratio(vector.p50, peer.p50),
        recall.toFixed(3), recallOfFew.toFixed(3), recallOfPeer.toFixed(3), plan, peerPlan,
      ]); // prettier-ignore
      progress(`${label} took ${duration(loading)} in all`);
    }
  }
  printTable(
    `Search: hybrid (keywords and vectors) and its vector leg alone, against PGVectorStore, ${wanted} results, readers of «${everyone}»`,
    ['sections', 'hybrid p50', 'p99', 'vector p50', 'p99', 'peer p50', 'p99', 'peer by rule p50', 'hybrid/peer by rule p50', 'hybrid/peer p50', 'p99', 'vector/peer p50',
      'recall@10', 'of a reader of 10 %', 'of peer', 'plan', 'peer’s plan'],
    rows,
    [
      `Both have HNSW with m 16 and ef_construction 128, ours from ${exactUpTo} sections on. Recall is of the vector leg, against the exact scan.`,
      '«By rule» the peer filters as we do, by audience and by what is in force: two keys of its metadata. In the other columns it',
      'filters by one key, worked out beforehand, which suits its planner best; it does no keyword search, and gives out a section whatever its document’s later versions.',
      ...notes,
    ],
  ); // prettier-ignore
}

/** @returns why it could not be measured, where it could not */
async function measure(kind: Kind, sectionCount: number): Promise<Measured | string> {
  const database = await createBenchDatabase(kind);
  const { db, loadDb, peerDb } = database;
  try {
    const lexicon = loadLexicon();
    let vector: number[] = [];
    const embedder = await activateEmbedder(db, {
      name: 'bench/384',
      dimensions,
      embed: async () => [vector],
    });
    const corpus = createCorpus(lexicon);
    const loaded = await timed(() =>
      load({ db: loadDb, lexicon, embedder, corpus, sectionCount, questionCount }),
    );
    progress(`loaded ${sectionCount} sections in ${duration(loaded.ms)}`);
    const store = await createPeerStore(peerDb, 'peer', {
      embedQuery: async () => vector,
      embedDocuments: async () => [],
    });
    await fillPeer(loadDb, store);
    return await compare(database, lexicon, embedder, store, loaded.result, (next) => (vector = next));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await database.drop();
  }
}

/** Whoever may read a section now is worked out beforehand and kept in its metadata. */
async function fillPeer(db: Queryable, store: PeerStore): Promise<void> {
  await store.ensureTableInDatabase(dimensions);
  await db.query(
    `insert into peer (text, metadata, embedding)
     select section.body, jsonb_build_object('section', section.id, 'readers', case
         when exists (select from document_version later where later.document_id = version.document_id and later.id > version.id) then '[]'
         else to_jsonb(version.audience) end, 'audience', to_jsonb(version.audience), 'inForce', case
         when exists (select from document_version later where later.document_id = version.document_id and later.id > version.id) then 'no' else 'yes' end), vector.embedding
     from section_vector vector join section on section.id = vector.section_id join document_version version on version.id = vector.version_id
     order by vector.section_id`,
  );
  await db.query("set maintenance_work_mem = '512MB'");
  await db.query(
    `create index embedding_embedding_hnsw_idx on peer using hnsw ((embedding::vector(${dimensions})) vector_cosine_ops)
     with (m = 16, ef_construction = 128)`, // as createHnswIndex writes it, but with the memory that our own index is built in
  );
  await db.query('analyze peer');
}

async function compare(
  { kind, db, peerDb }: BenchDatabase,
  lexicon: Lexicon,
  embedder: ActiveEmbedder,
  store: PeerStore,
  questions: MadeQuestion[],
  give: (vector: number[]) => void,
): Promise<Measured> {
  const ours = (
    tx: Queryable,
    { text, vector }: MadeQuestion,
    legs: 'both' | 'vector',
    audiences = [everyone],
  ) => {
    give(vector);
    return search(tx, lexicon, {
      question: text,
      reader: { audiences },
      now,
      limit: wanted,
      embedder,
      legs,
    });
  };
  const peers = ({ text, vector }: MadeQuestion) => {
    give(vector);
    return store.similaritySearch(text, wanted, { readers: { arrayContains: [everyone] } });
  };
  const peersByRule = ({ text, vector }: MadeQuestion) => {
    give(vector);
    return store.similaritySearch(text, wanted, { audience: { arrayContains: [everyone] }, inForce: 'yes' });
  };
  const exact = ({ vector }: MadeQuestion, audiences = [everyone]) => exactly(db, vector, audiences);

  const times = {
    hybrid: [] as number[],
    vector: [] as number[],
    peer: [] as number[],
    peerByRule: [] as number[],
  };
  const recall = { all: [] as number[], few: [] as number[], peer: [] as number[] };
  for (const [index, question] of [...questions.slice(0, warmUp), ...questions].entries()) {
    const hybrid = await timed(() => ours(db, question, 'both'));
    const vector = await timed(() => ours(db, question, 'vector'));
    if (kind === 'PGlite') await peerSettings(db, true);
    const peer = await timed(() => peers(question));
    const peerByRule = await timed(() => peersByRule(question));
    if (kind === 'PGlite') await peerSettings(db, false);
    if (index < warmUp) continue;
    times.hybrid.push(hybrid.ms);
    times.vector.push(vector.ms);
    times.peer.push(peer.ms);
    times.peerByRule.push(peerByRule.ms);
    if (index >= warmUp + recallQuestions) continue;
    const truth = await exact(question);
    recall.all.push(share(sectionsOf(vector.result), truth));
    recall.peer.push(
      share(
        peer.result.map(({ metadata }) => Number(metadata.section)),
        truth,
      ),
    );
    const few = sectionsOf(await ours(db, question, 'vector', [restrictedAudience]));
    recall.few.push(share(few, await exact(question, [restrictedAudience])));
  }
  const [question] = questions;
  if (question === undefined) throw new Error('no question was made');
  return {
    hybrid: summarise(times.hybrid),
    vector: summarise(times.vector),
    peer: summarise(times.peer),
    peerByRule: summarise(times.peerByRule),
    recall: mean(recall.all),
    recallOfFew: mean(recall.few),
    recallOfPeer: mean(recall.peer),
    plan: await planOf(db, (tx) => ours(tx, question, 'both')),
    peerPlan: await planOf(peerDb, async (tx) => {
      give(question.vector);
      const recorded = await createPeerStore(tx, 'peer', {
        embedQuery: async () => question.vector,
        embedDocuments: async () => [],
      });
      return recorded.similaritySearch('', wanted, { readers: { arrayContains: [everyone] } });
    }),
  };
}

/** The nearest sections by reading all vectors, in words of our own, so that a fault of the product's statement shows. */
async function exactly(db: Database, vector: number[], audiences: string[]): Promise<number[]> {
  const { rows } = await db.transaction(async (tx) => {
    await tx.query('set local enable_indexscan = off');
    return tx.query(
      `select vector.section_id from section_vector vector join document_version version on version.id = vector.version_id
       where version.audience && $2::text[]
         and not exists (select from document_version later where later.document_id = version.document_id and later.id > version.id)
       order by vector.embedding::vector(${dimensions}) <=> $1::vector(${dimensions}) limit ${wanted}`,
      [JSON.stringify(vector), audiences],
    );
  });
  return rows.map((row) => Number(row.section_id));
}

/** The embedded database has one session: for the peer's turn it gets pgvector's own settings back. */
async function peerSettings(db: Queryable, on: boolean): Promise<void> {
  if (on) {
    const { rows } = await db.query(
      "select current_setting('hnsw.ef_search', true) as ef, current_setting('hnsw.iterative_scan', true) as scan",
    );
    kept = { ef: String(rows[0]?.ef), scan: String(rows[0]?.scan) };
    await db.query("set hnsw.ef_search = 40; set hnsw.iterative_scan = 'off'");
  } else {
    await db.query(`set hnsw.ef_search = ${kept.ef}; set hnsw.iterative_scan = '${kept.scan}'`);
  }
}
let kept = { ef: '40', scan: 'off' };

function sectionsOf({ passages }: { passages: { sectionId: number }[] }): number[] {
  return passages.map(({ sectionId }) => sectionId);
}

function share(found: number[], truth: number[]): number {
  return truth.length === 0 ? 1 : truth.filter((id) => found.includes(id)).length / truth.length;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Whether the vectors were looked up in HNSW or all read, from the planner's own words. */
async function planOf(db: Queryable, ask: (tx: Queryable) => Promise<unknown>): Promise<string> {
  let plan = '';
  await ask({
    async query(sql, parameters) {
      const { rows } = await db.query(`explain ${sql}`, parameters);
      plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');
      return { rows: [], rowCount: 0 };
    },
  });
  return /Index Scan using \w*hnsw/.test(plan) ? 'HNSW' : 'exact';
}
