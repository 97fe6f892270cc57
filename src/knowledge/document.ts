/**
 * Documents, their versions and sections. Owns `document`, `document_version` and `section`. A stored version never
 * changes its text: a file that does gets a new revision of the same version.
 */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../db/rows.ts';
import type { Metadata } from './read/metadata.ts';
import type { OutlineSection } from './read/outline.ts';

const StoredVersion = z.object({
  id: z.number(),
  documentId: z.number(),
  version: z.string(),
  revision: z.number(),
  status: z.string(),
  contentHash: z.string(),
});
export type StoredVersion = z.infer<typeof StoredVersion>;

export interface NewVersion {
  reference: string;
  kind: 'policy' | 'guide' | 'answer';
  collection: string | null;
  sourcePath: string | null;
  metadata: Metadata;
  title: string;
  language: string;
  effectiveFrom: string | null;
  contentHash: string;
  sections: OutlineSection[];
  basisVersionId?: number | null;
}

export interface Change {
  actor: string;
  at: Date;
}

export interface StoreResult {
  documentId: number;
  versionId: number;
  sectionIds: number[];
  /** Versions that this one put out of force; their index entries are for the caller to remove. */
  superseded: number[];
}

/** Stores a version or a revision of it, puts out of force what it replaces, and writes the audit entries. */
export async function storeVersion(tx: Queryable, fresh: NewVersion, change: Change): Promise<StoreResult> {
  const { id: documentId } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    `insert into document (reference, kind, collection) values ($1, $2, $3)
     on conflict (reference) do update set collection = excluded.collection, kind = excluded.kind,
       archived_at = null
     returning id`,
    [fresh.reference, fresh.kind, fresh.collection],
  );
  const previous = await selectOptional(
    tx,
    StoredVersion,
    `select id, document_id, version, revision, status, content_hash from document_version
     where document_id = $1 and version = $2 order by revision desc limit 1 for update`,
    [documentId, fresh.metadata.version],
  );
  const { metadata } = fresh;
  const { id: versionId } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    `insert into document_version (document_id, version, revision, status, title, language, owner_email,
       approver_email, effective_from, review_on, audience, classification, controls, changes, source_path,
       content_hash, basis_version_id, stored_at, reviewed_on, translates)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) returning id`,
    [documentId, metadata.version, (previous?.revision ?? 0) + 1, metadata.status, fresh.title, fresh.language,
      metadata.owner?.toLowerCase() ?? null, metadata.approver?.toLowerCase() ?? null, fresh.effectiveFrom, metadata.review ?? null,
      metadata.audience, metadata.classification ?? null, metadata.controls, metadata.changes ?? null, fresh.sourcePath,
      fresh.contentHash, fresh.basisVersionId ?? null, change.at, metadata.reviewed ?? null,
      metadata.translates ?? null], // prettier-ignore
  );
  const sectionIds = await insertSections(tx, versionId, fresh.sections);

  const superseded = previous === null || previous.status === 'superseded' ? [] : [previous.id];
  if (metadata.status === 'published')
    superseded.push(...(await replacedBy(tx, documentId, versionId, change.at)));
  const shared = { ...change, record: `document_version:${versionId}` };
  const { status } = metadata;
  const stored: AuditEvent =
    status === 'superseded' || status === 'archived'
      ? { ...shared, action: `document.${status}` }
      : {
          ...shared,
          action: `document.${status}`,
          detail: {
            reference: fresh.reference,
            version: metadata.version,
            revision: (previous?.revision ?? 0) + 1,
            sha256: fresh.contentHash,
            sections: sectionIds.length,
          },
        };
  await setStatus(tx, superseded, 'superseded', change, [stored]);
  return { documentId, versionId, sectionIds, superseded };
}

/**
 * What stood in the same file before, once the new version is in force. Versions in files of their own stay as they are: the
 * newest that has taken effect is the one in force, and when its file is taken away, the one before it is again.
 */
async function replacedBy(tx: Queryable, documentId: number, versionId: number, at: Date): Promise<number[]> {
  const rows = await selectAll(
    tx,
    z.object({ id: z.number() }),
    `select older.id from document_version older, document_version newer
     where newer.id = $2 and older.document_id = $1 and older.id <> newer.id
       and older.version <> newer.version
       and older.status = 'published' and older.source_path = newer.source_path
       and newer.effective_from <= $3::date`,
    [documentId, versionId, dayOf(at)],
  );
  return rows.map((row) => row.id);
}

