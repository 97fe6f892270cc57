/** What an auditor's pack costs: time, and the memory that it takes, for a tenth of an organisation and for the whole of it. */
import { createHash } from 'node:crypto';
import { rooms } from '../../src/app/rooms.ts';
import { selectAuditHead } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/database.ts';
import type { FileStore } from '../../src/files/store.ts';
import { usualChoices } from '../../src/isms/pack/pack.ts';
import { makePack } from '../../src/workflows/pack/make.ts';
import { givenPeople, silentLog, today } from '../support/harness.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio, timed } from './measure.ts';

const policies = 60;
/** Bytes of each file of evidence. */
const fileSize = 1024 * 1024;

interface Size {
  people: number;
  entries: number;
  files: number;
}
const sizes: [Size, Size] = [
  { people: 1_000, entries: 5_000, files: 20 },
  { people: 10_000, entries: 50_000, files: 200 },
];

interface Measured {
  ms: number;
  bytes: number;
  /** Bytes: what the process held at most beside what it began with, in its heap and its buffers. */
  peak: number;
}

export async function benchPack(kinds: Kind[]): Promise<void> {
  const rows: string[][] = [];
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  for (const kind of kinds)
    for (const names of ['kept', 'replaced'] as const) {
      const measured: Measured[] = [];
      for (const size of sizes) {
        progress(`pack: ${kind}, ${size.people} people, names ${names}`);
        measured.push(await withOrganisation(kind, size, (db) => measure(db, names)));
      }
      const [small, large] = measured;
      if (small === undefined || large === undefined) continue;
      rows.push([
        `${kind}, names ${names}`,
        ...[small, large].flatMap(({ ms, bytes, peak }) => [duration(ms), megabytes(bytes), megabytes(peak)]),
        ratio(large.ms, small.ms),
        ratio(large.peak, small.peak),
      ]);
    }
  printTable(
    `The auditor's pack: ${policies} policies that everybody acknowledged, evidence of 1 MB a file`,
    ['', '1,000 people', 'size', 'peak', '10,000 people', 'size', 'peak', 'time', 'peak'],
    rows,
    ['Ten times as much of everything: up to 10× in time is linear, and the peak should hardly grow.', 'Audit entries are 5,000 and 50,000, files 20 and 200; where names are replaced, files are left out.'],
  );
} // prettier-ignore

async function withOrganisation<T>(kind: Kind, size: Size, work: (db: Database) => Promise<T>): Promise<T> {
  const database = await createBenchDatabase(kind);
  try {
    await givenPeople(database.db);
    await fill(database.loadDb, size);
    return await work(database.db);
  } finally {
    await database.drop();
  }
}

async function fill(db: Database, { people, entries, files }: Size): Promise<void> {
  const query = (sql: string, parameters: unknown[] = []) => db.query(sql, parameters, { timeout: 600_000 });
  await query("insert into person (email, name, department) select 'p' || n || '@test.example', 'Given' || n || ' Family' || n, 'Department ' || n % 40 from generate_series(1, $1::int) n", [people]);
  await query("insert into document (reference, kind) select 'POL-' || n, 'policy' from generate_series(1, $1::int) n", [policies]);
  await query(
    `insert into document_version (document_id, version, status, title, language, audience, controls, content_hash, stored_at, effective_from, source_path)
     select id, '1.0', 'published', 'Policy ' || reference, 'en', '{everyone}', '{}', md5(reference) || md5(reference), $1, '2026-01-01', reference || '.md' from document`,
    [today],
  );
  await query(
    `insert into acknowledgement (person_id, name, document_id, version_id, reference, version, language, content_hash, statement, statement_language, how, acknowledged_at)
     select person.id, person.name, document.id, version.id, document.reference, '1.0', 'en', version.content_hash, 'I have read it and will follow it.', 'en', 'chat', $1
     from person cross join document join document_version version on version.document_id = document.id`,
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

/** Files as a store gives them: new bytes each time. */
const files: FileStore = {
  put: async () => undefined,
  get: async (sha256) => Buffer.alloc(fileSize, sha256),
  delete: async () => undefined,
};

async function measure(db: Database, names: 'kept' | 'replaced'): Promise<Measured> {
  globalThis.gc?.();
  const held = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  let [peak, bytes] = [0, 0];
  const look = () => {
    peak = Math.max(peak, held() - before);
  };
  const timer = setInterval(look, 20);
  const sources = { db, rooms, store: { files, log: silentLog }, now: today };
  try {
    const { ms } = await timed(() =>
      makePack(sources, { choices: { ...usualChoices, names }, by: null, most: 2 ** 32 }, async (piece) => {
        bytes += piece.length;
        look();
      }),
    );
    return { ms, bytes, peak };
  } finally {
    clearInterval(timer);
  }
}
