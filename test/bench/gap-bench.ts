/** What a gap analysis costs: the next question from the first to the last, alone and beside fifty others, and its report. */
import type { Reply } from '../../src/conversation/contract.ts';
import type { Database } from '../../src/db/database.ts';
import { gapReport } from '../../src/workflows/gap-analysis/report-actions.ts';
import { directAddress, givenPeople, startHarness } from '../support/harness.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio, summarise, type Times } from './measure.ts';

const lead = 'ines@test.example';
const aboutUs = ['250 and more', 'At several sites', 'Yes, at least some', 'Yes, our own people do', 'Mostly our own people', 'Of customers or others too', 'No', 'None of these', 'We prepare for it', '2027-03-12']; // prettier-ignore
/** Assessments that are there already, each with every criterion answered. */
const others = 50;
/** Presses of which the first and the last are compared. */
const compared = 60;

interface Measured {
  first: Times;
  last: Times;
  criteria: number;
  /** Milliseconds. */
  report: number;
}

export async function benchGap(kinds: Kind[]): Promise<void> {
  const rows: string[][] = [];
  for (const kind of kinds) {
    const measured: Measured[] = [];
    for (const beside of [0, others]) {
      progress(`gap: ${kind}, beside ${beside} assessments`);
      const database = await createBenchDatabase(kind);
      try {
        await givenPeople(database.db);
        measured.push(await measure(database.db, database.loadDb, beside));
      } finally {
        await database.drop();
      }
    }
    const [alone, many] = measured;
    if (alone === undefined || many === undefined) continue;
    rows.push(
      [`${kind}: next question, first ${compared}`, duration(alone.first.p50), duration(many.first.p50), ratio(many.first.p50, alone.first.p50)],
      [`${kind}: next question, last ${compared}`, duration(alone.last.p50), duration(many.last.p50), ratio(many.last.p50, alone.last.p50)],
      [`${kind}: last to first`, ratio(alone.last.p50, alone.first.p50), ratio(many.last.p50, many.first.p50), ''],
      [`${kind}: report of ${many.criteria} criteria`, duration(alone.report), duration(many.report), ratio(many.report, alone.report)],
    ); // prettier-ignore
  }
  printTable(
    'Gap analysis of everything: from the press to the delivered next question, and the report as a Word file',
    ['', 'alone, p50', `beside ${others}, p50`, 'beside/alone'],
    rows,
    ['The targets: at most 1.5× from first to last and beside others, and the report under 5 s.'],
  );
}

async function measure(db: Database, loadDb: Database, beside: number): Promise<Measured> {
  const isma = await startHarness({ db });
  const shown = (): Reply | undefined =>
    isma.delivered.filter(({ address }) => address === directAddress(lead)).at(-1)?.reply;
  const times: number[] = [];
  try {
    await isma.say(lead, 'gap analysis of everything');
    for (const said of aboutUs) await isma.say(lead, said);
    const { rows } = await db.query(
      'select count(*)::integer as n from assessment_criterion where left_out is null',
    );
    const criteria = Number(rows[0]?.n);
    if (beside > 0) await copy(loadDb, beside);
    while (shown()?.progress != null) {
      const chosen = (shown()?.buttons ?? []).find(({ id }) => id.includes('-choose'));
      const begun = performance.now();
      if (chosen === undefined) await isma.say(lead, 'The ERP.');
      else await isma.press(lead, chosen.id);
      times.push(performance.now() - begun);
    }
    const begun = performance.now();
    await gapReport(db, { record: 'GA-2026-001', language: 'en', now: new Date() }).catch(async () =>
      gapReport(db, { record: null, language: 'en', now: new Date() }),
    );
    return {
      first: summarise(times.slice(5, 5 + compared)),
      last: summarise(times.slice(-compared)),
      criteria,
      report: performance.now() - begun,
    };
  } finally {
    await isma.stop();
  }
}

/** The assessment as it has begun, so many times over, with every criterion answered. */
async function copy(db: Database, times: number): Promise<void> {
  await db.query(
    `insert into assessment (reference, state, state_at, lead_id, scope, profile, goal, bank)
     select 'GA-2025-' || lpad(n::text, 3, '0'), 'final', now(), lead_id, scope, profile, goal, bank from assessment, generate_series(1, $1) n`,
    [times],
  );
  await db.query(
    `insert into assignment (assessment_id, person_id, part, about, state, state_at, asked_by, asked_at)
     select id, lead_id, 'lead', 'everything', 'closed', now(), lead_id, now() from assessment where state = 'final'`,
  );
  await db.query(
    `insert into assessment_criterion (assessment_id, ordinal, criterion, requirement, theme, left_out)
     select assessment.id, ordinal, criterion, requirement, theme, left_out from assessment_criterion, assessment
     where assessment.state = 'final' and assessment_id = (select min(id) from assessment where state <> 'final')`,
    [],
    { timeout: 300_000 },
  );
  await db.query(
    `insert into assessment_answer (assessment_id, assignment_id, criterion, state, steps, words, defined, practised, proven, by_id, by_name, at)
     select assignment.assessment_id, assignment.id, criterion, 'answered', '[]', 'As we do it here', 'yes', 'yes', 'partly', person_id, 'Ines Isms', now()
     from assignment join assessment_criterion using (assessment_id) where assignment.state = 'closed'`,
    [],
    { timeout: 300_000 },
  );
  await db.query(
    `insert into assignment_criterion (assignment_id, ordinal, criterion, open, answer_id)
     select answer.assignment_id, row_number() over (partition by answer.assignment_id order by answer.id), answer.criterion, false, answer.id
     from assessment_answer answer join assignment on assignment.id = assignment_id where assignment.state = 'closed'`,
    [],
    { timeout: 300_000 },
  );
  await db.query('analyze');
}
