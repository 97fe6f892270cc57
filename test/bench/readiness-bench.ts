/** What readiness costs for 1,000 and 10,000 people with 60 policies each, 123 requirements and 50,000 audit entries: now, as of a day, and on Home. */
import type { Database } from '../../src/db/database.ts';
import { selectFacts } from '../../src/isms/readiness/fact.ts';
import { auditableNumbers, controlNumbers } from '../../src/records/requirement-set.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio, summarise, timed } from './measure.ts';

const sizes = [1_000, 10_000];
const policies = 60;
const entries = 50_000;
const times = 5;
/** The bound that a person waits for. */
const bound = 1_000;

const home = ['documents', 'soa', 'audits', 'review', 'nonconformities', 'certification'] as const;

export async function benchReadiness(kinds: Kind[]): Promise<void> {
  const rows: string[][] = [];
  for (const kind of kinds) {
    const measured: Record<string, number>[] = [];
    for (const size of sizes) {
      progress(`readiness: ${kind}, ${size} people`);
      measured.push(await measure(kind, size));
    }
    const [small = {}, large = {}] = measured;
    for (const [name, ms] of Object.entries(large))
      rows.push([`${kind}: ${name}`, duration(small[name] ?? 0), duration(ms), ratio(ms, small[name] ?? 0), ms < bound ? 'yes' : 'NO']); // prettier-ignore
  }
  printTable(
    `Readiness, the median of ${times}: ${policies} policies asked of everybody, ${auditableNumbers().length} requirements, ${entries} audit entries`,
    ['', '1,000 people', '10,000', 'large/small', `under ${bound} ms`],
    rows,
  );
}

async function measure(kind: Kind, size: number): Promise<Record<string, number>> {
  const database = await createBenchDatabase(kind);
  try {
    await given(database.loadDb, size);
    const [now, then] = [new Date(Date.now() + 60_000), new Date(Date.now() - 1_000)];
    await database.loadDb.query("update nonconformity set title = title || '.'");
    const median = async (work: () => Promise<unknown>) => {
      const all: number[] = [];
      await work();
      for (let each = 0; each < times; each += 1) all.push((await timed(work)).ms);
      return summarise(all).p50;
    };
    const { db } = database;
    return {
      'all facts, now': await median(() => selectFacts(db, now)),
      'all facts, as of a day': await median(() => selectFacts(db, then)),
      'both, as the card counts': await median(async () => [await selectFacts(db, now), await selectFacts(db, then)]), // prettier-ignore
      'those of Home': await median(() => selectFacts(db, now, { parts: home })),
      'one manager’s people': await median(() => selectFacts(db, now, { manager: 5, parts: ['acknowledgements', 'training', 'competence'] })), // prettier-ignore
    };
  } finally {
    await database.drop();
  }
}

async function given(db: Database, size: number): Promise<void> {
  const load = (sql: string, parameters: unknown[] = []) => db.query(sql, parameters, { timeout: 600_000 });
  await load(
    `insert into person (email, name, department, manager_id, roles)
     select 'p' || n || '@test.example', 'Person ' || n, 'Department ' || n % 40, null, case when n = 1 then '{isms_manager}' else '{employee}' end::text[] from generate_series(1, $1::integer) n`,
    [size],
  );
  await load('update person set manager_id = id / 10 where id >= 10');
  await load("insert into document (reference, kind) select 'POL-' || n, 'policy' from generate_series(1, $1::integer) n", [policies]);
  await load(
    `insert into document_version (document_id, version, status, title, language, approver_email, owner_email, effective_from, review_on, audience, controls, content_hash, stored_at)
     select id, '1.0', 'published', 'Policy ' || id, 'en', 'p1@test.example', 'p2@test.example', current_date - 90, current_date + id, '{everyone}', ($1::text[])[id:id + 2], 'x', now() from document`,
    [auditableNumbers()],
  );
  await load(
    `insert into acknowledgement_request (state, state_at, person_id, document_id, version_id, why, asked_at, due_on)
     select case when (person.id + version.id) % 9 = 0 then 'pending' else 'acknowledged' end, now() - interval '20 days', person.id, document_id, version.id, '', now() - interval '40 days', current_date - 10
     from person cross join document_version version`,
  );
  await load(
    `insert into training (reference, state, state_at, person_id, lesson, assigned_at, due_on, completed_on, expires_on)
     select 'TR-' || person.id || '-' || n, case when (person.id + n) % 7 = 0 then 'assigned' else 'completed' end, now() - interval '20 days', person.id, 'lesson ' || n, now() - interval '40 days', current_date - 5, current_date - 20, current_date + 300
     from person cross join generate_series(1, 6) n`,
  );
  await load(
    `insert into nonconformity (reference, title, requirement, evidence_seen, gap, source, identified_on, raised_by, raised_by_name, raised_at, owner_id, grade, grade_reason, state, state_at)
     select 'NC-2026-' || lpad(n::text, 4, '0'), 'Found', 'A.5.1', 'x', 'x', 'self', current_date - n, 1, 'x', now(), 1 + n % 50, 'minor', 'x', 'open', now() from generate_series(1, 500) n`,
  );
  await load(
    `insert into corrective_action (reference, nonconformity_id, round, description, owner_id, proposed_by, proposed_at, due_on, original_due_on, state, state_at)
     select 'CA-2026-' || lpad(id::text, 4, '0'), id, 1, 'Do it', 1, 1, now(), current_date - 1, current_date, 'accepted', now() from nonconformity`,
  );
  await load(`insert into soa (reference, state, state_at, edition, owner_id, approver_id) values ('SO-2026-001', 'draft', now(), '1.0', 1, 2)`);
  await load("insert into soa_entry (soa_id, control, applies, basis, justification, implemented) select 1, control, true, 'risk', 'Because', 'yes' from unnest($1::text[]) control", [controlNumbers()]);
  await load("update soa set state = 'approved', approved_at = now()");
  await load(
    `insert into evidence_request (reference, state, state_at, title, requirements, what, owner_id, asked_by, asked_by_name, asked_at, due_on, expires_on)
     select 'EV-2026-' || n, 'accepted', now(), 'Proof', array[($1::text[])[1 + n % 123]], 'x', 1, 1, 'x', now(), current_date, current_date + 100 from generate_series(1, 600) n`,
    [auditableNumbers()],
  );
  await load(
    `insert into audit (reference, state, state_at, kind, title, lead_id, planned_from, planned_until, held_until)
     select 'AU-2026-' || n, 'complete', now(), 'internal', 'Audit', 1, current_date - n * 60, current_date - n * 60, current_date - n * 60 from generate_series(1, 12) n`,
  );
  await load("insert into audit_coverage (audit_id, requirement, state, noted_at) select audit.id, requirement, 'covered', now() from audit cross join unnest($1::text[]) requirement", [auditableNumbers()]);
  await load(
    `insert into audit_entry (seq, payload, hash) select n, jsonb_build_object('seq', n, 'at', now(), 'actor', 'person:1', 'action', 'setting.changed', 'record', 'setting:x')::text, 'x' from generate_series(1, $1::integer) n`,
    [entries],
  );
  await load('update row_history set undated_in = null');
  await load('analyze');
} // prettier-ignore
