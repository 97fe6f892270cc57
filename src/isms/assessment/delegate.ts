/** Handing criteria to those who know: one of them, or owner, doer and manager alike, so that it shows where they differ. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { requiredDay, type CommandContext } from '../../records/command-context.ts';
import { dayOf } from '../../language/calendar.ts';
import { keepAnswer, openAgain, selectOpenAmong } from './answer.ts';
import { leadsAssessment, selectBank, type Assessment } from './assessment.ts';
import { ask, moveAssignment, selectAssignments, type Assignment } from './assignment.ts';
import { isIn, placedIn, scopeInWords, type Scope } from './questions.ts';

export interface Delegation {
  scope: Scope;
  people: readonly { id: number; part: Assignment['part'] }[];
  dueOn: string | null;
  word: string | null;
}

/**
 * The caller has the assessment locked. Nobody is asked the same twice; what the lead had not answered yet is with the others now.
 *
 * @returns the new assignments. @throws Refusal where there is nothing to ask anybody
 */
export async function delegate(
  tx: Queryable,
  command: CommandContext,
  assessment: Assessment,
  { scope, people, dueOn, word }: Delegation,
): Promise<Assignment[]> {
  await leadsAssessment.refuseUnless(tx, command, assessment, null);
  if (assessment.state !== 'in_progress' && assessment.state !== 'in_review')
    throw new Refusal(`${assessment.reference} is ${assessment.state.replaceAll('_', ' ')}: nobody is asked any more.`);
  if (dueOn !== null && requiredDay(dueOn, 'The day') < dayOf(command.at, command.actor.timeZone))
    throw new Refusal('That day is past. Until when shall they answer?');
  const bank = await selectBank(tx, assessment);
  const criteria = [...placedIn(bank).values()].filter((placed) => isIn(scope, placed)).map(({ name }) => name);
  const about = scopeInWords(scope, bank);
  const made: Assignment[] = [];
  for (const { id: personId, part } of people) {
    if (personId === assessment.leadId) continue;
    const assignment = await ask(tx, command, assessment, { personId, part, about, dueOn, criteria, word });
    if (assignment !== null) made.push(assignment);
  }
  if (made.length === 0)
    throw new Refusal(
      `Nobody new is asked about ${about}: ${assessment.reference} does not look at it, or they are asked already.`,
    );
  const asksLead = people.some(({ id }) => id === assessment.leadId);
  const own = (await selectAssignments(tx, assessment.id)).find(({ part }) => part === 'lead');
  if (own !== undefined && !asksLead)
    for (const open of await selectOpenAmong(tx, own, criteria))
      await keepAnswer(tx, command, own, open, { state: 'delegated', words: made.map(({ personName }) => personName).join(', ') });
  return made;
} // prettier-ignore

/** What somebody has not answered is the lead's again, unless others are asked it too; what they answered stays. */
export async function takeBack(
  tx: Queryable,
  command: CommandContext,
  before: Assignment,
): Promise<Assignment> {
  const closed = await moveAssignment(tx, command, before, 'takeBack');
  const own = (await selectAssignments(tx, before.assessmentId)).find(({ part }) => part === 'lead');
  if (own === undefined || own.id === before.id || (await openAgain(tx, own, closed)) === 0) return closed;
  if (own.state === 'submitted' || own.state === 'closed')
    await moveAssignment(tx, command, own, own.state === 'closed' ? 'reopen' : 'requestChanges');
  return closed;
}
