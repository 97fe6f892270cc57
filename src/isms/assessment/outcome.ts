/** What an assessment came to, from the rows of its criteria and answers. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { audit, type CommandContext } from '../../records/command-context.ts';
import { selectBank, type Assessment } from './assessment.ts';
import { Rating } from './bank.ts';
import { placedIn, type Placed } from './questions.ts';
import { dimensions, resultOf, type GapParts } from './result.ts';

const Given = z.object({
  ordinal: z.number(),
  criterion: z.string(),
  requirement: z.string(),
  theme: z.string(),
  leftOut: z.string().nullable(),
  holdsId: z.number().nullable(),
  answerId: z.number().nullable(),
  state: z.string().nullable(),
  part: z.string().nullable(),
  words: z.string().nullable(),
  choice: z.string().nullable(),
  defined: Rating.nullable(),
  practised: Rating.nullable(),
  proven: Rating.nullable(),
  seen: z.array(z.enum(dimensions)).nullable(),
  evidence: z.array(z.number()).nullable(),
  evidenceAge: z.string().nullable(),
  byName: z.string().nullable(),
  at: z.date().nullable(),
});
/** A criterion with one of its answers, or with none. */
export type Given = z.infer<typeof Given>;

/** What was said of one criterion, by everybody who was asked. */
export interface Outcome extends GapParts {
  ordinal: number;
  theme: string;
  placed: Placed;
  /** All answers that count; delegated ones are their delegate's. */
  answers: Given[];
  /** The one by which it is judged. */
  holds: Given | null;
  /** People said different things, and the lead has not decided. */
  differs: boolean;
  /** They did, decided or not. */
  differed: boolean;
  leftOut: string | null;
}

const givenSql = `select criterion.ordinal, criterion.criterion, criterion.requirement, criterion.theme, criterion.left_out, criterion.holds_id,
    answer.id as answer_id, answer.state, answer.part, answer.words, answer.steps -> 0 ->> 'choice' as choice, answer.defined, answer.practised,
    answer.proven, answer.seen, answer.evidence, answer.evidence_age, answer.by_name, answer.at
  from assessment_criterion criterion left join (
    select answer.*, assignment.part, asked.ordinal from assignment
    join assignment_criterion asked on asked.assignment_id = assignment.id
    join assessment_answer answer on answer.id = asked.answer_id and answer.state <> 'delegated'
    where assignment.assessment_id = $1
  ) answer using (ordinal)
  where criterion.assessment_id = $1`;

export async function selectOutcomes(
  tx: Queryable,
  assessment: Pick<Assessment, 'id' | 'bank' | 'reference'>,
): Promise<Outcome[]> {
  const rows = await selectAll(tx, Given, `${givenSql} order by criterion.ordinal, answer.id`, [
    assessment.id,
  ]);
  const placed = placedIn(await selectBank(tx, assessment));
  return [...Map.groupBy(rows, ({ ordinal }) => ordinal).values()].flatMap((given) => {
    const [first] = given;
    const at = placed.get(first?.criterion ?? '');
    return first === undefined || at === undefined ? [] : [outcomeOf(at, first, given)];
  });
}

function outcomeOf(placed: Placed, { ordinal, theme, leftOut }: Given, given: Given[]): Outcome {
  const answers = given.filter(({ answerId }) => answerId !== null);
  const holds = holding(answers);
  const { gap } = placed.criterion;
  const ratings = { defined: holds?.defined ?? null, practised: holds?.practised ?? null, proven: holds?.proven ?? null };
  const isOut = leftOut !== null || holds?.state === 'not_applicable';
  return {
    ...ratings,
    name: placed.name,
    requirement: placed.requirement,
    gap,
    grade: gap.grade,
    seen: holds?.seen ?? [],
    result: isOut ? 'not_applicable' : resultOf(ratings),
    ordinal,
    theme,
    placed,
    answers,
    holds,
    differed: differ(answers),
    differs: differ(answers) && !answers.some(({ holdsId, answerId }) => holdsId !== null && holdsId === answerId),
    leftOut,
  };
} // prettier-ignore

const worst = ['no', 'partly', 'yes'];
const rank = (rating: string | null) => (rating === null ? worst.length : worst.indexOf(rating));

/** What the lead decided; else what an assessor confirmed; else, of those who know, the one who sees it least well. */
function holding(answers: readonly Given[]): Given | null {
  const decided = answers.find(({ holdsId, answerId }) => holdsId !== null && holdsId === answerId);
  const known = answers.filter(({ practised, state }) => practised !== null || state === 'not_applicable');
  const confirmed = known.filter(({ state }) => state === 'confirmed');
  const among = confirmed.length > 0 ? confirmed : known;
  const [first] = among.toSorted(
    (one, other) =>
      rank(one.practised) - rank(other.practised) ||
      rank(one.defined) - rank(other.defined) ||
      rank(one.proven) - rank(other.proven),
  );
  return decided ?? first ?? answers[0] ?? null;
}

/** People who passed it over say nothing against the others. */
function differ(answers: readonly Given[]): boolean {
  const said = answers
    .filter(({ practised, state }) => practised !== null || state === 'not_applicable')
    .map(({ state, defined, practised }) =>
      state === 'not_applicable' ? state : `${defined ?? ''} ${practised ?? ''}`,
    );
  return new Set(said).size > 1;
}

/** Criteria on which people differ and the lead has not decided, with all that was answered. */
export async function selectDiffering(tx: Queryable, id: number): Promise<Given[][]> {
  const rows = await selectAll(
    tx,
    Given,
    `${givenSql} and criterion.ordinal in (
       select asked.ordinal from assignment join assignment_criterion asked on asked.assignment_id = assignment.id
       join assessment_answer answer on answer.id = asked.answer_id and answer.state <> 'delegated'
       where assignment.assessment_id = $1 group by asked.ordinal having count(*) > 1)
     order by criterion.ordinal, answer.id`,
    [id],
  );
  return [...Map.groupBy(rows, ({ ordinal }) => ordinal).values()].filter(
    (given) =>
      differ(given) && !given.some(({ holdsId, answerId }) => holdsId !== null && holdsId === answerId),
  );
}

/** Which of several answers holds. The caller has checked that it is the lead's to say, and has the assessment locked. */
export async function settle(
  tx: Queryable,
  command: CommandContext,
  assessmentId: number,
  criterion: string,
  answerId: number,
): Promise<void> {
  const { rowCount } = await tx.query(
    `update assessment_criterion set holds_id = $3 where assessment_id = $1 and criterion = $2
       and exists (select from assignment join assignment_criterion asked on asked.assignment_id = assignment.id
         where assignment.assessment_id = $1 and asked.criterion = $2 and asked.answer_id = $3)`,
    [assessmentId, criterion, answerId],
  );
  if (rowCount !== 1)
    throw new Refusal('That answer has been replaced meanwhile. Look at the newest ones first.');
  await audit(tx, command, {
    action: 'assessment.settled',
    record: `assessment:${assessmentId}`,
    detail: { criterion, answer: answerId },
  });
}
