/** The plan of a non-conformity on its way to whoever approves it, and back. */
import { lockReadable, nonconformityForm, reasonField } from '../nonconformity-form.ts';
import type { Actions, Addressed, Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { planApproverNames } from '../../../isms/nonconformity/gate.ts';
import { namesOf } from '../../../records/command-context.ts';
import { approvePlan } from '../../../isms/nonconformity/plan.ts';
import { isImprovement } from '../../../isms/nonconformity/nonconformity.ts';
import { returnPlan, selectPlanApprovers, sendPlan } from '../../../isms/nonconformity/plan-request.ts';
import { sentText } from '../../../dialogue/form-fields.ts';
import { changedCard } from './nonconformity-card.ts';
import { checkChanges } from '../../../isms/nonconformity/check-plan.ts';
import { tell } from '../../../dialogue/notify.ts';
import { lookAtPlan, lookAtRecord } from '../update/look.ts';
import { commandOf, toAsker } from '../../../dialogue/command.ts';
import { planCard } from './plan-card.ts';
import { notifyPlan, notifyPlanApproved, notifyPlanReturned, titleLine } from './notify-nonconformity.ts';

export const approvalActions: Actions = {
  async 'corrective-actions.look-plan'(tx, context, { argument }) {
    return toAsker(await planCard(tx, context, await lockReadable(tx, context, argument('record'))));
  },
  'corrective-actions.plan': {
    look: lookAtPlan,
    sign: (tx, context, call) => plan(tx, context, call.argument('record')),
  },
  'corrective-actions.approve-plan': {
    look: lookAtPlan,
    async sign(tx, context, call) {
      const command = commandOf(context);
      const { reference } = await lockReadable(tx, context, call.argument('record'));
      const changed = await approvePlan(tx, command, reference);
      return [
        ...(await changedCard(tx, context, changed, 'You approved the plan.')),
        ...notifyPlanApproved(command, changed),
      ];
    },
  },
  'corrective-actions.approve-check': {
    look: lookAtRecord,
    async sign(tx, context, call) {
      const command = commandOf(context);
      const id = Number(call.argument('change'));
      const { nonconformity } = await checkChanges.decide(tx, command, id, 'approved');
      const told = tell(command, [nonconformity.ownerId], {
        text: `${command.actor.name} approved that this is checked in another way.\n${titleLine(nonconformity)}`,
      });
      return [...(await changedCard(tx, context, nonconformity, 'The check is another one now.')), ...told];
    },
  },
  ...nonconformityForm('refuse-check', {
    look: lookAtRecord,
    move: 'planCheck',
    carries: 'change',
    title: 'Leave the check as it is',
    submit: 'Refuse',
    lead: ({ reference }) => `Why does the check of ${reference} stay as it is?`,
    fields: () => [reasonField('Why?')],
    async write({ tx, command, fields, argument }) {
      const reason = sentText(fields, 'reason');
      const id = Number(argument('change'));
      const { nonconformity } = await checkChanges.decide(tx, command, id, 'refused', reason);
      const told = tell(command, [nonconformity.ownerId], {
        text: `${command.actor.name} left the check as it was: «${reason}»\n${titleLine(nonconformity)}`,
      });
      return { changed: nonconformity, said: 'The check stays as it was.', told };
    },
  }),
  ...nonconformityForm('send-back-plan', {
    look: lookAtPlan,
    move: 'approve',
    title: 'Send the plan back',
    submit: 'Send back',
    lead: ({ reference }) => `What does the plan of ${reference} still lack?`,
    fields: () => [reasonField('What is missing, or would not do?')],
    async write({ tx, command, reference, fields }) {
      const reason = sentText(fields, 'reason');
      const changed = await returnPlan(tx, command, reference, reason);
      return {
        changed,
        said: 'Sent back, with your reason.',
        told: notifyPlanReturned(command, changed, reason),
      };
    },
  }),
};

async function plan(tx: Queryable, context: Context, record: string): Promise<Addressed[]> {
  const command = commandOf(context);
  const { reference } = await lockReadable(tx, context, record);
  const nonconformity = await sendPlan(tx, command, reference);
  if (isImprovement(nonconformity) || nonconformity.planApprovedAt !== null)
    return changedCard(tx, context, nonconformity, 'The plan stands.');
  const approvers = await selectPlanApprovers(tx, nonconformity);
  const who =
    approvers.length === 0 ? await planApproverNames(tx, nonconformity) : await namesOf(tx, approvers);
  return [
    ...(await changedCard(tx, context, nonconformity, `The plan is with ${who}, to be approved.`)),
    ...(await notifyPlan(tx, command, nonconformity)),
  ];
}
