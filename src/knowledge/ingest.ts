/** Brings the documents of a folder into the database, a transaction a document: only what changed is read and embedded. */
import { createHash } from 'node:crypto';
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Database, Queryable } from '../db/database.ts';
import { OperatorError, messageOf } from '../errors.ts';
import {
  archiveMissing,
  dayOf,
  selectKnownFiles,
  storeVersion,
  type KnownFile,
  type NewVersion,
} from './document.ts';
import { selectExpansions } from './expansions.ts';
import type { Lexicon } from './lexicon.ts';
import type { ReadDocument } from './read/read-document.ts';
import { createDocumentReader, readableEndings, type DocumentReader } from './read/reader.ts';
import {
  addToTextIndex,
  addVectors,
  partsOf,
  removeFromIndex,
  vectorsFor,
  type ActiveEmbedder,
  type IndexedSection,
} from './search-index.ts';
import { embedMissing } from './embed-missing.ts';

/** Part of every content hash: raise it when reading or splitting changes, and the next ingest reads all files again. */
const readerVersion = 2;

/** Keeps two ingests apart, so that counts of words stay right. */
const ingestLock = 7_246_914;

export interface IngestOptions {
  db: Database;
  lexicon: Lexicon;
  /** Null where no embedding endpoint is configured: keyword search only. */
  embedder: ActiveEmbedder | null;
  folder: string;
  now: Date;
  actor: string;
  onProgress?: (done: number, total: number, name: string) => void;
  /** One that reads several folders, since to start one takes half a second; it stays open. */
  reader?: DocumentReader;
}

export interface IngestReport {
  added: string[];
  changed: string[];
  unchanged: number;
  archived: string[];
  failed: { name: string; reason: string }[];
  hidden: { name: string; removed: number }[];
  /** Texts that were sent to the embedding endpoint. */
  embedded: number;
  /** Why some sections have no vectors yet, or null. Running ingest again completes them. */
  embeddingProblem: string | null;
}

/** @throws OperatorError when the folder is not there; a file that cannot be read is reported, and the others go in */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const { db, lexicon, embedder, now, actor, onProgress } = options;
  const collection = await folderOf(options.folder);
  const names = await documentNames(collection);
  const known = new Map((await selectKnownFiles(db, collection)).map((file) => [file.sourcePath, file]));
  const report: IngestReport = {
    added: [],
    changed: [],
    unchanged: 0,
    archived: [],
    failed: [],
    hidden: [],
    embedded: 0,
    embeddingProblem: null,
  };
  const identities = new Map<string, string>();
  const reader = options.reader ?? createDocumentReader();

  try {
    for (const [index, name] of names.entries()) {
      const bytes = await readFile(join(collection, name));
      const contentHash = createHash('sha256')
        .update(`${readerVersion}:${lexicon.fingerprint}:`)
        .update(bytes)
        .digest('hex');
      const before = known.get(name);
      if (before?.contentHash === contentHash) {
        report.unchanged += 1;
        identities.set(identityOf(before), name);
        continue;
      }
      onProgress?.(index + 1, names.length, name);
      try {
        const document = await reader.read(name, bytes);
        const version = versionOf(document, name, collection, contentHash, now);
        claim(identities, version, name);
        const outcome = await store({ db, lexicon, embedder, version, now, actor });
        report.embedded += outcome.embedded;
        report.embeddingProblem ??= outcome.problem;
        (before === undefined ? report.added : report.changed).push(name);
        if (document.hiddenRemoved > 0) report.hidden.push({ name, removed: document.hiddenRemoved });
      } catch (error) {
        report.failed.push({ name, reason: messageOf(error) });
      }
    }
  } finally {
    if (options.reader === undefined) await reader.close();
  }

  await db.transaction(async (tx) => {
    await lockIngest(tx);
    const gone = await archiveMissing(tx, collection, names, { actor, at: now });
    await removeFromIndex(
      tx,
      gone.map((row) => row.id),
    );
    report.archived = gone.map((row) => row.sourcePath);
  });
  if (embedder !== null && report.embeddingProblem === null) {
    const late = await embedMissing(db, embedder);
    report.embedded += late.embedded;
    report.embeddingProblem = late.problem;
  }
  return report;
}

/** Waits for any other ingest on this database, until the caller's transaction ends. */
export async function lockIngest(tx: Queryable): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [ingestLock]);
}

