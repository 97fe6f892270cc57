/**
 * What people answered, appended: an answer is superseded, never changed. An assessor's word is an answer of its own, which says what
 * they saw. Owns `assessment_answer`.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable, toJsonb } from '../../db/rows.ts';
import { audit, type CommandContext } from '../../records/command-context.ts';
import type { Assignment } from './assignment.ts';
import { Rating } from './bank.ts';
import { InterviewAnswer } from '../../records/interview-answer.ts';
import { dimensions } from './result.ts';

export const Answer = z.object({
  id: z.number(),
  assessmentId: z.number(),
  assignmentId: z.number(),
  criterion: z.string(),
  state: z.enum(['answered', 'challenged', 'confirmed', 'delegated', 'skipped', 'not_applicable']),
  steps: z.array(InterviewAnswer),
  words: z.string(),
  defined: Rating.nullable(),
  practised: Rating.nullable(),
  proven: Rating.nullable(),
  seen: z.array(z.enum(dimensions)),
  evidence: z.array(z.number()),
  evidenceAge: z.string().nullable(),
  byId: z.number(),
  byName: z.string(),
  at: z.date(),
});
export type Answer = z.infer<typeof Answer>;
export type NewAnswer = Pick<Answer, 'state'> &
  Partial<Omit<Answer, 'id' | 'assessmentId' | 'assignmentId' | 'criterion' | 'byId' | 'byName' | 'at'>>;

const Asked = z.object({ ordinal: z.number(), criterion: z.string(), answerId: z.number().nullable() });
export type Asked = z.infer<typeof Asked>;

/** What is asked now: where the person went back to, else the first that is open; null where all is answered. */
export function selectNext(tx: Queryable, { id, at }: Pick<Assignment, 'id' | 'at'>): Promise<Asked | null> {
  return selectOptional(
    tx,
    Asked,
    `select ordinal, criterion, answer_id from assignment_criterion
     where assignment_id = $1 and ${at === null ? 'open and $2::integer is null' : 'ordinal = $2'} order by ordinal limit 1`,
    [id, at],
  );
}

/** The last before it that the person answered themselves. @param ordinal  null for the last of all */
export function selectPrevious(
  tx: Queryable,
  { id }: Pick<Assignment, 'id'>,
  ordinal: number | null,
): Promise<(Answer & { ordinal: number }) | null> {
  return selectOptional(
    tx,
    Answer.extend({ ordinal: z.number() }),
    `select answer.*, asked.ordinal from assignment_criterion asked join assessment_answer answer on answer.id = asked.answer_id
     where asked.assignment_id = $1 and ($2::integer is null or asked.ordinal < $2) and answer.state <> 'delegated'
     order by asked.ordinal desc limit 1`,
    [id, ordinal],
  );
}

export function selectOptionalAnswer(tx: Queryable, id: number): Promise<Answer | null> {
  return selectOptional(tx, Answer, 'select * from assessment_answer where id = $1', [id]);
}

export function selectAnswer(tx: Queryable, id: number): Promise<Answer> {
  return selectOne(tx, Answer, 'select * from assessment_answer where id = $1', [id]);
}

/** Those of an assignment that count, in the order of their questions. */
export function selectAnswersOf(tx: Queryable, { id }: Pick<Assignment, 'id'>): Promise<Answer[]> {
  return selectAll(
    tx,
    Answer,
    `select answer.* from assignment_criterion asked join assessment_answer answer on answer.id = asked.answer_id
     where asked.assignment_id = $1 order by asked.ordinal`,
    [id],
  );
}

/**
 * Takes the place of the answer that counted. The caller has the assignment locked.
 *
 * @param again  whether the question is to be asked once more
 */
export async function keepAnswer(
  tx: Queryable,
  command: CommandContext,
  { id, assessmentId }: Pick<Assignment, 'id' | 'assessmentId'>,
  { ordinal, criterion, answerId }: Asked,
  fresh: NewAnswer,
  again = false,
): Promise<Answer> {
  const { state, steps = [], words = '', defined = null, practised = null, proven = null } = fresh;
  const { seen = [], evidence = [], evidenceAge = null } = fresh;
  const answer = await selectOne(
    tx,
    Answer,
    `insert into assessment_answer (assessment_id, assignment_id, criterion, state, supersedes, steps, words, defined, practised,
       proven, seen, evidence, evidence_age, by_id, by_name, at, input_id, link)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) returning *`,
    [assessmentId, id, criterion, state, answerId, toJsonb(steps), storable(words), defined, practised, proven, seen, evidence,
      evidenceAge, command.actor.id, command.actor.name, command.at, command.inputId, command.link], // prettier-ignore
  );
  await tx.query(
    'update assignment_criterion set answer_id = $3, open = $4 where assignment_id = $1 and ordinal = $2',
    [id, ordinal, answer.id, again],
  );
  await audit(tx, command, {
    action: 'assessment.answered',
    record: `assessment:${assessmentId}`,
    detail: { answer: answer.id, criterion, state, defined, practised, proven, seen },
  });
  return answer;
}

/** The question of an answer, as it stands now. */
export function selectAskedBy(
  tx: Queryable,
  answer: Pick<Answer, 'assignmentId' | 'criterion'>,
): Promise<Asked> {
  return selectOne(
    tx,
    Asked,
    'select ordinal, criterion, answer_id from assignment_criterion where assignment_id = $1 and criterion = $2',
    [answer.assignmentId, answer.criterion],
  );
}

/** Those of these criteria that have no answer yet. */
export function selectOpenAmong(
  tx: Queryable,
  { id }: Pick<Assignment, 'id'>,
  criteria: readonly string[],
): Promise<Asked[]> {
  return selectAll(
    tx,
    Asked,
    `select ordinal, criterion, answer_id from assignment_criterion
     where assignment_id = $1 and open and criterion = any($2) order by ordinal`,
    [id, criteria],
  );
}

/** What one assignment left open, and nobody else is asked, is to be asked in the other. @returns how many */
export async function openAgain(
  tx: Queryable,
  into: Pick<Assignment, 'id' | 'assessmentId'>,
  { id }: Pick<Assignment, 'id'>,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update assignment_criterion mine set open = true
     from assignment_criterion left_open, assessment_answer answer
     where mine.assignment_id = $1 and left_open.assignment_id = $2 and left_open.open and left_open.ordinal = mine.ordinal
       and answer.id = mine.answer_id and answer.state = 'delegated' and not exists (
         select from assignment join assignment_criterion other on other.assignment_id = assignment.id
         where assignment.assessment_id = $3 and other.ordinal = mine.ordinal and not assignment.id in ($1, $2)
           and (not other.open or assignment.state <> 'closed'))`,
    [into.id, id, into.assessmentId],
  );
  return rowCount ?? 0;
}
