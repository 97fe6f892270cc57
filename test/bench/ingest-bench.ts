/** Ingest of a folder of Markdown documents, new and unchanged, beside LangChain's splitter and vector store on the same texts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/db/database.ts';
import { ingest } from '../../src/knowledge/ingest.ts';
import { loadLexicon } from '../../src/knowledge/lexicon.ts';
import { activateEmbedder } from '../../src/knowledge/search-index.ts';
import { createCorpus, dimensions, type MadeDocument } from './corpus.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio, timed } from './measure.ts';
import { createPeerSplitter, createPeerStore } from './peer.ts';

const documentCount = 200;
const sectionsEach = 20;
/** A run in which nothing changed should be over before anyone wonders, in milliseconds. */
const unchangedTarget = 2_000;

export async function benchIngest(kinds: Kind[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'isma-bench-documents-'));
  const rows: string[][] = [];
  try {
    const texts = [...createCorpus(loadLexicon()).documents(documentCount * sectionsEach)].map(markdownOf);
    for (const [index, text] of texts.entries())
      await writeFile(join(folder, `policy-${String(index).padStart(3, '0')}.md`), text);

    for (const kind of kinds) {
      progress(`ingest: ${kind}`);
      const { db, peerDb, drop } = await createBenchDatabase(kind);
      try {
        const fresh = await timed(() => ingestAll(db, folder));
        if (fresh.result.added.length !== documentCount)
          throw new Error(`${fresh.result.added.length} of ${documentCount} documents went in`);
        const unchanged = await timed(() => ingestAll(db, folder));
        if (unchanged.result.unchanged !== documentCount)
          throw new Error(`only ${unchanged.result.unchanged} of ${documentCount} were taken for unchanged`);
        const peer = await timed(() => addToPeer(peerDb, texts));
        rows.push([
          kind,
          duration(fresh.ms),
          duration(unchanged.ms),
          duration(peer.ms),
          ratio(fresh.ms, peer.ms),
          ratio(unchanged.ms, peer.ms),
          unchanged.ms < unchangedTarget ? 'met' : 'MISSED',
        ]);
      } finally {
        await drop();
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  printTable(
    `Ingest: ${documentCount} Markdown documents of ${sectionsEach} sections, against RecursiveCharacterTextSplitter and PGVectorStore.addDocuments`,
    ['database', 'new', 'unchanged', 'peer', 'new/peer', 'unchanged/peer', `unchanged under ${duration(unchangedTarget)}`],
    rows,
    [
      'Ours reads Markdown, keeps versions and an audit log and indexes keywords too. The peer stores chunks, and does all of it again when nothing changed.',
      'Both are given their vectors at once, as an endpoint in no time.',
    ],
  ); // prettier-ignore
}

/** Vectors in which only the first numbers differ: what they say does not matter here, how many numbers they have does. */
function vectorOf(text: string): number[] {
  const vector = new Array<number>(dimensions).fill(0.0512);
  for (let at = 0; at < 64 && at < text.length; at += 1) vector[at] = text.charCodeAt(at) / 1_000;
  return vector;
}

async function ingestAll(db: Database, folder: string) {
  const lexicon = loadLexicon();
  const embedder = await activateEmbedder(db, {
    name: 'bench/384',
    dimensions,
    embed: async (texts) => texts.map(vectorOf),
  });
  return ingest({ db, lexicon, embedder, folder, now: new Date('2026-11-24T09:00:00Z'), actor: 'bench' });
}

async function addToPeer(db: Database, texts: string[]): Promise<void> {
  const store = await createPeerStore(db, 'peer', {
    embedQuery: async (text) => vectorOf(text),
    embedDocuments: async (all) => all.map(vectorOf),
  });
  await store.ensureTableInDatabase(dimensions);
  const splitter = await createPeerSplitter();
  for (const [index, text] of texts.entries())
    await store.addDocuments(await splitter.createDocuments([text], [{ source: `policy-${index}.md` }]));
}

function markdownOf({ reference, title, sections }: MadeDocument): string {
  const head = ['---', `ref: ${reference}`, `title: ${title}`, "version: '1.0'", 'status: published', 'effective: 2026-01-01',
    'audience: [everyone]', '---', '', `# ${title}`, '']; // prettier-ignore
  const body = sections.flatMap(({ heading, body: text }, index) => [
    `## ${index + 1}. ${heading}`,
    '',
    text,
    '',
  ]);
  return [...head, ...body].join('\n');
}
