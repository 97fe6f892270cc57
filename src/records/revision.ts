/**
 * What people wrote, when somebody changes it: the old words beside the new, who, when, and from which message. Owns
 * `record_revision` and `record_snapshot`, which take nothing but new rows.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, toJsonb } from '../db/rows.ts';
import type { CommandContext } from './command-context.ts';

const Change = z.object({ from: z.unknown(), to: z.unknown() });

const Revision = z.object({
  record: z.string(),
  version: z.number(),
  /** By column. */
  fields: z.record(z.string(), Change),
  changedBy: z.number(),
  changedByName: z.string(),
  changedAt: z.date(),
  link: z.string().nullable(),
  hash: z.string(),
});
export type Revision = z.infer<typeof Revision>;

export interface Replaced {
  record: string;
  version: number;
  before: object;
  changed: object;
  columns: readonly string[];
}

/** @returns what the audit entry of the change is to hold; null where no words were replaced */
export async function keepRevision(
  tx: Queryable,
  command: CommandContext,
  { record, version, before, changed, columns }: Replaced,
): Promise<{ revision: number; hash: string } | null> {
  const old = new Map(Object.entries(before));
  const fresh = new Map(Object.entries(changed));
  const fields = Object.fromEntries(
    columns.flatMap((column) => {
      const [from, to] = [old, fresh].map((row) => plain(row.get(keyOf(column))));
      return isEmpty(from) || toJsonb(from) === toJsonb(to) ? [] : [[column, { from, to }]];
    }),
  );
  if (Object.keys(fields).length === 0) return null;
  const { actor, at, inputId, link } = command;
  const hash = hashOfRevision({ record, version, fields, changedBy: actor.id, changedAt: at });
  await tx.query(
    `insert into record_revision (record, version, fields, changed_by, changed_by_name, changed_at, input_id,
       link, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [record, version, toJsonb(fields), actor.id, actor.name, at, inputId, link, hash],
  );
  return { revision: version, hash };
}

/** `due_on` is `dueOn` in a row that was read. */
function keyOf(column: string): string {
  return column.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** As JSON has it: instants in ISO. */
function plain(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(toJsonb(value)) as unknown);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function hashOfRevision({
  record,
  version,
  fields,
  changedBy,
  changedAt,
}: Pick<Revision, 'record' | 'version' | 'fields' | 'changedBy' | 'changedAt'>): string {
  return sha256(toJsonb(sorted({ record, version, fields, changedBy, changedAt: changedAt.toISOString() })));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The text whose SHA-256 is the hash of a snapshot with this content: JSON with its keys in order and no spaces. */
export function canonicalText(content: unknown): string {
  return toJsonb(sorted(plain(content)));
}

/** `jsonb` keeps no order of keys: what is hashed has one. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Of these records, oldest first. */
export function selectRevisions(tx: Queryable, records: readonly string[]): Promise<Revision[]> {
  return selectAll(
    tx,
    Revision,
    `select record, version, fields, changed_by, changed_by_name, changed_at, link, hash
     from record_revision where record = any($1) order by changed_at, record, version`,
    [records],
  );
}

const Snapshot = z.object({
  record: z.string(),
  event: z.string(),
  round: z.number().nullable(),
  cycle: z.number().nullable(),
  content: z.record(z.string(), z.unknown()),
  takenByName: z.string().nullable(),
  takenAt: z.date(),
  hash: z.string(),
});
export type Snapshot = z.infer<typeof Snapshot>;

export interface Ended {
  record: string;
  /** What ended its round: `planned`, `checked`, `reopened`. */
  event: string;
  round?: number;
  cycle?: number;
  /** The record with all that hangs on it, as rows of its tables. */
  content: Record<string, unknown>;
}

/** SHA-256 that a snapshot of it would have. */
export function snapshotHash(content: Ended['content']): string {
  return sha256(toJsonb(sorted(plain(content))));
}

/** @returns the hash for the audit entry */
export async function keepSnapshot(
  tx: Queryable,
  { actor, at }: CommandContext,
  { record, event, round, cycle, content }: Ended,
): Promise<string> {
  const whole = canonicalText(content);
  const hash = sha256(whole);
  await tx.query(
    `insert into record_snapshot (record, event, round, cycle, content, taken_by, taken_by_name, taken_at,
       hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [record, event, round ?? null, cycle ?? null, whole, actor.id, actor.name, at, hash],
  );
  return hash;
}

/** Oldest first. */
export function selectSnapshots(tx: Queryable, record: string): Promise<Snapshot[]> {
  return selectAll(
    tx,
    Snapshot,
    `select record, event, round, cycle, content, taken_by_name, taken_at, hash
     from record_snapshot where record = $1 order by taken_at, id`,
    [record],
  );
}

const Noted = z.object({ revision: z.number(), hash: z.string(), record: z.string(), seq: z.number() });

/**
 * Compares every revision and snapshot with its hash in the audit log.
 *
 * @returns what is wrong, in words; empty when all of them are as they were written
 */
export async function verifyRevisions(tx: Queryable): Promise<string[]> {
  // What was taken out with the sample company took its old words along: the log says that it went.
  const isGone = await withoutSamples(tx);
  const noted = await selectAll(
    tx,
    Noted,
    `select seq, record, (payload::jsonb -> 'detail' ->> 'revision')::integer as revision,
       payload::jsonb -> 'detail' ->> 'hash' as hash
     from audit_entry where payload::jsonb -> 'detail' ? 'hash' and payload::jsonb -> 'detail' ? 'revision'
     order by seq`,
  );
  const faults: string[] = [];
  for (const { record, revision, hash, seq } of noted) {
    const [kept] = await selectAll(
      tx,
      Revision,
      `select record, version, fields, changed_by, changed_by_name, changed_at, link, hash
       from record_revision where record = $1 and version = $2`,
      [record, revision],
    );
    if (kept === undefined && isGone(record)) continue;
    if (kept === undefined) faults.push(`the old words of ${record}, noted in entry ${seq}, are missing`);
    else if (kept.hash !== hash || hashOfRevision(kept) !== hash)
      faults.push(`the old words of ${record}, noted in entry ${seq}, were changed`);
  }
  const { count } = await selectOne(
    tx,
    z.object({ count: z.number() }),
    'select count(*) as count from record_revision',
  );
  const present = noted.filter(({ record }) => !isGone(record)).length;
  if (count > present) faults.push(`${count - present} revisions stand in no entry of the log`);
  for (const { record, hash, seq } of await selectAll(
    tx,
    Noted.omit({ revision: true }),
    `select seq, record, payload::jsonb -> 'detail' ->> 'snapshot' as hash
     from audit_entry where payload::jsonb -> 'detail' ? 'snapshot' order by seq`,
  )) {
    const kept = (await selectSnapshots(tx, record)).some(
      (snapshot) => snapshot.hash === hash && sha256(toJsonb(sorted(snapshot.content))) === hash,
    );
    if (!kept && !isGone(record))
      faults.push(`the round of ${record} that ended with entry ${seq} is missing or was changed`);
  }
  return faults;
}

/** @returns whether a record went with the sample company: by entries of the log that come before its removal, without a row since */
async function withoutSamples(tx: Queryable): Promise<(record: string) => boolean> {
  const left = await selectAll(
    tx,
    z.object({ record: z.string() }),
    `select record from record_revision union select record from record_snapshot`,
  );
  const removed = await selectAll(
    tx,
    z.object({ record: z.string() }),
    `select distinct record from audit_entry
     where seq < (select max(seq) from audit_entry where action = 'sample_company.removed')`,
  );
  const there = new Set(left.map(({ record }) => record));
  const before = new Set(removed.map(({ record }) => record));
  return (record) => before.has(record) && !there.has(record);
}
