/** «Why is NC-6 still open?»: what a record waits for, whom, and until when, in one sentence. */
import type { Queryable } from '../../../db/database.ts';
import {
  isUnfinished,
  selectActionsOf,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { nextStep } from '../../../isms/nonconformity/gate.ts';
import { recordOf } from '../../../isms/nonconformity/nonconformity.ts';
import { dayInWords } from '../../../language/calendar.ts';
import { namesOf } from '../../../records/command-context.ts';
import { stateLabels } from './filter.ts';
import type { Readable } from './find-readable.ts';

export async function waitsInWords(tx: Queryable, { nonconformity, action }: Readable): Promise<string> {
  if (action !== null)
    return isUnfinished(action)
      ? `${action.reference} waits for ${await waitsFor(tx, action)}.`
      : `${action.reference} is ${stateLabels[action.state]} and waits for nobody.`;
  const { id, reference, round, state, planApprovedAt, grade } = nonconformity;
  const needsPlan = planApprovedAt === null && (grade === 'major' || grade === 'minor');
  const waiting =
    state === 'action_planned' && !needsPlan
      ? (await selectActionsOf(tx, recordOf({ id }), round)).filter(isUnfinished)
      : [];
  if (waiting.length === 0) {
    const ended = state === 'closed' || state === 'rejected';
    return `${reference} is ${ended || state === 'open' ? '' : 'still open: '}${stateLabels[state]}. ${await nextStep(tx, nonconformity)}`;
  }
  const whom: string[] = [];
  for (const each of waiting) whom.push(`${await waitsFor(tx, each)} (${each.reference})`);
  return `${reference} waits for ${whom.join(', and for ')}.`;
}

async function waitsFor(tx: Queryable, { state, ownerId, dueOn }: CorrectiveAction): Promise<string> {
  const owner = await namesOf(tx, [ownerId]);
  return state === 'done_claimed'
    ? `somebody to verify what ${owner} reports done`
    : `${owner} until ${dayInWords(dueOn)}`;
}
