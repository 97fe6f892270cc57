/**
 * Results of phishing tests that another system sent. Of whom how well they did is theirs alone no single result is kept, only how
 * many did what: in the whole test, and in departments that are large enough. Owns `phishing_test` and its results and counts.
 */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne } from '../../db/rows.ts';
import type { Person } from '../../records/person.ts';
import { worksCouncilMode } from './works-council.ts';

/** The graver before the lighter. */
export const outcomes = ['entered_data', 'clicked', 'reported', 'ignored'] as const;
export type Outcome = (typeof outcomes)[number];

export interface PhishingResult {
  person: Pick<Person, 'id' | 'department' | 'locale'>;
  outcome: Outcome;
}

/** People of a department at least before it is counted by itself. */
const smallestDepartment = 10;
/** People of a test at least: of two each would know what the other did. */
const smallestTest = 3;

interface Count {
  department: string;
  outcome: Outcome;
  people: number;
}

export interface TestKept {
  isNew: boolean;
  changed: boolean;
  /** People of whom no single result is kept, and of these whose results are not even counted. */
  counted: number;
  dropped: number;
  /** Departments that are counted with others, since they are too small. */
  merged: string[];
}

/** One test whole, as its system says it now: what was kept of it before is replaced. */
export async function keepPhishingTest(
  tx: Queryable,
  { name, sentOn }: { name: string; sentOn: string },
  results: readonly PhishingResult[],
): Promise<TestKept> {
  const isPrivate = await worksCouncilMode(tx);
  const single = results.filter(({ person }) => !isPrivate(person));
  const hidden = results.filter(({ person }) => isPrivate(person));
  const { counts, merged } = hidden.length < smallestTest ? { counts: [], merged: [] } : countsOf(hidden);
  const { id, isNew } = await selectOne(
    tx,
    z.object({ id: z.number(), isNew: z.boolean() }),
    `insert into phishing_test (name, sent_on) values ($1, $2)
     on conflict (name, sent_on) do update set name = excluded.name returning id, xmax = 0 as is_new`,
    [name, sentOn],
  );
  const before = await keptOf(tx, id);
  await tx.query('delete from phishing_result where test_id = $1', [id]);
  await tx.query('delete from phishing_count where test_id = $1', [id]);
  await tx.query(
    'insert into phishing_result (test_id, person_id, outcome) select $1, * from unnest($2::integer[], $3::text[])',
    [id, single.map(({ person }) => person.id), single.map(({ outcome }) => outcome)],
  );
  await tx.query(
    `insert into phishing_count (test_id, department, outcome, people)
     select $1, * from unnest($2::text[], $3::text[], $4::integer[])`,
    [
      id,
      counts.map(({ department }) => department),
      counts.map(({ outcome }) => outcome),
      counts.map(({ people }) => people),
    ],
  );
  const dropped = counts.length === 0 ? hidden.length : 0;
  return {
    isNew,
    changed: isNew || before !== (await keptOf(tx, id)),
    counted: hidden.length - dropped,
    dropped,
    merged,
  };
}

/** Small departments are counted together; where they are still too few, the smallest of the large ones is with them, so that nothing is left by subtraction. */
function countsOf(hidden: readonly PhishingResult[]): { counts: Count[]; merged: string[] } {
  const groups = [...Map.groupBy(hidden, ({ person }) => person.department ?? '').entries()].toSorted(
    ([, one], [, other]) => one.length - other.length,
  );
  let merged = 0;
  let together = 0;
  for (const [, group] of groups) {
    if (group.length >= smallestDepartment && (together === 0 || together >= smallestDepartment)) break;
    together += group.length;
    merged += 1;
  }
  const tally = (department: string, of: readonly PhishingResult[]) =>
    outcomes.flatMap((outcome) => {
      const people = of.filter((each) => each.outcome === outcome).length;
      return people === 0 ? [] : [{ department, outcome, people }];
    });
  const alone = groups.slice(merged).filter(([department]) => department !== '');
  return {
    counts: [...tally('', hidden), ...alone.flatMap(([department, group]) => tally(department, group))],
    merged: groups.slice(0, merged).flatMap(([department]) => (department === '' ? [] : [department])),
  };
}

/** As it can be compared. */
async function keptOf(tx: Queryable, id: number): Promise<string | null> {
  const { kept } = await selectOne(
    tx,
    z.object({ kept: z.string().nullable() }),
    `select (select string_agg(line, ';' order by line) from (
       select person_id || outcome as line from phishing_result where test_id = $1
       union all select department || outcome || people from phishing_count where test_id = $1) lines) as kept`,
    [id],
  );
  return kept;
}

const PhishingTest = z.object({
  id: z.number(),
  name: z.string(),
  sentOn: z.string(),
  /** Empty for all of them. */
  department: z.string(),
  people: z.number(),
  enteredData: z.number(),
  clicked: z.number(),
  reported: z.number(),
  ignored: z.number(),
});

/** How many did what: of each test, and of departments in it that are large enough; the newest first. */
export function selectPhishingTests(tx: Queryable): Promise<z.infer<typeof PhishingTest>[]> {
  return selectAll(
    tx,
    PhishingTest,
    `with counted as (
       select test_id, '' as department, outcome, count(*) as people from phishing_result group by 1, 3
       union all select test_id, department, outcome, people from phishing_count
       union all select test_id, person.department, outcome, count(*) from phishing_result
         join person on person.id = person_id where person.department is not null group by 1, 2, 3)
     select test.id, test.name, test.sent_on, department, sum(people)::integer as people,
       ${outcomes.map((outcome) => `(coalesce(sum(people) filter (where outcome = '${outcome}'), 0))::integer as ${outcome}`).join(', ')}
     from counted join phishing_test test on test.id = test_id
     group by test.id, department having department = '' or sum(people) >= ${smallestDepartment}
     order by test.sent_on desc, test.id desc, department`,
  );
}

/** Whoever comes under the mode after a test is in its numbers alone from then on; too few of them are in none. */
export async function hidePhishingResults(tx: Queryable): Promise<void> {
  const isPrivate = await worksCouncilMode(tx);
  const kept = await selectAll(
    tx,
    z.object({ testId: z.number(), id: z.number(), locale: z.string(), outcome: z.enum(outcomes) }),
    'select test_id, person.id, locale, outcome from phishing_result join person on person.id = person_id',
  );
  for (const [testId, hidden] of Map.groupBy(kept.filter(isPrivate), (each) => each.testId)) {
    const ids = hidden.map(({ id }) => id);
    await tx.query('delete from phishing_result where test_id = $1 and person_id = any($2)', [testId, ids]);
    if (hidden.length < smallestTest) continue;
    await tx.query(
      `insert into phishing_count (test_id, department, outcome, people)
       select $1, '', outcome, count(*) from unnest($2::text[]) as outcome group by outcome
       on conflict (test_id, department, outcome) do update set people = phishing_count.people + excluded.people`,
      [testId, hidden.map(({ outcome }) => outcome)],
    );
  }
}

/** Those whose result may be kept and who work here: they clicked, or entered something. */
export async function selectFallen(tx: Queryable, testId: number): Promise<number[]> {
  const isPrivate = await worksCouncilMode(tx);
  const people = await selectAll(
    tx,
    z.object({ id: z.number(), locale: z.string() }),
    `select person.id, locale from phishing_result join person on person.id = person_id
     where test_id = $1 and active and outcome in ('clicked', 'entered_data') order by person.id`,
    [testId],
  );
  return people.filter((person) => !isPrivate(person)).map(({ id }) => id);
}
