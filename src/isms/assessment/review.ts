/** What an assessor makes of an answer: confirmed, seen with their own eyes, or asked again; each is an answer of its own. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { required, type CommandContext } from '../../records/command-context.ts';
import { keepAnswer, selectAskedBy, selectOptionalAnswer, type Answer } from './answer.ts';
import { leadsAssessment, lockOpen } from './assessment.ts';
import { lockSeen, moveAssignment, type Assignment } from './assignment.ts';
import { type Dimension, type Ratings } from './result.ts';

export interface Reviewed {
  assignment: Assignment;
  answer: Answer;
}

const noAnswer = 'There is no such answer.';

/** Its assignment is locked. @throws Refusal where it was replaced, or is not the person's to judge */
export async function lockForReview(tx: Queryable, command: CommandContext, id: number): Promise<Reviewed> {
  const found = Number.isInteger(id) && id > 0 && id < 2 ** 31 ? await selectOptionalAnswer(tx, id) : null;
  if (found === null) throw new Refusal(noAnswer);
  const assignment = await lockSeen(tx, command, found.assignmentId, noAnswer);
  await leadsAssessment.refuseUnless(tx, command, assignment, null);
  const { answerId } = await selectAskedBy(tx, found);
  if (answerId !== id) throw new Refusal(`That answer was replaced meanwhile. Look at ${assignment.reference} once more.`);
  return { assignment, answer: found };
} // prettier-ignore

/** @param seen  which of the ratings the assessor saw, as they are now. @throws Refusal for an answer of their own */
export async function confirmAnswer(
  tx: Queryable,
  command: CommandContext,
  { assignment, answer }: Reviewed,
  { ratings = answer, seen = [], words = answer.words }: { ratings?: Ratings; seen?: readonly Dimension[]; words?: string } = {},
): Promise<Answer> {
  if (assignment.personId === command.actor.id)
    throw new Refusal('You answered that yourself: somebody else has to look at it.');
  if (!['submitted', 'closed'].includes(assignment.state))
    throw new Refusal(`${assignment.personName} has not submitted it yet.`);
  await lockOpen(tx, assignment.assessmentId);
  const { defined, practised, proven } = ratings;
  const kept = new Set([...answer.seen, ...seen]);
  const fresh = { ...answer, state: answer.state === 'not_applicable' ? answer.state : 'confirmed' as const, defined, practised, proven, words, seen: [...kept] };
  return keepAnswer(tx, command, assignment, await selectAskedBy(tx, answer), fresh);
} // prettier-ignore

/** It goes back to whoever gave it, with what the assessor wants to know. */
export async function challengeAnswer(
  tx: Queryable,
  command: CommandContext,
  { assignment, answer }: Reviewed,
  words: string,
): Promise<Assignment> {
  await lockOpen(tx, assignment.assessmentId);
  const asked = await selectAskedBy(tx, answer);
  const word = required(words, 'What you want to know', 1_000);
  await keepAnswer(tx, command, assignment, asked, { ...answer, state: 'challenged', words: word }, true);
  if (assignment.state === 'changes_requested' || assignment.state === 'reopened') return assignment;
  return moveAssignment(
    tx,
    command,
    assignment,
    assignment.state === 'closed' ? 'reopen' : 'requestChanges',
    word,
  );
}
