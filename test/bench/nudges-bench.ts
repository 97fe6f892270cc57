/** What it costs to look at everybody: who is reminded of what, for 10,000 and 100,000 people with two things each, of whom a tenth report to nobody. */
import { keepDueJobs } from '../../src/conversation/jobs.ts';
import type { Database, Queryable } from '../../src/db/database.ts';
import { workflowsOf } from '../../src/app/app.ts';
import { nudgesRoom } from '../../src/workflows/nudges/room.ts';
import { awarenessRoom } from '../../src/workflows/awareness/room.ts';
import { correctiveActionsRoom } from '../../src/workflows/corrective-actions/room.ts';
import { gapAnalysisRoom } from '../../src/workflows/gap-analysis/room.ts';
import { acknowledgementsRoom } from '../../src/workflows/acknowledgements/room.ts';
import { silentLog, testConfig } from '../support/harness.ts';
import { lexicon } from '../support/shared.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio } from './measure.ts';

const sizes = [10_000, 100_000];
/** A Monday on which managers hear of their people, at an hour when Berlin and Cairo work and New York sleeps. */
const now = new Date('2026-12-14T08:30:00Z');

interface Measured {
  people: number;
  /** Milliseconds. */
  first: number;
  again: number;
  /** Megabytes above what there was. */
  memory: number;
  statements: number;
  planned: number;
}

export async function benchNudges(kinds: Kind[]): Promise<void> {
  for (const kind of kinds) {
    const measured: Measured[] = [];
    for (const people of sizes) {
      progress(`nudges: ${kind}, ${people} people`);
      const database = await createBenchDatabase(kind);
      try {
        await givenCompany(database.loadDb, people);
        measured.push(await measure(database.db, people));
      } finally {
        await database.drop();
      }
    }
    const [few, many] = measured;
    if (few === undefined || many === undefined) continue;
    const row = (what: string, of: (each: Measured) => number, shown: (value: number) => string) => [what, shown(of(few)), shown(of(many)), ratio(of(many), of(few))]; // prettier-ignore
    printTable(
      `${kind}: planning the reminders of everybody, managers’ weekly news among them`,
      ['', `${few.people} people`, `${many.people} people`, 'many/few'],
      [
        row('everybody looked at, first time', ({ first }) => first, duration),
        row('everybody looked at again, in the afternoon', ({ again }) => again, duration),
        row('people planned a second', ({ people, first }) => Math.round((people / first) * 1_000), String),
        row('statements', ({ statements }) => statements, String),
        row('messages planned', ({ planned }) => planned, String),
        row('peak memory above the start, MB', ({ memory }) => Math.round(memory), String),
      ],
      ['The targets: no worse than 10× for ten times as many, and memory that does not grow with them.'],
    );
  }
}

async function measure(db: Database, people: number): Promise<Measured> {
  const counted = counting(db);
  const rooms = [correctiveActionsRoom, gapAnalysisRoom, awarenessRoom, acknowledgementsRoom, nudgesRoom];
  const app = { config: testConfig, db: counted.db, lexicon, embedder: null, model: null, log: silentLog, files: null as never }; // prettier-ignore
  const workflows = workflowsOf(app, [], rooms).map(({ due: _due, ...workflow }) => workflow);
  const look = async (at: Date) => {
    const begun = performance.now();
    await keepDueJobs({ db: counted.db, workflows, clock: () => at });
    return performance.now() - begun;
  };
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const first = await look(now);
  clearInterval(watch);
  const { statements } = counted;
  const { rows } = await db.query("select count(*)::integer as n from inbox where platform = 'clock'");
  await db.query("update nudge_agenda set look_at = '-infinity'", [], { timeout: 300_000 });
  const again = await look(new Date(now.getTime() + 3_600_000));
  return { people, first, again, memory: (peak - before) / 1e6, statements: statements(), planned: Number(rows[0]?.n) }; // prettier-ignore
}

function counting(db: Database) {
  let count = 0;
  const counted = (tx: Queryable): Queryable => ({
    query(sql, parameters, limits) {
      count += 1;
      return tx.query(sql, parameters, limits);
    },
  });
  const wrapped: Database = { ...db, embedded: db.embedded, ...counted(db), transaction: (work) => db.transaction((tx) => work(counted(tx))), close: () => db.close() }; // prettier-ignore
  return { db: wrapped, statements: () => count };
}

/** Four time zones; ten people a manager; two lessons each, one of them due now, and of some overdue for long. */
async function givenCompany(db: Database, people: number): Promise<void> {
  const patient = { timeout: 600_000 };
  await db.query(
    `insert into person (email, name, roles, time_zone, locale)
     select 'p' || n || '@test.example', 'Person ' || n, case when n = 1 then '{employee,isms_manager}' else '{employee}' end::text[],
       (array['Europe/Berlin', 'Africa/Cairo', 'America/New_York', 'Europe/Lisbon'])[1 + n % 4], (array['de-DE', 'ar-EG', 'en-US', 'pt-PT'])[1 + n % 4]
     from generate_series(1, $1) n`,
    [people],
    patient,
  );
  await db.query(
    'update person set manager_id = (select min(id) from person) + (person.id % greatest($1 / 10, 1)) where id % 10 <> 0',
    [people],
    patient,
  );
  await db.query(
    `insert into training (reference, state, state_at, person_id, lesson, text_hash, assigned_by, assigned_at, due_on)
     select 'TR-2026-' || lesson || '-' || person.id, 'assigned', $1, person.id, lesson, 'x', (select min(id) from person), $1::timestamptz - interval '40 days',
       case when lesson = 'phishing' then $1::date + (person.id % 30) else $1::date - (person.id % 20) end
     from person, unnest(array['phishing', 'reporting']) lesson`,
    [now],
    patient,
  );
  await db.query('analyze', [], patient);
}
