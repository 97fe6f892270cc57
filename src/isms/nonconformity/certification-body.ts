/** A finding of the certification body beside our record of it: its number and auditor, its days, our answer and what it said to that. */
import type { Queryable } from '../../db/database.ts';
import { columnOf } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { isIsmsManager, optional, requiredDay, type CommandContext } from '../../records/command-context.ts';
import { lockFor } from './gate.ts';
import { change, type Nonconformity } from './nonconformity.ts';

export type BodyNotes = Partial<
  Pick<
    Nonconformity,
    'bodyFinding' | 'bodyAuditor' | 'bodyPlanDueOn' | 'bodyDueOn' | 'bodyAnsweredOn' | 'bodyAnswer' | 'bodyAnswerOn' | 'bodyAnswerNote' | 'bodyClosedOn'
  >
>; // prettier-ignore

const happened = { bodyAnsweredOn: 'The answer', bodyAnswerOn: 'What the body said', bodyClosedOn: 'Its closing' } as const; // prettier-ignore

/** Also once we have closed it: the body closes later. What is said to be as it was changes nothing. */
export async function noteBody(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  notes: BodyNotes,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'noteBody');
  if (nonconformity.source !== 'external_audit')
    throw new Refusal(
      `${nonconformity.reference} is no finding of an external audit, so no certification body has a part in it. Correct how it was noticed first.`,
    );
  const said: BodyNotes = {
    ...notes,
    ...(notes.bodyFinding === undefined
      ? {}
      : { bodyFinding: optional(notes.bodyFinding, 'Its number', 200) }),
    ...(notes.bodyAuditor === undefined
      ? {}
      : { bodyAuditor: optional(notes.bodyAuditor, 'Its auditor', 200) }),
    ...(notes.bodyAnswerNote === undefined
      ? {}
      : { bodyAnswerNote: optional(notes.bodyAnswerNote, 'What it said') }),
  };
  const fresh = (Object.keys(said) as (keyof BodyNotes)[]).filter(
    (key) => said[key] !== undefined && said[key] !== nonconformity[key],
  );
  if (fresh.length === 0) return nonconformity;
  if (fresh.some((key) => key === 'bodyPlanDueOn' || key === 'bodyDueOn') && !isIsmsManager(command.actor))
    throw new Refusal(
      `The days of the certification body for ${nonconformity.reference} only the ISMS manager sets.`,
    );
  for (const key of Object.keys(happened) as (keyof typeof happened)[]) {
    const day = fresh.includes(key) ? (said[key] ?? null) : null;
    if (day !== null && requiredDay(day, happened[key]) > dayOf(command.at, command.actor.timeZone))
      throw new Refusal(
        `${dayInWords(day)} is still to come: ${happened[key].toLowerCase()} is noted once it is there.`,
      );
  }
  const after = { ...nonconformity, ...said };
  if (after.bodyAnswer !== null && (after.bodyAnswerOn === null || after.bodyAnsweredOn === null))
    throw new Refusal(
      'Say when the answer was sent, and when the certification body accepted or returned it.',
    );
  if (after.bodyAnswer === 'returned' && after.bodyClosedOn !== null)
    throw new Refusal('The certification body returned the answer, so it has not closed it yet.');
  const values = Object.fromEntries(fresh.map((key) => [columnOf(key), said[key]]));
  return change(tx, command, nonconformity, values, ({ bodyAnsweredOn, bodyAnswer, bodyClosedOn }) => ({
    action: 'nonconformity.body_noted',
    detail: {
      fields: Object.keys(values),
      ...(fresh.includes('bodyAnsweredOn') && bodyAnsweredOn !== null ? { sent: bodyAnsweredOn } : {}),
      ...(fresh.includes('bodyAnswer') && bodyAnswer !== null ? { answer: bodyAnswer } : {}),
      ...(fresh.includes('bodyClosedOn') && bodyClosedOn !== null ? { closed: bodyClosedOn } : {}),
    },
  }));
}
