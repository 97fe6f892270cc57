/**
 * The audit log: every change of a record, appended in the transaction that makes the change. Owns `audit_entry` and
 * `audit_head`. Each entry's hash covers the one before, so that a changed, missing or moved entry shows.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EventParts } from './audit-event.ts';
import type { Queryable } from './database.ts';
import { datedBy } from './row-history.ts';
import { selectAll, selectOne, selectOptional, toJsonb } from './rows.ts';

/** What happened, by whom and when. `actor` is a person, or `system` with the command that ran (as `system:ingest`). */
export type AuditEvent = EventParts & { actor: string; at: Date };

const Head = z.object({ seq: z.number(), hash: z.string() });
export type AuditHead = z.infer<typeof Head>;

const Entry = z.object({ seq: z.number(), payload: z.string(), hash: z.string() });
export type LinkedEntry = z.infer<typeof Entry>;
/** Entries that are held at once. */
const aPage = 2_000;

/** Locks the head of the chain until the caller's transaction ends: append last, where the order is yours to choose. */
export async function appendAudit(tx: Queryable, ...events: AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  let { seq, hash } = await selectOne(tx, Head, 'select seq, hash from audit_head for update');
  const rows = events.map(({ actor, action, record, detail = {}, at }: AuditEvent) => {
    seq += 1;
    const payload = toJsonb({ seq, at: at.toISOString(), actor, action, record, detail });
    hash = linkHash(hash, payload);
    return { seq, payload, hash };
  });

  await tx.query(
    'insert into audit_entry (seq, payload, hash) select * from unnest($1::bigint[], $2::text[], $3::text[])',
    [rows.map((row) => row.seq), rows.map((row) => row.payload), rows.map((row) => row.hash)],
  );
  await tx.query(`${datedBy('$3')} update audit_head set seq = $1, hash = $2`, [seq, hash, events[0]?.at]);
}

const Trace = z.object({ actor: z.string(), action: z.string(), at: z.coerce.date() });

/** The last that was done to a record, by whom and when. */
export function selectLastTrace(tx: Queryable, record: string): Promise<z.infer<typeof Trace> | null> {
  return selectOptional(
    tx,
    Trace,
    'select actor, action, at from audit_entry where record = $1 order by seq desc limit 1',
    [record],
  );
}

export function selectAuditHead(tx: Queryable): Promise<AuditHead> {
  return selectOne(tx, Head, 'select seq, hash from audit_head');
}

export interface AuditVerdict {
  entries: number;
  head: AuditHead;
  /** What is wrong, in words, first fault first; empty when the chain is whole. */
  faults: string[];
}

/**
 * Recompute the whole chain.
 *
 * @param anchor  a head that was noted outside this database; a chain that was cut and mended behind it is found by it
 */
export async function verifyAudit(tx: Queryable, anchor?: AuditHead): Promise<AuditVerdict> {
  const head = await selectAuditHead(tx);
  const faults: string[] = [];
  let previous: AuditHead = { seq: 0, hash: '' };
  let anchored = anchor === undefined || anchor.seq === 0;

  for await (const page of auditPages(tx)) {
    for (const entry of page) {
      if (entry.seq !== previous.seq + 1)
        faults.push(`entries ${previous.seq + 1} to ${entry.seq - 1} are missing`);
      if (entry.hash !== linkHash(previous.hash, entry.payload))
        faults.push(`entry ${entry.seq} was changed or moved`);
      if (entry.seq === anchor?.seq) {
        anchored = true;
        if (entry.hash !== anchor.hash)
          faults.push(`entry ${entry.seq} is not the one that was noted outside`);
      }
      previous = { seq: entry.seq, hash: entry.hash };
    }
  }

  if (head.seq !== previous.seq || head.hash !== previous.hash) {
    faults.push(`the newest entry should be ${head.seq}, but the log ends at ${previous.seq}`);
  }
  if (!anchored) faults.push(`entry ${anchor?.seq}, noted outside, is missing: the log was cut`);
  return { entries: previous.seq, head, faults };
}

/** All entries as they are now, oldest first, each page as it is asked for. */
export async function* auditPages(tx: Queryable): AsyncGenerator<LinkedEntry[]> {
  for (let seq = 0; ;) {
    const page = await selectAll(
      tx,
      Entry,
      'select seq, payload, hash from audit_entry where seq > $1 order by seq limit $2',
      [seq, aPage],
    );
    if (page.length === 0) return;
    yield page;
    seq = page.at(-1)?.seq ?? seq;
  }
}

function linkHash(previous: string, payload: string): string {
  return createHash('sha256').update(previous).update('\n').update(payload).digest('hex');
}
