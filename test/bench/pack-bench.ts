/** What an auditor's pack costs: time, and the memory that it takes, for a tenth of an organisation and for the whole of it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { selectAuditHead } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/database.ts';
import { givenPeople, today } from '../support/harness.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio } from './measure.ts';

const run = promisify(execFile);
const policies = 60;
const lessons = 6;
/** Bytes of each file of evidence. */
export const fileSize = 1024 * 1024;

interface Size {
  people: number;
  entries: number;
  files: number;
}
const sizes: [Size, Size] = [
  { people: 1_000, entries: 5_000, files: 100 },
  { people: 10_000, entries: 50_000, files: 1_000 },
];

const Measured = z.object({
  ms: z.number(),
  bytes: z.number(),
  /** Bytes of memory that the process has from the system: with the packing's code in it, and at most. */
  before: z.number(),
  peak: z.number(),
});
type Measured = z.infer<typeof Measured>;

export async function benchPack(kinds: Kind[]): Promise<void> {
  const rows: string[][] = [];
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  const shown = ({ ms, bytes, before, peak }: Measured) => [duration(ms), ...[bytes, before, peak].map(megabytes)];
  for (const kind of kinds) {
    const measured: Record<'kept' | 'replaced', Measured>[] = [];
    for (const size of sizes) measured.push(await withOrganisation(kind, size));
    const [small, large] = measured;
    if (small !== undefined && large !== undefined)
      for (const names of ['kept', 'replaced'] as const)
        rows.push([`${kind}, names ${names}`, ...shown(small[names]), ...shown(large[names]), ratio(large[names].ms, small[names].ms), ratio(large[names].peak, small[names].peak)]);
  }
  printTable(
    `The auditor's pack, in a process of its own: ${policies} policies that everybody was asked for and acknowledged, ${lessons} courses, evidence of 1 MB a file`,
    ['', '1,000 people', 'size', 'begins', 'peak', '10,000 people', 'size', 'begins', 'peak', 'time', 'peak'],
    rows,
    [
      'Ten times as much of everything: up to 10× in time is linear, and the peak should hardly grow. On PGlite the database is in the process too.',
      'Audit entries are 5,000 and 50,000, files 100 and 1,000; where names are replaced, files are left out.',
    ],
  );
} // prettier-ignore

async function withOrganisation(kind: Kind, size: Size): Promise<Record<'kept' | 'replaced', Measured>> {
  progress(`pack: ${kind}, ${size.people} people`);
  const database = await createBenchDatabase(kind);
  try {
    await givenPeople(database.db);
    await fill(database.loadDb, size);
    const place = await database.handOver();
    return { kept: await taken(place, 'kept'), replaced: await taken(place, 'replaced') };
  } finally {
    await database.drop();
  }
}

async function taken(place: string, names: string): Promise<Measured> {
  progress(`pack: names ${names}`);
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'pack-child.ts'), place, names], { maxBuffer: 2 ** 20 });
  return Measured.parse(JSON.parse(stdout));
} // prettier-ignore

async function fill(db: Database, { people, entries, files }: Size): Promise<void> {
  const query = (sql: string, parameters: unknown[] = []) => db.query(sql, parameters, { timeout: 600_000 });
  await query("insert into person (email, name, department) select 'p' || n || '@test.example', initcap('a' || translate((n % 2000)::text, '0123456789', 'abcdefghik')) || ' ' || initcap('m' || translate((n / 3)::text, '0123456789', 'noprstuvwx')), 'Department ' || n % 40 from generate_series(1, $1::int) n", [people]);
  await query("insert into document (reference, kind) select 'POL-' || n, 'policy' from generate_series(1, $1::int) n", [policies]);
  await query(
    `insert into document_version (document_id, version, status, title, language, audience, controls, content_hash, stored_at, effective_from, source_path)
     select id, '1.0', 'published', 'Policy ' || reference, 'en', '{everyone}', '{}', md5(reference) || md5(reference), $1, '2026-01-01', reference || '.md' from document`,
    [today],
  );
  await query(
    `insert into acknowledgement_request (state, state_at, person_id, document_id, version_id, why, asked_at, due_on)
     select 'acknowledged', $1, person.id, document_id, version.id, '', $1, '2026-12-20' from person cross join document_version version`,
    [today],
  );
  await query(
    `insert into training (reference, state, state_at, person_id, lesson, assigned_at, due_on, completed_on, expires_on)
     select 'TR-' || person.id || '-' || n, 'completed', $1, person.id, 'Course ' || n, $1, '2026-12-20', '2026-12-01', '2027-12-01' from person cross join generate_series(1, $2::int) n`,
    [today, lessons],
  );
  await query(
    `insert into acknowledgement (request_id, person_id, name, document_id, version_id, reference, version, language, content_hash, statement, statement_language, how, acknowledged_at)
     select request.id, person.id, person.name, document.id, version.id, document.reference, '1.0', 'en', version.content_hash, 'I have read it and will follow it.', 'en', 'chat', $1
     from acknowledgement_request request join person on person.id = person_id join document on document.id = document_id
     join document_version version on version.id = version_id`,
    [today],
  );
  await query(
    `insert into nonconformity (reference, title, requirement, evidence_seen, gap, source, raised_by, raised_by_name, raised_at, identified_on, grade, grade_reason, owner_id, approver_id, state, state_at)
     select 'NC-2026-' || lpad(n::text, 4, '0'), 'Finding ' || n, 'A.5.1', 'Seen', 'Gap', 'self', 1, 'Ines Isms', $2, '2026-11-01', 'minor', 'small', 1, 1, 'open', $2 from generate_series(1, $1::int) n`,
    [files, today],
  );
  await query("insert into evidence (belongs_to, purpose, title, state) select 'nonconformity:' || id, 'correction', 'file ' || id || '.bin', 'submitted' from nonconformity");
  await query(
    `insert into evidence_revision (evidence_id, number, sha256, size, media_type, file_name, uploaded_by, uploaded_by_name, uploaded_at)
     select id, 1, lpad(to_hex(id), 64, '0'), $1, 'application/octet-stream', title, 1, 'Ines Isms', $2 from evidence`,
    [fileSize, today],
  );
  await chain(db, entries);
  await query('analyze');
} // prettier-ignore

/** Entries as the log links them, thousands a statement. */
async function chain(db: Database, entries: number): Promise<void> {
  const { seq: begun, hash: newest } = await selectAuditHead(db);
  let hash = newest;
  for (let from = begun + 1; from <= begun + entries; from += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, begun + entries - from + 1) }, (_, at) => {
      const seq = from + at;
      const detail = { evidence: seq, revision: 1, sha256: 'a'.repeat(64), size: 1, type: 'text/plain' };
      const payload = JSON.stringify({ seq, at: today.toISOString(), actor: `person:${(seq % 900) + 1}`, action: 'evidence.submitted', record: `nonconformity:${(seq % 20) + 1}`, detail });
      hash = createHash('sha256').update(hash).update('\n').update(payload).digest('hex');
      return { seq, payload, hash };
    });
    await db.query('insert into audit_entry (seq, payload, hash) select * from unnest($1::bigint[], $2::text[], $3::text[])', [rows.map(({ seq }) => seq), rows.map(({ payload }) => payload), rows.map((row) => row.hash)], { timeout: 600_000 });
  }
  await db.query('update audit_head set seq = $1, hash = $2', [begun + entries, hash]);
} // prettier-ignore
