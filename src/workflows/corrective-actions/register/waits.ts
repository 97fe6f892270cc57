/** «Why is NC-6 still open?»: what a record waits for, whom, and until when. */
import type { Queryable } from '../../../db/database.ts';
import {
  isUnfinished,
  selectActionsOf,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { nextStep } from '../../../isms/nonconformity/gate.ts';
import { recordOf, type Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { dayInWords } from '../../../language/calendar.ts';
import { namesOf } from '../../../records/command-context.ts';
import { stateLabels } from './filter.ts';
import type { Readable } from './find-readable.ts';

/** @returns a sentence, and where it waits for several, one for each of them behind it */
export async function waitsInWords(
  tx: Queryable,
  { nonconformity, action }: Readable,
): Promise<[all: string, ...each: string[]]> {
  if (action !== null)
    return [
      isUnfinished(action)
        ? `${action.reference} waits for ${await waitsFor(tx, action)}.`
        : `${action.reference} is ${stateLabels[action.state]} and waits for nobody.`,
    ];
  const { reference, state } = nonconformity;
  const actions = await actionsWaitedFor(tx, nonconformity);
  if (actions.length === 0) {
    const still = ['open', 'closed', 'rejected'].includes(state) ? '' : 'still open: ';
    return [`${reference} is ${still}${stateLabels[state]}. ${await nextStep(tx, nonconformity)}`];
  }
  const whom: string[] = [];
  for (const each of actions) whom.push(`${await waitsFor(tx, each)} (${each.reference})`);
  return [
    `${reference} waits for ${whom.join(', and for ')}.`,
    ...(whom.length === 1 ? [] : whom.map((each) => `${reference} waits for ${each}.`)),
  ];
}

/** None while its plan is still to be approved. */
async function actionsWaitedFor(
  tx: Queryable,
  { id, round, state, grade, planApprovedAt }: Nonconformity,
): Promise<CorrectiveAction[]> {
  const isApproved = planApprovedAt !== null || grade === 'ofi' || grade === 'observation';
  if (state !== 'action_planned' || !isApproved) return [];
  return (await selectActionsOf(tx, recordOf({ id }), round)).filter(isUnfinished);
}

async function waitsFor(tx: Queryable, { state, ownerId, dueOn }: CorrectiveAction): Promise<string> {
  const owner = await namesOf(tx, [ownerId]);
  return state === 'done_claimed'
    ? `somebody to verify what ${owner} reports done`
    : `${owner} until ${dayInWords(dueOn)}`;
}