export interface StoreOptions {
  db: Database;
  lexicon: Lexicon;
  embedder: ActiveEmbedder | null;
  version: NewVersion;
  now: Date;
  actor: string;
}

/** Stores one version with both indexes in one transaction. Vectors come first, since they take a network's time. */
export async function store({
  db,
  lexicon,
  embedder,
  version,
  now,
  actor,
}: StoreOptions): Promise<{ versionId: number; embedded: number; problem: string | null }> {
  const indexed = version.metadata.status === 'published';
  const prepared = indexed && embedder !== null ? await prepareVectors(db, embedder, version) : null;

  const stored = await db.transaction(async (tx) => {
    const { versionId, sections } = await storeInTransaction(tx, lexicon, { version, now, actor });
    if (embedder !== null && prepared?.problem === null) {
      const parts = await partsOf({ id: versionId, title: version.title }, sections);
      await addVectors(tx, embedder, parts, prepared.vectors);
    }
    return versionId;
  });
  return { versionId: stored, embedded: prepared?.embedded ?? 0, problem: prepared?.problem ?? null };
}

/** Stores one version with its full-text index, as part of the caller's transaction; vectors follow with `embedMissing`. */
export async function storeInTransaction(
  tx: Queryable,
  lexicon: Lexicon,
  { version, now, actor }: Pick<StoreOptions, 'version' | 'now' | 'actor'>,
): Promise<{ documentId: number; versionId: number; sections: IndexedSection[] }> {
  await lockIngest(tx);
  const { documentId, versionId, sectionIds, superseded } = await storeVersion(tx, version, {
    actor,
    at: now,
  });
  const withIds = version.sections.map((section, index) => ({ ...section, id: sectionIds[index] ?? 0 }));
  const expansions = await selectExpansions(tx, withIds);
  const sections = withIds.map((section) => ({ ...section, expansion: expansions.get(section.id) ?? '' }));
  if (version.metadata.status === 'published') {
    await addToTextIndex(
      tx,
      lexicon,
      { id: versionId, title: version.title, language: version.language },
      sections,
    );
  }
  await removeFromIndex(tx, superseded);
  return { documentId, versionId, sections };
}

/** An endpoint that is down keeps no document out: it is stored with keywords, and the vectors follow at the next run. */
async function prepareVectors(db: Database, embedder: ActiveEmbedder, version: NewVersion) {
  const parts = await partsOf(
    { id: 0, title: version.title },
    version.sections.map((section) => ({ ...section, id: 0 })),
  );
  try {
    const found = await vectorsFor(
      db,
      embedder,
      parts.flatMap((section) => section.parts),
    );
    return { ...found, problem: null };
  } catch (error) {
    return { vectors: [], embedded: 0, problem: messageOf(error) };
  }
}

function versionOf(
  document: ReadDocument,
  name: string,
  collection: string,
  contentHash: string,
  now: Date,
): NewVersion {
  const { metadata, sections } = document;
  const title = metadata.title ?? document.title ?? name.replace(/\.\w+$/, '');
  return {
    reference: metadata.ref ?? name,
    kind: metadata.kind,
    collection,
    sourcePath: name,
    metadata,
    title,
    language: metadata.language ?? 'en',
    effectiveFrom: metadata.effective ?? (metadata.status === 'published' ? dayOf(now) : null),
    contentHash,
    sections: sections.map((section) => ({ ...section, heading: section.heading || title })),
  };
}

/** @throws Error when another file of the folder is the same version of the same document */
function claim(identities: Map<string, string>, { reference, metadata }: NewVersion, name: string): void {
  const identity = identityOf({ reference, version: metadata.version });
  const other = identities.get(identity);
  if (other !== undefined)
    throw new Error(
      `it is ${reference} version ${metadata.version}, and so is ${other}; give one of them another version`,
    );
  identities.set(identity, name);
}

function identityOf({ reference, version }: Pick<KnownFile, 'reference' | 'version'>): string {
  return `${reference}\n${version}`;
}

async function folderOf(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => null);
  if (found === null) throw new OperatorError(`There is no folder ${folder}.`);
  if (!found.isDirectory())
    throw new OperatorError(`${folder} is a file. Give the folder that holds the documents.`);
  return realpath(folder);
}

async function documentNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.startsWith('~$'))
    .filter((entry) => readableEndings.includes(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
