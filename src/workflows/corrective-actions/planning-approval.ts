/** The plan of a non-conformity on its way to whoever approves it, and back. */
import type { ActionHandler, Addressed, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import {
  isPartOfPlan,
  planApproverNames,
  selectActionOwners,
  selectActionsOf,
} from '../../isms/corrective-action.ts';
import { momentInWords, namesOf } from '../../isms/deed.ts';
import { wrongState } from '../../isms/nonconformity-moves.ts';
import { approvePlan, planActions } from '../../isms/nonconformity-plan.ts';
import { isFinding, refuseUnlessLeading, type Nonconformity } from '../../isms/nonconformity.ts';
import { addNote, selectNotes } from '../../isms/register-note.ts';
import { formCommand, lockReadable } from './form-command.ts';
import { sentText } from './form-fields.ts';
import { changedCard, mayApprove } from './nonconformity-card.ts';
import { reasonForm } from './nonconformity-forms.ts';
import { deedOf } from './parts.ts';
import { planApprovers, tellPlan, tellPlanApproved, tellPlanReturned } from './tell-nonconformity.ts';

export function planActionsOf(): Record<string, ActionHandler> {
  return {
    'corrective-actions.plan': (tx, context, call) => sendPlan(tx, context, call.argument('record')),
    async 'corrective-actions.approve-plan'(tx, context, call) {
      const deed = deedOf(context);
      const { reference } = await lockReadable(tx, context, call.argument('record'));
      const changed = await approvePlan(tx, deed, reference);
      return [
        ...(await changedCard(tx, context, changed, 'You approved the plan.')),
        ...tellPlanApproved(deed, changed),
      ];
    },
    ...formCommand('send-back-plan', {
      states: ['cause_found', 'action_planned'],
      lead: ({ reference }) => `What does the plan of ${reference} still lack?`,
      at: 'reason',
      form: ({ nonconformity }) =>
        reasonForm('send-back-plan', nonconformity, {
          title: 'Send the plan back',
          label: 'What is missing, or would not do?',
          submit: 'Send back',
        }),
      write: async ({ tx, context, nonconformity, fields }) =>
        sendBack(tx, context, nonconformity, sentText(fields, 'reason')),
    }),
  };
}

/** A minor's plan stands at once and is accepted then; a major's stands only once it is approved. */
async function sendPlan(tx: Queryable, context: Context, record: string): Promise<Addressed[]> {
  const deed = deedOf(context);
  let nonconformity = await lockReadable(tx, context, record);
  await refuseUnlessLeading(tx, deed, nonconformity);
  const standsAtOnce = nonconformity.grade !== 'major' && nonconformity.state !== 'action_planned';
  if (standsAtOnce) nonconformity = await planActions(tx, deed, nonconformity.reference);
  else await refuseUnsendable(tx, context, nonconformity);
  if (isFinding(nonconformity)) return changedCard(tx, context, nonconformity, 'The plan stands.');
  // Accepted before, and only put together anew.
  if (nonconformity.planApprovedAt !== null)
    return changedCard(tx, context, nonconformity, 'The plan stands.');

  const approvers = await planApprovers(tx, nonconformity);
  const names = await planApproverNames(tx, nonconformity);
  if (approvers.length === 0)
    return changedCard(tx, context, nonconformity, `Its plan needs the approval of ${names}.`);
  await addNote(tx, deed, nonconformity, null, sentNote(await namesOf(tx, approvers)));
  return [
    ...(await changedCard(
      tx,
      context,
      nonconformity,
      `The plan is with ${await namesOf(tx, approvers)} to be approved.`,
    )),
    ...(await tellPlan(tx, deed, nonconformity)),
  ];
}

function sentNote(names: string): string {
  return `Plan sent to ${names} to be approved.`;
}

async function refuseUnsendable(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
): Promise<void> {
  const { id, round, reference, state, planApprovedAt } = nonconformity;
  if ((state !== 'cause_found' && state !== 'action_planned') || planApprovedAt !== null)
    throw await wrongState(tx, deedOf(context), nonconformity);
  const actions = (await selectActionsOf(tx, id, round)).filter(isPartOfPlan);
  if (actions.length === 0)
    throw new Refusal(
      `${reference} has no action yet. A plan needs at least one, with an owner and a due date.`,
    );
  const last = (await selectNotes(tx, id)).at(-1);
  const names = await namesOf(tx, await planApprovers(tx, nonconformity));
  const isWaiting =
    last?.text === sentNote(names) && actions.every((action) => action.proposedAt <= last.writtenAt);
  if (isWaiting)
    throw new Refusal(
      `The plan of ${reference} is with ${names} since ${momentInWords(last.writtenAt, context.person.timeZone)}. Nothing was sent again.`,
    );
}

async function sendBack(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
  reason: string,
): Promise<Addressed[]> {
  const deed = deedOf(context);
  const { reference, planApprovedAt } = nonconformity;
  if (!mayApprove(context, nonconformity, await selectActionOwners(tx, nonconformity.id)))
    throw new Refusal(
      `The plan of ${reference} can be judged by ${await planApproverNames(tx, nonconformity)} only.`,
    );
  if (planApprovedAt !== null) throw await wrongState(tx, deed, nonconformity);
  await addNote(tx, deed, nonconformity, null, `Plan sent back: ${reason}`);
  return [
    ...(await changedCard(tx, context, nonconformity, 'Sent back, with your reason as a note.')),
    ...tellPlanReturned(deed, nonconformity, reason),
  ];
}
