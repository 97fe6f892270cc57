/**
 * LangChain's vector store and splitter, the peers. They are installed beside this file when the bench first runs and are loaded
 * by path, so that neither the product nor its type check needs them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Queryable } from '../../src/db/database.ts';
import { progress } from './measure.ts';

const folder = import.meta.dirname;

export interface PeerDocument {
  pageContent: string;
  metadata: Record<string, unknown>;
}

export interface PeerStore {
  ensureTableInDatabase(dimensions: number): Promise<void>;
  createHnswIndex(options: { dimensions: number; m: number; efConstruction: number }): Promise<void>;
  addDocuments(documents: PeerDocument[]): Promise<void>;
  similaritySearch(query: string, k: number, filter: Record<string, unknown>): Promise<PeerDocument[]>;
}

interface PeerEmbeddings {
  embedQuery(text: string): Promise<number[]>;
  embedDocuments(texts: string[]): Promise<number[][]>;
}

interface StoreModule {
  PGVectorStore: new (
    embeddings: PeerEmbeddings,
    options: { tableName: string; distanceStrategy: 'cosine'; pool: unknown },
  ) => PeerStore;
}

interface SplitterModule {
  RecursiveCharacterTextSplitter: new (options: { chunkSize: number; chunkOverlap: number }) => {
    createDocuments(texts: string[], metadatas: Record<string, unknown>[]): Promise<PeerDocument[]>;
  };
}

/** The store on our own driver, so that only what it asks of the database differs. It takes any pool that has `query`. */
export async function createPeerStore(
  db: Queryable,
  tableName: string,
  embeddings: PeerEmbeddings,
): Promise<PeerStore> {
  const { PGVectorStore } = (await load('@langchain/community/dist/vectorstores/pgvector.js')) as StoreModule;
  const pool = { query: (sql: string, parameters?: unknown[]) => db.query(sql, parameters) };
  return new PGVectorStore(embeddings, { tableName, distanceStrategy: 'cosine', pool });
}

export async function createPeerSplitter() {
  const { RecursiveCharacterTextSplitter } = (await load(
    '@langchain/textsplitters/dist/index.js',
  )) as SplitterModule;
  return new RecursiveCharacterTextSplitter({ chunkSize: 1_000, chunkOverlap: 200 });
}

async function load(path: string): Promise<unknown> {
  if (!existsSync(join(folder, 'node_modules'))) {
    progress('installing the peers into test/bench/node_modules (some 180 MB, once)');
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0)
      throw new Error(`The peers could not be installed: run "npm ci --ignore-scripts" in ${folder}.`);
  }
  return import(pathToFileURL(join(folder, 'node_modules', path)).href);
}
