/** Quizzes that people take, and the two questions that they are asked again months later. Owns `quiz_attempt`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOptional, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { InterviewAnswer } from '../../records/interview-answer.ts';
import { personIn } from '../../records/permission.ts';
import { selectPerson } from '../../records/person.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { selectSetting } from '../../records/setting.ts';
import { declareStates } from '../../records/states.ts';
import { drawQuestions } from './draw.ts';
import { hashOf, type Lesson } from './lesson-bank.ts';
import { courseOf, noteQuiz, openTraining, trainings, type Training } from './training.ts';
import { worksCouncilMode } from './works-council.ts';

const states = ['started', 'submitted', 'passed', 'failed', 'abandoned'] as const;
const Attempt = recordSchema(states, {
  trainingId: z.number(),
  personId: z.number(),
  purpose: z.enum(['quiz', 'check']),
  seed: z.number(),
  questions: z.array(z.string()),
  textHash: z.string(),
  given: z.array(InterviewAnswer),
  before: z.string().nullable(),
  begunAt: z.date(),
  score: z.number().nullable(),
  checkOn: z.string().nullable(),
  checks: z.number().nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

const takesIt = personIn('personId');
/** Whether it reaches the pass mark, once it is known. */
interface AttemptFacts {
  passed: boolean;
}
const isPassed = { lacks: 'the pass mark', met: (_row: Attempt, { passed }: AttemptFacts) => passed };
const isFailed = { lacks: null, met: (_row: Attempt, { passed }: AttemptFacts) => !passed };

export const attemptStates = declareStates<Attempt['state'], Attempt, AttemptFacts>('started', {
  started: { submit: { to: 'submitted', by: takesIt }, abandon: { to: 'abandoned', by: null } },
  submitted: {
    pass: { to: 'passed', by: null, needs: [isPassed] },
    fail: { to: 'failed', by: null, needs: [isFailed] },
  },
  passed: {},
  failed: {},
  abandoned: {},
});

type Column = 'state' | 'given' | 'seed' | 'score' | 'check_on';

const attempts = declareRecord<typeof Attempt, Column>({
  table: 'quiz_attempt',
  prefix: 'QZ',
  schema: Attempt,
  ended: ['passed', 'failed', 'abandoned'],
  written: [],
  reads: 'person_id = $1',
});

/** The quiz that waits to be finished, or a new one, with others than the last. */
export async function openQuiz(tx: Queryable, command: CommandContext, training: Training, lesson: Lesson): Promise<Attempt> {
  const [open] = await attempts.selectWhere(tx, "training_id = $1 and purpose = 'quiz' and state = 'started'", [training.id]);
  if (open !== undefined) return open;
  const { questions } = await selectSetting(tx, 'awareness.course');
  return begin(tx, command, training, lesson, { count: questions, checks: null });
} // prettier-ignore

async function begin(tx: Queryable, command: CommandContext, training: Training, lesson: Lesson, { count, checks }: { count: number; checks: number | null }): Promise<Attempt> {
  const { actor, at, inputId } = command;
  const before = await attempts.selectWhere(tx, 'training_id = $1', [training.id]);
  const seed = ((inputId ?? 0) * 1_009 + training.id * 31 + before.length) % 2_000_000_000;
  const by = { state: 'started', state_by: actor.id, state_by_name: actor.name, state_at: at };
  return attempts.insert(
    tx,
    command,
    {
      ...by,
      training_id: training.id,
      person_id: training.personId,
      purpose: checks === null ? 'quiz' : 'check',
      seed,
      questions: drawQuestions(lesson, count, seed, before.at(-1)?.questions ?? []),
      text_hash: hashOf(lesson),
      begun_at: at,
      checks,
    },
    () => ({ action: 'quiz_attempt.begun', detail: { training: training.reference, text: hashOf(lesson) } }),
  );
} // prettier-ignore

/** The person's own, as long as it is not over. Locked until the caller's transaction ends. @throws Refusal else */
export async function lockOwnAttempt(tx: Queryable, { actor }: Pick<CommandContext, 'actor'>, id: number): Promise<Attempt> {
  const found = Number.isInteger(id) && id > 0 && id < 2 ** 31
    ? await selectOptional(tx, Attempt, 'select * from quiz_attempt where id = $1 and person_id = $2 for update', [id, actor.id])
    : null;
  if (found?.state !== 'started') throw new Refusal('That quiz is over. Say «what can I learn?» for another one.');
  return found;
} // prettier-ignore

