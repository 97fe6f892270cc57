/** Whoever has not answered is reminded once before the day and once after it. */
import type { DueJob, JobHandler } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { dueOnDay } from '../../dialogue/due.ts';
import {
  lockAssignment,
  selectHowFar,
  selectToRemind,
  type Assignment,
} from '../../isms/assessment/assignment.ts';
import { addDays, inFull } from '../../language/calendar.ts';
import { selectPerson } from '../../records/person.ts';
import { room } from './buttons.ts';
import type { Interviews } from './start.ts';

/** Days from the one on which it is due. */
const reminders = { before: -2, after: 1 } as const;
const job = `${room}.remind`;

export async function dueReminders(tx: Queryable, now: Date): Promise<DueJob[]> {
  const jobs: DueJob[] = [];
  for (const [when, days] of Object.entries(reminders))
    jobs.push(
      ...(await dueOnDay<Assignment>(tx, now, {
        name: job,
        atWork: true,
        select: (from, day) => selectToRemind(from, day, days),
        day: ({ dueOn }) => addDays(dueOn ?? '', days),
        asked: (from, { personId }) => selectPerson(from, personId),
        key: ({ id, dueOn }) => `${id}:${dueOn ?? ''}:${when}`,
        values: ({ id, dueOn }) => ({ assignment: String(id), due: dueOn ?? '' }),
      })),
    );
  return jobs;
}

export function reminderJobs({ questions }: Pick<Interviews, 'questions'>): Record<string, JobHandler> {
  return {
    /** It looks again: whoever submitted meanwhile, or was given longer, is not asked. */
    async [job](tx, _context, { assignment: id = '', due = '' }) {
      const assignment = await lockAssignment(tx, Number(id));
      const { dueOn, state, reference, about, personId } = assignment;
      if (dueOn !== due || !['in_progress', 'changes_requested', 'reopened'].includes(state)) return [];
      const { open, total } = await selectHowFar(tx, assignment);
      const left = open === 0 ? 'only to be submitted' : `${open} of ${total} questions left`;
      const text = `Your answers about ${about} for ${reference} are due on ${inFull(due)}: ${left}.`;
      return [
        { to: { personId }, reply: { text, buttons: [{ ...questions.resume(id), style: 'primary' }] } },
      ];
    },
  };
}