/** Those of the versions that say of themselves that they are about a requirement, by id. */
export async function selectAbout(
  tx: Queryable,
  versionIds: readonly number[],
  requirement: string,
): Promise<number[]> {
  const rows = await selectAll(
    tx,
    z.object({ id: z.number() }),
    'select id from document_version where id = any($1) and $2 = any(controls)',
    [versionIds, requirement],
  );
  return rows.map(({ id }) => id);
}

async function insertSections(
  tx: Queryable,
  versionId: number,
  sections: OutlineSection[],
): Promise<number[]> {
  const rows = await selectAll(
    tx,
    z.object({ id: z.number() }),
    `insert into section (version_id, ordinal, number, heading, path, page, body)
     select $1, ordinal, number, heading, array(select jsonb_array_elements_text(path)), page, body
     from jsonb_to_recordset($2::jsonb) as fresh(ordinal integer, number text, heading text, path jsonb,
       page integer, body text)
     order by ordinal returning id`,
    [versionId, JSON.stringify(sections.map((section, ordinal) => ({ ordinal, ...section })))],
  );
  return rows.map((row) => row.id);
}

async function setStatus(
  tx: Queryable,
  versionIds: number[],
  status: 'superseded' | 'archived',
  change: Change,
  before: AuditEvent[] = [],
): Promise<void> {
  if (versionIds.length > 0)
    await tx.query('update document_version set status = $2 where id = any($1)', [versionIds, status]);
  const events = versionIds.map((id): AuditEvent => ({
    ...change,
    action: `document.${status}`,
    record: `document_version:${id}`,
  }));
  await appendAudit(tx, ...before, ...events);
}

/** Takes out of use what is no longer in the folder. @returns the versions that were archived */
export async function archiveMissing(
  tx: Queryable,
  collection: string,
  presentPaths: string[],
  change: Change,
): Promise<{ id: number; sourcePath: string }[]> {
  const gone = await selectAll(
    tx,
    z.object({ id: z.number(), sourcePath: z.string() }),
    `select version.id, version.source_path from document_version version
     join document on document.id = version.document_id
     where document.collection = $1 and version.status not in ('archived', 'superseded')
       and version.source_path <> all($2::text[])`,
    [collection, presentPaths],
  );
  await setStatus(
    tx,
    gone.map((row) => row.id),
    'archived',
    change,
  );
  await tx.query(
    `update document set archived_at = $2 where collection = $1 and archived_at is null
     and not exists (select from document_version version
       where version.document_id = document.id and version.status not in ('archived', 'superseded')
       or version.document_id = document.id and version.source_path = any($3::text[]))`,
    [collection, change.at, presentPaths],
  );
  return gone;
}

const KnownFile = z.object({
  sourcePath: z.string(),
  reference: z.string(),
  version: z.string(),
  contentHash: z.string(),
});
export type KnownFile = z.infer<typeof KnownFile>;

/** The newest stored revision of each file of a folder. */
export function selectKnownFiles(tx: Queryable, collection: string): Promise<KnownFile[]> {
  return selectAll(
    tx,
    KnownFile,
    `select distinct on (version.source_path) version.source_path, document.reference, version.version,
       version.content_hash
     from document_version version join document on document.id = version.document_id
     where document.collection = $1 and document.archived_at is null and version.status <> 'archived'
       and version.source_path is not null
     order by version.source_path, version.id desc`,
    [collection],
  );
}

/** Withdraws an approved answer: it is no longer found, and stays on record. */
export async function archiveDocument(tx: Queryable, documentId: number, change: Change): Promise<number[]> {
  await tx.query('update document set archived_at = $2 where id = $1', [documentId, change.at]);
  const versions = await selectAll(
    tx,
    z.object({ id: z.number() }),
    "select id from document_version where document_id = $1 and status = 'published'",
    [documentId],
  );
  const ids = versions.map((row) => row.id);
  await setStatus(tx, ids, 'archived', change);
  return ids;
}

/** The calendar day, in UTC, as `2026-03-01`. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