export function saveGiven(tx: Queryable, command: CommandContext, attempt: Attempt): Promise<Attempt> {
  return attempts.change(tx, command, attempt, { given: toJsonb(attempt.given) }, () => []);
}

/** Those that somebody has begun. */
export function selectStartedOf(tx: Queryable, personId: number): Promise<Attempt[]> {
  return attempts.selectWhere(tx, "person_id = $1 and state = 'started'", [personId]);
}

/** Days after which what was passed is asked again: from the first, one of so many. */
const checkedFrom = 60;
const checkedWithin = 31;

/**
 * It is over. In works-council mode nothing stays of the single answers, nor what would tell from the buttons which they were.
 *
 * @param score  percent
 */
export async function submitAttempt(tx: Queryable, command: CommandContext, attempt: Attempt, lesson: Lesson, score: number): Promise<{ passed: boolean; training: Training }> {
  const passed = score >= (await courseOf(tx, lesson.id)).passMark;
  const state = attemptStates.next({ ...attempt, state: 'submitted' }, { passed });
  const isPrivate = (await worksCouncilMode(tx))(await selectPerson(tx, attempt.personId));
  const forgotten = isPrivate ? { given: '[]', seed: 0 } : {};
  const today = dayOf(command.at, command.actor.timeZone);
  const isQuiz = attempt.purpose === 'quiz';
  const check = isQuiz && passed ? addDays(today, checkedFrom + ((attempt.id * 7_919) % checkedWithin)) : null;
  const training = isQuiz ? await openTraining(tx, command, lesson) : await trainings.select(tx, attempt.trainingId);
  if (check !== null) await tx.query('update quiz_attempt set check_on = null where training_id = $1', [training.id]);
  await attempts.change(tx, command, attempt, { state, score, check_on: check, ...forgotten }, () => ({
    action: isQuiz ? 'quiz_attempt.submitted' : 'quiz_attempt.checked',
    detail: { training: training.reference },
  }));
  if (!isQuiz) return { passed, training };
  return { passed, training: await noteQuiz(tx, command, training.id, { score, passed, text: attempt.textHash }) };
} // prettier-ignore

const here = 'exists (select from person where person.id = person_id and active)';

/** Passed quizzes of people who are here whose check has its day. */
export function selectToCheck(tx: Queryable, day: string): Promise<Attempt[]> {
  return attempts.selectWhere(
    tx,
    `check_on <= $1 and ${here} and not exists (select from quiz_attempt later where later.checks = quiz_attempt.id)`,
    [day],
  );
}

/** Questions that are asked again. */
const askedAgain = 2;

/** @returns null where it was asked, or passed anew, meanwhile */
export async function openCheck(tx: Queryable, command: CommandContext, id: number, lessonOf: (training: Training) => Lesson | null): Promise<Attempt | null> {
  const attempt = await attempts.lock(tx, id);
  const training = await trainings.lock(tx, attempt.trainingId);
  const lesson = lessonOf(training);
  const asked = await attempts.selectWhere(tx, "checks = $1 or (training_id = $2 and purpose = 'check' and state = 'started')", [id, training.id]);
  if (attempt.checkOn === null || asked.length > 0 || lesson === null) return null;
  return begin(tx, command, training, lesson, { count: askedAgain, checks: id });
} // prettier-ignore

/** Begun longer ago than a quiz may take, and never finished. */
export async function selectForgotten(tx: Queryable, now: Date): Promise<Attempt[]> {
  const { abandonedAfterDays } = await selectSetting(tx, 'awareness.course');
  const before = new Date(now.getTime() - abandonedAfterDays * 86_400_000);
  return attempts.selectWhere(tx, `state = 'started' and begun_at < $1 and ${here}`, [before]);
}

/** @returns false where it was finished meanwhile */
export async function abandon(tx: Queryable, command: CommandContext, id: number): Promise<boolean> {
  const attempt = await attempts.lock(tx, id);
  const step = attemptStates.step('abandon', attempt, { passed: false });
  if (step === null) return false;
  const detail = { from: attempt.state, to: step.to };
  await attempts.change(tx, command, attempt, { state: step.to, given: '[]', seed: 0 }, () => ({ action: 'quiz_attempt.abandoned', detail }));
  return true;
} // prettier-ignore

/** Single answers that are past their retention. */
export async function forgetAnswers(tx: Queryable, before: Date): Promise<void> {
  await tx.query("update quiz_attempt set given = '[]', seed = 0 where state <> 'started' and state_at < $1 and given <> '[]'", [before]);
} // prettier-ignore
