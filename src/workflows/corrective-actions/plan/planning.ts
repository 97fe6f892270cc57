/** Containment, plans, approvals and checks of a non-conformity, as buttons and forms. */
import type { Actions } from '../../../conversation/contract.ts';
import { personNamed } from '../../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import { contain, skipContainment } from '../../../isms/nonconformity/moves.ts';
import { planCheck } from '../../../isms/nonconformity/plan.ts';
import { inFull } from '../../../language/calendar.ts';
import { selectPerson } from '../../../records/person.ts';
import { selectSetting } from '../../../records/setting.ts';
import { checkActions } from '../check/check.ts';
import { nonconformityForm, reasonField } from '../nonconformity-form.ts';
import { approvalActions } from './approval.ts';
import { endActions } from './end-actions.ts';
import { planAction } from './plan-action.ts';

const containing = nonconformityForm('contain', {
  move: 'contain',
  title: 'What was done at once',
  submit: 'Save',
  lead: ({ reference }) => `What was done at once about ${reference}?`,
  at: 'correction',
  fields: ({ nonconformity }) => [
    field('correction', 'What was done at once?', 'multiline', {
      hint: 'What stopped it or put it right for now. The cause comes later.',
    }),
    field('consequences', 'What did it lead to, and what was done about that?', 'multiline', {
      required: false,
      value: nonconformity.consequences,
    }),
  ],
  write: async ({ tx, command, reference, fields }) => ({
    changed: await contain(tx, command, reference, {
      correction: sentText(fields, 'correction'),
      consequences: sentOrNull(fields, 'consequences'),
    }),
    said: 'Noted what was done at once.',
  }),
});

const skipping = nonconformityForm('skip', {
  move: 'skip',
  title: 'Nothing to do at once',
  submit: 'Save',
  lead: ({ reference }) => `Is there nothing to do at once about ${reference}?`,
  fields: () => [reasonField('Why is there nothing to stop or put right at once?')],
  write: async ({ tx, command, reference, fields }) => ({
    changed: await skipContainment(tx, command, reference, sentText(fields, 'reason')),
    said: 'Noted, with your reason.',
  }),
});

const planningCheck = nonconformityForm('plan-check', {
  move: 'planCheck',
  title: 'Plan the check',
  submit: 'Save',
  lead: ({ reference }) => `When its actions are done, somebody looks whether ${reference} is gone for good.`,
  at: 'who',
  async fields({ tx, nonconformity: { checkerId, grade, criterion, checkDueOn } }) {
    const days = await selectSetting(tx, 'nonconformity.effectiveness_days');
    return [
      field('criterion', 'How will it be seen that it worked?', 'multiline', {
        value: criterion,
        hint: 'For example: no active account among 20 leavers.',
      }),
      field('due', 'On which day?', 'date', {
        required: false,
        value: checkDueOn,
        hint: `Left empty: ${days[grade]} days after the last action is verified.`,
      }),
      field('who', 'Who looks?', 'text', {
        required: false,
        value: checkerId === null ? null : (await selectPerson(tx, checkerId)).name,
        hint: 'Name or e-mail address; nobody who does one of the actions. Left empty: whoever approves the plan.',
      }),
    ];
  },
  async write({ tx, context, command, reference, fields }) {
    const who = sentOrNull(fields, 'who');
    const changed = await planCheck(tx, command, reference, {
      criterion: sentText(fields, 'criterion'),
      dueOn: sentDay(fields, 'due', context),
      checkerId: who === null ? null : (await personNamed(tx, context, who, 'who')).id,
    });
    const day = changed.checkDueOn === null ? '' : ` It is due on ${inFull(changed.checkDueOn)}.`;
    return { changed, said: `The check is planned.${day}` };
  },
});

export const planningActions: Actions = {
  ...containing,
  ...skipping,
  ...planAction,
  ...planningCheck,
  ...approvalActions,
  ...checkActions,
  ...endActions,
};
