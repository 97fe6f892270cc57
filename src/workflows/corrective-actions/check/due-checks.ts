/** What happens when its day has come: the check whether a non-conformity's actions worked is asked for. */
import { lookButton, recordButton } from '../buttons.ts';
import type { Addressed, DueJob, JobHandler } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { isPartOfPlan, selectActionsOf } from '../../../isms/corrective-action/corrective-action.ts';
import { dueOnDay } from '../../../dialogue/due.ts';
import { selectChecker, selectDueChecks } from '../../../isms/nonconformity/effectiveness.ts';
import {
  recordOf,
  selectOptionalNonconformity,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { selectByRole, selectPerson } from '../../../records/person.ts';
import { linesOf, shortened } from '../../../language/text.ts';
import { checkButton } from './check-card.ts';
import { stake, titleLine } from '../plan/notify-nonconformity.ts';

const name = 'corrective-actions.ask-check';

/** Checks whose day has come where the person is who is asked. */
export function dueChecks(tx: Queryable, now: Date): Promise<DueJob[]> {
  return dueOnDay(tx, now, {
    name,
    select: selectDueChecks,
    day: ({ checkDueOn }) => checkDueOn ?? '',
    asked: async (on, nonconformity) => (await askedFor(on, nonconformity))[0],
    key: ({ id, round, checkDueOn }) => `${id}:${round}:${checkDueOn}`,
    values: ({ reference, round, checkDueOn }) => ({
      record: reference,
      round: String(round),
      due: checkDueOn ?? '',
    }),
  });
}

export const effectivenessJobs: Record<string, JobHandler> = {
  [name]: (tx, _context, values) => askForCheck(tx, values),
};

/** Whoever may make the check; where that is nobody, the ISMS managers, who choose somebody. */
async function askedFor(tx: Queryable, nonconformity: Nonconformity) {
  const checker = await selectChecker(tx, nonconformity);
  return checker === null ? selectByRole(tx, 'isms_manager') : [await selectPerson(tx, checker)];
}

async function askForCheck(
  tx: Queryable,
  { record = '', round, due }: Record<string, string>,
): Promise<Addressed[]> {
  const nonconformity = await selectOptionalNonconformity(tx, record);
  const stillDue =
    nonconformity?.state === 'verifying' &&
    String(nonconformity.round) === round &&
    nonconformity.checkDueOn === due;
  if (!stillDue) return [];
  const asked = await askedFor(tx, nonconformity);
  const isIndependent = (await selectChecker(tx, nonconformity)) !== null;
  const { reference, id, criterion } = nonconformity;
  const done = (await selectActionsOf(tx, recordOf({ id }), nonconformity.round)).filter(isPartOfPlan);
  const lead = isIndependent
    ? 'The day has come to look whether this worked. You did none of its actions, so your eye counts.'
    : 'The day has come to look whether this worked, but everybody who may look owns one of its actions. Please choose somebody else.';
  return asked.map((person) => ({
    to: { personId: person.id },
    reply: {
      text: linesOf(lead, titleLine(nonconformity), stake(nonconformity)),
      facts: [{ label: 'It worked when', value: criterion ?? '' }],
      items: done.map((action) => ({
        text: `${action.reference} · ${shortened(action.description, 200)}`,
        detail: `verified by ${action.verifiedByName ?? 'somebody'}`,
      })),
      buttons: [
        ...(isIndependent ? [checkButton(reference)] : []),
        ...(person.id === nonconformity.ownerId || person.roles.includes('isms_manager')
          ? [
              recordButton(
                'plan-check',
                isIndependent ? 'Choose another day' : 'Choose who looks',
                reference,
                { opensForm: true },
              ),
            ]
          : []),
        ...(isIndependent ? [] : [lookButton(reference, {})]),
      ],
    },
  }));
}
